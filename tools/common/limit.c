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
