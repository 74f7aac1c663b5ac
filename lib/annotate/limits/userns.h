/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* userns.h - the user namespaces that were met, each with who made it and what is above it. Implemented in
 * userns.c. */
#ifndef PIDNS_LIMITS_USERNS_H
#define PIDNS_LIMITS_USERNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"

#define USERNS_INITIAL	UINT64_C(4026531837) /* PROC_USER_INIT_INO */
#define USERNS_DEEPEST	33		     /* kernel/user_namespace.c, create_user_ns() */
#define USERNS_OVERFLOW 65534		     /* overflowuid: a user that has no number here */

struct limits;
struct limits_subject;

/* Users are numbered as the reader numbers them. */
struct user_ns {
	uint64_t ino;
	uint64_t parent;  /* 0: none, or out of sight */
	uint32_t owner;	  /* its maker */
	uint32_t root;	  /* the uid that is 0 in it; the owner, where that is not known */
	int32_t member;	  /* a process in it; 0: none is known */
	bool is_complete; /* all that a member tells is known */
};

struct userns {
	struct user_ns *list;
	size_t nr, room;
	struct map by_ino; /* to the place in the list + 1 */
	uint64_t learnt;   /* the one that was met last */
};

/* NULL: not met. Good until the next one is learnt. */
struct user_ns *userns_find(const struct userns *u, uint64_t ino);
/* One and all above, as far as they may be seen; takes the descriptor over. 0 or -ENOMEM. */
int userns_learn_up(struct userns *u, int fd);
/* That of a process. *ret_ino 0: it may not be known. 0; -ENOMEM; another -Exxx: the process is gone. */
int userns_learn(struct limits *l, struct limits_subject *of, uint64_t *ret_ino);
/* How deep it is nested, as far as can be seen; *ret_top: that is up to the initial one. */
uint32_t userns_level(const struct userns *u, uint64_t ino, bool *ret_top);
void userns_clear(struct userns *u);

#endif /* PIDNS_LIMITS_USERNS_H */
