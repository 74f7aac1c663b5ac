// SPDX-License-Identifier: LGPL-2.1-or-later
/* builder-freeze.c - orders what has been linked: lists, slices, look-up tables, counts. */
#include "builder-internal.h"

#include <errno.h>
#include <stdlib.h>

/* Inode of the initial PID namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h. */
#define INITIAL_NS_INO UINT64_C(0xEFFFFFFC)

static int32_t init_of(const struct pidns_ns *ns)
{
	const struct pidns_task *init = build_of(ns)->init;

	return init ? init->tid : INT32_MAX;
}

/* By inode, the unidentified last, of these by init; the reader's own before all. */
static int compare_namespaces(const void *a, const void *b)
{
	const struct pidns_ns *x = &(*(struct ns_build *const *)a)->entry.pub;
	const struct pidns_ns *y = &(*(struct ns_build *const *)b)->entry.pub;

	if (!x->ino != !y->ino)
		return x->ino ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return (init_of(x) > init_of(y)) - (init_of(x) < init_of(y));
}

/* Recursion is bounded by PIDNS_LEVEL_MAX, which builder_link() has checked. */
static void lay_out(struct pidns_snapshot *s, struct ns_build *ns)
{
	struct ns_build *child;

	ns->entry.order = (uint32_t)s->nr_namespaces;
	s->namespaces[s->nr_namespaces++] = &ns->entry.pub;
	for (child = ns->first_child; child; child = child->next_sibling)
		lay_out(s, child);
	ns->entry.subtree_end = (uint32_t)s->nr_namespaces;
}

static int order_namespaces(struct builder *b)
{
	struct pidns_snapshot *s = b->s;
	size_t nr = b->nr_namespaces, i;
	struct ns_build *ns;

	s->namespaces = calloc(nr + 1, sizeof(*s->namespaces));
	s->by_ino = calloc(nr + 1, sizeof(*s->by_ino));
	if (!s->namespaces || !s->by_ino)
		return -ENOMEM;
	if (nr)
		qsort(b->namespaces, nr, sizeof(*b->namespaces), compare_namespaces);
	for (i = nr; i--;) {
		ns = b->namespaces[i];
		if (!ns->parent)
			continue;
		ns->next_sibling = ns->parent->first_child;
		ns->parent->first_child = ns;
	}
	if (b->root && !b->root->parent)
		lay_out(s, b->root);
	for (i = 0; i < nr; i++) {
		ns = b->namespaces[i];
		if (!ns->parent && ns != b->root)
			lay_out(s, ns);
		if (ns->entry.pub.ino)
			s->by_ino[s->nr_by_ino++] = &ns->entry;
	}
	if (b->root)
		s->root = &b->root->entry;
	return 0;
}

static int compare_own_vpids(const void *a, const void *b)
{
	const struct pidns_task *x = *(const struct pidns_task *const *)a;
	const struct pidns_task *y = *(const struct pidns_task *const *)b;
	int32_t x_vpid = x->vpids[x->nr_vpids - 1], y_vpid = y->vpids[y->nr_vpids - 1];

	return (x_vpid > y_vpid) - (x_vpid < y_vpid);
}

static void sort_by_own_vpid(const struct pidns_task **tasks, size_t nr)
{
	size_t i;

	for (i = 1; i < nr; i++)
		if (compare_own_vpids(&tasks[i - 1], &tasks[i]) > 0) {
			qsort(tasks, nr, sizeof(*tasks), compare_own_vpids);
			return;
		}
}

static struct ns_entry *entry_at(const struct pidns_snapshot *s, size_t i)
{
	return &build_of(s->namespaces[i])->entry;
}

/* A counting sort by namespace, then by number within each; both usually find things in order. */
static int order_tasks(struct builder *b)
{
	struct pidns_snapshot *s = b->s;
	struct ns_entry *e;
	uint32_t place = 0;
	size_t i;

	s->tasks = calloc(b->nr_tasks + 1, sizeof(*s->tasks));
	if (!s->tasks)
		return -ENOMEM;
	s->nr_tasks = b->nr_tasks;
	for (i = 0; i < b->nr_tasks; i++) {
		e = &build_of(b->by_tid[i]->ns)->entry;
		e->end_task++;
		if (b->by_tid[i]->known & PIDNS_TASK_VPIDS)
			e->numbered_end_task++;
	}
	for (i = 0; i < s->nr_namespaces; i++) {
		uint32_t members, numbered;

		e = entry_at(s, i);
		members = e->end_task;
		numbered = e->numbered_end_task;
		e->first_task = e->numbered_end_task = place;
		e->end_task = place + numbered; /* where the unnumbered begin */
		place += members;
	}
	for (i = 0; i < b->nr_tasks; i++) {
		e = &build_of(b->by_tid[i]->ns)->entry;
		if (b->by_tid[i]->known & PIDNS_TASK_VPIDS)
			s->tasks[e->numbered_end_task++] = b->by_tid[i];
		else
			s->tasks[e->end_task++] = b->by_tid[i];
	}
	for (i = 0; i < s->nr_namespaces; i++) {
		e = entry_at(s, i);
		sort_by_own_vpid(s->tasks + e->first_task, e->numbered_end_task - e->first_task);
	}
	return 0;
}

/* With the subtrees' ends known, a subtree's tasks end where its last namespace's do. */
static void close_subtrees(struct pidns_snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_namespaces; i++) {
		struct ns_entry *e = entry_at(s, i);

		e->subtree_end_task = entry_at(s, e->subtree_end - 1)->end_task;
	}
}

static int compare_at_depth(const void *a, const void *b, void *depth)
{
	uint32_t d = *(const uint32_t *)depth;
	int32_t x = (*(const struct pidns_task *const *)a)->vpids[d];
	int32_t y = (*(const struct pidns_task *const *)b)->vpids[d];

	return (x > y) - (x < y);
}

/* The reader's own namespace has by_tid; one without descendants' tasks its slice of tasks. */
static int needs_run(const struct pidns_snapshot *s, const struct ns_entry *e)
{
	return e != s->root && builder_is_one(&e->pub) && e->subtree_end_task > e->end_task;
}

static int order_by_vpid(struct builder *b)
{
	struct pidns_snapshot *s = b->s;
	size_t nr = 0, i;
	uint32_t place = 0, t;

	for (i = 0; i < s->nr_namespaces; i++) {
		const struct ns_entry *e = entry_at(s, i);

		if (needs_run(s, e))
			nr += e->subtree_end_task - e->first_task;
	}
	s->by_vpid = calloc(nr + 1, sizeof(*s->by_vpid));
	if (!s->by_vpid)
		return -ENOMEM;
	for (i = 0; i < s->nr_namespaces; i++) {
		struct ns_entry *e = entry_at(s, i);

		e->first_seen = e->end_seen = place;
		if (!needs_run(s, e))
			continue;
		for (t = e->first_task; t < e->subtree_end_task; t++)
			if (s->tasks[t]->known & PIDNS_TASK_VPIDS)
				s->by_vpid[place++] = s->tasks[t];
		e->end_seen = place;
		qsort_r(s->by_vpid + e->first_seen, e->end_seen - e->first_seen,
			sizeof(*s->by_vpid), compare_at_depth, &e->pub.depth);
	}
	return 0;
}

static int compare_holders(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return (x->fd > y->fd) - (x->fd < y->fd);
}

static int compare_extras(const void *a, const void *b)
{
	const struct task_extra *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static int compare_task_namespaces(const void *a, const void *b)
{
	const struct task_namespaces *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* What annotators look for by PID. */
static void order_for_notes(struct pidns_snapshot *s)
{
	if (s->nr_holders)
		qsort(s->holders, s->nr_holders, sizeof(*s->holders), compare_holders);
	if (s->nr_extras)
		qsort(s->extras, s->nr_extras, sizeof(*s->extras), compare_extras);
	if (s->nr_task_namespaces)
		qsort(s->task_namespaces, s->nr_task_namespaces, sizeof(*s->task_namespaces),
		      compare_task_namespaces);
}

int builder_order(struct builder *b)
{
	int r = order_namespaces(b);

	if (r >= 0)
		r = order_tasks(b);
	if (r < 0)
		return r;
	close_subtrees(b->s);
	r = order_by_vpid(b);
	if (r < 0)
		return r;
	b->s->by_tid = (const struct pidns_task **)(void *)b->by_tid;
	b->by_tid = NULL;
	order_for_notes(b->s);
	return 0;
}

static int is_initial(const struct pidns_ns *ns)
{
	return ns->ino == INITIAL_NS_INO || (ns->known & PIDNS_NS_LEVEL && !ns->level);
}

/*
 * A member whose parent is in another namespace, or out of the reader's sight. An init's parent is
 * always outside, and that of its threads with it. Nothing is outside the initial namespace; its
 * kernel threads have no parent at all. Most members of a namespace have the parent of the one before.
 */
static void find_joined(const struct pidns_snapshot *s, struct pidns_task *task,
			const struct pidns_task **last_parent)
{
	const struct pidns_task *parent = NULL, *leader = task;
	uint32_t exact = PIDNS_TASK_PPID | PIDNS_TASK_VPIDS;

	task->has_joined = 0;
	if (task->tid != task->pid)
		leader = pidns_task_find(s, NULL, task->pid);
	if (!builder_is_one(task->ns) || (task->known & exact) != exact || !leader ||
	    !(leader->known & PIDNS_TASK_VPIDS))
		return;
	if (leader->vpids[leader->nr_vpids - 1] != 1 && !is_initial(task->ns)) {
		if (task->ppid && *last_parent && (*last_parent)->tid == task->ppid)
			parent = *last_parent;
		else if (task->ppid)
			parent = *last_parent = pidns_task_find(s, NULL, task->ppid);
		if (task->ppid && (!parent || !builder_is_one(parent->ns)))
			return;
		task->has_joined = !parent || parent->ns != task->ns;
	}
	task->known |= PIDNS_TASK_HAS_JOINED;
}

/* One member added to the counts; a field that one of them lacks is not known of the namespace. */
static uint64_t count_task(struct pidns_ns *ns, const struct pidns_task *task, uint32_t flags)
{
	uint64_t known = PIDNS_NS_PROCESSES;
	int leads = task->pid == task->tid;

	ns->processes += leads;
	if (flags & PIDNS_SNAPSHOT_THREADS) {
		ns->threads++;
		known |= PIDNS_NS_THREADS;
	} else if (task->known & PIDNS_TASK_THREADS) {
		ns->threads += task->threads;
		known |= PIDNS_NS_THREADS;
	}
	if (!leads || task->known & PIDNS_TASK_STATE) {
		ns->zombies += pidns_task_is_zombie(task);
		known |= PIDNS_NS_ZOMBIES;
	}
	if (!leads || task->known & PIDNS_TASK_HAS_JOINED) {
		ns->joined += leads && task->has_joined;
		known |= PIDNS_NS_JOINED;
	}
	return known;
}

/* What the init tells of its namespace, where the provider did not. */
static void describe_by_init(struct ns_build *ns)
{
	const struct pidns_task *init = ns->init;
	struct pidns_ns *pub = &ns->entry.pub;

	if (!init)
		return;
	if (!(pub->known & PIDNS_NS_REAPER)) {
		pub->reaper = init->tid;
		pub->known |= PIDNS_NS_REAPER;
	}
	if (!(pub->known & PIDNS_NS_REAPER_START) && init->known & PIDNS_TASK_START) {
		pub->reaper_start_ns = init->start_ns;
		pub->known |= PIDNS_NS_REAPER_START;
	}
	if (!(pub->known & PIDNS_NS_STATE) && init->known & PIDNS_TASK_STATE) {
		/* has_joined still says whether it is exiting: see builder_add_task(). */
		pub->state = pidns_task_is_zombie(init) ? PIDNS_STATE_ZOMBIE_INIT
			     : init->has_joined		? PIDNS_STATE_DYING
							: PIDNS_STATE_ALIVE;
		pub->known |= PIDNS_NS_STATE;
	}
}

#define COUNTED (PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES | PIDNS_NS_JOINED)

static void count_members(struct pidns_snapshot *s, struct ns_entry *e)
{
	const struct pidns_task *last_parent = NULL;
	struct pidns_ns *ns = &e->pub;
	uint64_t known = COUNTED;
	uint32_t t;

	for (t = e->first_task; t < e->end_task; t++) {
		struct pidns_task *task = (struct pidns_task *)(uintptr_t)s->tasks[t];

		find_joined(s, task, &last_parent);
		/* A chosen few are no census: there only the provider can have counted. */
		if (!(s->flags & PIDNS_SNAPSHOT_SUBSET))
			known &= count_task(ns, task, s->flags);
	}
	if (!(s->flags & PIDNS_SNAPSHOT_SUBSET))
		ns->known |= known;
	ns->processes_below = ns->processes;
	ns->threads_below = ns->threads;
	ns->zombies_below = ns->zombies;
}

/* A child's sums into its parent's; the list is walked backwards, so the child's are complete. */
static void add_below(struct pidns_ns *ns, const struct pidns_ns *child)
{
	ns->processes_below += child->processes_below;
	ns->threads_below += child->threads_below;
	ns->zombies_below += child->zombies_below;
	ns->known &= child->known | ~BUILDER_COUNTED;
}

/* Without an exact figure, the tasks in sight are the least there can be. */
static void bound_pids_used(const struct pidns_snapshot *s, struct pidns_ns *ns)
{
	if (ns->known & PIDNS_NS_PIDS_USED || s->flags & PIDNS_SNAPSHOT_SUBSET ||
	    (!builder_is_one(ns) && (!s->root || ns != &s->root->pub)))
		return;
	ns->pids_used = ns->known & PIDNS_NS_THREADS ? ns->threads_below : ns->processes_below;
	ns->pids_used_exact = 0;
	ns->known |= PIDNS_NS_PIDS_USED;
}

static void count_levels(struct pidns_snapshot *s)
{
	struct pidns_ns *root = s->root ? &entry_at(s, s->root->order)->pub : NULL;
	uint32_t i;

	if (!root)
		return;
	if (is_initial(root)) {
		root->level = 0;
		root->known |= PIDNS_NS_LEVEL;
	}
	if (!(root->known & PIDNS_NS_LEVEL))
		return;
	for (i = s->root->order + 1; i < s->root->subtree_end; i++) {
		struct pidns_ns *ns = &entry_at(s, i)->pub;

		if (ns->known & PIDNS_NS_LEVEL)
			continue;
		ns->level = root->level + ns->depth;
		ns->known |= PIDNS_NS_LEVEL;
	}
}

void builder_count(struct builder *b)
{
	struct pidns_snapshot *s = b->s;
	size_t i;

	for (i = 0; i < b->nr_namespaces; i++)
		describe_by_init(b->namespaces[i]);
	for (i = 0; i < s->nr_namespaces; i++)
		count_members(s, entry_at(s, i));
	for (i = s->nr_namespaces; i--;) {
		struct ns_entry *e = entry_at(s, i);

		if (e->parent)
			add_below(&entry_at(s, e->parent->order)->pub, &e->pub);
	}
	for (i = 0; i < s->nr_namespaces; i++)
		bound_pids_used(s, &entry_at(s, i)->pub);
	count_levels(s);
}
