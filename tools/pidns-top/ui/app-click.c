// SPDX-License-Identifier: GPL-2.0-or-later
/* app-click.c - what the mouse asks for. */
#include "app-requests.h"
#include "keys.h"

/* Rows that a notch of the wheel is. */
#define WHEEL_ROWS 3

/* What is selected is opened; what is not gets selected first, so that a double click opens. */
static void click_row(struct app *app, const struct scene *scene, size_t at)
{
	if (at == app_place(app)->selected)
		app_open(app, scene);
	else
		app_select(app, scene, at);
}

static void click_title(struct app *app, const struct scene *scene, size_t column)
{
	if (column == app_place(app)->sorted_by)
		app_reverse(app, scene);
	else
		app_sort_by(app, column);
}

static void click_choice(struct app *app, const struct scene *scene, size_t at)
{
	if (at == app->menu)
		app_key(app, scene, TOP_KEY_RETURN);
	else
		app->menu = at;
}

void app_click(struct app *app, const struct scene *scene, const struct app_hit *hit)
{
	app->message[0] = '\0';
	switch (hit->kind) {
	case HIT_NOTHING:
		break;
	case HIT_ROW:
		click_row(app, scene, hit->at);
		break;
	case HIT_COLUMN:
		click_title(app, scene, hit->at);
		break;
	case HIT_CHOICE:
		click_choice(app, scene, hit->at);
		break;
	case HIT_KEY:
		app_key(app, scene, hit->key);
		break;
	}
}

void app_wheel(struct app *app, const struct scene *scene, bool is_down)
{
	size_t selected = app_place(app)->selected;

	switch (app->mode) {
	case APP_PROMPT:
	case APP_ASK:
		break;
	case APP_LIST:
		if (is_down)
			selected += WHEEL_ROWS;
		else
			selected -= selected < WHEEL_ROWS ? selected : WHEEL_ROWS;
		app_select(app, scene, selected);
		break;
	default:
		for (int i = 0;
		     i < (app->mode == APP_MENU || app->mode == APP_SETUP ? 1 : WHEEL_ROWS); i++)
			app_key(app, scene, is_down ? TOP_KEY_DOWN : TOP_KEY_UP);
	}
}
