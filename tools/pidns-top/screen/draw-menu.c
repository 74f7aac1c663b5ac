// SPDX-License-Identifier: GPL-2.0-or-later
/* draw-menu.c - columns to choose from: what to sort by, and what to show. */
#include <stdio.h>

#include "draw-internal.h"
#include "pidns-top/view.h"

static void draw_choice(const struct draw_frame *frame, unsigned int y, const struct column *column,
			bool is_selected)
{
	char line[256];

	snprintf(line, sizeof(line), "%c %-8s %s", is_selected ? '>' : ' ',
		 column_title(column, false), column->field->help);
	draw_put_line(frame, y, 0, line, is_selected ? STYLE_SELECTED : STYLE_TEXT);
}

/* How many columns before that one can be sorted by. */
static size_t choices_before(const struct view *view, size_t column)
{
	size_t count = 0;

	for (size_t i = 0; i < column; i++)
		count += column_can_sort(&view->columns[i]);
	return count;
}

/* The first of the lines that there is room for. */
static size_t first_shown(const struct draw_frame *frame, size_t chosen)
{
	size_t page = frame->height > 1 ? frame->height - 1 : 1;

	return chosen >= page ? chosen - page + 1 : 0;
}

unsigned int draw_menu(const struct draw_frame *frame, const struct app *app)
{
	const struct view *view = view_of(app);
	unsigned int page = frame->height > 1 ? frame->height - 1 : 1;
	size_t chosen = choices_before(view, app->menu);
	size_t first = first_shown(frame, chosen);

	for (size_t i = 0; i < view->nr_columns; i++) {
		size_t at = choices_before(view, i);

		if (column_can_sort(&view->columns[i]) && at >= first && at < first + page)
			draw_choice(frame, (unsigned int)(at - first), &view->columns[i],
				    i == app->menu);
	}
	draw_page_end(frame, app, "Sort by: Enter chooses, Esc leaves");
	return (unsigned int)(chosen - first);
}

/* "> [x] NAME     its container, or …". */
static void draw_setup_line(const struct draw_frame *frame, const struct app *app, unsigned int y,
			    size_t place)
{
	size_t at = app_column_at(app, place);
	const struct column *column = &view_of(app)->columns[at];
	bool is_selected = place == app->menu;
	char line[256];

	snprintf(line, sizeof(line), "%c [%c] %-8s %s", is_selected ? '>' : ' ',
		 app_has_column(app, at) ? 'x' : ' ', column_title(column, false),
		 column->field->help);
	draw_put_line(frame, y, 0, line, is_selected ? STYLE_SELECTED : STYLE_TEXT);
}

unsigned int draw_setup(const struct draw_frame *frame, const struct app *app)
{
	size_t page = frame->height > 1 ? frame->height - 1 : 1;
	size_t first = first_shown(frame, app->menu);

	for (size_t i = first; i < view_of(app)->nr_columns && i < first + page; i++)
		draw_setup_line(frame, app, (unsigned int)(i - first), i);
	draw_page_end(frame, app,
		      "Space shows or hides, - and + move, C colours, Esc leaves and saves");
	return (unsigned int)(app->menu - first);
}

bool draw_menu_hit(const struct draw_frame *frame, const struct app *app, unsigned int y,
		   size_t *ret_at)
{
	const struct view *view = view_of(app);
	size_t at;

	if (y + 1 >= frame->height)
		return false;
	if (app->mode == APP_SETUP) {
		*ret_at = first_shown(frame, app->menu) + y;
		return *ret_at < view->nr_columns;
	}
	at = first_shown(frame, choices_before(view, app->menu)) + y;
	for (size_t i = 0; i < view->nr_columns; i++) {
		*ret_at = i;
		if (column_can_sort(&view->columns[i]) && choices_before(view, i) == at)
			return true;
	}
	return false;
}
