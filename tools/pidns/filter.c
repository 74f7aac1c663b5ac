// SPDX-License-Identifier: GPL-2.0-or-later
/* filter.c - which rows -Q EXPR keeps. */
#include "filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "common/message.h"
#include "out.h"

#ifdef HAVE_SCOLS_FILTER
#include <libsmartcols.h>

/* A table of its own, with the columns that the expression names and one line at a time. */
struct filter {
	struct libscols_filter *expression;
	struct libscols_table *table;
	const struct field *fields[FIELDS_MAX];
	size_t nr_fields;
	char *text;
	size_t text_size;
	FILE *cell; /* writes to text */
};

static int data_type(const struct field *field)
{
	switch (field_type(field)) {
	case VALUE_BOOL:
		return SCOLS_DATA_BOOLEAN;
	case VALUE_NUMBER:
		return SCOLS_DATA_U64;
	case VALUE_TENTHS:
		return SCOLS_DATA_FLOAT;
	default:
		return SCOLS_DATA_STRING;
	}
}

/* A column of our own table for a name in the expression. */
static int add_name(const struct options *options, struct columns *columns, struct filter *f,
		    struct libscols_iter *at, const char *name)
{
	const struct field *field = field_find(columns->table, name, strlen(name));
	struct libscols_column *column;

	if (!field)
		return columns_refuse(options, columns->table, name, strlen(name));
	if (field->needs & NEEDS_CMDLINE)
		return usage_error(options, "cannot filter by %s", field->name);
	column = f->nr_fields < FIELDS_MAX ? scols_table_new_column(f->table, name, 0, 0) : NULL;
	if (!column || scols_column_set_data_type(column, data_type(field)) < 0 ||
	    scols_filter_assign_column(f->expression, at, name, column))
		return message_exit(EXIT_FAILED, "out of memory");
	f->fields[f->nr_fields++] = field;
	columns->known |= field->known;
	columns->needs |= field->needs;
	return 0;
}

static int add_names(const struct options *options, struct columns *columns, struct filter *f)
{
	struct libscols_iter *at = scols_new_iter(SCOLS_ITER_FORWARD);
	const char *name;
	int r = 0;

	if (!at)
		return message_exit(EXIT_FAILED, "out of memory");
	while (!r && !scols_filter_next_holder(f->expression, at, &name, 0)) {
		struct libscols_column *column = scols_table_get_column_by_name(f->table, name);

		if (!column)
			r = add_name(options, columns, f, at, name);
		else if (scols_filter_assign_column(f->expression, at, name, column))
			r = message_exit(EXIT_FAILED, "out of memory");
	}
	scols_free_iter(at);
	return r;
}

static int parse(const struct options *options, struct columns *columns, struct filter *f)
{
	const char *why;

	scols_init_debug(0);
	f->expression = scols_new_filter(NULL);
	f->table = scols_new_table();
	f->cell = open_memstream(&f->text, &f->text_size);
	if (!f->expression || !f->table || !f->cell)
		return message_exit(EXIT_FAILED, "out of memory");
	if (*options->filter && !scols_filter_parse_string(f->expression, options->filter))
		return add_names(options, columns, f);
	why = scols_filter_get_errmsg(f->expression);
	return usage_error(options, "-Q \"%.200s\": %.200s", options->filter,
			   why ? why : "not an expression");
}

int filter_open(const struct options *options, struct columns *columns, struct filter **ret)
{
	struct filter *f;
	int r;

	*ret = NULL;
	if (!options->filter)
		return 0;
	f = calloc(1, sizeof(*f));
	if (!f)
		return message_exit(EXIT_FAILED, "out of memory");
	r = parse(options, columns, f);
	*ret = r ? filter_close(f) : f;
	return r;
}

struct filter *filter_close(struct filter *f)
{
	if (!f)
		return NULL;
	scols_unref_filter(f->expression);
	scols_unref_table(f->table);
	if (f->cell)
		fclose(f->cell);
	free(f->text);
	free(f);
	return NULL;
}

/* As tables show it; what is not known has no data, and no comparison with it holds. */
static int fill(struct filter *f, const struct field_row *row, struct libscols_line *line)
{
	struct value value;

	for (size_t i = 0; i < f->nr_fields; i++) {
		field_get(f->fields[i], row, &value);
		if (value.type == VALUE_UNKNOWN)
			continue;
		rewind(f->cell);
		out_value(f->cell, &value);
		putc_unlocked('\0', f->cell);
		if (fflush(f->cell) || scols_line_set_data(line, i, f->text))
			return -ENOMEM;
	}
	return 0;
}

int filter_keeps(struct filter *f, const struct field_row *row)
{
	struct libscols_line *line;
	int r, is_kept = 1;

	if (!f)
		return 1;
	line = scols_table_new_line(f->table, NULL);
	if (!line)
		return -ENOMEM;
	r = fill(f, row, line);
	if (!r && scols_line_apply_filter(line, f->expression, &is_kept))
		r = -ENOMEM;
	scols_table_remove_lines(f->table);
	return r < 0 ? r : is_kept;
}

#else

int filter_open(const struct options *options, struct columns *columns, struct filter **ret)
{
	(void)columns;
	*ret = NULL;
	if (!options->filter)
		return 0;
	return usage_error(options, "this build has no -Q: libsmartcols has filters from 2.40 on");
}

struct filter *filter_close(struct filter *filter)
{
	(void)filter;
	return NULL;
}

int filter_keeps(struct filter *filter, const struct field_row *row)
{
	(void)filter;
	(void)row;
	return 1;
}

#endif
