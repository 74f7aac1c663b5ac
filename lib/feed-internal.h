/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* feed-internal.h - the state of a feed, for feed.c and feed-batch.c. */
#ifndef PIDNS_FEED_INTERNAL_H
#define PIDNS_FEED_INTERNAL_H

#include <time.h>

#include "feed.h"
#include "core/mirror.h"

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

static inline uint64_t feed_now_ns(void)
{
	return util_clock_ns(CLOCK_MONOTONIC);
}

static inline bool feed_has_tasks(const struct feed *feed)
{
	return !feed->opts.only_refused &&
	       !(feed->opts.watch->wants & PIDNS_WATCH_WANTS_NAMESPACES);
}

static inline void feed_forget_newest(struct feed *feed)
{
	feed->newest = pidns_snapshot_unref(feed->newest);
}

/* feed-batch.c: the next event of the source, kept in `pending`. 1, 0: there is none, or -Exxx. */
int feed_next_raw(struct feed *feed);
/* Applies and reports a batch. 1: there may be more; 0: there are none; or -Exxx. */
int feed_report_batch(struct feed *feed);
/* Of the batch being reported: its containers, what it has changed, one event; then its end. */
int feed_note_both(struct feed *feed);
int feed_add_differences(struct feed *feed);
int feed_add_event(struct feed *feed, const struct pidns_event *event);
void feed_end_report(struct feed *feed);

#endif /* PIDNS_FEED_INTERNAL_H */
