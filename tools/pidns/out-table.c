// SPDX-License-Identifier: GPL-2.0-or-later
/* out-table.c - rows as a table or tree for people, aligned by libsmartcols. */
#include <errno.h>
#include <langinfo.h>
#include <libsmartcols.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

/*
 * What is shown is UTF-8 in any locale, so widths are those of UTF-8 too. The lines of a tree are
 * drawn with more than ASCII only where the locale says that it can be seen.
 */
static bool locale_is_utf8(void)
{
	setlocale(LC_CTYPE, "");
	if (!strcmp(nl_langinfo(CODESET), "UTF-8"))
		return true;
	setlocale(LC_CTYPE, "C.UTF-8");
	return false;
}

static int add_columns(struct out *out)
{
	for (size_t i = 0; i < out->columns->nr_fields; i++) {
		const struct field *field = out->columns->fields[i];
		char heading[32];
		int flags = 0;

		if (out->is_tree && !i)
			flags |= SCOLS_FL_TREE;
		else if (field->look & LOOK_RIGHT)
			flags |= SCOLS_FL_RIGHT;
		if (field->look & LOOK_TRUNC)
			flags |= SCOLS_FL_TRUNC;
		out_heading(field, heading, sizeof(heading));
		if (field->heading)
			snprintf(heading, sizeof(heading), "%s", field->heading);
		if (!scols_table_new_column(out->table, heading, 0, flags))
			return -ENOMEM;
	}
	return 0;
}

static int table_begin(struct out *out)
{
	bool is_utf8 = locale_is_utf8();

	scols_init_debug(0);
	out->table = scols_new_table();
	out->cell = open_memstream(&out->cell_text, &out->cell_size);
	if (!out->table || !out->cell)
		return -ENOMEM;
	scols_table_enable_noencoding(out->table, 1); /* cells are escaped already */
	scols_table_enable_ascii(out->table, !is_utf8);
	scols_table_enable_noheadings(out->table, !out->has_headings);
	return add_columns(out);
}

/* The caller frees it. NULL: no memory. */
static char *make_cell(struct out *out, const struct field *field, const struct value *value)
{
	char text[64];

	rewind(out->cell);
	if (field->unit && value->type != VALUE_UNKNOWN) {
		field_format(field, value, 0, text, sizeof(text));
		fputs(text, out->cell);
	} else {
		out_value(out->cell, value);
	}
	putc_unlocked('\0', out->cell);
	return fflush(out->cell) ? NULL : strdup(out->cell_text);
}

static int fill_line(struct out *out, struct libscols_line *line, const struct field_row *row)
{
	struct value value;

	for (size_t i = 0; i < out->columns->nr_fields; i++) {
		char *cell;

		field_get(out->columns->fields[i], row, &value);
		out->is_filled[i] |= value.type != VALUE_UNKNOWN;
		cell = make_cell(out, out->columns->fields[i], &value);
		if (!cell)
			return -ENOMEM;
		if (scols_line_refer_data(line, i, cell)) {
			free(cell);
			return -ENOMEM;
		}
	}
	return 0;
}

static int remember_line(struct out *out, struct libscols_line *line, uint32_t depth)
{
	size_t room = depth + 1;
	struct libscols_line **grown = out->ancestors;

	if (room > out->nr_ancestors) {
		room *= 2;
		grown = realloc(out->ancestors, room * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		out->ancestors = grown;
		out->nr_ancestors = room;
	}
	grown[depth] = line;
	return 0;
}

static int table_row(struct out *out, const struct field_row *row, uint32_t depth)
{
	struct libscols_line *above = depth ? out->ancestors[depth - 1] : NULL;
	struct libscols_line *line = scols_table_new_line(out->table, above);

	if (!line || fill_line(out, line, row) < 0)
		return -ENOMEM;
	return remember_line(out, line, depth);
}

/* Of the columns that were not asked for, those that no row knows. */
static void leave_out_empty(struct out *out)
{
	if (!scols_table_get_nlines(out->table))
		return;
	for (size_t i = 0; i < out->columns->nr_fields; i++) {
		struct libscols_column *column = scols_table_get_column(out->table, i);

		if (out->columns->is_usual[i] && !out->is_filled[i] && column)
			scols_column_set_flags(column,
					       scols_column_get_flags(column) | SCOLS_FL_HIDDEN);
	}
}

/* libsmartcols 2.38 may loop for ever where memory runs out while it lays columns out, so what that
 * takes, a few lines' worth, is made sure of first. */
#define LAYOUT_MEMORY (1 << 20)

static int print_table(struct out *out)
{
	void *memory = malloc(LAYOUT_MEMORY);

	free(memory);
	leave_out_empty(out);
	return memory ? scols_print_table(out->table) : -ENOMEM;
}

static int table_end(struct out *out)
{
	int r = out->table ? print_table(out) : 0;

	scols_unref_table(out->table);
	if (out->cell)
		fclose(out->cell);
	free(out->cell_text);
	free(out->ancestors);
	return r == -ENOMEM ? r : 0; /* stdout is looked at when it is closed */
}

const struct out_ops out_table = {table_begin, table_row, table_end};
