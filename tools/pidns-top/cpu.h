/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpu.h - from CPU time to CPU use: what a task burnt since it was looked at before.
 *
 * A task is known by its pid and start time. One that was not looked at before, or whose start is
 * not known, gets the average over its life, as ps(1) shows it.
 */
#ifndef PIDNS_TOP_CPU_H
#define PIDNS_TOP_CPU_H

#include <stddef.h>
#include <stdint.h>

#include <pidnsinfo.h>

#define CPU_UNKNOWN (-1.0)

struct cpu_history;

struct cpu_history *cpu_history_new(void);
struct cpu_history *cpu_history_free(struct cpu_history *history);

/* Between begin and end, every task of a look is noted once; at the end those that were not are
 * forgotten. 0, or -ENOMEM with the history as it was. */
int cpu_history_begin(struct cpu_history *history, size_t tasks);
void cpu_history_end(struct cpu_history *history);

/* Note the task's CPU time and say its use in percent of one CPU; CPU_UNKNOWN where it has none. */
double cpu_history_note(struct cpu_history *history, const struct pidns_task *task,
			uint64_t now_ns);

#endif /* PIDNS_TOP_CPU_H */
