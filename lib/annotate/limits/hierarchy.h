/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hierarchy.h - a hierarchy of cgroups that may have the pids controller. Implemented in hierarchy.c. */
#ifndef PIDNS_LIMITS_HIERARCHY_H
#define PIDNS_LIMITS_HIERARCHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/proc.h"
#include "base/text.h"
#include "base/util.h"

/* v2, or the one of v1 that has the controller. Begins as {.is_v2, .fd = -1}. */
struct hierarchy {
	bool is_v2;
	struct text root;  /* what the mount shows: allocated */
	char *mount_point; /* NULL: not mounted anywhere in sight */
	int fd;
};

/*
 * A mount of it? Of several the one that shows most is kept, which is that of the shortest root. view:
 * the root directory of the machine that is asked; -1: "/". is_fixture: any file system will do. 0 or
 * -ENOMEM.
 */
int hierarchy_consider(struct hierarchy *h, const struct proc_mount *mount, int view,
		       bool is_fixture);
void hierarchy_clear(struct hierarchy *h);

/* A small file of the cgroup at `below`, a path below the mount. Its length, -Exxx. */
ssize_t hierarchy_read(const struct hierarchy *h, struct text below, const char *file, char *buf,
		       size_t size);
/* The id of that cgroup, which is its inode; 0: there is none. One without files of the controller has
 * it off. */
uint64_t hierarchy_id(const struct hierarchy *h, struct text below);
/* The top of what the mount shows is the top of all where it has none of the files that every cgroup
 * but the root has. */
bool hierarchy_is_whole(const struct hierarchy *h);

#endif /* PIDNS_LIMITS_HIERARCHY_H */
