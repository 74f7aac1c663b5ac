/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * details.h - what only the rows on the screen need: looked up for them alone, by a thread that owns the
 * context and the helper that reads command lines. Nothing here ever waits for either.
 */
#ifndef PIDNS_TOP_DETAILS_H
#define PIDNS_TOP_DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pidnsinfo.h>

struct cmdline_helper;
struct details;

/* Both ctx and helper are the thread's until details_close(); either may be NULL. NULL: no memory, no thread. */
struct details *details_open(struct pidns_ctx *ctx, struct cmdline_helper *helper);
/* False: the thread is still asking, and nothing of it can be freed; the process ends soon. Takes NULL. */
bool details_close(struct details *details);

struct details_wish {
	const int32_t *pids; /* as numbered for the reader */
	size_t nr_pids;
	uint64_t task_fields; /* of PIDNS_TASK_*; 0: no take is needed */
	uint64_t round;	      /* a new number: what is remembered is too old */
	bool commands;	      /* command lines as well */
	bool nice;	      /* and nice values, by PIDs of this very machine */
	unsigned int cpus;    /* of the machine; 0: not known */
};

/* Ask for these, unless that was the last thing asked for; while an answer is under way the next one has to
 * wait, and the caller to ask again when it has come. */
void details_ask(struct details *details, const struct details_wish *wish);
/* Becomes readable when there is an answer. details NULL: -1. */
int details_fd(const struct details *details);
/* True: an answer has come, and is what the functions below tell of. */
bool details_collect(struct details *details);
/* More is under way; and is it for that pid, of which nothing of this round is known yet? */
bool details_is_behind(const struct details *details);
bool details_is_coming(const struct details *details, int32_t pid);

/* All NULL or unknown where that pid was not looked up, or is gone; valid until an answer is collected. */
const struct pidns_task *details_task(const struct details *details, int32_t pid);
/* Percent of one CPU, or CPU_UNKNOWN (cpu.h). */
double details_cpu(const struct details *details, int32_t pid);
/* False: not known. */
bool details_nice(const struct details *details, int32_t pid, int *ret_nice);
/* The command line as /proc has it: arguments ended by NUL bytes. */
const char *details_command(const struct details *details, int32_t pid, size_t *ret_len);

#endif /* PIDNS_TOP_DETAILS_H */
