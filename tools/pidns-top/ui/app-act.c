// SPDX-License-Identifier: GPL-2.0-or-later
/* app-act.c - requests that do something to processes: asked first, with what will end. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app-requests.h"
#include "common/fate.h"
#include "common/signame.h"
#include "keys.h"
#include "pidns-top/cells.h"
#include "pidns-top/rows/text.h"

/* ---- Tags ---- */

bool app_tags_has(const struct app_tags *tags, const struct ident *ident)
{
	for (size_t i = 0; i < tags->count; i++)
		if (ident_is_same(&tags->list[i], ident))
			return true;
	return false;
}

static void tags_remove(struct app_tags *tags, const struct ident *ident)
{
	for (size_t i = 0; i < tags->count; i++) {
		if (!ident_is_same(&tags->list[i], ident))
			continue;
		tags->list[i] = tags->list[--tags->count];
		return;
	}
}

/* A row's process: itself, or the init of a namespace. */
bool app_process_of(const struct scene *scene, const struct row *row, struct ident *ret)
{
	const struct pidns_ns *ns = row->ns;
	const struct pidns_task *task = row->task;

	if (task) {
		/* Of a thread, the process. */
		if (task->pid != task->tid)
			task = pidns_task_find(scene->sample->snapshot, NULL, task->pid);
		if (task)
			*ret = ident_of_task(task);
		return task != NULL;
	}
	if (!(ns->known & PIDNS_NS_REAPER) || ns->reaper <= 0)
		return false;
	task = pidns_task_find(scene->sample->snapshot, NULL, ns->reaper);
	*ret = (struct ident){.is_set = true, .pid = ns->reaper};
	if (task && task->known & PIDNS_TASK_START)
		ret->start_ns = task->start_ns;
	else if (ns->known & PIDNS_NS_REAPER_START)
		ret->start_ns = ns->reaper_start_ns;
	return true;
}

static bool may_act(struct app *app, const struct scene *scene)
{
	if (app->is_readonly)
		snprintf(app->message, sizeof(app->message), "read only: nothing is changed");
	else if (scene->sample->recording)
		snprintf(app->message, sizeof(app->message),
			 "this is a recording: there is nothing to act on");
	else if (scene->sample->replay_ns)
		snprintf(app->message, sizeof(app->message),
			 "this is the past: } goes back to now, where one can act");
	return !app->message[0];
}

static const struct row *row_to_act_on(struct app *app, const struct scene *scene,
				       struct ident *ret)
{
	const struct row *row = may_act(app, scene) ? app_selected_row(app, scene) : NULL;

	if (row && app_process_of(scene, row, ret))
		return row;
	if (row)
		snprintf(app->message, sizeof(app->message), "it has no init");
	return NULL;
}

void app_tag(struct app *app, const struct scene *scene)
{
	struct ident ident;

	if (!row_to_act_on(app, scene, &ident))
		return;
	if (app_tags_has(&app->tags, &ident))
		tags_remove(&app->tags, &ident);
	else if (app->tags.count < APP_TAGS_MAX)
		app->tags.list[app->tags.count++] = ident;
	else
		snprintf(app->message, sizeof(app->message), "no more than %d can be tagged",
			 APP_TAGS_MAX);
	app_down(app, scene);
}

void app_untag(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->tags.count = 0;
}

/* ---- Signals ---- */

void app_kill(struct app *app, const struct scene *scene)
{
	struct ident ident;

	if (!row_to_act_on(app, scene, &ident))
		return;
	app->act = (struct app_act){.kind = ACT_SIGNAL, .target = ident};
	app->mode = APP_PROMPT;
	prompt_open(&app->prompt, PROMPT_SIGNAL, "");
}

/* "PID 12 (sleep), init of web: SIGKILL ends all 12 processes there". */
static void describe_one(const struct scene *scene, const struct app_act *act, char *out,
			 size_t size)
{
	const struct pidns_snapshot *snapshot = scene->sample->snapshot;
	const struct pidns_task *task = pidns_task_find(snapshot, NULL, act->target.pid);
	char name[NAME_SIZE] = "", comm[80] = "", fate[FATE_SIZE] = "";
	size_t len;

	if (task && task->known & PIDNS_TASK_COMM)
		text_clean(task->comm, strlen(task->comm), comm, sizeof(comm));
	len = (size_t)snprintf(out, size, "PID %" PRId32 " (%s)", act->target.pid, comm);
	if (!task || !fate_describe(task, task->ns, act->value, fate))
		return;
	cells_ns_name(scene->sample, task->ns, name, sizeof(name));
	snprintf(out + len, size - len, ", init of %.60s: %s", name, fate);
}

static void ask(struct app *app)
{
	app->mode = APP_ASK;
}

void app_accept_signal(struct app *app, const struct scene *scene, const char *text)
{
	char name[SIGNAME_SIZE], whom[sizeof(app->question)];

	app->act.value = text[0] ? signame_parse(text) : SIGTERM;
	if (app->act.value < 0) {
		snprintf(app->message, sizeof(app->message), "not a signal: nothing was sent");
		return;
	}
	describe_one(scene, &app->act, whom, sizeof(whom));
	if (app->tags.count)
		snprintf(whom, sizeof(whom), "%zu tagged processes", app->tags.count);
	snprintf(app->question, sizeof(app->question), "Send %s to %.400s?",
		 signame(app->act.value, name), whom);
	ask(app);
}

/* ---- Nice values ---- */

static void renice(struct app *app, const struct scene *scene, int by)
{
	struct ident ident;

	if (!row_to_act_on(app, scene, &ident))
		return;
	app->act = (struct app_act){.kind = ACT_NICE, .value = by, .target = ident};
	app->wants_act = true;
}

void app_nice_lower(struct app *app, const struct scene *scene)
{
	renice(app, scene, -1);
}

void app_nice_raise(struct app *app, const struct scene *scene)
{
	renice(app, scene, 1);
}

/* ---- A shell ---- */

void app_shell(struct app *app, const struct scene *scene)
{
	struct ident ident;
	const struct row *row = row_to_act_on(app, scene, &ident);
	char name[NAME_SIZE];

	if (!row)
		return;
	app->act = (struct app_act){.kind = ACT_SHELL, .target = ident};
	cells_ns_name(scene->sample, row->ns, name, sizeof(name));
	snprintf(app->question, sizeof(app->question),
		 "Run a shell in %.60s, in all namespaces of PID %" PRId32 "?", name, ident.pid);
	ask(app);
}

/* ---- The answer ---- */

void app_answer_key(struct app *app, int key)
{
	app->mode = APP_LIST;
	if (key == 'y' || key == 'Y')
		app->wants_act = true;
	else
		snprintf(app->message, sizeof(app->message), "nothing was done");
}
