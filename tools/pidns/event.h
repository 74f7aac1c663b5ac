/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event.h - how one event looks, for diff and watch. Implemented in event.c. */
#ifndef PIDNS_EVENT_H
#define PIDNS_EVENT_H

#include <pidnsinfo.h>
#include <stdbool.h>

#include "json.h"

/* The snapshots that the event is a difference of. */
struct event_sides {
	const struct pidns_snapshot *older, *newer;
};

/* Whether to report it: not where this version has no name for its type, nor tasks unasked. */
bool event_is_wanted(const struct pidns_event *event, bool has_tasks);

/* The rest of a line: container, event, its subject and what is known of it. */
void event_print(const struct event_sides *sides, const struct pidns_event *event);

/* An object. The type must have a name. */
void event_json(struct json *j, const struct event_sides *sides, const struct pidns_event *event);

#endif /* PIDNS_EVENT_H */
