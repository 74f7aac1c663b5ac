// SPDX-License-Identifier: GPL-2.0-or-later
/* app.c - the state of the user interface, and which key goes where in which mode. */
#include "app.h"

#include <stdio.h>
#include <string.h>

#include "app-requests.h"
#include "config.h"
#include "help.h"
#include "keys.h"
#include "pidns-top/rows/text.h"
#include "pidns-top/view.h"

/* Columns by which the help goes sideways on a narrow screen, and how far. */
#define HELP_STEP     8
#define HELP_LEFT_MAX 80

static void init_place(struct app_place *place, const struct view *view)
{
	place->sorted_by = view->sorted_by;
	for (size_t i = 0; i < view->nr_columns; i++) {
		place->order[i] = (unsigned char)i;
		place->has_column[i] = !(view->columns[i].flags & COLUMN_CHOSEN) &&
				       !(view->columns[i].flags & COLUMN_ONLY_SORTED);
	}
}

size_t app_column_at(const struct app *app, size_t place)
{
	return app->places[app->view].order[place];
}

bool app_has_column(const struct app *app, size_t column)
{
	return app->places[app->view].has_column[column];
}

bool app_is_tree(const struct app *app)
{
	const struct app_place *place = &app->places[app->view];

	return app->is_tree && (app->view == APP_NAMESPACES ||
				(place->sorted_by == view_processes.number && !place->is_reversed));
}

bool app_shows_threads(const struct app *app)
{
	return app->view == APP_PROCESSES && app->has_threads;
}

void app_init(struct app *app)
{
	*app = (struct app){
		.is_tree = true,
		.has_commands = true,
		.has_pane = true,
		.delay = 2,
		.page = 1,
	};
	init_place(&app->places[APP_NAMESPACES], &view_namespaces);
	init_place(&app->places[APP_PROCESSES], &view_processes);
}

void app_clear(struct app *app)
{
	folds_clear(&app->folds);
}

struct app_place *app_place(struct app *app)
{
	return &app->places[app->view];
}

void app_quit(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->is_leaving = true;
}

void app_help(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->mode = APP_HELP;
	app->help_top = app->help_left = 0;
}

/* What is known of it so far does not say all. */
void app_details(struct app *app, const struct scene *scene)
{
	const struct row *row = app_selected_row(app, scene);

	if (!row)
		return;
	app->mode = APP_DETAILS;
	app->detailed = ident_of_ns(row->ns);
	app->help_top = app->help_left = 0;
	app->wants_take = true;
}

/* The last of them are at the end, which is what is shown. */
void app_events(struct app *app, const struct scene *scene)
{
	app->mode = APP_EVENTS;
	app->help_left = 0;
	app->details = scene->sample->events ? scene->sample->events->count : 0;
	app->help_top = app->details > app->help_page ? app->details - app->help_page : 0;
}

/* Of a process, or of the init of a namespace. */
void app_wrap(struct app *app, const struct scene *scene)
{
	const struct row *row = app_selected_row(app, scene);

	if (!row)
		return;
	if (!app_process_of(scene, row, &app->detailed)) {
		snprintf(app->message, sizeof(app->message), "it has no init");
		return;
	}
	app->mode = APP_COMMAND;
	app->help_top = app->help_left = 0;
	app->wants_take = true;
}

void app_follow_events(struct app *app, const struct sample *sample)
{
	bool is_at_end = app->help_top + app->help_page >= app->details;
	size_t last;

	if (app->mode != APP_EVENTS)
		return;
	app->details = sample->events ? sample->events->count : 0;
	last = app->details > app->help_page ? app->details - app->help_page : 0;
	if (is_at_end || app->help_top > last)
		app->help_top = last;
}

#define STEP(name, to)                                              \
	void app_##name(struct app *app, const struct scene *scene) \
	{                                                           \
		(void)scene;                                        \
		app->step = to;                                     \
	}
STEP(earlier, STEP_EARLIER)
STEP(later, STEP_LATER)
STEP(oldest, STEP_OLDEST)
STEP(newest, STEP_NEWEST)
#undef STEP

/* The first time there is nothing to compare with yet. */
void app_compare(struct app *app, const struct scene *scene)
{
	if (!scene->sample->mark) {
		app->wants_mark = true;
		return;
	}
	app->mode = APP_COMPARE;
	app->help_top = app->help_left = 0;
}

void app_command(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->has_commands = !app->has_commands;
}

const char *const theme_names[NR_THEMES] = {"dark", "light", "contrast", "mono"};

void app_theme(struct app *app, const struct scene *scene)
{
	(void)scene;
	if (!app->has_colours) {
		snprintf(app->message, sizeof(app->message), "there are no colours here");
		return;
	}
	app->theme = (app->theme + 1) % NR_THEMES;
	snprintf(app->message, sizeof(app->message), "colours: %s", theme_names[app->theme]);
}

void app_pause(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->is_paused = !app->is_paused;
	/* What is paused is this very moment, with all there is to know about it. */
	app->wants_take = true;
}

void app_refresh(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->wants_take = true;
}

void app_save(struct app *app, const struct scene *scene)
{
	char path[CONFIG_PATH_SIZE], why[CONFIG_PATH_SIZE + 100];

	(void)scene;
	if (config_path(path, sizeof(path)) < 0)
		snprintf(why, sizeof(why), "No home directory to keep settings in.");
	else if (config_save(path, app, why, sizeof(why)) == 0)
		snprintf(why, sizeof(why), "Written: %s", path);
	text_clean(why, strlen(why), app->message, sizeof(app->message));
}

void app_redraw(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->wants_redraw = true;
}

void app_request(struct app *app, const struct scene *scene, enum request request)
{
	static void (*const requests[NR_REQUESTS])(struct app *, const struct scene *) = {
#define X(name, keys, label, help) [REQUEST_##name] = app_##name,
		REQUESTS(X)
#undef X
	};

	if (request < NR_REQUESTS)
		requests[request](app, scene);
	else
		app_refuse_key(app);
}

void app_refuse_key(struct app *app)
{
	snprintf(app->message, sizeof(app->message), "no such key; %s",
		 app->mode == APP_LIST ? "h for help" : "Esc leaves");
}

/* What a page shows can be of another moment, too. */
static bool page_step(struct app *app, const struct scene *scene, enum request request)
{
	switch (request) {
	case REQUEST_earlier:
	case REQUEST_later:
	case REQUEST_oldest:
	case REQUEST_newest:
		app_request(app, scene, request);
		return true;
	case REQUEST_compare:
		if (app->mode != APP_COMPARE)
			return false;
		app->wants_mark = true;
		app->mode = APP_LIST;
		return true;
	default:
		return false;
	}
}

/* So many lines are read page by page. */
static void page_key(struct app *app, const struct scene *scene, size_t lines, int key)
{
	size_t last = lines > app->help_page ? lines - app->help_page : 0;

	if (page_step(app, scene, key_request(key)))
		return;
	switch (key_request(key)) {
	case REQUEST_up:
		app->help_top -= app->help_top ? 1 : 0;
		break;
	case REQUEST_down:
		app->help_top++;
		break;
	case REQUEST_page_up:
		app->help_top -= app->help_top > app->help_page ? app->help_page : app->help_top;
		break;
	case REQUEST_page_down:
	case REQUEST_tag:
		app->help_top += app->help_page;
		break;
	case REQUEST_fold:
		app->help_left -= app->help_left ? HELP_STEP : 0;
		break;
	case REQUEST_unfold:
		app->help_left += app->help_left < HELP_LEFT_MAX ? HELP_STEP : 0;
		break;
	case REQUEST_first:
		app->help_top = 0;
		break;
	case REQUEST_last:
		app->help_top = last;
		break;
	case REQUEST_back:
	case REQUEST_help:
	case REQUEST_details:
	case REQUEST_events:
	case REQUEST_wrap:
	case REQUEST_open:
	case REQUEST_quit:
		app->mode = APP_LIST;
		break;
	case REQUEST_redraw:
		app->wants_redraw = true;
		break;
	default:
		app_refuse_key(app);
		break;
	}
	if (app->help_top > last)
		app->help_top = last;
}

void app_key(struct app *app, const struct scene *scene, int key)
{
	app->message[0] = '\0';
	switch (app->mode) {
	case APP_LIST:
		app_request(app, scene, key_request(key));
		break;
	case APP_PROMPT:
		app_prompt_key(app, scene, key);
		break;
	case APP_MENU:
		app_menu_key(app, key);
		break;
	case APP_SETUP:
		app_setup_key(app, key);
		break;
	case APP_ASK:
		app_answer_key(app, key);
		break;
	case APP_HELP:
		page_key(app, scene, help_lines(), key);
		break;
	case APP_EVENTS:
		app->details = scene->sample->events ? scene->sample->events->count : 0;
		page_key(app, scene, app->details, key);
		break;
	case APP_DETAILS:
	case APP_COMMAND:
	case APP_COMPARE:
		page_key(app, scene, app->details, key);
		break;
	}
}
