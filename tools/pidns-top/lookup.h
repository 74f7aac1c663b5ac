/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookup.h - what only the rows on the screen need: looked up by a take that is restricted to their PIDs,
 * and by the helper that reads command lines. Both may take their time; so details.c has a thread for it.
 */
#ifndef PIDNS_TOP_LOOKUP_H
#define PIDNS_TOP_LOOKUP_H

#include "details.h"

struct detail {
	int32_t pid;
	bool has_command, was_asked; /* for its command line */
	bool has_nice;
	int nice;
	const struct pidns_task *task;
	double cpu;
	char *command;
	size_t command_len;
};

/* Sorted by PID. */
struct detail *detail_find(struct detail *list, size_t count, int32_t pid);
void detail_list_free(struct detail *list, size_t count);

struct lookup;

/* Neither ctx nor helper is owned; either may be NULL. NULL: no memory. */
struct lookup *lookup_open(struct pidns_ctx *ctx, struct cmdline_helper *helper);
struct lookup *lookup_close(struct lookup *lookup);
/* Asks only for what changed since the last call. Takes as long as the kernel does, and of command lines as
 * long as the helper may (cmdline.h). */
void lookup_run(struct lookup *lookup, const struct details_wish *wish);
/* What it has found, and the snapshot that the tasks are in; both the caller's. How many there are. */
size_t lookup_copy(const struct lookup *lookup, struct detail **ret_list,
		   struct pidns_snapshot **ret_snapshot);

#endif /* PIDNS_TOP_LOOKUP_H */
