// SPDX-License-Identifier: GPL-2.0-or-later
/* cpu.c - from CPU time to CPU use: two generations of a hash table by pid. */
#include "cpu.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/*
 * Samples closer than this are one: CPU time comes in clock ticks of 10 ms, and while a list is
 * being scrolled its tasks are sampled often.
 */
#define CPU_INTERVAL_MIN_NS UINT64_C(500000000)

/* Start times of one task may be rounded to neighbouring clock ticks. */
#define TICK_NS UINT64_C(10000000)

/* Not 0, which is when the first threads of the kernel start. */
#define START_UNKNOWN UINT64_MAX

struct cpu_sample {
	uint64_t start_ns; /* or START_UNKNOWN */
	uint64_t cpu_ns;
	uint64_t time_ns; /* when the task had used so much */
	float percent;
	int32_t pid; /* 0: a free slot */
};

struct generation {
	struct cpu_sample *slots;
	size_t mask;	  /* a power of two, less one */
	uint64_t time_ns; /* of the last sample that was not close to the one before it */
};

struct cpu_history {
	struct generation before, now;
	uint64_t now_ns;
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

static bool has_before(const struct cpu_history *history)
{
	return history->before.slots && history->before.time_ns <= history->now_ns;
}

int cpu_history_begin(struct cpu_history *history, size_t tasks, uint64_t now_ns)
{
	size_t room = 64;

	while (room < tasks * 2)
		room *= 2;
	free(history->now.slots);
	history->now.slots = calloc(room, sizeof(struct cpu_sample));
	history->now.mask = room - 1;
	history->now.time_ns = history->now_ns = now_ns;
	if (has_before(history) && now_ns - history->before.time_ns < CPU_INTERVAL_MIN_NS)
		history->now.time_ns = history->before.time_ns;
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

/* As it is now, nothing being known of it before. */
static struct cpu_sample sample_now(const struct cpu_history *history,
				    const struct pidns_task *task)
{
	struct cpu_sample sample = {
		.pid = task->tid,
		.cpu_ns = task->cpu_ns,
		.time_ns = history->now_ns,
		.start_ns = START_UNKNOWN,
		.percent = CPU_UNKNOWN,
	};

	if (task->known & PIDNS_TASK_START)
		sample.start_ns = task->start_ns;
	return sample;
}

/* Born after the last sample: all of its time was used in this interval. */
static bool is_newborn(const struct cpu_history *history, const struct cpu_sample *sample)
{
	return sample->start_ns != START_UNKNOWN && has_before(history) &&
	       sample->start_ns + TICK_NS > history->before.time_ns;
}

static void rate_newborn(const struct cpu_history *history, struct cpu_sample *sample)
{
	uint64_t interval_ns = history->now_ns - history->before.time_ns;
	bool is_close = interval_ns < CPU_INTERVAL_MIN_NS;

	sample->percent =
		(float)percent_of(sample->cpu_ns, is_close ? CPU_INTERVAL_MIN_NS : interval_ns);
	if (is_close) {
		sample->cpu_ns = 0;
		sample->time_ns = history->before.time_ns;
	}
}

static void rate_first(const struct cpu_history *history, struct cpu_sample *sample)
{
	if (is_newborn(history, sample))
		rate_newborn(history, sample);
	else if (sample->start_ns != START_UNKNOWN)
		sample->percent = (float)percent_of(sample->cpu_ns,
						    history->now_ns > sample->start_ns
							    ? history->now_ns - sample->start_ns
							    : 0);
}

static void rate_since(struct cpu_sample *sample, const struct cpu_sample *before)
{
	uint64_t interval_ns = sample->time_ns - before->time_ns;

	if (interval_ns < CPU_INTERVAL_MIN_NS)
		*sample = *before;
	else if (sample->cpu_ns >= before->cpu_ns)
		sample->percent = (float)percent_of(sample->cpu_ns - before->cpu_ns, interval_ns);
	else
		sample->percent = 0;
}

/* The sample before of the same task; NULL. Without a start time only more time proves it. */
static const struct cpu_sample *sample_before(const struct cpu_history *history,
					      const struct cpu_sample *sample)
{
	const struct cpu_sample *slot;

	if (!has_before(history))
		return NULL;
	slot = slot_of(&history->before, sample->pid);
	if (!slot->pid || slot->start_ns != sample->start_ns || slot->time_ns > sample->time_ns)
		return NULL;
	return sample->start_ns != START_UNKNOWN || slot->cpu_ns <= sample->cpu_ns ? slot : NULL;
}

double cpu_history_note(struct cpu_history *history, const struct pidns_task *task)
{
	const struct cpu_sample *before;
	struct cpu_sample sample;

	if (!(task->known & PIDNS_TASK_CPU) || !history->now.slots)
		return CPU_UNKNOWN;
	sample = sample_now(history, task);
	before = sample_before(history, &sample);
	if (before)
		rate_since(&sample, before);
	else
		rate_first(history, &sample);
	*slot_of(&history->now, task->tid) = sample;
	return sample.percent;
}

double cpu_at_most(double percent, unsigned int cpus)
{
	return cpus && percent > 100.0 * cpus ? 100.0 * cpus : percent;
}
