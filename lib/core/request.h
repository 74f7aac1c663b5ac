/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* request.h - what the caller of a take wants, and which tasks and facts that means for a provider.
 * Implemented in request.c. */
#ifndef PIDNS_REQUEST_H
#define PIDNS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

struct raw_task;

/* What the caller wants, after the builder has added what it needs itself to answer. */
struct request {
	uint64_t ns_fields;   /* PIDNS_NS_*: of the provider, not of the counts the builder makes */
	uint64_t task_fields; /* PIDNS_TASK_* */
	uint64_t reaper_fields; /* PIDNS_TASK_* of child reapers, task_fields included */
	const int32_t *pids;	/* NULL: all */
	size_t nr_pids;
	uint32_t flags; /* PIDNS_TAKE_* */
	uint64_t of_ns; /* with PIDNS_TAKE_OF_ONE: the namespace meant, or else … */
	int32_t of_pid; /* … a process in it */
	struct why why;
};

/* The PIDs that a request names, ascending, each once. */
struct request_pids {
	int32_t *list; /* NULL: all */
	size_t nr;
};

/* 0 or -ENOMEM. The list is the caller's, to be freed. */
int request_sort_pids(const struct request *request, struct request_pids *ret_pids);
/* By its own number also a thread is meant, by that of its process only where threads are wanted. */
bool request_wants(const struct request *request, const struct request_pids *pids,
		   const struct raw_task *raw);

/* Fields that a provider gets together, by one bit of what it asks the kernel for. */
struct request_group {
	uint32_t bit;
	uint64_t fields;
};

/* The bits of the groups that have any of these fields. */
uint32_t request_groups(const struct request_group *groups, size_t nr, uint64_t fields);

#endif /* PIDNS_REQUEST_H */
