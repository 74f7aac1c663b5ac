// SPDX-License-Identifier: GPL-2.0-or-later
/* limit.c - how full a limit is. */
#include "limit.h"

static bool has_flag(const struct pidns_limit *limit, uint32_t flag)
{
	return limit->known & PIDNS_LIMIT_FLAGS && limit->flags & flag;
}

static bool has_numbers(const struct pidns_limit *limit)
{
	return limit->known & PIDNS_LIMIT_USED && limit->known & PIDNS_LIMIT_MAX;
}

/* No init runs; with the flag, perhaps none ever did. */
static bool is_dead(const struct pidns_limit *limit)
{
	return limit->kind == PIDNS_LIMIT_INIT && !has_flag(limit, PIDNS_LIMIT_IS_AT_LEAST);
}

bool limit_has_share(const struct pidns_limit *limit)
{
	return is_dead(limit) || has_numbers(limit);
}

/* Numbers so large that they cannot be multiplied are compared coarsely, but never called full. */
static uint64_t share_of(uint64_t used, uint64_t max)
{
	uint64_t share;

	if (!max)
		return LIMIT_FULL;
	if (used <= UINT64_MAX / LIMIT_FULL)
		return used * LIMIT_FULL / max;
	if (max < LIMIT_FULL)
		return UINT64_MAX;
	share = used / (max / LIMIT_FULL);
	return used < max && share >= LIMIT_FULL ? LIMIT_FULL - 1 : share;
}

uint64_t limit_share(const struct pidns_limit *limit)
{
	if (is_dead(limit))
		return LIMIT_FULL;
	return has_numbers(limit) ? share_of(limit->used, limit->max) : 0;
}

uint64_t limit_percent(const struct pidns_limit *limit)
{
	return limit_share(limit) / (LIMIT_FULL / 100);
}

bool limit_is_full(const struct pidns_limit *limit)
{
	return limit_share(limit) >= LIMIT_FULL && !has_flag(limit, PIDNS_LIMIT_IS_EXEMPT);
}

bool limit_is_near(const struct pidns_limit *limit)
{
	return limit_percent(limit) >= LIMIT_NEAR_PERCENT &&
	       !has_flag(limit, PIDNS_LIMIT_IS_EXEMPT);
}

bool limit_is_unknown(const struct pidns_limit *limit)
{
	if (has_flag(limit, PIDNS_LIMIT_IS_EXEMPT) || limit_is_full(limit))
		return false;
	return !has_numbers(limit) || has_flag(limit, PIDNS_LIMIT_IS_AT_LEAST);
}

bool limit_is_summed_up(const struct pidns_limit *limit)
{
	return (limit->kind == PIDNS_LIMIT_PID_NAMESPACES ||
		(limit->kind >= PIDNS_LIMIT_USER_NAMESPACES &&
		 limit->kind <= PIDNS_LIMIT_TIME_NAMESPACES)) &&
	       !limit_is_near(limit);
}

const char *limit_holders_words(const struct pidns_limit *limit)
{
	return limit->kind == PIDNS_LIMIT_INIT ? "waits for" : "in them:";
}

const char *limit_init_waits(const struct pidns_ns *ns)
{
	if (!(ns->known & PIDNS_NS_NOTES) || !(ns->notes->known & PIDNS_NOTE_LIMITS))
		return NULL;
	for (uint32_t i = 0; i < ns->notes->nr_limits; i++)
		if (ns->notes->limits[i]->kind == PIDNS_LIMIT_INIT)
			return ns->notes->limits[i]->holders;
	return NULL;
}

/* ---- a call ---------------------------------------------------------------------------------- */

/* In the order in which copy_process() asks; then create_user_ns() and create_new_namespaces(). */
static const uint32_t fork_order[] = {
	PIDNS_LIMIT_NPROC, PIDNS_LIMIT_THREADS_MAX, PIDNS_LIMIT_PID_MAX,
	PIDNS_LIMIT_INIT,  PIDNS_LIMIT_CGROUP_PIDS, 0,
};
static const uint32_t namespace_order[] = {
	PIDNS_LIMIT_USER_LEVEL,
	PIDNS_LIMIT_USER_NAMESPACES,
	PIDNS_LIMIT_MNT_NAMESPACES,
	PIDNS_LIMIT_UTS_NAMESPACES,
	PIDNS_LIMIT_IPC_NAMESPACES,
	PIDNS_LIMIT_LEVEL,
	PIDNS_LIMIT_PID_NAMESPACES,
	PIDNS_LIMIT_CGROUP_NAMESPACES,
	PIDNS_LIMIT_NET_NAMESPACES,
	PIDNS_LIMIT_TIME_NAMESPACES,
	0,
};

static size_t turn_of(const struct pidns_limit *limit, const uint32_t *order)
{
	size_t i = 0;

	while (order[i] && order[i] != limit->kind)
		i++;
	return i;
}

static struct limit_verdict judge(const struct pidns_limit *const *limits, size_t nr, bool is_fork,
				  const uint32_t *order)
{
	struct limit_verdict verdict = {0};

	for (size_t i = 0; i < nr; i++) {
		const struct pidns_limit *limit = limits[i], *first = verdict.refusing;

		if (!limit->is_fork == is_fork)
			continue;
		verdict.nr++;
		verdict.nr_unknown += limit_is_unknown(limit);
		if (limit_is_full(limit) &&
		    (!first || turn_of(limit, order) < turn_of(first, order)))
			verdict.refusing = limit;
	}
	return verdict;
}

struct limit_verdict limit_judge_fork(const struct pidns_limit *const *limits, size_t nr)
{
	return judge(limits, nr, true, fork_order);
}

struct limit_verdict limit_judge_new_namespaces(const struct pidns_limit *const *limits, size_t nr)
{
	struct limit_verdict verdict = judge(limits, nr, false, namespace_order);
	bool is_told = false;

	/* What was recorded before they were limits does not say that there are none. */
	for (size_t i = 0; i < nr; i++)
		is_told = is_told || limits[i]->kind >= PIDNS_LIMIT_USER_NAMESPACES;
	if (!is_told && !verdict.refusing)
		verdict.nr = 0;
	return verdict;
}

bool limit_is_certain(const struct limit_verdict *verdict)
{
	return verdict->refusing || (verdict->nr && !verdict->nr_unknown);
}
