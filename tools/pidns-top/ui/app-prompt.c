// SPDX-License-Identifier: GPL-2.0-or-later
/* app-prompt.c - requests that take a text: search, filter, delay. */
#include "app-requests.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "pidns-top/rows/text.h"

void app_find(struct app *app, const struct scene *scene, bool is_forward, bool is_here)
{
	const struct rows *rows = scene->rows;
	size_t at = app_place(app)->selected;

	for (size_t step = is_here ? 0 : 1; step <= rows->count && rows->count; step++) {
		size_t i = (is_forward ? at + step : at + rows->count - step) % rows->count;

		if (rows_match(rows, app, scene->sample, &rows->list[i], app->search)) {
			app_select(app, scene, i);
			return;
		}
	}
	snprintf(app->message, sizeof(app->message), "No row matches.");
}

static void open_prompt(struct app *app, enum prompt_kind kind, const char *text)
{
	app->mode = APP_PROMPT;
	app->origin = *app_place(app);
	prompt_open(&app->prompt, kind, text);
	app->wants_take = kind != PROMPT_DELAY; /* names of all rows may be needed from now on */
}

static void find_next(struct app *app, const struct scene *scene, bool is_forward)
{
	if (app->search[0])
		app_find(app, scene, is_forward, false);
	else
		open_prompt(app, PROMPT_SEARCH, app->search);
}

void app_search_next(struct app *app, const struct scene *scene)
{
	find_next(app, scene, true);
}

void app_search_prev(struct app *app, const struct scene *scene)
{
	find_next(app, scene, false);
}

void app_search(struct app *app, const struct scene *scene)
{
	(void)scene;
	open_prompt(app, PROMPT_SEARCH, app->search);
}

/* The filter is edited where it stands; a search begins anew. */
void app_filter(struct app *app, const struct scene *scene)
{
	const char *filter = app_place(app)->filter;

	(void)scene;
	open_prompt(app, PROMPT_FILTER, filter);
	prompt_set(&app->prompt, filter);
}

void app_delay(struct app *app, const struct scene *scene)
{
	char text[32];

	(void)scene;
	snprintf(text, sizeof(text), "%g", app->delay);
	open_prompt(app, PROMPT_DELAY, text);
}

/* From where the cursor was, so that taking a letter back takes its effect back as well. */
void app_find_typed(struct app *app, const struct scene *scene)
{
	struct app_place *place = app_place(app);

	place->cursor = app->origin.cursor;
	place->selected = app->origin.selected;
	app_settle(app, scene->rows);
	if (app->search[0])
		app_find(app, scene, true, true);
}

/* What is typed takes effect as it is typed; a delay, when it is complete. */
static void prompt_changed(struct app *app, const struct scene *scene, const char *text)
{
	if (app->prompt.kind == PROMPT_FILTER) {
		snprintf(app_place(app)->filter, PROMPT_SIZE, "%s", text);
		app->wants_rows = true;
	} else if (app->prompt.kind == PROMPT_SEARCH) {
		snprintf(app->search, sizeof(app->search), "%s", text);
		app_find_typed(app, scene);
	}
}

static void take_back(struct app *app, const struct scene *scene)
{
	if (app->prompt.kind == PROMPT_SEARCH) {
		prompt_changed(app, scene, "");
		snprintf(app->search, sizeof(app->search), "%s", app->prompt.before);
	} else {
		prompt_changed(app, scene, app->prompt.before);
	}
}

void app_vpid(struct app *app, const struct scene *scene)
{
	(void)scene;
	if (app->view != APP_PROCESSES) {
		snprintf(app->message, sizeof(app->message), "first Enter a namespace");
		return;
	}
	app->mode = APP_PROMPT;
	prompt_open(&app->prompt, PROMPT_VPID, "");
}

void app_user(struct app *app, const struct scene *scene)
{
	(void)scene;
	if (app->view != APP_PROCESSES) {
		snprintf(app->message, sizeof(app->message), "first Enter a namespace");
		return;
	}
	app->mode = APP_PROMPT;
	prompt_open(&app->prompt, PROMPT_USER, app->user);
}

static void accept_user(struct app *app)
{
	snprintf(app->user, sizeof(app->user), "%s", app->prompt.text);
	app->wants_rows = app->wants_take = true;
}

/* Exactly that number, which is another in each namespace. */
static void find_vpid(struct app *app, const struct scene *scene, const char *text)
{
	const struct rows *rows = scene->rows;
	char *end;
	long vpid = strtol(text, &end, 10);

	for (size_t i = 0; text[0] && !*end && vpid > 0 && i < rows->count; i++) {
		const struct pidns_task *task = rows->list[i].task;

		if (task && pidns_task_vpid(task, rows->inside) == vpid) {
			app_select(app, scene, i);
			return;
		}
	}
	snprintf(app->message, sizeof(app->message), "no process with the VPID %.20s here", text);
}

static void accept_delay(struct app *app)
{
	double delay;

	if (!app->prompt.len)
		return;
	if (app_parse_delay(app->prompt.text, &delay))
		app->delay = delay;
	else
		snprintf(app->message, sizeof(app->message),
			 "Not a number of seconds from %g to %g.", APP_DELAY_MIN, APP_DELAY_MAX);
}

bool app_parse_delay(const char *text, double *ret_delay)
{
	char *end;
	double delay = strtod(text, &end);

	if (end == text || *end || !isfinite(delay) || delay < APP_DELAY_MIN ||
	    delay > APP_DELAY_MAX)
		return false;
	*ret_delay = delay;
	return true;
}

void app_prompt_key(struct app *app, const struct scene *scene, int key)
{
	switch (key) {
	case TOP_KEY_RETURN:
		app->mode = APP_LIST;
		if (app->prompt.kind == PROMPT_VPID)
			find_vpid(app, scene, app->prompt.text);
		else if (app->prompt.kind == PROMPT_SIGNAL)
			app_accept_signal(app, scene, app->prompt.text);
		else if (app->prompt.kind == PROMPT_USER)
			accept_user(app);
		else if (app->prompt.kind == PROMPT_DELAY)
			accept_delay(app);
		/* Enter alone repeats the last search. */
		else if (app->prompt.kind == PROMPT_SEARCH && !app->search[0])
			snprintf(app->search, sizeof(app->search), "%s", app->prompt.before);
		break;
	case TOP_KEY_ESCAPE:
		app->mode = APP_LIST;
		take_back(app, scene);
		break;
	default:
		if (!prompt_is_key(key))
			app_refuse_key(app);
		else if (prompt_key(&app->prompt, key))
			prompt_changed(app, scene, app->prompt.text);
	}
}
