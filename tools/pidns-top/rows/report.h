/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - all about one namespace, as lines: what is wrong with it, its container, its limits, which
 * numbers are in use, and what keeps it alive. A pure function of a snapshot and its notes.
 */
#ifndef PIDNS_TOP_REPORT_H
#define PIDNS_TOP_REPORT_H

#include <stddef.h>

#include <stdbool.h>
#include <stddef.h>

#include <pidnsinfo.h>

#include "ident.h"

struct report {
	char **lines; /* clean */
	size_t count, room;
	size_t width; /* columns that a line may have */
	bool is_asked;
};

/* What a take needs for it: PIDNS_TAKE_*. */
#define REPORT_FLAGS                                                                    \
	(PIDNS_TAKE_ALL | PIDNS_TAKE_LIMITS | PIDNS_TAKE_CONTAINERS | PIDNS_TAKE_PINS | \
	 PIDNS_TAKE_ZOMBIES)

/* … and PIDNS_TASK_* and PIDNS_NS_*, beside what these flags ask for themselves: names, who has come
 * in, and the numbers. */
#define REPORT_TASK_FIELDS (PIDNS_TASK_COMM | PIDNS_TASK_HAS_JOINED | PIDNS_TASK_VPIDS)
#define REPORT_NS_FIELDS                                                                         \
	(PIDNS_NS_PIDS_USED | PIDNS_NS_PIDS_PEAK | PIDNS_NS_ALLOC_FAILURES | PIDNS_NS_LAST_PID | \
	 PIDNS_NS_PIDS_MAX | PIDNS_NS_PIDMAP)

/* Make the lines anew. What the snapshot (may be NULL) does not know is unknown if it was asked for
 * all that is needed, else still to come. Without memory there are fewer lines. */
void report_make(struct report *report, const struct pidns_snapshot *snapshot,
		 const struct ident *ident, size_t width, bool is_asked);
/* The command line of a process as lines, clean as it is; NULL: it has ended. */
void report_make_command(struct report *report, int32_t pid, const char *command, size_t width);
/* One more line, or as many as its width makes of it: printf. */
void report_add(struct report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void report_clear(struct report *report);

#endif /* PIDNS_TOP_REPORT_H */
