// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * feed.c - a source of events, and the mirror that they keep: how it is filled and settled.
 *
 * Programs are attached before the first snapshot is taken, so that nothing falls between. When the
 * ring has had no room, the mirror is filled anew.
 */
#include "feed-internal.h"
#include "ctx.h"
#include "providers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How soon after its init was reaped a namespace is looked for again, where it is still there. */
#define FIRST_DELAY_NS UINT64_C(10000000)

#define NS_FIELDS                                                                     \
	(PIDNS_NS_COOKIE | PIDNS_NS_STATE | PIDNS_NS_REAPER | PIDNS_NS_REAPER_START | \
	 PIDNS_NS_PIDS_MAX | PIDNS_NS_OWNER_UID | PIDNS_NS_OWNER_NS)
#define TASK_FIELDS (PIDNS_TASK_START | PIDNS_TASK_COMM | PIDNS_TASK_STATE)

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
	uint64_t begun_ns = feed_now_ns();
	int r = pidns_snapshot_take(feed->ctx, &opts, ret);

	/* Never for more than half of the time. */
	feed->rested_ns = 2 * feed_now_ns() - begun_ns;
	return r;
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
			r = feed_ended_add(feed->ended, list[i]->pid, list[i]->start_ns,
					   feed_now_ns());
	return r;
}

static int fill(struct feed *feed)
{
	uint32_t flags = feed_has_tasks(feed) ? 0 : PIDNS_TAKE_NAMESPACES;
	struct pidns_snapshot *snapshot;
	int r;

	if (feed->containers)
		flags = (flags & ~PIDNS_TAKE_NAMESPACES) | PIDNS_TAKE_CONTAINERS;
	r = take(feed, flags, &snapshot);
	if (r < 0)
		return r;
	feed_forget_newest(feed);
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

/* ---- what no event says ---------------------------------------------------------------------- */

static int settle(struct feed *feed)
{
	struct pidns_snapshot *fresh;
	int r = take(feed, PIDNS_TAKE_NAMESPACES, &fresh);

	if (r < 0)
		return r;
	/* Of a batch before this one, which changed nothing that is an event. */
	feed_end_report(feed);
	mirror_begin(feed->mirror);
	r = mirror_settle(feed->mirror, fresh);
	pidns_snapshot_unref(fresh);
	if (r >= 0)
		r = mirror_end(feed->mirror, &feed->before, &feed->after);
	if (r < 0 || !feed->after)
		return r;
	feed_forget_newest(feed);
	r = feed_note_both(feed);
	return r < 0 ? r : feed_add_differences(feed);
}

/* Soon at first, then ever later, up to the interval. */
static void put_off(struct feed *feed)
{
	uint64_t interval_ns = feed->opts.watch->interval_ns;

	feed->delay_ns = feed->delay_ns ? 2 * feed->delay_ns : FIRST_DELAY_NS;
	if (feed->delay_ns > interval_ns)
		feed->delay_ns = interval_ns;
	feed->due_ns = feed_now_ns() + feed->delay_ns;
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
		feed->due_ns = doubt == MIRROR_NEW_DOUBT ? feed_now_ns()
							 : feed_now_ns() + FIRST_DELAY_NS;
		if (feed->due_ns < feed->rested_ns)
			feed->due_ns = feed->rested_ns;
	}
	if (feed_now_ns() < feed->due_ns)
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
		r = feed_next_raw(feed);
	} while (r > 0);
	nr_lost = feed->source->lost(feed->state);
	event.count = nr_lost - feed->nr_lost;
	feed->nr_lost = nr_lost;
	if (r >= 0)
		r = fill(feed);
	if (r < 0)
		return r;
	event.time_ns = feed->filled_ns;
	return feed_add_event(feed, &event);
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
		feed_end_report(feed);
		if (feed->source->lost(feed->state) != feed->nr_lost) {
			r = report_lost(feed);
		} else {
			r = feed_report_batch(feed);
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
	feed_end_report(feed);
	feed_forget_newest(feed);
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
	uint32_t wants = feed_has_tasks(feed) ? EVENTS_TASKS : 0;
	int r;

	if (feed->opts.watch->wants & PIDNS_WATCH_WANTS_REFUSED)
		wants |= EVENTS_REFUSED;
	feed->mirror = mirror_new(pidns_provider(feed->ctx), feed_has_tasks(feed));
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
