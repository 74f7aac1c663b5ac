/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusal.h - why the kernel would not move a process, in words, and what would help. */
#ifndef PIDNS_REFUSAL_H
#define PIDNS_REFUSAL_H

#include <stdbool.h>

/* What there is to know about the process that was refused, and its machine. */
struct refusal {
	int error;		    /* a positive errno */
	bool has_right;		    /* CAP_SYS_ADMIN */
	bool is_switched_off;	    /* the sysctl kernel.pid_ns_move is 0 */
	bool is_init;		    /* of the namespace it is in */
	bool children_go_elsewhere; /* pid_for_children differs */
	bool has_children;	    /* zombies, too */
	bool is_traced;
	bool leads_session; /* and group: then another member is in the way */
};

/* A clause for a message, in static storage: the reason and, where there is one, the remedy. */
const char *refusal_sentence(const struct refusal *refusal);

#endif /* PIDNS_REFUSAL_H */
