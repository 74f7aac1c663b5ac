// SPDX-License-Identifier: GPL-2.0-or-later
/* cpu.c - from CPU time to CPU use: two generations of a hash table by pid. */
#include "cpu.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Looks closer than this are one look: CPU time comes in clock ticks of 10 ms, and a list that is
 * being scrolled is looked at often.
 */
#define CPU_INTERVAL_MIN_NS UINT64_C(500000000)

struct cpu_sample {
	uint64_t start_ns;
	uint64_t cpu_ns;
	uint64_t time_ns;
	float percent;
	int32_t pid; /* 0: a free slot */
};

struct generation {
	struct cpu_sample *slots;
	size_t mask; /* a power of two, less one */
};

struct cpu_history {
	struct generation before, now;
};

struct cpu_history *cpu_history_new(void)
{
	return calloc(1, sizeof(struct cpu_history));
}

struct cpu_history *cpu_history_free(struct cpu_history *history)
{
	if (history) {
		free(history->before.slots);
		free(history->now.slots);
		free(history);
	}
	return NULL;
}

int cpu_history_begin(struct cpu_history *history, size_t tasks)
{
	size_t room = 64;

	while (room < tasks * 2)
		room *= 2;
	free(history->now.slots);
	history->now.slots = calloc(room, sizeof(struct cpu_sample));
	history->now.mask = room - 1;
	return history->now.slots ? 0 : -ENOMEM;
}

void cpu_history_end(struct cpu_history *history)
{
	free(history->before.slots);
	history->before = history->now;
	history->now.slots = NULL;
}

/* The slot of that pid, or the free one where it would be; never more than half are taken. */
static struct cpu_sample *slot_of(const struct generation *generation, int32_t pid)
{
	size_t at = (size_t)((uint32_t)pid * UINT32_C(0x9e3779b1));

	for (;; at++) {
		struct cpu_sample *slot = &generation->slots[at & generation->mask];

		if (!slot->pid || slot->pid == pid)
			return slot;
	}
}

static double percent_of(uint64_t cpu_ns, uint64_t time_ns)
{
	return time_ns ? 100.0 * (double)cpu_ns / (double)time_ns : 0;
}

static struct cpu_sample sample_first(const struct pidns_task *task, uint64_t now_ns)
{
	struct cpu_sample sample = {.pid = task->tid, .cpu_ns = task->cpu_ns, .time_ns = now_ns};

	if (task->known & PIDNS_TASK_START && task->start_ns < now_ns) {
		sample.start_ns = task->start_ns;
		sample.percent = (float)percent_of(task->cpu_ns, now_ns - task->start_ns);
	}
	return sample;
}

double cpu_history_note(struct cpu_history *history, const struct pidns_task *task, uint64_t now_ns)
{
	struct cpu_sample sample, *slot;

	if (!(task->known & PIDNS_TASK_CPU) || !history->now.slots)
		return CPU_UNKNOWN;
	sample = sample_first(task, now_ns);
	slot = history->before.slots ? slot_of(&history->before, task->tid) : NULL;
	if (slot && slot->pid && slot->start_ns == sample.start_ns &&
	    slot->cpu_ns <= sample.cpu_ns && slot->time_ns <= now_ns) {
		if (now_ns - slot->time_ns < CPU_INTERVAL_MIN_NS)
			sample = *slot;
		else
			sample.percent = (float)percent_of(sample.cpu_ns - slot->cpu_ns,
							   now_ns - slot->time_ns);
	}
	slot = slot_of(&history->now, task->tid);
	*slot = sample;
	return sample.percent;
}
