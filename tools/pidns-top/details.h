/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * details.h - what only the rows on the screen need: looked up for them alone, by a take that is
 * restricted to their pids, and by the helper that reads command lines.
 */
#ifndef PIDNS_TOP_DETAILS_H
#define PIDNS_TOP_DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pidnsinfo.h>

struct cmdline_helper;
struct details;

/* Neither ctx nor helper is owned; either may be NULL. NULL: no memory. */
struct details *details_open(struct pidns_ctx *ctx, struct cmdline_helper *helper);
struct details *details_close(struct details *details);

struct details_wish {
	const int32_t *pids; /* as numbered for the reader */
	size_t nr_pids;
	uint64_t task_fields; /* of PIDNS_TASK_*; 0: no take is needed */
	uint64_t round;	      /* a new number: what is remembered is too old */
	bool commands;	      /* command lines as well */
	bool nice;	      /* and nice values, by PIDs of this very machine */
	unsigned int cpus;    /* of the machine; 0: not known */
};

/*
 * Have these at hand. Asks only for what changed since the last call, and never waits longer than
 * the helper may take (cmdline.h). A pid that is gone is simply not there.
 */
void details_look(struct details *details, const struct details_wish *wish);

/* All NULL or unknown where that pid was not looked up, or is gone; valid until the next look. */
const struct pidns_task *details_task(const struct details *details, int32_t pid);
/* Percent of one CPU, or CPU_UNKNOWN (cpu.h). */
double details_cpu(const struct details *details, int32_t pid);
/* False: not known. */
bool details_nice(const struct details *details, int32_t pid, int *ret_nice);
/* The command line as /proc has it: arguments ended by NUL bytes. */
const char *details_command(const struct details *details, int32_t pid, size_t *ret_len);

#endif /* PIDNS_TOP_DETAILS_H */
