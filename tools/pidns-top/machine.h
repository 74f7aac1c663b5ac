/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.h - the machine's own figures; none about processes.
 *
 * Other file systems may stand in the place of files of /proc, and their servers may hang. So a
 * thread of its own reads them, which can be abandoned.
 */
#ifndef PIDNS_TOP_MACHINE_H
#define PIDNS_TOP_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* A `has_` that is false: not known. */
struct machine_figures {
	bool has_time, has_uptime, has_load, has_memory, has_cpu;
	int64_t time;  /* of day, seconds since 1970 */
	double uptime; /* seconds */
	double load[3];
	uint64_t memory_used, memory_total; /* bytes */
	double cpu_percent;		    /* of all CPUs since the last sample; see meter.h */
	unsigned int cpus;		    /* that are online; 0: not known */
};

struct machine;

/* NULL: no memory, no thread. */
struct machine *machine_open(void);
/* Never waits. False: the thread hangs, and nothing of it can be freed; the process ends soon. */
bool machine_close(struct machine *machine);

/* Begin to read. */
void machine_ask(struct machine *machine);
/*
 * What has been read since. Waits up to a fifth of a second, but not for a thread that was late
 * before; what has not come by then is not known. machine NULL: nothing is.
 */
void machine_collect(struct machine *machine, struct machine_figures *ret);

#endif /* PIDNS_TOP_MACHINE_H */
