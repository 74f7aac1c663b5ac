// SPDX-License-Identifier: GPL-2.0-or-later
/* config.c - the text of the settings: lines of "name=value". config-file.c keeps it in a file. */
#include "config.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "pidns-top/view.h"

/* The longest has the names of all columns of a view. */
#define LINE_MAX_LEN 500

static void set_switch(bool *value, const char *text)
{
	if (strcmp(text, "1") == 0)
		*value = true;
	else if (strcmp(text, "0") == 0)
		*value = false;
}

static void set_theme(enum theme *theme, const char *text)
{
	for (int i = 0; i < NR_THEMES; i++)
		if (strcmp(text, theme_names[i]) == 0)
			*theme = (enum theme)i;
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

static size_t find_column(const struct view *view, const char *name, size_t len)
{
	size_t i = 0;

	while (i < view->nr_columns && (strlen(view->columns[i].field->name) != len ||
					memcmp(view->columns[i].field->name, name, len) != 0))
		i++;
	return i;
}

/* "name,-init,…": in that order, those with a minus hidden. What is not named stands behind. */
static void set_columns(const struct view *view, struct app_place *place, const char *text)
{
	bool is_named[APP_COLUMNS_MAX] = {false}, is_shown[APP_COLUMNS_MAX];
	unsigned char order[APP_COLUMNS_MAX];
	size_t count = 0, nr_shown = 0;

	memcpy(is_shown, place->has_column, sizeof(is_shown));
	while (*text) {
		bool is_hidden = text[0] == '-';
		size_t len = strcspn(text += is_hidden, ",");
		size_t column = find_column(view, text, len);

		text += len + (text[len] == ',');
		if (column == view->nr_columns || is_named[column])
			continue;
		is_named[column] = true;
		is_shown[column] = !is_hidden;
		order[count++] = (unsigned char)column;
	}
	for (size_t i = 0; i < view->nr_columns; i++) {
		if (!is_named[i])
			order[count++] = (unsigned char)i;
		nr_shown += is_shown[i];
	}
	if (!nr_shown)
		return;
	memcpy(place->order, order, count);
	memcpy(place->has_column, is_shown, sizeof(is_shown));
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
	else if (strcmp(name, "hide-kernel") == 0)
		set_switch(&app->hides_kernel, text);
	else if (strcmp(name, "theme") == 0)
		set_theme(&app->theme, text);
	else if (strcmp(name, "threads") == 0)
		set_switch(&app->has_threads, text);
	else if (strcmp(name, "columns-namespaces") == 0)
		set_columns(&view_namespaces, &app->places[APP_NAMESPACES], text);
	else if (strcmp(name, "columns-processes") == 0)
		set_columns(&view_processes, &app->places[APP_PROCESSES], text);
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

static void print(char *out, size_t size, size_t *len, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static void print(char *out, size_t size, size_t *len, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(out + *len, size - *len, format, args);
	va_end(args);
	*len += n > 0 ? (size_t)n : 0;
	if (*len >= size)
		*len = size - 1;
}

/* Nothing where none were chosen, so that what a later version shows is shown. */
static void print_columns(const char *name, const struct view *view, enum app_view which,
			  const struct app *app, char *out, size_t size, size_t *len)
{
	const struct app_place *place = &app->places[which];
	struct app fresh;

	app_init(&fresh);
	if (memcmp(place->order, fresh.places[which].order, sizeof(place->order)) == 0 &&
	    memcmp(place->has_column, fresh.places[which].has_column, sizeof(place->has_column)) ==
		    0)
		return;
	print(out, size, len, "%s=", name);
	for (size_t i = 0; i < view->nr_columns; i++)
		print(out, size, len, "%s%s%s", i ? "," : "",
		      place->has_column[place->order[i]] ? "" : "-",
		      view->columns[place->order[i]].field->name);
	print(out, size, len, "\n");
}

size_t config_print(const struct app *app, char *out, size_t size)
{
	const struct app_place *namespaces = &app->places[APP_NAMESPACES];
	const struct app_place *processes = &app->places[APP_PROCESSES];
	size_t len = 0;

	print(out, size, &len,
	      "# pidns-top(8) writes this file when W is pressed.\n"
	      "delay=%g\n"
	      "tree=%d\n"
	      "commands=%d\n"
	      "below=%d\n"
	      "hide-kernel=%d\n"
	      "threads=%d\n"
	      "theme=%s\n"
	      "sort-namespaces=%s%s\n"
	      "sort-processes=%s%s\n",
	      app->delay, app->is_tree, app->has_commands, app->is_below, app->hides_kernel,
	      app->has_threads, theme_names[app->theme], sort_sign(namespaces),
	      view_namespaces.columns[namespaces->sorted_by].field->name, sort_sign(processes),
	      view_processes.columns[processes->sorted_by].field->name);
	print_columns("columns-namespaces", &view_namespaces, APP_NAMESPACES, app, out, size, &len);
	print_columns("columns-processes", &view_processes, APP_PROCESSES, app, out, size, &len);
	return len;
}
