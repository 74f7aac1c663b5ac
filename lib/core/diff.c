// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * diff.c - what changed from one snapshot to another.
 *
 * The order of the events lets a mirror be kept: first what is gone, from the leaves up, each
 * namespace after its tasks; then what is new, from the roots down, each namespace before its
 * tasks. So an inode or a number is free before it is used again.
 */
#include "snapshot.h"

#include <errno.h>
#include <stdlib.h>

#include "base/util.h"

/* A provider over /proc knows times in units of 1/USER_HZ. */
#define TICK_NS UINT64_C(10000000)

#define NO_MATCH UINT32_MAX

struct pidns_diff {
	struct pidns_snapshot *older, *newer;
	struct pidns_event *events;
	const struct pidns_event **list;
	size_t nr_events, room;
};

/* One of the two snapshots while they are compared. */
struct side {
	const struct pidns_snapshot *s;
	uint32_t *match;		 /* for each namespace: its place on the other side */
	const struct pidns_task **tasks; /* those with no match on the other side */
	size_t nr_tasks, room;
};

static void side_release(struct side *side)
{
	free(side->match);
	free(side->tasks);
}

static const struct ns_entry *entry_of(const struct pidns_ns *ns)
{
	return (const struct ns_entry *)(const void *)ns;
}

bool snapshot_is_same_time(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) <= TICK_NS;
}

/* ---- who is who ------------------------------------------------------------------------------ */

/* Of two namespaces with one inode, which is reused once it is free. */
static bool is_same_ns(const struct pidns_ns *a, const struct pidns_ns *b)
{
	uint64_t known = a->known & b->known;

	if (known & PIDNS_NS_COOKIE)
		return a->cookie == b->cookie;
	return !(known & PIDNS_NS_REAPER_START) ||
	       snapshot_is_same_time(a->reaper_start_ns, b->reaper_start_ns);
}

static void match_pair(struct side *older, const struct ns_entry *a, struct side *newer,
		       const struct ns_entry *b)
{
	older->match[a->order] = b->order;
	newer->match[b->order] = a->order;
}

static void match_identified(struct side *older, struct side *newer)
{
	size_t i = 0, j = 0;

	while (i < older->s->nr_by_ino && j < newer->s->nr_by_ino) {
		const struct ns_entry *a = older->s->by_ino[i], *b = newer->s->by_ino[j];

		if (a->pub.ino == b->pub.ino && is_same_ns(&a->pub, &b->pub))
			match_pair(older, a, newer, b);
		i += a->pub.ino <= b->pub.ino;
		j += b->pub.ino <= a->pub.ino;
	}
}

/* The places of those that are unidentified and without an init, by depth: at most one for each
 * number of levels that their tasks show, and one for tasks that show none. */
struct unidentified {
	const struct ns_entry *at[PIDNS_LEVEL_MAX + 1][2];
};

static bool is_unidentified(const struct pidns_ns *ns)
{
	return !(ns->known & PIDNS_NS_INO);
}

static void find_unidentified(const struct side *side, struct unidentified *ret)
{
	size_t i;

	*ret = (struct unidentified){0};
	for (i = 0; i < side->s->nr_namespaces; i++) {
		const struct pidns_ns *ns = side->s->namespaces[i];
		const struct ns_entry **at = ret->at[ns->depth];

		if (is_unidentified(ns) && !(ns->known & PIDNS_NS_REAPER))
			at[at[0] != NULL] = entry_of(ns);
	}
}

/* The one without an inode of the task that is its init in both. */
static const struct ns_entry *find_by_init(const struct side *side, const struct pidns_ns *ns)
{
	const struct pidns_task *init = pidns_task_find(side->s, NULL, ns->reaper);

	if (!init || !is_unidentified(init->ns) || !(init->ns->known & PIDNS_NS_REAPER) ||
	    init->ns->reaper != ns->reaper || !is_same_ns(ns, init->ns))
		return NULL;
	return entry_of(init->ns);
}

/* Records of tasks in unknown namespaces stand for each other where their init is the same, or,
 * without one, where they are equally deep. */
static void match_unidentified(struct side *older, struct side *newer)
{
	struct unidentified a, b;
	size_t depth, i;

	for (i = 0; i < older->s->nr_namespaces; i++) {
		const struct pidns_ns *ns = older->s->namespaces[i];
		const struct ns_entry *same = NULL;

		if (is_unidentified(ns) && ns->known & PIDNS_NS_REAPER)
			same = find_by_init(newer, ns);
		if (same)
			match_pair(older, entry_of(ns), newer, same);
	}
	find_unidentified(older, &a);
	find_unidentified(newer, &b);
	for (depth = 0; depth <= PIDNS_LEVEL_MAX; depth++)
		for (i = 0; i < ARRAY_SIZE(a.at[depth]); i++)
			if (a.at[depth][i] && b.at[depth][i])
				match_pair(older, a.at[depth][i], newer, b.at[depth][i]);
}

/*
 * Whatever is below a namespace that is gone goes first, and comes again if it is still there: that
 * happens where the reader's rights have changed, and would leave a mirror with an orphan.
 */
static void unmatch_orphans(struct side *older, struct side *newer)
{
	size_t i;

	for (i = 0; i < older->s->nr_namespaces; i++) {
		const struct ns_entry *parent = entry_of(older->s->namespaces[i])->parent;

		if (!parent || older->match[parent->order] != NO_MATCH ||
		    older->match[i] == NO_MATCH)
			continue;
		newer->match[older->match[i]] = NO_MATCH;
		older->match[i] = NO_MATCH;
	}
}

static int match_namespaces(struct side *older, struct side *newer)
{
	struct side *const sides[] = {older, newer};
	size_t i, place;

	for (i = 0; i < ARRAY_SIZE(sides); i++) {
		size_t nr = sides[i]->s->nr_namespaces;

		sides[i]->match = malloc((nr + 1) * sizeof(*sides[i]->match));
		if (!sides[i]->match)
			return -ENOMEM;
		for (place = 0; place < nr; place++)
			sides[i]->match[place] = NO_MATCH;
	}
	match_identified(older, newer);
	match_unidentified(older, newer);
	unmatch_orphans(older, newer);
	return 0;
}

/* Of two tasks with one number. No task ever changes its namespace. */
static bool is_same_task(const struct side *older, const struct pidns_task *a,
			 const struct pidns_task *b)
{
	if (a->pid != b->pid || older->match[entry_of(a->ns)->order] != entry_of(b->ns)->order)
		return false;
	return !(a->known & b->known & PIDNS_TASK_START) ||
	       snapshot_is_same_time(a->start_ns, b->start_ns);
}

/* Threads are compared only where both sides have them. */
static bool is_compared(const struct side *older, const struct side *newer,
			const struct pidns_task *task)
{
	return task->pid == task->tid || older->s->flags & newer->s->flags & PIDNS_SNAPSHOT_THREADS;
}

static int keep_task(struct side *side, const struct pidns_task *task)
{
	if (util_grow(&side->tasks, &side->room, side->nr_tasks, sizeof(task)) < 0)
		return -ENOMEM;
	side->tasks[side->nr_tasks++] = task;
	return 0;
}

/* A merge by number; each side keeps those that the other has not. */
static int match_tasks(struct side *older, struct side *newer)
{
	size_t i = 0, j = 0;
	int r = 0;

	while (r >= 0 && (i < older->s->nr_tasks || j < newer->s->nr_tasks)) {
		const struct pidns_task *a = i < older->s->nr_tasks ? older->s->by_tid[i] : NULL;
		const struct pidns_task *b = j < newer->s->nr_tasks ? newer->s->by_tid[j] : NULL;
		bool take_a = a && (!b || a->tid <= b->tid);
		bool take_b = b && (!a || b->tid <= a->tid);

		i += take_a;
		j += take_b;
		if (take_a && take_b && is_same_task(older, a, b))
			continue;
		if (take_a && is_compared(older, newer, a))
			r = keep_task(older, a);
		if (r >= 0 && take_b && is_compared(older, newer, b))
			r = keep_task(newer, b);
	}
	return r;
}

/* ---- events ---------------------------------------------------------------------------------- */

static int add_event(struct pidns_diff *diff, uint32_t type, const struct pidns_ns *ns,
		     const struct pidns_ns *was, const struct pidns_task *task)
{
	if (util_grow(&diff->events, &diff->room, diff->nr_events, sizeof(*diff->events)) < 0)
		return -ENOMEM;
	diff->events[diff->nr_events++] = (struct pidns_event){
		.type = type,
		.time_ns = diff->newer->time_ns,
		.ns = ns,
		.was = was,
		.task = task,
	};
	return 0;
}

/* By namespace as they are listed, then by number. */
static int compare_places(const void *a, const void *b)
{
	const struct pidns_task *x = *(const struct pidns_task *const *)a;
	const struct pidns_task *y = *(const struct pidns_task *const *)b;
	uint32_t x_order = entry_of(x->ns)->order, y_order = entry_of(y->ns)->order;

	if (x_order != y_order)
		return x_order < y_order ? -1 : 1;
	return (x->tid > y->tid) - (x->tid < y->tid);
}

static void sort_tasks(struct side *side)
{
	if (side->nr_tasks)
		qsort(side->tasks, side->nr_tasks, sizeof(*side->tasks), compare_places);
}

/* From the last namespace to the first, children before parents; the tasks of each before it. */
static int add_gone(struct pidns_diff *diff, struct side *older)
{
	size_t i = older->s->nr_namespaces, end = older->nr_tasks, start, t;
	int r = 0;

	sort_tasks(older);
	while (r >= 0 && i--) {
		const struct pidns_ns *ns = older->s->namespaces[i];

		for (start = end; start && older->tasks[start - 1]->ns == ns; start--)
			;
		for (t = start; r >= 0 && t < end; t++)
			r = add_event(diff, PIDNS_EVENT_TASK_GONE, ns, NULL, older->tasks[t]);
		end = start;
		if (r >= 0 && older->match[i] == NO_MATCH)
			r = add_event(diff, PIDNS_EVENT_NS_GONE, ns, NULL, NULL);
	}
	return r;
}

static int add_changes(struct pidns_diff *diff, const struct pidns_ns *was,
		       const struct pidns_ns *ns)
{
	uint64_t known = was->known & ns->known;
	int r = 0;

	if ((known & PIDNS_NS_REAPER && was->reaper != ns->reaper) ||
	    (known & PIDNS_NS_STATE && was->state != ns->state))
		r = add_event(diff, PIDNS_EVENT_REAPER, ns, was, NULL);
	if (r >= 0 && known & PIDNS_NS_PIDS_MAX && was->pids_max != ns->pids_max)
		r = add_event(diff, PIDNS_EVENT_LIMIT, ns, was, NULL);
	if (r >= 0 && known & PIDNS_NS_ALLOC_FAILURES && was->alloc_failures < ns->alloc_failures)
		r = add_event(diff, PIDNS_EVENT_EXHAUSTED, ns, was, NULL);
	return r;
}

/* From the first namespace to the last, parents before children; each before its tasks. */
static int add_new(struct pidns_diff *diff, struct side *newer)
{
	size_t i, t = 0;
	int r = 0;

	sort_tasks(newer);
	for (i = 0; r >= 0 && i < newer->s->nr_namespaces; i++) {
		const struct pidns_ns *ns = newer->s->namespaces[i];
		uint32_t match = newer->match[i];

		r = match == NO_MATCH ? add_event(diff, PIDNS_EVENT_NS_NEW, ns, NULL, NULL)
				      : add_changes(diff, diff->older->namespaces[match], ns);
		for (; r >= 0 && t < newer->nr_tasks && newer->tasks[t]->ns == ns; t++)
			r = add_event(diff, PIDNS_EVENT_TASK_NEW, ns, NULL, newer->tasks[t]);
	}
	return r;
}

static int make_list(struct pidns_diff *diff)
{
	size_t i;

	diff->list = malloc((diff->nr_events + 1) * sizeof(*diff->list));
	if (!diff->list)
		return -ENOMEM;
	for (i = 0; i < diff->nr_events; i++)
		diff->list[i] = &diff->events[i];
	return 0;
}

static int compare(struct pidns_diff *diff)
{
	struct side older = {.s = diff->older}, newer = {.s = diff->newer};
	int r = match_namespaces(&older, &newer);

	if (r >= 0)
		r = match_tasks(&older, &newer);
	if (r >= 0)
		r = add_gone(diff, &older);
	if (r >= 0)
		r = add_new(diff, &newer);
	if (r >= 0)
		r = make_list(diff);
	side_release(&older);
	side_release(&newer);
	return r;
}

int pidns_diff_open(struct pidns_snapshot *older, struct pidns_snapshot *newer,
		    struct pidns_diff **ret_diff)
{
	struct pidns_diff *diff = calloc(1, sizeof(*diff));
	int r;

	if (!diff)
		return -ENOMEM;
	r = pidns_diff_check(older, newer, NULL, 0);
	if (r < 0) {
		free(diff);
		return r;
	}
	diff->older = pidns_snapshot_ref(older);
	diff->newer = pidns_snapshot_ref(newer);
	r = compare(diff);
	if (r < 0) {
		pidns_diff_close(diff);
		return r;
	}
	*ret_diff = diff;
	return 0;
}

struct pidns_diff *pidns_diff_close(struct pidns_diff *diff)
{
	if (!diff)
		return NULL;
	pidns_snapshot_unref(diff->older);
	pidns_snapshot_unref(diff->newer);
	free(diff->events);
	free(diff->list);
	free(diff);
	return NULL;
}

size_t pidns_diff_events(const struct pidns_diff *diff, const struct pidns_event *const **ret_list)
{
	*ret_list = diff->list;
	return diff->nr_events;
}
