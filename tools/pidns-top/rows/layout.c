// SPDX-License-Identifier: GPL-2.0-or-later
/* layout.c - which columns of a view fit a width, and what they need to know. */
#include "layout.h"

#include <stdio.h>
#include <string.h>

#include "header.h"
#include "text.h"

/* The column that takes the rest gets at least so much of the whole width before others are
 * left out for it. */
#define REST_SHARE 5

#define TITLE_SIZE 32

static bool is_shown(const struct column *column, const struct app *app)
{
	const struct view *view = view_of(app);

	if (column->flags & COLUMN_ONLY_SORTED)
		return column == &view->columns[app->places[app->view].sorted_by];
	return !(column->flags & COLUMN_ONLY_BELOW) || app->is_below;
}

static int make_title(const struct column *column, unsigned int arg, char *out, size_t size)
{
	if (column->flags & COLUMN_NUMBERED)
		return snprintf(out, size, "%s%u", column->field->title, arg);
	return snprintf(out, size, "%s", column->field->title);
}

static unsigned int width_of(const struct column *column, const struct rows *rows, unsigned int arg)
{
	char title[TITLE_SIZE];
	unsigned int width = (unsigned int)make_title(column, arg, title, sizeof(title));
	unsigned int fit = column_width(column, rows, arg);

	width = fit > width ? fit : width;
	return width > column->field->width ? width : column->field->width;
}

static void add_all(struct layout *layout, const struct app *app, const struct rows *rows)
{
	const struct view *view = view_of(app);

	layout->count = 0;
	for (size_t i = 0; i < view->nr_columns; i++) {
		const struct column *column = &view->columns[i];
		unsigned int times = column->repeat ? column->repeat(rows) : 1;

		if (!is_shown(column, app))
			continue;
		for (unsigned int k = 1; k <= times && layout->count < LAYOUT_MAX; k++) {
			unsigned int arg = column->repeat ? k : 0;

			layout->columns[layout->count++] = (struct layout_column){
				.column = column,
				.arg = arg,
				.width = width_of(column, rows, arg),
			};
		}
	}
}

/* Of a repeated column the last goes first. */
static unsigned int rank_of(const struct layout *layout, size_t i)
{
	const struct column *column = layout->columns[i].column;

	unsigned int arg = layout->columns[i].arg;

	return column->field->rank + (arg ? arg - 1 : 0);
}

static void drop(struct layout *layout, size_t i)
{
	layout->count--;
	memmove(&layout->columns[i], &layout->columns[i + 1],
		(layout->count - i) * sizeof(layout->columns[0]));
}

/* The one to go next, or count: none may. */
static size_t least_important(const struct layout *layout)
{
	size_t found = layout->count;
	unsigned int rank = 0;

	for (size_t i = 0; i < layout->count; i++) {
		if (rank_of(layout, i) > rank) {
			rank = rank_of(layout, i);
			found = i;
		}
	}
	return found;
}

static unsigned int width_needed(const struct layout *layout, unsigned int width)
{
	unsigned int needed = 0;

	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_column *at = &layout->columns[i];
		unsigned int own = at->width;

		if (at->column->flags & COLUMN_REST && own < width / REST_SHARE)
			own = width / REST_SHARE;
		needed += own + (i ? 1 : 0);
	}
	return needed;
}

void layout_make(struct layout *layout, const struct app *app, const struct rows *rows,
		 unsigned int width)
{
	unsigned int x = 0;

	add_all(layout, app, rows);
	while (width_needed(layout, width) > width) {
		size_t i = least_important(layout);

		if (i == layout->count)
			break;
		drop(layout, i);
	}
	for (size_t i = 0; i < layout->count; i++) {
		struct layout_column *at = &layout->columns[i];

		at->x = x;
		if (at->column->flags & COLUMN_REST)
			at->width = x < width ? width - x : 0;
		else if (x + at->width > width)
			at->width = x < width ? width - x : 0;
		x += at->width + 1;
	}
}

static void add_needs(struct layout_needs *needs, const struct column *column, bool is_for_all)
{
	needs->ns_fields |= column_ns_fields(column);
	if (column->flags & COLUMN_OF_SCREEN && !is_for_all)
		needs->screen_fields |= column_task_fields(column);
	else
		needs->task_fields |= column_task_fields(column);
}

static bool is_looking_for_text(const struct app *app)
{
	if (app->mode == APP_PROMPT && app->prompt.kind != PROMPT_DELAY)
		return true;
	return app->search[0] || app->places[app->view].filter[0];
}

void layout_needs(const struct layout *layout, const struct app *app, struct layout_needs *ret)
{
	const struct view *view = view_of(app);

	*ret = (struct layout_needs){.ns_fields = view->ns_fields | HEADER_NS_FIELDS};
	for (size_t i = 0; i < layout->count; i++)
		add_needs(ret, layout->columns[i].column, false);
	add_needs(ret, &view->columns[app->places[app->view].sorted_by], true);
	if (is_looking_for_text(app)) {
		ret->task_fields |= PIDNS_TASK_COMM;
		if (app->view == APP_PROCESSES)
			ret->task_fields |= PIDNS_TASK_UID;
	}
	ret->screen_fields &= ~ret->task_fields;
}

void layout_needs_all(struct layout_needs *ret)
{
	static const struct view *const views[] = {&view_namespaces, &view_processes};

	*ret = (struct layout_needs){.ns_fields = HEADER_NS_FIELDS};
	for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++) {
		ret->ns_fields |= views[v]->ns_fields;
		for (size_t i = 0; i < views[v]->nr_columns; i++)
			add_needs(ret, &views[v]->columns[i], true);
	}
}

/* Columns have come to the screen, and the next snapshot will know what is in them. */
static bool is_to_come(const struct column *column, const struct picture *picture)
{
	bool is_of_tasks = !(column->flags & COLUMN_OF_SCREEN);

	return column_ns_fields(column) & picture->unasked_ns ||
	       (is_of_tasks && column_task_fields(column) & picture->unasked_task);
}

void layout_fill(const struct layout_column *at, struct cell_source *source, struct cell *cell)
{
	enum text_align align = at->column->flags & COLUMN_RIGHT ? TEXT_RIGHT : TEXT_LEFT;
	char text[CELL_SIZE];
	size_t len;

	source->column = at->column;
	source->arg = at->arg;
	source->width = at->width;
	cell->faint = 0;
	cell->style = STYLE_TEXT;
	cell->text[0] = '\0';
	if (is_to_come(at->column, source->picture))
		snprintf(cell->text, sizeof(cell->text), "%s", text_is_utf8() ? "…" : ".");
	else
		view_fill(source, cell);
	len = text_fit(cell->text, at->width, align, text, sizeof(text));
	memcpy(cell->text, text, len + 1);
	if (cell->faint > len)
		cell->faint = len;
}

void layout_title(const struct layout_column *at, char *out, size_t size)
{
	enum text_align align = at->column->flags & COLUMN_RIGHT ? TEXT_RIGHT : TEXT_LEFT;
	char title[TITLE_SIZE];

	make_title(at->column, at->arg, title, sizeof(title));
	text_fit(title, at->width, align, out, size);
}
