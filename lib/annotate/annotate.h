/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * annotate.h - one further question about the namespaces of a snapshot, asked when the caller wants
 * it: which limit is nearest, what container is this, what keeps it alive, who leaves zombies.
 *
 * An annotator is a function that reads a snapshot that is not handed out yet, asks the machine,
 * and leaves notes. It never forks, never waits, reads no file of a task that its memory may hold
 * up (cmdline, environ, maps: proc(5)), and takes what it cannot find out for unknown, not for an
 * error.
 */
#ifndef PIDNS_ANNOTATE_H
#define PIDNS_ANNOTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pidnsinfo.h"

struct annotation {
	struct pidns_snapshot *snapshot;
	int procfs;	   /* speaks of the snapshot's tasks by their pid */
	int root;	   /* of the machine whose files are read; -1: "/" */
	uint32_t flags;	   /* PIDNS_TAKE_* */
	int32_t limits_of; /* 0: no task's */
	/* With PIDNS_TAKE_OF_ONE. */
	uint64_t of_ns;
	int32_t of_pid;
};

/* Each gives 0 or -ENOMEM: the one failure that is not the machine's business. */
typedef int annotator(struct annotation *a);

/* containers.c */
annotator annotate_containers;
/* limits.c */
annotator annotate_limits;
/* pins.c */
annotator annotate_pins;
/* zombies.c */
annotator annotate_zombies;

/* With PIDNS_TAKE_OF_ONE: the namespace that notes are wanted on; NULL: it is not in the snapshot. */
const struct pidns_ns *annotate_one(const struct annotation *a);
/* Is it that, or one above? Without the flag: true. */
bool annotate_is_wanted(const struct annotation *a, const struct pidns_ns *ns);
/* Is it that? Without the flag: true. */
bool annotate_is_meant(const struct annotation *a, const struct pidns_ns *ns);
/* The notes on that namespace, to write to; made at the first call. NULL: no memory. */
struct pidns_notes *annotate_notes(struct annotation *a, const struct pidns_ns *ns);
/* `size` zero bytes that live as long as the snapshot. NULL: no memory. */
void *annotate_store(struct annotation *a, size_t size);
/* A copy of these bytes, NUL-terminated, that does so. NULL: no memory. */
const char *annotate_text(struct annotation *a, const char *bytes, size_t len);

/* No file of procfs that is read whole is longer than this. */
#define ANNOTATE_READ_MAX ((size_t)64 << 20)

/* What the snapshot says of the task that was named: the list lives as long as it does. */
void annotate_task_limits(struct annotation *a, const struct pidns_limit *const *limits, size_t nr);

/*
 * annotators.c: run the annotators that a->flags ask for. procfs: borrowed, of the provider, or -1: the one at
 * /proc, where it is of the reader's own namespace; without one nothing is noted. 0 or -ENOMEM.
 */
int annotate_machine(struct annotation *a);
/* The same of all namespaces, with "/" for a root. */
int annotate(struct pidns_snapshot *snapshot, int procfs, uint32_t flags, int32_t limits_of);

#endif /* PIDNS_ANNOTATE_H */
