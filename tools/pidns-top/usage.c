// SPDX-License-Identifier: GPL-2.0-or-later
/* usage.c - CPU and memory of every task of a snapshot, and their sums over namespaces. */
#include "usage.h"

#include <errno.h>
#include <stdlib.h>

void usage_clear(struct usage *usage)
{
	free(usage->task_cpu);
	free(usage->own);
	free(usage->below);
	*usage = (struct usage){0};
}

size_t usage_ns_place(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns)
{
	const struct pidns_ns *const *all, *const *slice;

	pidns_snapshot_namespaces(snapshot, &all);
	pidns_ns_subtree(ns, &slice);
	return (size_t)(slice - all);
}

size_t usage_task_place(const struct pidns_snapshot *snapshot,
			const struct pidns_task *const *entry)
{
	const struct pidns_task *const *all;

	pidns_snapshot_tasks(snapshot, &all);
	return (size_t)(entry - all);
}

static void sum_add(struct usage_sum *sum, const struct usage_sum *part)
{
	sum->has_cpu |= part->has_cpu;
	sum->has_rss |= part->has_rss;
	sum->cpu += part->cpu;
	sum->rss_bytes += part->rss_bytes;
	if (part->oldest_zombie_ns &&
	    (!sum->oldest_zombie_ns || part->oldest_zombie_ns < sum->oldest_zombie_ns))
		sum->oldest_zombie_ns = part->oldest_zombie_ns;
}

static struct usage_sum sum_of_task(const struct pidns_task *task, double cpu)
{
	struct usage_sum sum = {0};

	if (cpu >= 0) {
		sum.has_cpu = true;
		sum.cpu = cpu;
	}
	if (task->known & PIDNS_TASK_RSS) {
		sum.has_rss = true;
		sum.rss_bytes = task->rss_bytes;
	}
	if (task->known & PIDNS_TASK_START && pidns_task_is_zombie(task))
		sum.oldest_zombie_ns = task->start_ns;
	return sum;
}

static void sum_members(struct usage *usage, const struct pidns_snapshot *snapshot)
{
	const struct pidns_ns *const *namespaces;
	size_t count = pidns_snapshot_namespaces(snapshot, &namespaces);

	for (size_t i = 0; i < count; i++) {
		const struct pidns_task *const *members;
		size_t nr = pidns_ns_tasks(namespaces[i], &members);
		size_t first = nr ? usage_task_place(snapshot, members) : 0;

		for (size_t k = 0; k < nr; k++) {
			struct usage_sum part = sum_of_task(members[k], usage->task_cpu[first + k]);

			/* A process has the sum of its threads. */
			if (members[k]->pid != members[k]->tid)
				continue;
			sum_add(&usage->own[i], &part);
		}
	}
}

/* Backwards through the pre-order, so that each is whole before it is added to its parent. */
static void sum_below(struct usage *usage, const struct pidns_snapshot *snapshot)
{
	const struct pidns_ns *const *namespaces;
	size_t count = pidns_snapshot_namespaces(snapshot, &namespaces);

	for (size_t i = count; i-- > 0;) {
		const struct pidns_ns *parent = pidns_ns_parent(namespaces[i]);

		sum_add(&usage->below[i], &usage->own[i]);
		if (parent)
			sum_add(&usage->below[usage_ns_place(snapshot, parent)], &usage->below[i]);
	}
}

static int usage_allocate(struct usage *usage, size_t tasks, size_t namespaces)
{
	usage_clear(usage);
	usage->task_cpu = calloc(tasks + 1, sizeof(*usage->task_cpu));
	usage->own = calloc(namespaces + 1, sizeof(*usage->own));
	usage->below = calloc(namespaces + 1, sizeof(*usage->below));
	if (usage->task_cpu && usage->own && usage->below)
		return 0;
	usage_clear(usage);
	return -ENOMEM;
}

/* No namespace uses more than there is, whatever the clock ticks add up to. */
static void limit_sums(struct usage *usage, size_t count, unsigned int cpus)
{
	for (size_t i = 0; i < count; i++) {
		usage->own[i].cpu = cpu_at_most(usage->own[i].cpu, cpus);
		usage->below[i].cpu = cpu_at_most(usage->below[i].cpu, cpus);
	}
}

int usage_make(struct usage *usage, struct cpu_history *history,
	       const struct pidns_snapshot *snapshot, unsigned int cpus)
{
	const struct pidns_task *const *tasks;
	const struct pidns_ns *const *namespaces;
	size_t nr_tasks = pidns_snapshot_tasks(snapshot, &tasks);
	size_t nr_namespaces = pidns_snapshot_namespaces(snapshot, &namespaces);
	int r = usage_allocate(usage, nr_tasks, nr_namespaces);

	if (r < 0)
		return r;
	r = cpu_history_begin(history, nr_tasks, pidns_snapshot_time(snapshot));
	if (r < 0) {
		usage_clear(usage);
		return r;
	}
	for (size_t i = 0; i < nr_tasks; i++)
		usage->task_cpu[i] = (float)cpu_at_most(cpu_history_note(history, tasks[i]), cpus);
	cpu_history_end(history);
	sum_members(usage, snapshot);
	sum_below(usage, snapshot);
	limit_sums(usage, nr_namespaces, cpus);
	return 0;
}
