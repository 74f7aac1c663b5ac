// SPDX-License-Identifier: GPL-2.0-or-later
/* columns.c - which columns were chosen, how to sort, and what must be asked for their sake. */
#include "columns.h"

#include <stdio.h>
#include <string.h>

#include "filter.h"
#include "json.h"
#include "common/message.h"

static void need(struct columns *columns, const struct field *field)
{
	columns->known |= field->known;
	columns->needs |= field->needs;
}

static void add_column(struct columns *columns, const struct field *field)
{
	for (size_t i = 0; i < columns->nr_fields; i++)
		if (columns->fields[i] == field) {
			columns->is_usual[i] = false;
			return;
		}
	columns->fields[columns->nr_fields++] = field;
	need(columns, field);
}

static void add_key(struct columns *columns, const struct field *field, bool is_descending)
{
	for (size_t i = 0; i < columns->nr_keys; i++)
		if (columns->keys[i].field == field)
			return;
	columns->keys[columns->nr_keys++] = (struct sort_key){field, is_descending};
	need(columns, field);
}

static void add_every_field(struct columns *columns)
{
	for (size_t i = 0; i < columns->table->nr_fields; i++)
		if (!(columns->table->fields[i].needs & NEEDS_ASKING))
			add_column(columns, &columns->table->fields[i]);
}

int columns_refuse(const struct options *options, const struct field_table *table, const char *name,
		   size_t len)
{
	char nearest[32];

	if (!len)
		return usage_error(options, "no such column: \"\"");
	if (len > 64)
		len = 64;
	field_nearest(table, name, len, nearest, sizeof(nearest));
	return usage_error(options, "no such column: \"%.*s\"; the nearest is \"%s\"", (int)len,
			   name, nearest);
}

/* The column whose name is at *list, which is moved past it and its comma. NULL: none such. */
static const struct field *next_field(const struct options *options, const struct columns *columns,
				      const char **list)
{
	size_t len = strcspn(*list, ",");
	const struct field *field = field_find(columns->table, *list, len);

	if (!field)
		columns_refuse(options, columns->table, *list, len);
	*list += len;
	if (**list == ',')
		++*list;
	return field;
}

static int parse_columns(const struct options *options, const char *list, struct columns *columns)
{
	const struct field *field;

	do {
		field = next_field(options, columns, &list);
		if (!field)
			return EXIT_USAGE;
		add_column(columns, field);
	} while (*list);
	return 0;
}

static int parse_keys(const struct options *options, const char *list, struct columns *columns)
{
	const struct field *field;

	do {
		bool is_descending = *list == '-';

		if (*list == '-' || *list == '+')
			list++;
		field = next_field(options, columns, &list);
		if (!field)
			return EXIT_USAGE;
		if (field->needs & NEEDS_CMDLINE)
			return usage_error(options, "cannot sort by %s", field->name);
		add_key(columns, field, is_descending);
	} while (*list);
	return 0;
}

int columns_parse(const struct options *options, const struct field_table *table, const char *usual,
		  struct columns *ret)
{
	const char *chosen = options->columns;
	int r = 0;

	*ret = (struct columns){.table = table};
	if (!chosen || *chosen == '+') {
		if (options->json)
			add_every_field(ret);
		else
			r = parse_columns(options, usual, ret);
		for (size_t i = 0; i < ret->nr_fields; i++)
			ret->is_usual[i] = true;
	}
	if (!r && chosen)
		r = parse_columns(options, chosen + (*chosen == '+'), ret);
	if (!r && options->sort)
		r = parse_keys(options, options->sort, ret);
	return r ? r : filter_open(options, ret, &ret->filter);
}

void columns_close(struct columns *columns)
{
	columns->filter = filter_close(columns->filter);
}

static void list_json(const struct field_table *table)
{
	struct json j = {.file = stdout};

	json_open(&j, '{');
	json_item(&j, "schema");
	json_number(&j, 1);
	json_item(&j, "columns");
	json_open(&j, '[');
	for (size_t i = 0; i < table->nr_fields; i++) {
		json_line(&j, NULL);
		json_open(&j, '{');
		json_item(&j, "name");
		json_text(&j, table->fields[i].name, strlen(table->fields[i].name));
		json_item(&j, "help");
		json_text(&j, table->fields[i].help, strlen(table->fields[i].help));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_end(&j);
}

int columns_list(const struct options *options, const struct field_table *table)
{
	if (options->json) {
		list_json(table);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < table->nr_fields; i++) {
		if (options->raw)
			printf("%s\n", table->fields[i].name);
		else
			printf("%-16s %s\n", table->fields[i].name, table->fields[i].help);
	}
	return EXIT_DONE;
}
