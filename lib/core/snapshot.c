// SPDX-License-Identifier: LGPL-2.1-or-later
/* snapshot.c - reading a frozen snapshot: lists, slices, look-ups. Nothing here allocates. */
#include "snapshot.h"
#include "base/map.h"

#include <stdlib.h>

static const struct ns_entry *entry_of(const struct pidns_ns *ns)
{
	return (const struct ns_entry *)(const void *)ns;
}

struct pidns_snapshot *pidns_snapshot_ref(struct pidns_snapshot *s)
{
	if (s)
		atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

struct pidns_snapshot *pidns_snapshot_unref(struct pidns_snapshot *s)
{
	struct chunk *chunk, *next;

	if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1)
		return NULL;
	for (chunk = s->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(s->namespaces);
	free(s->tasks);
	free(s->by_tid);
	free(s->by_vpid);
	free(s->by_ino);
	free(s->holders);
	free(s->extras);
	free(s->task_namespaces);
	free(s);
	return NULL;
}

uint32_t pidns_snapshot_flags(const struct pidns_snapshot *s)
{
	return s->flags;
}

uint32_t pidns_snapshot_cannot_see(const struct pidns_snapshot *s)
{
	return s->cannot_see;
}

uint64_t pidns_snapshot_time(const struct pidns_snapshot *s)
{
	return s->time_ns;
}

uint64_t pidns_snapshot_wall_time(const struct pidns_snapshot *s)
{
	return s->origin.wall_time_ns;
}

const char *pidns_snapshot_host(const struct pidns_snapshot *s)
{
	return *s->origin.host ? s->origin.host : NULL;
}

const char *pidns_snapshot_boot_id(const struct pidns_snapshot *s)
{
	return *s->origin.boot_id ? s->origin.boot_id : NULL;
}

const char *pidns_snapshot_provider(const struct pidns_snapshot *s)
{
	return s->provider;
}

size_t pidns_snapshot_namespaces(const struct pidns_snapshot *s,
				 const struct pidns_ns *const **ret_list)
{
	*ret_list = s->namespaces;
	return s->nr_namespaces;
}

size_t pidns_snapshot_tasks(const struct pidns_snapshot *s,
			    const struct pidns_task *const **ret_list)
{
	*ret_list = s->tasks;
	return s->nr_tasks;
}

size_t pidns_ns_subtree(const struct pidns_ns *ns, const struct pidns_ns *const **ret_list)
{
	const struct ns_entry *e = entry_of(ns);

	*ret_list = e->snapshot->namespaces + e->order;
	return e->subtree_end - e->order;
}

size_t pidns_ns_tasks(const struct pidns_ns *ns, const struct pidns_task *const **ret_list)
{
	const struct ns_entry *e = entry_of(ns);

	*ret_list = e->snapshot->tasks + e->first_task;
	return e->end_task - e->first_task;
}

size_t pidns_ns_subtree_tasks(const struct pidns_ns *ns, const struct pidns_task *const **ret_list)
{
	const struct ns_entry *e = entry_of(ns);

	*ret_list = e->snapshot->tasks + e->first_task;
	return e->subtree_end_task - e->first_task;
}

/* Tasks ordered by their PID at `depth`, and the one that is wanted. */
struct vpid_search {
	const struct pidns_task *const *tasks;
	uint32_t depth;
	int32_t vpid;
};

static bool is_vpid_before(const void *wanted, size_t i)
{
	const struct vpid_search *search = wanted;

	return search->tasks[i]->vpids[search->depth] < search->vpid;
}

static const struct pidns_task *find_in(const struct pidns_task *const *tasks, size_t nr,
					uint32_t depth, int32_t vpid)
{
	const struct vpid_search search = {tasks, depth, vpid};
	size_t at = map_lower_bound(nr, is_vpid_before, &search);

	return at < nr && tasks[at]->vpids[depth] == vpid ? tasks[at] : NULL;
}

const struct pidns_task *pidns_task_find(const struct pidns_snapshot *s, const struct pidns_ns *in,
					 int32_t vpid)
{
	const struct ns_entry *e;

	if (!in || (s->root && in == &s->root->pub))
		return find_in(s->by_tid, s->nr_tasks, 0, vpid);
	/* Where several namespaces may share a record, a PID is ambiguous. */
	if (!(in->known & (PIDNS_NS_INO | PIDNS_NS_REAPER)))
		return NULL;
	e = entry_of(in);
	if (e->snapshot != s)
		return NULL;
	if (e->end_seen > e->first_seen)
		return find_in(s->by_vpid + e->first_seen, e->end_seen - e->first_seen, in->depth,
			       vpid);
	return find_in(s->tasks + e->first_task, e->numbered_end_task - e->first_task, in->depth,
		       vpid);
}

int pidns_task_is_zombie(const struct pidns_task *task)
{
	const uint64_t known = PIDNS_TASK_STATE | PIDNS_TASK_THREADS;

	return task->tid == task->pid && (task->known & known) == known && task->threads <= 1 &&
	       (task->state == 'Z' || task->state == 'X');
}

int32_t pidns_task_vpid(const struct pidns_task *task, const struct pidns_ns *in)
{
	const struct ns_entry *home = entry_of(task->ns), *e;

	if (!in)
		return task->vpids[0];
	e = entry_of(in);
	if (e->snapshot != home->snapshot || home->order < e->order ||
	    home->order >= e->subtree_end || in->depth >= task->nr_vpids)
		return 0;
	return task->vpids[in->depth];
}

struct ino_search {
	const struct pidns_snapshot *s;
	uint64_t ino;
};

static bool is_ino_before(const void *wanted, size_t i)
{
	const struct ino_search *search = wanted;

	return search->s->by_ino[i]->pub.ino < search->ino;
}

const struct pidns_ns *pidns_ns_find(const struct pidns_snapshot *s, uint64_t ino)
{
	const struct ino_search search = {s, ino};
	size_t at = map_lower_bound(s->nr_by_ino, is_ino_before, &search);

	return at < s->nr_by_ino && s->by_ino[at]->pub.ino == ino ? &s->by_ino[at]->pub : NULL;
}

const struct pidns_ns *pidns_ns_parent(const struct pidns_ns *ns)
{
	const struct ns_entry *parent = entry_of(ns)->parent;

	return parent ? &parent->pub : NULL;
}

size_t pidns_snapshot_limits(const struct pidns_snapshot *s,
			     const struct pidns_limit *const **ret_list)
{
	*ret_list = s->limits;
	return s->nr_limits;
}

struct search_pid {
	const struct pidns_snapshot *s;
	int32_t pid;
};

static bool is_extra_before(const void *wanted, size_t i)
{
	const struct search_pid *search = wanted;

	return search->s->extras[i].pid < search->pid;
}

const struct task_extra *snapshot_extra(const struct pidns_snapshot *s, int32_t pid)
{
	const struct search_pid search = {s, pid};
	size_t at = map_lower_bound(s->nr_extras, is_extra_before, &search);

	return at < s->nr_extras && s->extras[at].pid == pid ? &s->extras[at] : NULL;
}

static bool is_task_before(const void *wanted, size_t i)
{
	const struct search_pid *search = wanted;

	return search->s->task_namespaces[i].pid < search->pid;
}

const struct task_namespaces *snapshot_task_namespaces(const struct pidns_snapshot *s, int32_t pid)
{
	const struct search_pid search = {s, pid};
	size_t at = map_lower_bound(s->nr_task_namespaces, is_task_before, &search);

	return at < s->nr_task_namespaces && s->task_namespaces[at].pid == pid
		       ? &s->task_namespaces[at]
		       : NULL;
}
