/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine-reader.h - the machine's own figures, as libproc2 reads them. May hang, so only the thread
 * of machine.c calls it.
 */
#ifndef PIDNS_TOP_MACHINE_READER_H
#define PIDNS_TOP_MACHINE_READER_H

#include <stdbool.h>
#include <stdint.h>

struct machine_reading {
	bool has_memory, has_ticks;
	uint64_t memory_used, memory_total; /* bytes */
	uint64_t busy, total;		    /* CPU ticks since boot, of all CPUs */
	unsigned int cpus;		    /* that are online; 0: not known */
};

struct machine_reader;

/* NULL: no memory. */
struct machine_reader *machine_reader_open(void);
struct machine_reader *machine_reader_close(struct machine_reader *reader);

/* A file that is not procfs's own (lxcfs, a bind mount) is not opened; what it says is not known. */
void machine_read(struct machine_reader *reader, struct machine_reading *ret);

#endif /* PIDNS_TOP_MACHINE_READER_H */
