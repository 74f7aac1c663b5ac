// SPDX-License-Identifier: GPL-2.0-or-later
/* app-sort.c - requests that sort, and the menu of columns to sort by. */
#include "app-requests.h"

#include "keys.h"
#include "pidns-top/view.h"

void app_sort_by(struct app *app, size_t column)
{
	const struct view *view = view_of(app);
	struct app_place *place = app_place(app);

	if (column >= view->nr_columns || !column_can_sort(&view->columns[column]))
		return;
	if (place->sorted_by != column)
		place->is_reversed = false;
	place->sorted_by = column;
	app->wants_rows = true;
	app->wants_take = true;
}

static size_t next_sortable(const struct view *view, size_t column, bool is_forward)
{
	size_t at = column;

	while (is_forward ? at + 1 < view->nr_columns : at > 0) {
		at = is_forward ? at + 1 : at - 1;
		if (column_can_sort(&view->columns[at]))
			return at;
	}
	return column;
}

void app_sort_left(struct app *app, const struct scene *scene)
{
	(void)scene;
	app_sort_by(app, next_sortable(view_of(app), app_place(app)->sorted_by, false));
}

void app_sort_right(struct app *app, const struct scene *scene)
{
	(void)scene;
	app_sort_by(app, next_sortable(view_of(app), app_place(app)->sorted_by, true));
}

void app_sort_number(struct app *app, const struct scene *scene)
{
	(void)scene;
	app_sort_by(app, view_of(app)->number);
}

void app_sort_cpu(struct app *app, const struct scene *scene)
{
	(void)scene;
	app_sort_by(app, view_of(app)->cpu);
}

void app_sort_memory(struct app *app, const struct scene *scene)
{
	(void)scene;
	app_sort_by(app, view_of(app)->memory);
}

void app_sort_time(struct app *app, const struct scene *scene)
{
	(void)scene;
	app_sort_by(app, view_of(app)->time);
}

void app_reverse(struct app *app, const struct scene *scene)
{
	(void)scene;
	app_place(app)->is_reversed = !app_place(app)->is_reversed;
	app->wants_rows = true;
}

void app_sort_menu(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->mode = APP_MENU;
	app->menu = app_place(app)->sorted_by;
}

void app_menu_key(struct app *app, int key)
{
	const struct view *view = view_of(app);

	switch (key) {
	case TOP_KEY_UP:
	case 'k':
		app->menu = next_sortable(view, app->menu, false);
		break;
	case TOP_KEY_DOWN:
	case 'j':
		app->menu = next_sortable(view, app->menu, true);
		break;
	case TOP_KEY_RETURN:
		app_sort_by(app, app->menu);
		app->mode = APP_LIST;
		break;
	case TOP_KEY_ESCAPE:
	case 'q':
		app->mode = APP_LIST;
		break;
	default:
		app_refuse_key(app);
	}
}
