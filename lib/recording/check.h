/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check.h - the lines of a recording together. Implemented in recording/check.c. */
#ifndef PIDNS_RECORDING_CHECK_H
#define PIDNS_RECORDING_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "line.h"

struct recorded_ns {
	struct raw_ns raw;
	uint32_t depth; /* LINE_NO_DEPTH: not said */
	size_t at;	/* of its pidmap, in whatever holds it */
	const struct recorded_ns *parent;
};

struct recorded_task {
	struct raw_task raw;
	size_t at; /* of its arrays, in whatever holds them */
};

struct recorded {
	struct recording_head head;
	struct recorded_ns *namespaces; /* the identified ones */
	struct recorded_task *tasks;
	size_t nr_namespaces, nr_tasks;
};

/*
 * Sort both lists and find the parents. 0, or -EPROTO with a sentence: a task is there twice, or
 * missing, or where none can be.
 */
int recorded_check(struct recorded *all, const struct why *why);

/* The namespace with that inode, once they are sorted; NULL: none. */
const struct recorded_ns *recorded_find_ns(const struct recorded *all, uint64_t ino);

#endif /* PIDNS_RECORDING_CHECK_H */
