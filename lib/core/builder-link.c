// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * builder-link.c - who belongs where: every task gets a namespace, every namespace a place.
 *
 * What no link says may still be proven by numbers. A task's parent is never below it, and
 * setns(2) and unshare(2) reach downwards only (kernel/nsproxy.c, kernel/pid_namespace.c), so
 *   - a task with one number is in the reader's own namespace;
 *   - a task with as many numbers as its parent is in its parent's namespace;
 *   - an init's parent, if it has just one number fewer, is in the parent namespace. (It was forked
 *     from there; orphans go to a reaper in the namespace of the parent they lost,
 *     find_new_reaper() in kernel/exit.c.)
 */
#include "builder-internal.h"

#include <errno.h>
#include <stdlib.h>

static int compare_tids(const void *a, const void *b)
{
	const struct pidns_task *x = *(struct pidns_task *const *)a;
	const struct pidns_task *y = *(struct pidns_task *const *)b;

	return (x->tid > y->tid) - (x->tid < y->tid);
}

/* Providers mostly pour in order; then there is nothing to sort. */
static int collect_by_tid(struct builder *b)
{
	struct chunk *chunk;
	size_t nr = 0, kept = 0, i, at;
	int in_order = 1;

	b->by_tid = malloc((b->nr_tasks + !b->nr_tasks) * sizeof(*b->by_tid));
	if (!b->by_tid)
		return -ENOMEM;
	for (chunk = b->task_chunks; chunk; chunk = chunk->next)
		for (at = 0; at < chunk->used; at += sizeof(struct pidns_task)) {
			b->by_tid[nr] = (struct pidns_task *)(void *)(chunk->bytes + at);
			if (nr && compare_tids(&b->by_tid[nr - 1], &b->by_tid[nr]) > 0)
				in_order = 0;
			nr++;
		}
	if (!in_order)
		qsort(b->by_tid, nr, sizeof(*b->by_tid), compare_tids);
	for (i = 0; i < nr; i++) {
		if (kept && b->by_tid[kept - 1]->tid == b->by_tid[i]->tid)
			builder_add_flags(b, PIDNS_SNAPSHOT_RACED);
		else
			b->by_tid[kept++] = b->by_tid[i];
	}
	b->nr_tasks = kept;
	return 0;
}

struct tid_search {
	const struct builder *b;
	int32_t tid;
};

static bool is_tid_before(const void *wanted, size_t i)
{
	const struct tid_search *search = wanted;

	return search->b->by_tid[i]->tid < search->tid;
}

static struct pidns_task *task_by_tid(const struct builder *b, int32_t tid)
{
	const struct tid_search search = {b, tid};
	size_t at = map_lower_bound(b->nr_tasks, is_tid_before, &search);

	return at < b->nr_tasks && b->by_tid[at]->tid == tid ? b->by_tid[at] : NULL;
}

const struct pidns_task *builder_task_by_tid(const struct builder *b, int32_t tid)
{
	return tid > 0 ? task_by_tid(b, tid) : NULL;
}

/* Its own number is 1: a namespace begins with it. */
static bool is_init(const struct pidns_task *task)
{
	return task->tid == task->pid && task->known & PIDNS_TASK_VPIDS && task->nr_vpids > 1 &&
	       task->vpids[task->nr_vpids - 1] == 1;
}

/* The parent, or the leader of a thread, where it is bound to be in the same namespace: as many
 * numbers, not the reader's. */
static struct pidns_task *parent_beside(const struct builder *b, const struct pidns_task *task)
{
	struct pidns_task *parent;

	if (!(task->known & PIDNS_TASK_VPIDS) || is_init(task))
		return NULL;
	if (task->tid != task->pid)
		parent = task_by_tid(b, task->pid);
	else
		parent = task->known & PIDNS_TASK_PPID ? task_by_tid(b, task->ppid) : NULL;
	if (!parent || !(parent->known & PIDNS_TASK_VPIDS) || parent->nr_vpids != task->nr_vpids)
		return NULL;
	return parent;
}

/* One record for all unidentified tasks with that many numbers; 0: not even that is known. */
static struct ns_build *bucket_of(struct builder *b, struct ns_build **buckets, uint32_t nr_vpids)
{
	if (!buckets[nr_vpids]) {
		buckets[nr_vpids] = builder_ns_unidentified(b);
		if (buckets[nr_vpids] && nr_vpids)
			buckets[nr_vpids]->depth_hint = nr_vpids - 1;
	}
	return buckets[nr_vpids];
}

/* Give `ns` to the task and to the unplaced ancestors that must share it. */
static void place_line(const struct builder *b, struct pidns_task *task, const struct pidns_ns *ns)
{
	for (; task && !task->ns; task = parent_beside(b, task))
		task->ns = ns;
}

/* The first ancestor in the same namespace that is placed, or the last that is not; a line of parents
 * cannot be longer than there are tasks, though a damaged recording may bend it into a ring. */
static const struct pidns_task *top_of_line(const struct builder *b, const struct pidns_task *task)
{
	const struct pidns_task *parent;
	size_t steps = b->nr_tasks;

	while (!task->ns && steps-- && (parent = parent_beside(b, task)))
		task = parent;
	return task;
}

/* Of an init it is its own, with all who descend from it; others share one for each depth. */
static struct ns_build *make_unidentified(struct builder *b, struct ns_build **buckets,
					  const struct pidns_task *top)
{
	struct ns_build *ns;

	builder_add_unseen(b, PIDNS_UNSEEN_NS_LINKS);
	if (!is_init(top))
		return bucket_of(b, buckets, top->known & PIDNS_TASK_VPIDS ? top->nr_vpids : 0);
	ns = builder_ns_unidentified(b);
	if (ns)
		ns->init = top;
	return ns;
}

static int place_tasks(struct builder *b)
{
	struct ns_build *buckets[PIDNS_LEVEL_MAX + 2] = {NULL}, *bucket;
	struct pidns_task *task;
	size_t unplaced = 0, i;

	/* Even if it could not be identified, all PIDs begin in one namespace. */
	if (!b->root && b->nr_tasks) {
		b->root = bucket_of(b, buckets, 1);
		if (!b->root)
			return -ENOMEM;
		builder_add_unseen(b, PIDNS_UNSEEN_NS_LINKS);
	}
	for (i = 0; i < b->nr_tasks; i++) {
		task = b->by_tid[i];
		if (!task->ns && task->known & PIDNS_TASK_VPIDS && task->nr_vpids == 1)
			task->ns = &b->root->entry.pub;
		unplaced += !task->ns;
	}
	/* With most providers, that was all. */
	if (!unplaced)
		return 0;
	for (i = 0; i < b->nr_tasks; i++) {
		task = b->by_tid[i];
		if (task->ns)
			place_line(b, parent_beside(b, task), task->ns);
	}
	for (i = 0; i < b->nr_tasks; i++) {
		const struct pidns_task *top;

		task = b->by_tid[i];
		if (task->ns)
			continue;
		top = top_of_line(b, task);
		bucket = top->ns ? build_of(top->ns) : make_unidentified(b, buckets, top);
		if (!bucket)
			return -ENOMEM;
		place_line(b, task, &bucket->entry.pub);
	}
	return 0;
}

static void find_inits(struct builder *b)
{
	size_t i;

	for (i = 0; i < b->nr_tasks; i++) {
		const struct pidns_task *task = b->by_tid[i];
		struct ns_build *ns = build_of(task->ns);

		if (!(task->known & PIDNS_TASK_VPIDS))
			continue;
		ns->depth_hint = task->nr_vpids - 1;
		/* Of several that share a record, none is the init; place_tasks() has set others. */
		if (task->vpids[task->nr_vpids - 1] == 1 && (ns->entry.pub.ino || ns == b->root))
			ns->init = task;
	}
}

/* A parent that no provider named: the reader's namespace one level up, or where init's parent is. */
static void infer_parent(struct builder *b, struct ns_build *ns)
{
	const struct pidns_task *parent;
	struct ns_build *above = NULL;

	if (ns->parent || ns == b->root || !ns->depth_hint)
		return;
	if (ns->depth_hint == 1) {
		above = b->root;
	} else if (ns->init && ns->init->known & PIDNS_TASK_PPID) {
		parent = builder_task_by_tid(b, ns->init->ppid);
		if (parent && parent->known & PIDNS_TASK_VPIDS &&
		    parent->nr_vpids == ns->depth_hint && builder_is_one(parent->ns))
			above = build_of(parent->ns);
	}
	if (!above)
		return;
	ns->parent = above;
	ns->entry.pub.known |= PIDNS_NS_PARENT;
}

/* Depth from the parents; the way up is walked once for each namespace. */
static int place_ns(struct builder *b, struct ns_build *ns)
{
	struct ns_build *line[PIDNS_LEVEL_MAX + 1];
	size_t nr = 0;

	for (; ns && ns->visited != 2; ns = ns->parent) {
		if (ns->visited == 1)
			return why_set(b->why, -EPROTO, "namespace %ju is its own ancestor",
				       (uintmax_t)ns->entry.pub.ino);
		if (nr == PIDNS_LEVEL_MAX + 1)
			return why_set(b->why, -EPROTO, "namespaces are nested more than %d deep",
				       PIDNS_LEVEL_MAX);
		ns->visited = 1;
		line[nr++] = ns;
	}
	while (nr--) {
		ns = line[nr];
		if (ns->parent) {
			ns->entry.pub.depth = ns->parent->entry.pub.depth + 1;
		} else if (b->root && ns != b->root && ns->depth_hint) {
			ns->parent = b->root;
			ns->entry.pub.depth = ns->depth_hint;
		}
		if (ns->entry.pub.depth > PIDNS_LEVEL_MAX)
			return why_set(b->why, -EPROTO, "namespaces are nested more than %d deep",
				       PIDNS_LEVEL_MAX);
		ns->entry.parent = ns->parent ? &ns->parent->entry : NULL;
		ns->visited = 2;
	}
	return 0;
}

/* Numbers that do not fit the place are another task's: the world moved in between. */
static void check_numbers(struct builder *b)
{
	size_t i;

	for (i = 0; i < b->nr_tasks; i++) {
		struct pidns_task *task = b->by_tid[i];

		if (!(task->known & PIDNS_TASK_VPIDS) || task->nr_vpids == task->ns->depth + 1)
			continue;
		task->known &= ~PIDNS_TASK_VPIDS;
		task->nr_vpids = 1;
		if (build_of(task->ns)->init == task)
			build_of(task->ns)->init = NULL;
		builder_add_flags(b, PIDNS_SNAPSHOT_RACED);
	}
}

int builder_link(struct builder *b)
{
	size_t i;
	int r = collect_by_tid(b);

	if (r >= 0)
		r = place_tasks(b);
	if (r < 0)
		return r;
	find_inits(b);
	for (i = 0; i < b->nr_namespaces; i++)
		infer_parent(b, b->namespaces[i]);
	if (b->root && b->root->parent)
		return why_set(b->why, -EPROTO, "the reader's own namespace has one above it");
	for (i = 0; i < b->nr_namespaces; i++) {
		r = place_ns(b, b->namespaces[i]);
		if (r < 0)
			return r;
	}
	check_numbers(b);
	return 0;
}
