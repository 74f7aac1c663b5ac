// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * feed.c - a source of events, the mirror that they keep, and what differs after each batch of them.
 *
 * Programs are attached before the first snapshot is taken, so that nothing falls between. When the
 * ring has had no room, the mirror is filled anew.
 */
#include "feed.h"
#include "ctx.h"
#include "providers.h"
#include "core/mirror.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH_MAX 512
/* How soon after its init was reaped a namespace is looked for again, where it is still there. */
#define FIRST_DELAY_NS UINT64_C(10000000)

#define NS_FIELDS                                                                     \
	(PIDNS_NS_COOKIE | PIDNS_NS_STATE | PIDNS_NS_REAPER | PIDNS_NS_REAPER_START | \
	 PIDNS_NS_PIDS_MAX | PIDNS_NS_OWNER_UID | PIDNS_NS_OWNER_NS)
#define TASK_FIELDS (PIDNS_TASK_START | PIDNS_TASK_COMM | PIDNS_TASK_STATE)

struct feed {
	struct pidns_ctx *ctx;
	struct feed_opts opts;
	const struct event_source *source;
	void *state;
	struct mirror *mirror;
	struct feed_ended *ended;
	struct feed_containers *containers; /* NULL: they are not wanted */
	struct pidns_snapshot *newest;	    /* NULL: to be made of the mirror */
	struct raw_event pending;	    /* the next event, where it did not fit a batch */
	bool has_pending;
	uint64_t nr_lost;
	uint64_t filled_ns; /* the mirror: CLOCK_BOOTTIME */
	/* The batch that is being reported. */
	struct pidns_snapshot *before, *after;
	struct pidns_event *events;
	size_t nr_events, room, next;
	struct pidns_refused refused;
	/* CLOCK_MONOTONIC: when to look for namespaces that no event tells the end of. */
	uint64_t due_ns, delay_ns, rested_ns;
};

static uint64_t now_ns(void)
{
	return util_clock_ns(CLOCK_MONOTONIC);
}

static bool has_tasks(const struct feed *feed)
{
	return !feed->opts.only_refused &&
	       !(feed->opts.watch->wants & PIDNS_WATCH_WANTS_NAMESPACES);
}

/* ---- snapshots ------------------------------------------------------------------------------- */

static int take(struct feed *feed, uint32_t flags, struct pidns_snapshot **ret)
{
	const struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = NS_FIELDS,
		.task_fields = flags & PIDNS_TAKE_NAMESPACES ? 0 : TASK_FIELDS,
		.reaper_fields = TASK_FIELDS,
		.flags = flags,
		.why = feed->opts.watch->why,
		.why_len = feed->opts.watch->why_len,
	};
	uint64_t begun_ns = now_ns();
	int r = pidns_snapshot_take(feed->ctx, &opts, ret);

	/* Never for more than half of the time. */
	feed->rested_ns = 2 * now_ns() - begun_ns;
	return r;
}

static void forget_newest(struct feed *feed)
{
	feed->newest = pidns_snapshot_unref(feed->newest);
}

static int tell_inits(struct feed *feed, const struct pidns_snapshot *snapshot)
{
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(snapshot, &list), i;
	_cleanup_free_ int32_t *inits = calloc(nr + 1, sizeof(*inits));

	if (!inits)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		inits[i] = list[i]->known & PIDNS_NS_REAPER ? list[i]->reaper : 0;
	feed->source->know(feed->state, inits, nr);
	return 0;
}

/* A zombie may be reaped without an event. */
static int keep_zombies(struct feed *feed, const struct pidns_snapshot *snapshot)
{
	const struct pidns_task *const *list;
	size_t nr = pidns_snapshot_tasks(snapshot, &list), i;
	int r = 0;

	for (i = 0; r >= 0 && i < nr; i++)
		if (pidns_task_is_zombie(list[i]))
			r = feed_ended_add(feed->ended, list[i]->pid, list[i]->start_ns, now_ns());
	return r;
}

static int fill(struct feed *feed)
{
	uint32_t flags = has_tasks(feed) ? 0 : PIDNS_TAKE_NAMESPACES;
	struct pidns_snapshot *snapshot;
	int r;

	if (feed->containers)
		flags = (flags & ~PIDNS_TAKE_NAMESPACES) | PIDNS_TAKE_CONTAINERS;
	r = take(feed, flags, &snapshot);
	if (r < 0)
		return r;
	forget_newest(feed);
	r = mirror_fill(feed->mirror, snapshot);
	if (r >= 0)
		r = tell_inits(feed, snapshot);
	if (r >= 0)
		r = keep_zombies(feed, snapshot);
	if (r >= 0 && feed->containers)
		r = feed_containers_keep(feed->containers, snapshot);
	feed->filled_ns = pidns_snapshot_time(snapshot);
	pidns_snapshot_unref(snapshot);
	feed->due_ns = feed->delay_ns = 0;
	return r;
}

/* ---- events ---------------------------------------------------------------------------------- */

static void end_report(struct feed *feed)
{
	feed->before = pidns_snapshot_unref(feed->before);
	feed->after = pidns_snapshot_unref(feed->after);
	feed->nr_events = feed->next = 0;
}

static int add_event(struct feed *feed, const struct pidns_event *event)
{
	if (util_grow(&feed->events, &feed->room, feed->nr_events, sizeof(*feed->events)) < 0)
		return -ENOMEM;
	feed->events[feed->nr_events++] = *event;
	return 0;
}

/* What a batch has changed, each at its own time. */
static int add_differences(struct feed *feed)
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

		if (event.task && !has_tasks(feed))
			continue;
		if (time_ns)
			event.time_ns = time_ns;
		if (event.type == PIDNS_EVENT_NS_GONE && feed->containers)
			feed_containers_forget(feed->containers, event.ns);
		r = add_event(feed, &event);
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

	return task && has_tasks(feed) ? add_event(feed, &event) : 0;
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
	return add_event(feed, &event);
}

static bool is_known(const void *mirror, int32_t pid, uint64_t start_ns)
{
	return mirror_has_task(mirror, pid, start_ns);
}

/* A process that was reaped without an event of its own. */
static bool find_reaped(struct feed *feed)
{
	struct raw_event reaped = {.type = RAW_REAPED, .task.comm = ""};

	if (!feed_ended_next(feed->ended, is_known, feed->mirror, now_ns(), &reaped.task.pid,
			     &reaped.task.start_ns))
		return false;
	reaped.task.tid = reaped.task.pid;
	reaped.time_ns = util_clock_ns(CLOCK_BOOTTIME);
	feed->pending = reaped;
	return true;
}

static int next_raw(struct feed *feed)
{
	int r;

	if (feed->has_pending)
		return 1;
	r = feed->source->next(feed->state, &feed->pending);
	if (r > 0 && feed->pending.type == RAW_ENDS)
		r = feed_ended_add(feed->ended, feed->pending.task.pid, feed->pending.task.start_ns,
				   now_ns()) < 0
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

static int note_both(struct feed *feed)
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
		r = next_raw(feed);
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
static int report_batch(struct feed *feed)
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
	forget_newest(feed);
	if (alone.type == RAW_EXECED)
		forget_container(feed, &alone);
	r = note_both(feed);
	if (r >= 0)
		r = add_differences(feed);
	if (r >= 0 && alone.type == RAW_EXECED)
		r = add_exec(feed, &alone);
	return r < 0 ? r : more;
}

/* ---- what no event says ---------------------------------------------------------------------- */

static int settle(struct feed *feed)
{
	struct pidns_snapshot *fresh;
	int r = take(feed, PIDNS_TAKE_NAMESPACES, &fresh);

	if (r < 0)
		return r;
	/* Of a batch before this one, which changed nothing that is an event. */
	end_report(feed);
	mirror_begin(feed->mirror);
	r = mirror_settle(feed->mirror, fresh);
	pidns_snapshot_unref(fresh);
	if (r >= 0)
		r = mirror_end(feed->mirror, &feed->before, &feed->after);
	if (r < 0 || !feed->after)
		return r;
	forget_newest(feed);
	r = note_both(feed);
	return r < 0 ? r : add_differences(feed);
}

/* Soon at first, then ever later, up to the interval. */
static void put_off(struct feed *feed)
{
	uint64_t interval_ns = feed->opts.watch->interval_ns;

	feed->delay_ns = feed->delay_ns ? 2 * feed->delay_ns : FIRST_DELAY_NS;
	if (feed->delay_ns > interval_ns)
		feed->delay_ns = interval_ns;
	feed->due_ns = now_ns() + feed->delay_ns;
	if (feed->due_ns < feed->rested_ns)
		feed->due_ns = feed->rested_ns;
}

/* 1: something was looked for, and events may have come of it. */
static int settle_when_due(struct feed *feed, bool has_changed)
{
	enum mirror_doubt doubt = mirror_doubt(feed->mirror);
	int r;

	if (doubt == MIRROR_CERTAIN || feed->opts.only_refused) {
		feed->due_ns = feed->delay_ns = 0;
		return 0;
	}
	if (has_changed || !feed->due_ns) {
		feed->delay_ns = 0;
		feed->due_ns = doubt == MIRROR_NEW_DOUBT ? now_ns() : now_ns() + FIRST_DELAY_NS;
		if (feed->due_ns < feed->rested_ns)
			feed->due_ns = feed->rested_ns;
	}
	if (now_ns() < feed->due_ns)
		return 0;
	r = settle(feed);
	put_off(feed);
	return r < 0 ? r : 1;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* What is in the ring is of before the snapshot that is taken now, and its sequel may be lost. */
static int report_lost(struct feed *feed)
{
	struct pidns_event event = {.type = PIDNS_EVENT_LOST};
	uint64_t nr_lost;
	int r;

	do {
		feed->has_pending = false;
		r = next_raw(feed);
	} while (r > 0);
	nr_lost = feed->source->lost(feed->state);
	event.count = nr_lost - feed->nr_lost;
	feed->nr_lost = nr_lost;
	if (r >= 0)
		r = fill(feed);
	if (r < 0)
		return r;
	event.time_ns = feed->filled_ns;
	return add_event(feed, &event);
}

int feed_next(struct feed *feed, const struct pidns_event **ret_event)
{
	bool has_changed = false;
	int r = 1;

	if (feed->next < feed->nr_events) {
		*ret_event = &feed->events[feed->next++];
		return 1;
	}
	while (r > 0) {
		end_report(feed);
		if (feed->source->lost(feed->state) != feed->nr_lost) {
			r = report_lost(feed);
		} else {
			r = report_batch(feed);
			has_changed = has_changed || feed->after;
			if (!r && !feed->nr_events)
				r = settle_when_due(feed, has_changed);
		}
		if (r >= 0 && feed->nr_events) {
			*ret_event = &feed->events[feed->next++];
			return 1;
		}
	}
	return r;
}

uint64_t feed_due_ns(const struct feed *feed)
{
	uint64_t due_ns = feed_ended_due_ns(feed->ended);

	return feed->due_ns && (!due_ns || feed->due_ns < due_ns) ? feed->due_ns : due_ns;
}

int feed_fd(const struct feed *feed)
{
	return feed->source->fd(feed->state);
}

struct pidns_snapshot *feed_snapshot(struct feed *feed)
{
	struct pidns_snapshot *newest;

	if (feed->newest)
		return pidns_snapshot_ref(feed->newest);
	if (mirror_snapshot(feed->mirror, &newest) < 0)
		return NULL;
	if (feed->containers && feed_containers_note(feed->containers, newest, false) < 0)
		return pidns_snapshot_unref(newest);
	feed->newest = newest;
	return pidns_snapshot_ref(newest);
}

const struct pidns_snapshot *feed_event_snapshot(const struct feed *feed, bool older)
{
	return older ? feed->before : feed->after;
}

uint32_t feed_flags(const struct feed *feed)
{
	return feed->source->flags(feed->state);
}

const char *feed_missing(const struct feed *feed)
{
	return feed->source->missing(feed->state);
}

struct feed *feed_close(struct feed *feed)
{
	if (!feed)
		return NULL;
	end_report(feed);
	forget_newest(feed);
	if (feed->state)
		feed->source->close(feed->state);
	mirror_free(feed->mirror);
	feed_containers_free(feed->containers);
	feed_ended_free(feed->ended);
	free(feed->events);
	free(feed);
	return NULL;
}

static int start(struct feed *feed, const struct why *why)
{
	uint32_t wants = has_tasks(feed) ? EVENTS_TASKS : 0;
	int r;

	if (feed->opts.watch->wants & PIDNS_WATCH_WANTS_REFUSED)
		wants |= EVENTS_REFUSED;
	feed->mirror = mirror_new(pidns_provider(feed->ctx), has_tasks(feed));
	if (feed->opts.watch->flags & PIDNS_TAKE_CONTAINERS)
		feed->containers = feed_containers_new();
	feed->ended = feed_ended_new();
	if (!feed->mirror || !feed->ended ||
	    (feed->opts.watch->flags & PIDNS_TAKE_CONTAINERS && !feed->containers))
		return why_set(why, -ENOMEM, "out of memory");
	r = feed->source->open(wants, why, &feed->state);
	return r < 0 ? r : fill(feed);
}

int feed_open(struct pidns_ctx *ctx, const struct feed_opts *opts, const struct why *why,
	      struct feed **ret_feed)
{
	const struct event_source *source = provider_event_source(why);
	struct feed *feed;
	int r;

	if (!source)
		return -EOPNOTSUPP;
	feed = calloc(1, sizeof(*feed));
	if (!feed)
		return why_set(why, -ENOMEM, "out of memory");
	feed->ctx = ctx;
	feed->opts = *opts;
	feed->source = source;
	r = start(feed, why);
	if (r < 0)
		feed_close(feed);
	else
		*ret_feed = feed;
	return r;
}
