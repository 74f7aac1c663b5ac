// SPDX-License-Identifier: GPL-2.0-or-later
/* events.c - what happened between two snapshots, kept for a while. */
#include "events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/remedy.h"
#include "pidns-top/rows/text.h"

static struct event *add(struct events *events)
{
	if (events->count == events->room) {
		size_t room = events->room ? events->room * 2 : 64;
		struct event *grown = realloc(events->list, room * sizeof(*grown));

		if (!grown)
			return NULL;
		events->list = grown;
		events->room = room;
	}
	events->list[events->count] = (struct event){0};
	return &events->list[events->count++];
}

static void name_init(struct event *event, const struct pidns_snapshot *snapshot,
		      const struct pidns_ns *ns)
{
	const struct pidns_task *init = NULL;

	if (ns->known & PIDNS_NS_REAPER && ns->reaper > 0) {
		event->pid = ns->reaper;
		init = pidns_task_find(snapshot, NULL, ns->reaper);
	}
	if (init && init->known & PIDNS_TASK_COMM)
		snprintf(event->name, sizeof(event->name), "%s", init->comm);
}

static void describe_change(struct event *event, const struct pidns_event *from)
{
	const char *state = pidns_state_name(from->ns->state);

	switch (from->type) {
	case PIDNS_EVENT_NS_NEW:
		snprintf(event->what, sizeof(event->what), "+namespace");
		break;
	case PIDNS_EVENT_NS_GONE:
		snprintf(event->what, sizeof(event->what), "-namespace");
		break;
	case PIDNS_EVENT_LIMIT:
		snprintf(event->what, sizeof(event->what), "pid_max is %" PRIu32,
			 from->ns->pids_max);
		break;
	case PIDNS_EVENT_EXHAUSTED:
		snprintf(event->what, sizeof(event->what), "no PID was left");
		break;
	default:
		snprintf(event->what, sizeof(event->what), "is %s",
			 from->ns->known & PIDNS_NS_STATE && state ? state : "changed");
	}
}

static void add_ns(struct events *events, const struct pidns_snapshot *snapshot,
		   const struct pidns_event *from, uint64_t wall_ns)
{
	struct event *event = add(events);

	if (!event)
		return;
	event->wall_ns = wall_ns;
	event->type = from->type;
	event->ns = ident_of_ns(from->ns);
	name_init(event, snapshot, from->ns);
	describe_change(event, from);
}

static struct event *add_task(struct events *events, const struct pidns_event *from,
			      uint64_t wall_ns)
{
	struct event *event = add(events);

	if (!event)
		return NULL;
	event->wall_ns = wall_ns;
	event->type = from->type;
	event->ns = ident_of_ns(from->task->ns);
	event->pid = from->task->pid;
	if (from->task->known & PIDNS_TASK_COMM)
		snprintf(event->name, sizeof(event->name), "%s", from->task->comm);
	snprintf(event->what, sizeof(event->what), from->type == PIDNS_EVENT_TASK_NEW ? "+" : "-");
	return event;
}

static bool is_of_task(const struct pidns_event *event)
{
	return event->type == PIDNS_EVENT_TASK_NEW || event->type == PIDNS_EVENT_TASK_GONE;
}

/* Threads come and go with the key that shows them. */
static bool is_of_process(const struct pidns_event *event)
{
	return is_of_task(event) && event->task->pid == event->task->tid;
}

static void add_rest(struct events *events, size_t rest, uint64_t wall_ns)
{
	struct event *event = rest ? add(events) : NULL;

	if (!event)
		return;
	event->wall_ns = wall_ns;
	event->type = PIDNS_EVENT_LOST;
	snprintf(event->what, sizeof(event->what), "%zu processes more", rest);
}

static void add_lost(struct events *events, uint64_t count, uint64_t wall_ns)
{
	struct event *event = add(events);

	if (!event)
		return;
	event->wall_ns = wall_ns;
	event->type = PIDNS_EVENT_LOST;
	snprintf(event->what, sizeof(event->what), "events were lost");
	if (count)
		snprintf(event->what, sizeof(event->what), "%" PRIu64 " events were lost", count);
}

int events_make(struct events *events, struct pidns_snapshot *older, struct pidns_snapshot *newer)
{
	uint64_t wall_ns = pidns_snapshot_wall_time(newer);
	const struct pidns_event *const *list;
	struct pidns_diff *diff;
	size_t count, tasks = 0;
	int r = pidns_diff_check(older, newer, NULL, 0);

	if (r >= 0)
		r = pidns_diff_open(older, newer, &diff);
	if (r < 0)
		return r;
	count = pidns_diff_events(diff, &list);
	for (size_t i = 0; i < count; i++) {
		if (!is_of_task(list[i]) && list[i]->ns)
			add_ns(events, list[i]->type == PIDNS_EVENT_NS_GONE ? older : newer,
			       list[i], wall_ns);
		else if (is_of_process(list[i]) && tasks++ < EVENTS_AT_ONCE)
			add_task(events, list[i], wall_ns);
	}
	add_rest(events, tasks > EVENTS_AT_ONCE ? tasks - EVENTS_AT_ONCE : 0, wall_ns);
	pidns_diff_close(diff);
	return 0;
}

/* ---- What a watch reports ---- */

/* "unshare, ENOSPC by user-namespaces". */
static void add_refused(struct events *events, const struct pidns_event *from, uint64_t wall_ns)
{
	const struct pidns_refused *refused = from->refused;
	struct event *event = add_task(events, from, wall_ns);
	const char *error = limit_error_name(refused->error);
	const char *kind = refused->known & PIDNS_REFUSED_KIND ? pidns_limit_name(refused->kind)
							       : NULL;

	if (!event)
		return;
	snprintf(event->what, sizeof(event->what), "%s, %.16s%s%.20s",
		 pidns_call_name(refused->call), error ? error : strerror(refused->error),
		 kind ? " by " : "", kind ? kind : "");
}

void events_add(struct events *events, const struct pidns_event *from,
		const struct pidns_snapshot *older, const struct pidns_snapshot *newer)
{
	uint64_t wall_ns = (uint64_t)clock_wall(from->time_ns);
	const struct pidns_snapshot *snapshot = from->type == PIDNS_EVENT_NS_GONE ? older : newer;

	if (from->type == PIDNS_EVENT_LOST) {
		add_lost(events, from->count, wall_ns);
	} else if (from->refused && from->task && from->task->ns) {
		add_refused(events, from, wall_ns);
	} else if (is_of_task(from) && from->task && from->task->ns) {
		add_task(events, from, wall_ns);
	} else if (from->ns && snapshot) {
		add_ns(events, snapshot, from, wall_ns);
	}
}

static bool is_told(uint32_t type)
{
	return type == PIDNS_EVENT_NS_NEW || type == PIDNS_EVENT_NS_GONE ||
	       type == PIDNS_EVENT_REAPER;
}

void events_drop_told(struct events *events)
{
	size_t kept = 0;

	for (size_t i = 0; i < events->count; i++)
		if (!is_told(events->list[i].type))
			events->list[kept++] = events->list[i];
	events->count = kept;
}

void events_append(struct events *events, struct events *from)
{
	size_t extra;

	for (size_t i = 0; i < from->count; i++) {
		struct event *event = add(events);

		if (event)
			*event = from->list[i];
	}
	events_clear(from);
	if (events->count <= EVENTS_MAX)
		return;
	extra = events->count - EVENTS_MAX * 3 / 4;
	events->count -= extra;
	memmove(events->list, events->list + extra, events->count * sizeof(*events->list));
}

void events_clear(struct events *events)
{
	free(events->list);
	*events = (struct events){0};
}

size_t event_format(const struct event *event, char *out, size_t size)
{
	char name[EVENT_TEXT * 4];
	int len;

	text_clean(event->name, strlen(event->name), name, sizeof(name));
	if (event->type == PIDNS_EVENT_TASK_NEW || event->type == PIDNS_EVENT_TASK_GONE)
		len = snprintf(out, size, "%s%s %" PRId32, event->what, name, event->pid);
	else if (event->type == PIDNS_EVENT_REFUSED)
		len = snprintf(out, size, "refused %s %" PRId32 ": %s", name, event->pid,
			       event->what);
	else
		len = snprintf(out, size, "%s%s%s", event->what, name[0] ? " of " : "", name);
	return (size_t)len < size ? (size_t)len : size - 1;
}

void event_time(const struct event *event, char *out, size_t size)
{
	time_t seconds = (time_t)(event->wall_ns / 1000000000);
	struct tm tm;

	if (!event->wall_ns || !localtime_r(&seconds, &tm) ||
	    !strftime(out, size, "%H:%M:%S ", &tm))
		out[0] = '\0';
}
