/* SPDX-License-Identifier: GPL-2.0-or-later */
/* findings-internal.h - findings.c asks each kind of itself: findings-*.c. */
#ifndef PIDNS_FINDINGS_INTERNAL_H
#define PIDNS_FINDINGS_INTERNAL_H

#include <stdbool.h>

#include "findings.h"

/* Worst first. */
enum finding_rank {
	RANK_FULL,	  /* fork fails now */
	RANK_BARREN,	  /* fork fails now: children would be born in a dead namespace */
	RANK_REFUSED,	  /* fork failed in the last minute */
	RANK_NEARLY_FULL, /* fork fails soon */
	RANK_ZOMBIES,	  /* several of one parent, which may leave more */
	RANK_ZOMBIE_INIT,
	RANK_DYING,
	RANK_DEAD,
	RANK_UNBORN,
	RANK_JOINED,
	RANK_ZOMBIE, /* one */
	NR_RANKS,
};

/* A new one at the end, to be filled; NULL: no memory. */
struct finding *findings_add(struct findings *findings, enum finding_kind kind, uint32_t rank,
			     const struct pidns_ns *ns);

/* Each looks at one namespace: 0 or -ENOMEM. */
int findings_limits(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		    struct findings *findings);
int findings_zombies(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		     struct findings *findings);
int findings_pinned(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		    struct findings *findings);
int findings_joined(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		    struct findings *findings);

/* Put them in order, and count those alike. */
void findings_finish(const struct pidns_snapshot *snapshot, struct findings *findings);

/* findings-alike.c: fill in `alike` of each. */
void findings_count_alike(struct findings *findings);

/* "PID 6025 (sh)"; the name only where it is known. Room for the longest. */
#define WHO_SIZE 96
const char *finding_who(const struct pidns_snapshot *snapshot, int32_t pid, char who[WHO_SIZE]);
/* The same with its user: where the namespace is unidentified, they say whose a finding is. */
const char *finding_whose(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
			  int32_t pid, char who[WHO_SIZE]);
/* Joined, and its parent is an init: not who brought it. */
int finding_is_orphan(const struct pidns_snapshot *snapshot, const struct pidns_task *task);

#endif /* PIDNS_FINDINGS_INTERNAL_H */
