/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* origin.h - of which machine, and when, something was read. Implemented in origin.c. */
#ifndef PIDNS_ORIGIN_H
#define PIDNS_ORIGIN_H

#include <stdint.h>

/* What is not known is 0 or empty. */
struct origin {
	uint64_t wall_time_ns; /* CLOCK_REALTIME */
	uint64_t time_ns_ino;  /* the time namespace of the reader, which CLOCK_BOOTTIME is of */
	char host[256];
	char boot_id[64];
};

/* Now, as that procfs reports it; -1: that at /proc. */
void origin_read(int procfs, struct origin *ret);

#endif /* PIDNS_ORIGIN_H */
