// SPDX-License-Identifier: GPL-2.0-or-later
/* app-setup.c - choose the columns of the view shown, and their order. */
#include <stdio.h>
#include <string.h>

#include "app-requests.h"
#include "keys.h"
#include "pidns-top/view.h"

void app_setup(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->mode = APP_SETUP;
	app->menu = 0;
	app->origin = *app_place(app);
	app->theme_before = app->theme;
}

/* The last one stays: a list without columns is none. */
static void toggle_column(struct app *app)
{
	struct app_place *place = app_place(app);
	bool *has = &place->has_column[place->order[app->menu]];
	size_t count = 0;

	for (size_t i = 0; i < view_of(app)->nr_columns; i++)
		count += place->has_column[i];
	if (*has && count == 1)
		snprintf(app->message, sizeof(app->message), "one column has to stay");
	else
		*has = !*has;
}

/* It changes places with its neighbour, and stays the chosen one. */
static void move_column(struct app *app, bool is_forward)
{
	unsigned char *order = app_place(app)->order, moved = order[app->menu];
	size_t to = is_forward ? app->menu + 1 : app->menu - 1;

	if (is_forward ? to >= view_of(app)->nr_columns : !app->menu)
		return;
	order[app->menu] = order[to];
	order[to] = moved;
	app->menu = to;
}

static void leave_setup(struct app *app)
{
	const struct app_place *place = app_place(app);

	app->mode = APP_LIST;
	if (app->theme != app->theme_before ||
	    memcmp(place->order, app->origin.order, sizeof(place->order)) != 0 ||
	    memcmp(place->has_column, app->origin.has_column, sizeof(place->has_column)) != 0)
		app_save(app, NULL);
}

void app_setup_key(struct app *app, int key)
{
	switch (key_request(key)) {
	case REQUEST_up:
		app->menu -= app->menu ? 1 : 0;
		break;
	case REQUEST_down:
		app->menu += app->menu + 1 < view_of(app)->nr_columns;
		break;
	case REQUEST_first:
		app->menu = 0;
		break;
	case REQUEST_last:
		app->menu = view_of(app)->nr_columns - 1;
		break;
	case REQUEST_tag:
	case REQUEST_open:
		toggle_column(app);
		break;
	case REQUEST_fold:
	case REQUEST_nice_lower:
		move_column(app, false);
		break;
	case REQUEST_unfold:
	case REQUEST_nice_raise:
		move_column(app, true);
		break;
	case REQUEST_theme:
		app_theme(app, NULL);
		break;
	case REQUEST_back:
	case REQUEST_setup:
	case REQUEST_quit:
		leave_setup(app);
		break;
	default:
		app_refuse_key(app);
	}
}
