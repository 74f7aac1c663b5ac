/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * usage.h - CPU and memory of every task of a snapshot, and their sums over namespaces.
 *
 * Places are those of pidns_snapshot_tasks() and pidns_snapshot_namespaces().
 */
#ifndef PIDNS_TOP_USAGE_H
#define PIDNS_TOP_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pidnsinfo.h>

#include "cpu.h"

/* Of the tasks that are known to the snapshot; false: of none of them it is. */
struct usage_sum {
	bool has_cpu, has_rss;
	double cpu; /* percent of one CPU */
	uint64_t rss_bytes;
	uint64_t
		oldest_zombie_ns; /* when the zombie started that started first; 0: none is known */
};

struct usage {
	float *task_cpu;	 /* percent of one CPU; CPU_UNKNOWN */
	struct usage_sum *own;	 /* a namespace's members */
	struct usage_sum *below; /* and those of all its descendants */
};

/* Replaces what was there. cpus: of the machine; 0: not known. 0, or -ENOMEM with `usage` empty: every pointer NULL. */
int usage_make(struct usage *usage, struct cpu_history *history,
	       const struct pidns_snapshot *snapshot, unsigned int cpus);
void usage_clear(struct usage *usage);

/* Where the namespace and the task stand in their snapshot's lists. */
size_t usage_ns_place(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns);
size_t usage_task_place(const struct pidns_snapshot *snapshot,
			const struct pidns_task *const *entry);

#endif /* PIDNS_TOP_USAGE_H */
