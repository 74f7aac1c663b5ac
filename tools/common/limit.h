/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * limit.h - how full a limit is: one computation, one threshold and one rounding for all that show,
 * sort or judge limits.
 *
 * A share is rounded down, so that 99 % is never called full and 100 % always is. More than all may be
 * used, where a maximum was lowered: that is shown as it is, as 120 %.
 */
#ifndef PIDNS_LIMIT_H
#define PIDNS_LIMIT_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From this share on a limit is reported before it is reached. */
#define LIMIT_NEAR_PERCENT 80

/* In hundredths of a percent, rounded down. */
#define LIMIT_FULL 10000

/* Are both numbers known, or is it one that has none and is reached? */
bool limit_has_share(const struct pidns_limit *limit);
/* What is used of it, up to LIMIT_FULL and beyond; 0 where that is not known. */
uint64_t limit_share(const struct pidns_limit *limit);
/* The same as people read it. */
uint64_t limit_percent(const struct pidns_limit *limit);

/* It refuses now. */
bool limit_is_full(const struct pidns_limit *limit);
/* LIMIT_NEAR_PERCENT or more is used. */
bool limit_is_near(const struct pidns_limit *limit);
/* What can be seen proves neither that it refuses nor that it does not. */
bool limit_is_unknown(const struct pidns_limit *limit);

/* One of user.max_*_namespaces that is not near: of these there are eight for each user namespace up to the
 * first, and people are told how many. */
bool limit_is_summed_up(const struct pidns_limit *limit);
/* What goes before pidns_limit.holders, which belongs to a limit of this kind: "waits for". */
const char *limit_holders_words(const struct pidns_limit *limit);
/* What the init of a dying namespace, or of one that is a zombie, waits for, and what that waits for, in one
 * untrusted text; NULL: it is not dying, or that is not known. The snapshot has PIDNS_TAKE_LIMITS. */
const char *limit_init_waits(const struct pidns_ns *ns);

/* What fork(2) gets, or another call that makes new namespaces: what can be seen of all limits of that. */
struct limit_verdict {
	const struct pidns_limit
		*refusing; /* of those that refuse the one that is asked first; NULL: none */
	size_t nr;	   /* limits of that call */
	size_t nr_unknown; /* … of which it is not known whether they refuse */
};

struct limit_verdict limit_judge_fork(const struct pidns_limit *const *limits, size_t nr);
/* unshare(2), or clone(2) beside what fork(2) gets, with all of CLONE_NEW*, as the start of a container
 * does. */
struct limit_verdict limit_judge_new_namespaces(const struct pidns_limit *const *limits, size_t nr);
/* It refuses, or it is proved that it does not. */
bool limit_is_certain(const struct limit_verdict *verdict);

#endif /* PIDNS_LIMIT_H */
