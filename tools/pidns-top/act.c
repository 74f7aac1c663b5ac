// SPDX-License-Identifier: GPL-2.0-or-later
/* act.c - what is done to processes, through pidfds. */
#include "act.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/handle.h"
#include "common/signame.h"

struct held {
	struct ident ident;
	int fd; /* or -Exxx */
};

struct act {
	struct pidns_ctx *ctx;
	struct held *list;
	size_t count;
};

struct act *act_open(struct pidns_ctx *ctx)
{
	struct act *act = calloc(1, sizeof(*act));

	if (act)
		act->ctx = ctx;
	return act;
}

static void let_go(struct held *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].fd >= 0)
			close(list[i].fd);
	free(list);
}

struct act *act_close(struct act *act)
{
	if (act)
		let_go(act->list, act->count);
	free(act);
	return NULL;
}

static struct held *find(struct act *act, const struct ident *ident)
{
	for (size_t i = 0; i < act->count; i++)
		if (ident_is_same(&act->list[i].ident, ident))
			return &act->list[i];
	return NULL;
}

/* As it was held before, or from now on. */
static void hold(struct act *act, struct held *list, size_t *count, const struct ident *ident)
{
	struct held *before = find(act, ident);
	struct held *held = &list[(*count)++];

	held->ident = *ident;
	held->fd = before ? before->fd : handle_open(ident->pid);
	if (before)
		before->fd = -EBADF; /* handed over */
}

static bool is_as_before(struct act *act, const struct ident *selected, const struct app_tags *tags)
{
	size_t count = tags->count + (selected->is_set ? 1 : 0);

	return count == act->count && (!selected->is_set || find(act, selected)) &&
	       (!tags->count || find(act, &tags->list[tags->count - 1]));
}

void act_hold(struct act *act, const struct ident *selected, const struct app_tags *tags)
{
	struct held *list;
	size_t count = 0;

	if (is_as_before(act, selected, tags))
		return;
	list = calloc(tags->count + 2, sizeof(*list));
	if (!list)
		return;
	for (size_t i = 0; i < tags->count; i++)
		hold(act, list, &count, &tags->list[i]);
	if (selected->is_set && !app_tags_has(tags, selected))
		hold(act, list, &count, selected);
	let_go(act->list, act->count);
	act->list = list;
	act->count = count;
}

/* While it is held, whatever is said of its PID is said of it. */
static bool is_the_one(struct act *act, const struct held *held)
{
	int32_t pid = held->ident.pid;
	struct pidns_take_opts opts = {
		.size = sizeof(opts), .task_fields = PIDNS_TASK_START, .pids = &pid, .nr_pids = 1};
	const struct pidns_task *task;
	struct pidns_snapshot *snapshot;
	bool is_same = false;

	if (!act->ctx || pidns_snapshot_take(act->ctx, &opts, &snapshot) < 0)
		return false;
	task = pidns_task_find(snapshot, NULL, pid);
	if (task) {
		struct ident now = ident_of_task(task);

		is_same = now.start_ns && held->ident.start_ns && ident_is_same(&now, &held->ident);
	}
	pidns_snapshot_unref(snapshot);
	return is_same && handle_is_there(held->fd);
}

int act_pidfd(struct act *act, const struct ident *ident)
{
	struct held *held = find(act, ident);

	if (!held)
		return -ESRCH;
	if (held->fd < 0)
		return held->fd;
	return is_the_one(act, held) ? held->fd : -ESRCH;
}

/* There is no such call for pidfds; so it is held before and after. */
static int renice(int fd, int32_t pid, int by)
{
	int now;

	errno = 0;
	now = getpriority(PRIO_PROCESS, (id_t)pid);
	if (now == -1 && errno)
		return -errno;
	if (!handle_is_there(fd))
		return -ESRCH;
	return setpriority(PRIO_PROCESS, (id_t)pid, now + by) < 0 ? -errno : 0;
}

static int act_on(struct act *act, const struct app_act *what, const struct ident *ident)
{
	int fd = act_pidfd(act, ident);

	if (fd < 0)
		return fd;
	if (what->kind == ACT_SIGNAL)
		return handle_signal(fd, what->value);
	return renice(fd, ident->pid, what->value);
}

static void describe(const struct app_act *what, size_t done, char *out, size_t size)
{
	char name[SIGNAME_SIZE];

	if (what->kind == ACT_SIGNAL)
		snprintf(out, size, "%s sent to %zu process%s.", signame(what->value, name), done,
			 done == 1 ? "" : "es");
	else
		snprintf(out, size, "Nice value of %zu process%s %s by 1.", done,
			 done == 1 ? "" : "es", what->value > 0 ? "raised" : "lowered");
}

size_t act_do(struct act *act, const struct app *app, char *why, size_t size)
{
	const struct app_act *what = &app->act;
	size_t count = app->tags.count ? app->tags.count : 1, done = 0;
	int error = 0;

	for (size_t i = 0; i < count; i++) {
		const struct ident *ident = app->tags.count ? &app->tags.list[i] : &what->target;
		int r = act_on(act, what, ident);

		done += r == 0;
		if (r < 0 && !error) {
			error = r;
			snprintf(why, size, "PID %d: %s.", ident->pid,
				 r == -ESRCH ? "it has ended; nothing was done to another process"
					     : strerror(-r));
		}
	}
	if (!error)
		describe(what, done, why, size);
	return done;
}
