// SPDX-License-Identifier: GPL-2.0-or-later
/* config.c - the text of the settings: lines of "name=value". config-file.c keeps it in a file. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "pidns-top/view.h"

#define LINE_MAX_LEN 200

static void set_switch(bool *value, const char *text)
{
	if (strcmp(text, "1") == 0)
		*value = true;
	else if (strcmp(text, "0") == 0)
		*value = false;
}

static void set_sort(const struct view *view, struct app_place *place, const char *text)
{
	bool is_reversed = text[0] == '-';
	size_t column = view_find_column(view, text + is_reversed);

	if (column == view->nr_columns)
		return;
	place->sorted_by = column;
	place->is_reversed = is_reversed;
}

static void set(struct app *app, const char *name, const char *text)
{
	if (strcmp(name, "delay") == 0)
		app_parse_delay(text, &app->delay);
	else if (strcmp(name, "tree") == 0)
		set_switch(&app->is_tree, text);
	else if (strcmp(name, "commands") == 0)
		set_switch(&app->has_commands, text);
	else if (strcmp(name, "below") == 0)
		set_switch(&app->is_below, text);
	else if (strcmp(name, "sort-namespaces") == 0)
		set_sort(&view_namespaces, &app->places[APP_NAMESPACES], text);
	else if (strcmp(name, "sort-processes") == 0)
		set_sort(&view_processes, &app->places[APP_PROCESSES], text);
}

static void parse_line(struct app *app, const char *bytes, size_t len)
{
	char line[LINE_MAX_LEN + 1], *value;

	/* No setting is that long, nor has any a NUL in it. */
	if (len > LINE_MAX_LEN || memchr(bytes, '\0', len))
		return;
	memcpy(line, bytes, len);
	line[len] = '\0';
	value = strchr(line, '=');
	if (!value)
		return;
	*value++ = '\0';
	set(app, line, value);
}

void config_parse(const char *text, size_t len, struct app *app)
{
	while (len) {
		const char *end = memchr(text, '\n', len);
		size_t line = end ? (size_t)(end - text) : len;

		parse_line(app, text, line);
		line += end ? 1 : 0;
		text += line;
		len -= line;
	}
}

static const char *sort_sign(const struct app_place *place)
{
	return place->is_reversed ? "-" : "";
}

size_t config_print(const struct app *app, char *out, size_t size)
{
	const struct app_place *namespaces = &app->places[APP_NAMESPACES];
	const struct app_place *processes = &app->places[APP_PROCESSES];
	int len = snprintf(
		out, size,
		"# pidns-top(8) writes this file when W is pressed.\n"
		"delay=%g\n"
		"tree=%d\n"
		"commands=%d\n"
		"below=%d\n"
		"sort-namespaces=%s%s\n"
		"sort-processes=%s%s\n",
		app->delay, app->is_tree, app->has_commands, app->is_below, sort_sign(namespaces),
		view_namespaces.columns[namespaces->sorted_by].field->name, sort_sign(processes),
		view_processes.columns[processes->sorted_by].field->name);

	return (size_t)len < size ? (size_t)len : size - 1;
}
