/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * feed.h - the events of a source and the mirror that they keep, for watch.c. Implemented in feed.c and feed-batch.c;
 * feed-containers.c remembers which namespace is which container, feed-ended.c who has exited.
 */
#ifndef PIDNS_FEED_H
#define PIDNS_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "pidnsinfo.h"
#include "base/util.h"

struct feed;

struct feed_opts {
	const struct pidns_watch_opts *watch; /* lives as long as the feed */
	bool only_refused;		      /* other events only keep the mirror */
};

/* 0, or -Exxx and why. The context is the feed's until it is closed. */
int feed_open(struct pidns_ctx *ctx, const struct feed_opts *opts, const struct why *why,
	      struct feed **ret_feed);
struct feed *feed_close(struct feed *feed);
/* Readable once there are events. */
int feed_fd(const struct feed *feed);
/* As pidns_watch_next(). */
int feed_next(struct feed *feed, const struct pidns_event **ret_event);
/* When to ask again, though there is no event: CLOCK_MONOTONIC; 0: never. */
uint64_t feed_due_ns(const struct feed *feed);
/* As pidns_watch_snapshot(); NULL: no memory. */
struct pidns_snapshot *feed_snapshot(struct feed *feed);
const struct pidns_snapshot *feed_event_snapshot(const struct feed *feed, bool older);
uint32_t feed_flags(const struct feed *feed);
const char *feed_missing(const struct feed *feed);

/* ---- feed-containers.c ----------------------------------------------------------------------- */

struct feed_containers;
struct feed_containers *feed_containers_new(void);
struct feed_containers *feed_containers_free(struct feed_containers *containers);
/* Keep what a snapshot has notes on. 0 or -ENOMEM. */
int feed_containers_keep(struct feed_containers *containers, const struct pidns_snapshot *snapshot);
/* Note in a snapshot what is known; of others ask the machine, where `may_ask`. 0 or -ENOMEM. */
int feed_containers_note(struct feed_containers *containers, struct pidns_snapshot *snapshot,
			 bool may_ask);
/* Its init runs another program, or it is gone. */
void feed_containers_forget(struct feed_containers *containers, const struct pidns_ns *ns);

/* ---- feed-ended.c ---------------------------------------------------------------------------- */

struct feed_ended;
typedef bool feed_is_known(const void *arg, int32_t pid, uint64_t start_ns);
struct feed_ended *feed_ended_new(void);
struct feed_ended *feed_ended_free(struct feed_ended *q);
/* It has exited. 0 or -ENOMEM. */
int feed_ended_add(struct feed_ended *q, int32_t pid, uint64_t start_ns, uint64_t now_ns);
/* One that is still known, and is not there any more. */
bool feed_ended_next(struct feed_ended *q, feed_is_known *is_known, const void *arg,
		     uint64_t now_ns, int32_t *ret_pid, uint64_t *ret_start_ns);
/* When to ask for the next; 0: never. */
uint64_t feed_ended_due_ns(const struct feed_ended *q);

#endif /* PIDNS_FEED_H */
