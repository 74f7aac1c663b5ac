/* SPDX-License-Identifier: GPL-2.0-or-later */
/* meter.h - how busy the machine's CPUs are: from the ticks of /proc/stat to a share. Pure. */
#ifndef PIDNS_TOP_METER_H
#define PIDNS_TOP_METER_H

#include <stdbool.h>
#include <stdint.h>

struct meter {
	uint64_t busy, total; /* CPU ticks at the last sample that counted */
	bool has_percent;
	double percent; /* of all CPUs, between the two last of these; at first, since boot */
};

/*
 * Another sample. Ticks may go back, a little by rounding or far after a suspend: then counting
 * begins anew from there, and the percentage stays for this once.
 */
void meter_add(struct meter *meter, uint64_t busy, uint64_t total);

#endif /* PIDNS_TOP_METER_H */
