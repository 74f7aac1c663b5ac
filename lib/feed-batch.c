// SPDX-License-Identifier: LGPL-2.1-or-later
/* feed-batch.c - a batch of events is applied to the mirror, and what differs after it is reported. */
#include "feed-internal.h"

#include <errno.h>

#define BATCH_MAX 512

void feed_end_report(struct feed *feed)
{
	feed->before = pidns_snapshot_unref(feed->before);
	feed->after = pidns_snapshot_unref(feed->after);
	feed->nr_events = feed->next = 0;
}

int feed_add_event(struct feed *feed, const struct pidns_event *event)
{
	if (util_grow(&feed->events, &feed->room, feed->nr_events, sizeof(*feed->events)) < 0)
		return -ENOMEM;
	feed->events[feed->nr_events++] = *event;
	return 0;
}

/* What a batch has changed, each at its own time. */
int feed_add_differences(struct feed *feed)
{
	const struct pidns_event *const *list;
	struct pidns_diff *diff;
	size_t nr, i;
	int r = pidns_diff_open(feed->before, feed->after, &diff);

	if (r < 0)
		return r;
	nr = pidns_diff_events(diff, &list);
	for (i = 0; r >= 0 && i < nr; i++) {
		struct pidns_event event = *list[i];
		uint64_t time_ns = mirror_time_of(feed->mirror, event.ns, event.task);

		if (event.task && !feed_has_tasks(feed))
			continue;
		if (time_ns)
			event.time_ns = time_ns;
		if (event.type == PIDNS_EVENT_NS_GONE && feed->containers)
			feed_containers_forget(feed->containers, event.ns);
		r = feed_add_event(feed, &event);
	}
	pidns_diff_close(diff);
	return r;
}

static int add_exec(struct feed *feed, const struct raw_event *raw)
{
	const struct pidns_task *task = pidns_task_find(feed->after, NULL, raw->task.pid);
	const struct pidns_event event = {
		.type = PIDNS_EVENT_TASK_EXEC,
		.time_ns = raw->time_ns,
		.ns = task ? task->ns : NULL,
		.task = task,
	};

	return task && feed_has_tasks(feed) ? feed_add_event(feed, &event) : 0;
}

static int add_refused(struct feed *feed, const struct raw_event *raw)
{
	struct pidns_event event = {
		.type = PIDNS_EVENT_REFUSED,
		.time_ns = raw->time_ns,
		.refused = &feed->refused,
	};
	int r = mirror_show(feed->mirror, &raw->task, &feed->after);

	if (r >= 0 && feed->containers)
		r = feed_containers_note(feed->containers, feed->after, true);
	if (r < 0)
		return r;
	feed->refused = raw->refused;
	event.task = pidns_task_find(feed->after, NULL, raw->task.tid);
	if (!event.task)
		return 0;
	event.ns = event.task->ns;
	return feed_add_event(feed, &event);
}

static bool is_known(const void *mirror, int32_t pid, uint64_t start_ns)
{
	return mirror_has_task(mirror, pid, start_ns);
}

/* A process that was reaped without an event of its own. */
static bool find_reaped(struct feed *feed)
{
	struct raw_event reaped = {.type = RAW_REAPED, .task.comm = ""};

	if (!feed_ended_next(feed->ended, is_known, feed->mirror, feed_now_ns(), &reaped.task.pid,
			     &reaped.task.start_ns))
		return false;
	reaped.task.tid = reaped.task.pid;
	reaped.time_ns = util_clock_ns(CLOCK_BOOTTIME);
	feed->pending = reaped;
	return true;
}

int feed_next_raw(struct feed *feed)
{
	int r;

	if (feed->has_pending)
		return 1;
	r = feed->source->next(feed->state, &feed->pending);
	if (r > 0 && feed->pending.type == RAW_ENDS)
		r = feed_ended_add(feed->ended, feed->pending.task.pid, feed->pending.task.start_ns,
				   feed_now_ns()) < 0
			    ? -ENOMEM
			    : 1;
	if (!r)
		r = find_reaped(feed);
	feed->has_pending = r > 0;
	return r;
}

/* What an init runs says what container it is. */
static void forget_container(struct feed *feed, const struct raw_event *raw)
{
	const struct pidns_task *task = pidns_task_find(feed->after, NULL, raw->task.pid);

	if (feed->containers && task && task->vpids[task->nr_vpids - 1] == 1)
		feed_containers_forget(feed->containers, task->ns);
}

int feed_note_both(struct feed *feed)
{
	int r;

	if (!feed->containers)
		return 0;
	r = feed_containers_note(feed->containers, feed->before, false);
	return r < 0 ? r : feed_containers_note(feed->containers, feed->after, true);
}

/* One that is reported by itself ends the batch. */
static bool is_alone(const struct raw_event *raw)
{
	return raw->type == RAW_EXECED || raw->type == RAW_REFUSED;
}

/* Events until there are none, or the next does not fit. */
static int fill_batch(struct feed *feed, struct raw_event *ret_alone)
{
	size_t i;
	int r;

	for (i = 0; i < BATCH_MAX; i++) {
		r = feed_next_raw(feed);
		if (r <= 0)
			return r;
		if (is_alone(&feed->pending) && i)
			return 1;
		if (feed->pending.type == RAW_REFUSED) {
			feed->has_pending = false;
			*ret_alone = feed->pending;
			return 1;
		}
		r = mirror_apply(feed->mirror, &feed->pending);
		if (r)
			return r;
		feed->has_pending = false;
		if (feed->pending.type == RAW_EXECED) {
			*ret_alone = feed->pending;
			return 1;
		}
	}
	return 1;
}

/* 1: there may be more; 0: there are none. */
int feed_report_batch(struct feed *feed)
{
	struct raw_event alone = {0};
	int more, r;

	mirror_begin(feed->mirror);
	more = fill_batch(feed, &alone);
	if (more < 0)
		return more;
	if (alone.type == RAW_REFUSED) {
		r = add_refused(feed, &alone);
		return r < 0 ? r : more;
	}
	if (feed->opts.only_refused)
		return more;
	r = mirror_end(feed->mirror, &feed->before, &feed->after);
	if (r < 0 || !feed->after)
		return r < 0 ? r : more;
	feed_forget_newest(feed);
	if (alone.type == RAW_EXECED)
		forget_container(feed, &alone);
	r = feed_note_both(feed);
	if (r >= 0)
		r = feed_add_differences(feed);
	if (r >= 0 && alone.type == RAW_EXECED)
		r = add_exec(feed, &alone);
	return r < 0 ? r : more;
}
