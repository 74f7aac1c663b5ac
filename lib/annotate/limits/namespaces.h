/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * namespaces.h - how many namespaces of each kind are counted for a user in a user namespace.
 *
 * A namespace is counted for its maker in the user namespace it belongs to, for the maker of that
 * one in the one above, and so on up: kernel/ucount.c, inc_ucount(). The kernel does not tell the
 * counts. What is counted here are the namespaces that can be seen, so at least so many are used.
 * Who made one is told only of user namespaces; of others it is taken for root of the one it
 * belongs to, who may. Implemented in namespaces-count.c.
 */
#ifndef PIDNS_LIMITS_NAMESPACES_H
#define PIDNS_LIMITS_NAMESPACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"

enum namespace_kind { USER, PID, MNT, NET, IPC, UTS, CGROUP, TIME, NR_KINDS };

struct limits;
struct pidns_limit;

struct namespace_kind_info {
	uint32_t limit;	  /* PIDNS_LIMIT_* */
	const char *type; /* as in ns/ of a process and in user.max_*_namespaces */
	uint64_t initial; /* not counted for any user; of mnt and net so since Linux 6.18 */
};

extern const struct namespace_kind_info namespace_kinds[NR_KINDS];

/* One that was seen. */
struct seen {
	int kind;
	int32_t member; /* a process in it; 0: none is known */
	uint32_t uid;	/* for whom it is counted … */
	uint64_t user;	/* … in that user namespace */
};

/* Of a user in a user namespace. */
struct account {
	uint64_t user;
	uint32_t uid;
	uint64_t used[NR_KINDS];
	const struct pidns_limit *limits[NR_KINDS];
};

struct limits_namespaces {
	struct {
		uint64_t max;
		bool has_max, is_there;
	} kinds[NR_KINDS]; /* of the reader's own user namespace */
	struct seen *seen;
	size_t nr_seen, room_seen;
	struct map seen_ino;
	struct account *accounts;
	size_t nr_accounts, room_accounts;
	struct map by_user; /* to the place of an account + 1 */
	bool is_counted;
	const struct pidns_limit *of_unknown[NR_KINDS], *of_above[NR_KINDS];
};

/* Count all that can be seen, once. 0 or -ENOMEM. */
int namespaces_count(struct limits *l);
/* The account of a user there: good until the next call. 0 or -ENOMEM. */
int namespaces_account(struct limits_namespaces *n, uint64_t user, uint32_t uid,
		       struct account **ret);
/* Who is charged next for what is charged there to that user; false: that was the top. */
bool namespaces_go_up(const struct limits *l, uint64_t *user, uint32_t *uid);

#endif /* PIDNS_LIMITS_NAMESPACES_H */
