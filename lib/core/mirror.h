/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mirror.h - namespaces and tasks as events have changed them since a snapshot.
 *
 * Events are applied in batches. A batch changes each namespace and each task at most once, so that
 * what is between two snapshots, those of what it touches before and after, is all that has happened.
 * Implemented in mirror.c and mirror-apply.c, and as snapshots in mirror-freeze.c.
 */
#ifndef PIDNS_MIRROR_H
#define PIDNS_MIRROR_H

#include "raw-event.h"

struct mirror;

/* provider: a static string, of the snapshots. NULL: no memory. */
struct mirror *mirror_new(const char *provider, bool has_tasks);
struct mirror *mirror_free(struct mirror *m);

/* Forget everything and begin with that snapshot. 0 or -ENOMEM. */
int mirror_fill(struct mirror *m, const struct pidns_snapshot *snapshot);

/* The batch before is over. */
void mirror_begin(struct mirror *m);
/*
 * 0: applied, or nothing that the mirror does not have already; 1: it is about what this batch has
 * changed: end the batch, then apply it. -ENOMEM.
 */
int mirror_apply(struct mirror *m, const struct raw_event *event);

/* Is that task there? */
bool mirror_has_task(const struct mirror *m, int32_t pid, uint64_t start_ns);
/* Is there a namespace that may come to its end without an event, and is it the first time? */
enum mirror_doubt { MIRROR_CERTAIN, MIRROR_UNSETTLED, MIRROR_NEW_DOUBT };
enum mirror_doubt mirror_doubt(const struct mirror *m);
/* Only in an empty batch: what a snapshot taken after the events says of those, and what namespaces
 * it has that have no init. 0 or -ENOMEM. */
int mirror_settle(struct mirror *m, const struct pidns_snapshot *fresh);

/*
 * End the batch. *ret_before and *ret_after: what it has touched, with all namespaces above; NULL, NULL
 * if it has touched nothing. 0 or -ENOMEM.
 */
int mirror_end(struct mirror *m, struct pidns_snapshot **ret_before,
	       struct pidns_snapshot **ret_after);
/* When what an event of that batch is about happened, before the next one begins; 0: not known. */
uint64_t mirror_time_of(const struct mirror *m, const struct pidns_ns *ns,
			const struct pidns_task *task);
/* One task, as it is said to be now, and its namespace with all above. 0 or -ENOMEM. */
int mirror_show(struct mirror *m, const struct raw_task *task,
		struct pidns_snapshot **ret_snapshot);
/* All that there is. 0 or -ENOMEM. */
int mirror_snapshot(const struct mirror *m, struct pidns_snapshot **ret_snapshot);

#endif /* PIDNS_MIRROR_H */
