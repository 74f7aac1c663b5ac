/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.h - the machine's own figures, as libproc2 reads them; none about processes. */
#ifndef PIDNS_TOP_MACHINE_H
#define PIDNS_TOP_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* A `has_` that is false: /proc does not tell. */
struct machine_figures {
	bool has_uptime, has_load, has_memory, has_cpu;
	double uptime; /* seconds */
	double load[3];
	uint64_t memory_used, memory_total; /* bytes */
	double cpu_percent; /* of all CPUs since the last look; at first, since boot */
};

struct machine;

/* NULL: no memory. What cannot be read is simply never there. */
struct machine *machine_open(void);
struct machine *machine_close(struct machine *machine);

void machine_look(struct machine *machine, struct machine_figures *ret);

#endif /* PIDNS_TOP_MACHINE_H */
