/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mounts.h - the mounts of many mount namespaces, each once. Any user may make very many, so the
 * lists are streamed, and of all of them no more is read than a bound, in bytes and in time. A long
 * list comes last: it must not use up what others need. Implemented in mounts.c.
 */
#ifndef PIDNS_MOUNTS_H
#define PIDNS_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map.h"
#include "proc.h"

/* Whose list it is. */
struct mounts_of {
	int32_t pid, tid; /* the task by which it is read, and its process */
	uint64_t mount_ns;
};

/* What is done with each mount: 0, or -Exxx, which ends it all. */
typedef int mounts_visit(void *context, const struct mounts_of *of, const struct proc_mount *mount);

struct mounts_rest;

/* Begins with the two members alone. */
struct mounts {
	mounts_visit *visit;
	void *context;
	uint64_t read;	   /* bytes, of all lists */
	uint64_t spent_ns; /* of the processor's time */
	struct map met;	   /* the namespaces */
	struct mounts_rest *rest;
	size_t nr_rest, room_rest;
	bool is_cut; /* some were not looked at */
};

/* The list of the task whose directory that is, if its mount namespace is new. 0, -Exxx. */
int mounts_look(struct mounts *m, int dir, int32_t pid, int32_t tid);
/* Has the list of that mount namespace been read, or begun? */
bool mounts_has_met(const struct mounts *m, uint64_t mount_ns);
/* Once that is done: the rest of long lists, as far as the bound goes. 0, or what visit returned. */
int mounts_look_at_rest(struct mounts *m, int procfs);
void mounts_clear(struct mounts *m);

#endif /* PIDNS_MOUNTS_H */
