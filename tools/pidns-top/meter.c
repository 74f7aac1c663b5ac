// SPDX-License-Identifier: GPL-2.0-or-later
/* meter.c - how busy the machine's CPUs are. */
#include "meter.h"

/* CPU ticks, of all CPUs together, that make a sample worth while. */
#define TICKS_MIN 20

void meter_add(struct meter *meter, uint64_t busy, uint64_t total)
{
	uint64_t busy_ticks = busy - meter->busy, ticks = total - meter->total;

	if (busy < meter->busy || total < meter->total) {
		meter->busy = busy;
		meter->total = total;
		return;
	}
	if (ticks < TICKS_MIN)
		return;
	/* Where idle time went back by less than what passed, busy time seems to be more. */
	if (busy_ticks > ticks)
		busy_ticks = ticks;
	meter->percent = 100.0 * (double)busy_ticks / (double)ticks;
	meter->has_percent = true;
	meter->busy = busy;
	meter->total = total;
}
