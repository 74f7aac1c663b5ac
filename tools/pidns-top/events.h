/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * events.h - what happened: the differences between each snapshot and the one before, and what a watch
 * reports, kept for a while.
 *
 * Of a snapshot nothing is needed any more once its events are made, so they have copies of names.
 */
#ifndef PIDNS_TOP_EVENTS_H
#define PIDNS_TOP_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pidnsinfo.h>

#include "pidns-top/rows/ident.h"

#define EVENT_TEXT 48

struct event {
	uint64_t wall_ns; /* when, or of the newer snapshot; 0: not known */
	uint32_t type;	  /* PIDNS_EVENT_* */
	int32_t pid;	  /* of a task, else of the namespace's init; 0: none */
	struct ident ns;
	char name[EVENT_TEXT]; /* of the task, or of the init: untrusted */
	char what[EVENT_TEXT]; /* "+", "-", what changed, or by what it was refused */
};

/* Oldest first. */
struct events {
	struct event *list;
	size_t count, room;
};

/* What differs, at the end of the list. More than EVENTS_AT_ONCE of tasks are counted in one. 0, or -Exxx:
 * these two cannot be compared. */
#define EVENTS_AT_ONCE 200
int events_make(struct events *events, struct pidns_snapshot *older, struct pidns_snapshot *newer);
/* One of a watch, with the snapshots that its records are in; either may be NULL. */
void events_add(struct events *events, const struct pidns_event *from,
		const struct pidns_snapshot *older, const struct pidns_snapshot *newer);
/* Without those of births, ends and states of namespaces, which a watch reports, too. */
void events_drop_told(struct events *events);
/* Move all of `from` to the end; of more than EVENTS_MAX the oldest are dropped. */
#define EVENTS_MAX 10000
void events_append(struct events *events, struct events *from);
void events_clear(struct events *events);

/* "+sleep 150": clean. Its length. */
size_t event_format(const struct event *event, char *out, size_t size);
/* "02:04:58 ", or "". */
void event_time(const struct event *event, char *out, size_t size);

#endif /* PIDNS_TOP_EVENTS_H */
