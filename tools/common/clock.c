// SPDX-License-Identifier: GPL-2.0-or-later
/* clock.c - the time of day of what happened at a time since boot. */
#include "clock.h"

#include <time.h>

static int64_t now(clockid_t clock)
{
	struct timespec t = {0};

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t clock_wall(uint64_t boot_ns)
{
	return now(CLOCK_REALTIME) - now(CLOCK_BOOTTIME) + (int64_t)boot_ns;
}
