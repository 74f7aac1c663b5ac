// SPDX-License-Identifier: GPL-2.0-or-later
/* view.c - what the views share. */
#include "view.h"

#include <stdio.h>
#include <string.h>

#include "common/format.h"
#include "pidns-top/rows/text.h"

const struct view *view_of(const struct app *app)
{
	static const struct view *const views[NR_APP_VIEWS] = {
		[APP_NAMESPACES] = &view_namespaces,
		[APP_PROCESSES] = &view_processes,
	};

	return views[app->view];
}

size_t view_find_column(const struct view *view, const char *name)
{
	size_t i = 0;

	while (i < view->nr_columns && (!column_can_sort(&view->columns[i]) ||
					strcasecmp(view->columns[i].field->name, name) != 0))
		i++;
	return i;
}

/* A PID that was used again meanwhile is another process. */
static bool is_same_task(const struct pidns_task *task, const struct pidns_task *detail)
{
	struct ident a, b;

	if (!task)
		return true;
	a = ident_of_task(task);
	b = ident_of_task(detail);
	return ident_is_same(&a, &b);
}

const struct pidns_task *view_task(const struct cell_source *source, const struct pidns_task *task,
				   int32_t pid, uint64_t field)
{
	const struct pidns_task *detail;

	if (task && task->known & field)
		return task;
	detail = details_task(source->sample->details, pid);
	return detail && detail->known & field && is_same_task(task, detail) ? detail : NULL;
}

/* ---- what a column says of a row ---- */

uint64_t column_ns_fields(const struct column *column)
{
	return column->ns_fields | (column->flags & COLUMN_TASK ? 0 : column->field->known);
}

uint64_t column_task_fields(const struct column *column)
{
	return column->task_fields | (column->flags & COLUMN_TASK ? column->field->known : 0);
}

bool column_can_sort(const struct column *column)
{
	return !(column->flags & COLUMN_NO_SORT);
}

const char *column_title(const struct column *column, bool is_wide)
{
	if (is_wide && column->wide_title)
		return column->wide_title;
	return column->title ? column->title : column->field->title;
}

unsigned int view_has_pods(const struct rows *rows)
{
	return rows->has_pods;
}

unsigned int column_width(const struct column *column, const struct rows *rows, unsigned int arg)
{
	const uint64_t *most = (const void *)((const char *)rows + column->most);

	if (column->fit)
		return column->fit(rows);
	return column->most ? format_digits(most[arg]) + column->more : 0;
}

static const struct pidns_task *task_of(const struct cell_source *source, uint64_t known)
{
	const struct pidns_task *task = source->row->task;

	return known ? view_task(source, task, task->pid, known) : task;
}

bool view_value(const struct cell_source *source, struct value *ret)
{
	const struct column *column = source->column;
	const struct field *field = column->field;
	const struct row *row = source->row;
	struct field_row of = {.snapshot = source->sample->snapshot};

	ret->type = VALUE_UNKNOWN;
	if (column->folded && row->is_folded)
		field = column->folded;
	of.record = row->task ? (const void *)task_of(source, field->known) : row->ns;
	if (of.record && field->get) {
		of.known = row->task ? ((const struct pidns_task *)of.record)->known
				     : row->ns->known;
		field_get(field, &of, ret);
	}
	return ret->type != VALUE_UNKNOWN;
}

/* A name, raw; where it is too long it ends in "+", as in top and ps. */
static void fill_name(const struct cell_source *source, const char *name, struct cell *cell)
{
	size_t width;

	text_clean(name, strlen(name), cell->text, sizeof(cell->text));
	if (source->width && text_width(cell->text) > source->width) {
		size_t at = text_cut(cell->text, source->width - 1, &width);

		snprintf(cell->text + at, sizeof(cell->text) - at, "+");
	}
}

void view_fill_value(const struct cell_source *source, struct cell *cell)
{
	const char *name = NULL;
	struct value value;

	if (!view_value(source, &value)) {
		snprintf(cell->text, sizeof(cell->text), "-");
		return;
	}
	if (source->column->flags & COLUMN_USER)
		name = users_name(source->sample->users, (uint32_t)value.number);
	if (name)
		fill_name(source, name, cell);
	else
		field_format(source->column->field, &value, source->width, cell->text,
			     sizeof(cell->text));
}

void view_fill(const struct cell_source *source, struct cell *cell)
{
	(source->column->fill ? source->column->fill : view_fill_value)(source, cell);
}

/* Users by name, in their order; then those that are but numbers. */
static void key_value(const struct cell_source *source, struct sort_key *key)
{
	struct value value;

	key->is_known = view_value(source, &value);
	if (!key->is_known)
		return;
	if (value.type == VALUE_TEXT)
		key->text = value.text;
	else
		key->number = value.number;
	if (source->column->flags & COLUMN_USER && source->row->task) {
		key->text = users_name(source->sample->users, (uint32_t)value.number);
		key->number = key->text ? 0 : value.number + 1;
	}
}

void view_key(const struct cell_source *source, struct sort_key *key)
{
	(source->column->key ? source->column->key : key_value)(source, key);
}

/* ---- the command of a process ---- */

/* Arguments are ended by NUL bytes; people read them with spaces between. */
static size_t join_arguments(const char *bytes, size_t len, char *out, size_t size)
{
	while (len && bytes[len - 1] == '\0')
		len--;
	if (len > size)
		len = size;
	for (size_t i = 0; i < len; i++)
		out[i] = bytes[i] ? bytes[i] : ' ';
	return len;
}

/* "/usr/bin/python3 x.py" -> "python3 x.py". */
static size_t directory_length(const char *joined, size_t len)
{
	size_t program = 0, directory = 0;

	if (!len || joined[0] != '/')
		return 0;
	while (program < len && joined[program] != ' ')
		program++;
	for (size_t i = 0; i + 1 < program; i++) {
		if (joined[i] == '/')
			directory = i + 1;
	}
	return directory;
}

/* Where not all of it fits, the directories of the program are the first to go. */
static void fill_arguments(const char *joined, size_t len, size_t room, char *out, size_t size)
{
	text_clean(joined, len, out, size);
	if (room && text_width(out) > room) {
		size_t skip = directory_length(joined, len);

		text_clean(joined + skip, len - skip, out, size);
	}
}

/* In brackets, as in ps(1) and top(1), where it is known that there are no arguments. */
static void fill_program(const char *name, bool in_brackets, char *out, size_t size)
{
	size_t len;

	if (!in_brackets || size < 3) {
		text_clean(name, strlen(name), out, size);
		return;
	}
	len = text_clean(name, strlen(name), out + 1, size - 2);
	out[0] = '[';
	memcpy(out + 1 + len, "]", 2);
}

/* While the list stands still, its PIDs may become those of other processes. */
static bool is_detailed(const struct cell_source *source, const struct pidns_task *task,
			int32_t pid)
{
	const struct pidns_task *detail = details_task(source->sample->details, pid);

	return !detail || is_same_task(task, detail);
}

bool view_fill_command(const struct cell_source *source, const struct pidns_task *task, int32_t pid,
		       size_t room, char *out, size_t size)
{
	const struct pidns_task *named = view_task(source, task, pid, PIDNS_TASK_COMM);
	char joined[CELL_SIZE];
	size_t len = 0;
	const char *command = NULL;

	bool is_wanted = source->app->has_commands || source->app->mode == APP_COMMAND;

	if (is_wanted && is_detailed(source, task, pid))
		command = details_command(source->sample->details, pid, &len);
	len = command ? join_arguments(command, len, joined, sizeof(joined)) : 0;
	if (len)
		fill_arguments(joined, len, room, out, size);
	else if (named)
		fill_program(named->comm, command != NULL, out, size);
	return len || named;
}
