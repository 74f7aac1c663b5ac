/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sample.h - all that is known at one moment: what rows are made of and cells are filled from.
 *
 * Borrowed pointers all; any of them may be NULL.
 */
#ifndef PIDNS_TOP_SAMPLE_H
#define PIDNS_TOP_SAMPLE_H

#include <pidnsinfo.h>

#include "pidns-top/details.h"
#include "pidns-top/events.h"
#include "pidns-top/forks.h"
#include "pidns-top/noted.h"
#include "pidns-top/machine.h"
#include "report.h"
#include "pidns-top/usage.h"
#include "common/users.h"

struct sample {
	struct pidns_snapshot *snapshot;   /* every task and namespace, with what all rows need */
	uint64_t unasked_ns, unasked_task; /* PIDNS_NS_*, PIDNS_TASK_*: not asked for in it */
	struct usage usage;		   /* of that snapshot; its arrays may be NULL */
	struct forks forks;		   /* … and since the one before */
	struct noted noted;		   /* of that snapshot or an earlier one */
	bool is_noting;			   /* notes that are not there yet will come */
	const struct details *details;	   /* the rest, for the rows on the screen */
	const struct report *report;	   /* app.detailed, while that is shown */
	bool has_nice; /* the details have nice values: their PIDs are those of this machine */
	const struct users *users;
	struct machine_figures machine;
	const struct events *events; /* up to that snapshot */
	const char *told;   /* how the kernel reports what happens: "events"; NULL: it does not */
	const char *untold; /* why it does not; NULL: not known */
	uint64_t replay_ns; /* so long ago was what is shown; 0: it is the newest */
	uint64_t moment, moments;  /* which of how many it is, counted from 1; 0: of no series */
	const struct sample *mark; /* the moment that is compared with; NULL: none */
	const char *recording;	   /* replayed from this file; NULL: the running machine */
};

#endif /* PIDNS_TOP_SAMPLE_H */
