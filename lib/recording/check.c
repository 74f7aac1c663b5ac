// SPDX-License-Identifier: LGPL-2.1-or-later
/* check.c - do the lines of a recording agree with each other? */
#include "check.h"

#include <errno.h>
#include <stdlib.h>

static int compare_inos(const void *a, const void *b)
{
	const struct recorded_ns *x = a, *y = b;

	return (x->raw.ino > y->raw.ino) - (x->raw.ino < y->raw.ino);
}

const struct recorded_ns *recorded_find_ns(const struct recorded *all, uint64_t ino)
{
	const struct recorded_ns key = {.raw = {.ino = ino}};

	if (!all->nr_namespaces)
		return NULL;
	return bsearch(&key, all->namespaces, all->nr_namespaces, sizeof(key), compare_inos);
}

static int check_parent(struct recorded *all, struct recorded_ns *ns, const struct why *why)
{
	uintmax_t ino = ns->raw.ino;

	if (!(ns->raw.known & PIDNS_NS_PARENT))
		return 0;
	ns->parent = recorded_find_ns(all, ns->raw.parent_ino);
	if (!ns->parent)
		return why_set(why, -EPROTO, "the parent of namespace %ju is missing", ino);
	if (ns->depth != LINE_NO_DEPTH && ns->parent->depth != LINE_NO_DEPTH &&
	    ns->depth != ns->parent->depth + 1)
		return why_set(why, -EPROTO, "namespace %ju is not at its depth", ino);
	return 0;
}

/* Sorts the namespaces and finds their parents. */
static int check_parents(struct recorded *all, const struct why *why)
{
	struct recorded_ns *ns = all->namespaces;
	size_t nr = all->nr_namespaces, i;
	int r = 0;

	if (nr)
		qsort(ns, nr, sizeof(*ns), compare_inos);
	for (i = 0; r >= 0 && i < nr; i++) {
		if (i && ns[i - 1].raw.ino == ns[i].raw.ino)
			return why_set(why, -EPROTO, "namespace %ju is there twice",
				       (uintmax_t)ns[i].raw.ino);
		r = check_parent(all, &ns[i], why);
	}
	return r;
}

/* The kernel's limit bounds the way up, and a circle has no end. */
static int check_depths(const struct recorded *all, const struct why *why)
{
	const struct recorded_ns *up;
	unsigned int steps;
	size_t i;

	for (i = 0; i < all->nr_namespaces; i++) {
		up = &all->namespaces[i];
		for (steps = 0; up->parent; up = up->parent)
			if (steps++ == PIDNS_LEVEL_MAX)
				return why_set(why, -EPROTO,
					       "namespace %ju has more than %d ancestors, or is "
					       "its own",
					       (uintmax_t)all->namespaces[i].raw.ino,
					       PIDNS_LEVEL_MAX);
	}
	return 0;
}

static int check_root(const struct recorded *all, const struct why *why)
{
	const struct recorded_ns *root = recorded_find_ns(all, all->head.root);

	if (!(all->head.known & RECORDING_KNOWN_ROOT))
		return 0;
	if (!root)
		return why_set(why, -EPROTO, "the root namespace is missing");
	if (root->parent)
		return why_set(why, -EPROTO, "the root namespace has a parent");
	return 0;
}

static int compare_tids(const void *a, const void *b)
{
	const struct recorded_task *x = a, *y = b;

	return (x->raw.tid > y->raw.tid) - (x->raw.tid < y->raw.tid);
}

static int check_task(const struct recorded *all, const struct raw_task *raw, const struct why *why)
{
	const struct recorded_ns *ns = raw->ns_ino ? recorded_find_ns(all, raw->ns_ino) : NULL;

	if (raw->ns_ino && !ns)
		return why_set(why, -EPROTO, "the namespace of task %d is missing", raw->tid);
	if (raw->ns_for_children_ino && !recorded_find_ns(all, raw->ns_for_children_ino))
		return why_set(why, -EPROTO, "ns_for_children of task %d is missing", raw->tid);
	if (ns && raw->known & PIDNS_TASK_VPIDS && ns->depth != LINE_NO_DEPTH &&
	    raw->nr_vpids != ns->depth + 1)
		return why_set(why, -EPROTO, "task %d has %u PIDs at depth %u", raw->tid,
			       raw->nr_vpids, ns->depth);
	return 0;
}

static int check_tasks(struct recorded *all, const struct why *why)
{
	struct recorded_task *tasks = all->tasks;
	size_t nr = all->nr_tasks, i;
	int r = 0;

	if (nr)
		qsort(tasks, nr, sizeof(*tasks), compare_tids);
	for (i = 0; r >= 0 && i < nr; i++) {
		const struct raw_task *raw = &tasks[i].raw;

		if (i && tasks[i - 1].raw.tid == raw->tid)
			return why_set(why, -EPROTO, "task %d is there twice", raw->tid);
		r = check_task(all, raw, why);
	}
	return r;
}

int recorded_check(struct recorded *all, const struct why *why)
{
	int r = check_parents(all, why);

	if (r >= 0)
		r = check_depths(all, why);
	if (r >= 0)
		r = check_root(all, why);
	return r < 0 ? r : check_tasks(all, why);
}
