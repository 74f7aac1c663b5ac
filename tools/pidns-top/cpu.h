/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpu.h - from CPU time to CPU use: what a task has used since the sample before.
 *
 * A task is known by its PID and start time. One that was born since the sample before has used all
 * of its time in this interval. Any other that was not sampled before gets the average over its
 * life, as ps(1) shows it.
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

/* Between begin and end, every task of a sample is noted once; at the end those that were not are
 * forgotten. now_ns is the time of the sample, CLOCK_BOOTTIME. 0, or -ENOMEM. */
int cpu_history_begin(struct cpu_history *history, size_t tasks, uint64_t now_ns);
void cpu_history_end(struct cpu_history *history);

/* Note the task's CPU time and return its use in percent of one CPU, or CPU_UNKNOWN. */
double cpu_history_note(struct cpu_history *history, const struct pidns_task *task);

/* The use of a task or of several, but never more than so many CPUs (0: not known) can give. */
double cpu_at_most(double percent, unsigned int cpus);

#endif /* PIDNS_TOP_CPU_H */
