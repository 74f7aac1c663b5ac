/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock.h - the time of day of what happened at a time since boot. */
#ifndef PIDNS_COMMON_CLOCK_H
#define PIDNS_COMMON_CLOCK_H

#include <stdint.h>

/* From CLOCK_BOOTTIME to CLOCK_REALTIME, both in nanoseconds, as these clocks stand now. */
int64_t clock_wall(uint64_t boot_ns);

#endif /* PIDNS_COMMON_CLOCK_H */
