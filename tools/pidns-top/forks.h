/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forks.h - how many PIDs a second a namespace gives out, from the last one it gave at two moments.
 *
 * A PID is given in each namespace that sees the task, and to threads, too: so this is of the namespace and
 * all below. More than a whole round of its PIDs between two samples is out of sight.
 */
#ifndef PIDNS_TOP_FORKS_H
#define PIDNS_TOP_FORKS_H

#include <stddef.h>

#include <pidnsinfo.h>

#define FORKS_UNKNOWN (-1.0f)

struct forks_mark;

struct forks {
	float *rate;		  /* by place of the namespace; FORKS_UNKNOWN; NULL: no memory */
	struct forks_mark *marks; /* of the snapshot before, by place */
	size_t nr_marks;
	uint64_t time_ns;
};

/* The rates since the snapshot that was given before; its namespaces are found by their identity. */
void forks_make(struct forks *forks, const struct pidns_snapshot *snapshot);
void forks_clear(struct forks *forks);

#endif /* PIDNS_TOP_FORKS_H */
