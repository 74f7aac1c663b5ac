/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holders.h - whose namespaces those are that a limit counts, in a few words: by command, those with the
 * most first. Implemented in holders.c. */
#ifndef PIDNS_LIMITS_HOLDERS_H
#define PIDNS_LIMITS_HOLDERS_H

#include <stddef.h>
#include <stdint.h>

#define HOLDERS_MAX 64 /* commands that are told apart */

struct annotation;

/* Begins as {0}. */
struct holders {
	struct limit_holder {
		char comm[64];
		int32_t pid; /* the first that was met */
		uint64_t count;
	} list[HOLDERS_MAX];
	size_t nr;
	uint64_t others; /* of further commands, and without a process */
};

/* A namespace that this process is in; 0: none is known. */
void holders_add(struct holders *holders, struct annotation *a, int32_t pid);
/* "bwrap 12 (PID 4711), podman 3 (PID 812), 2 more". It lives as long as the snapshot; NULL: there is
 * none, or no memory. */
const char *holders_text(struct holders *holders, struct annotation *a);

#endif /* PIDNS_LIMITS_HOLDERS_H */
