// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * take.c - the runs that make a snapshot: the caller, all PIDs from the lowest to the highest,
 * namespaces without a task, occupancy.
 *
 * A namespace is told of where its number 1 is met, so that one that is born behind the walk's back
 * may be known by a member only: then all are gone through once more, for namespaces alone.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"

/* A namespace that has been reported as a task's. */
struct met {
	uint32_t ino;
	int32_t init;
	bool is_told; /* itself, and not only by a member */
};

struct taking {
	const struct bpf_kernel *kernel;
	const struct request *request;
	struct builder *b;
	struct request_pids pids;
	struct met *met;
	uint64_t one; /* with PIDNS_TAKE_OF_ONE: the inode, once it is known */
	size_t nr_met, met_room;
	struct map met_by_ino; /* index + 1 in met */
};

static const struct request_group groups[] = {
	{BPF_FACTS_BASIC,
	 PIDNS_TASK_PPID | PIDNS_TASK_STATE | PIDNS_TASK_START | PIDNS_TASK_THREADS},
	{BPF_FACTS_GROUPS, PIDNS_TASK_VPGID | PIDNS_TASK_VSID},
	{BPF_FACTS_CREDS, PIDNS_TASK_UID | PIDNS_TASK_RUID},
	{BPF_FACTS_COMM, PIDNS_TASK_COMM},
	{BPF_FACTS_CPU, PIDNS_TASK_CPU},
	{BPF_FACTS_MEMORY, PIDNS_TASK_RSS},
	{BPF_FACTS_CHILDREN, PIDNS_TASK_NS_FOR_CHILDREN},
};

static uint32_t facts_for(uint64_t fields)
{
	return request_groups(groups, ARRAY_SIZE(groups), fields);
}

/* What notes are made of is told of each process. */
static uint32_t extra_for(const struct request *request)
{
	return request->flags & PIDNS_TAKE_LIMITS ? BPF_FACTS_EXTRA : 0;
}

static int refuse(const struct taking *t, const char *what)
{
	return why_set(&t->request->why, -EPROTO, "bpf: the kernel tells of %s that cannot be",
		       what);
}

static int run_job(const struct taking *t, enum bpf_job job)
{
	const struct bpf_shared *s = t->kernel->shared;
	int r = t->kernel->run(t->kernel->arg, job);

	if (r < 0)
		return why_set(&t->request->why, r, "bpf: a program fails: %s", strerror(-r));
	if (s->nr_tasks > BPF_TASKS || s->nr_namespaces > BPF_NAMESPACES ||
	    s->caller.nr_extents > BPF_EXTENTS)
		return refuse(t, "more than there is room for");
	if (s->nr_vanished)
		builder_add_flags(t->b, PIDNS_SNAPSHOT_RACED);
	return 0;
}

/* ---- namespaces met -------------------------------------------------------------------------- */

/* NULL: no memory. */
static struct met *meet(struct taking *t, uint32_t ino)
{
	uint32_t place = map_get(&t->met_by_ino, ino);

	if (place)
		return &t->met[place - 1];
	if (util_grow(&t->met, &t->met_room, t->nr_met, sizeof(*t->met)) < 0 ||
	    map_put(&t->met_by_ino, ino, (uint32_t)t->nr_met + 1) < 0)
		return NULL;
	t->met[t->nr_met] = (struct met){.ino = ino};
	return &t->met[t->nr_met++];
}

static bool has_untold(const struct taking *t)
{
	size_t i;

	for (i = 0; i < t->nr_met; i++)
		if (!t->met[i].is_told)
			return true;
	return false;
}

static int pour_extra(struct taking *t, const struct bpf_task_record *record)
{
	const struct task_extra extra = {.pid = record->pid,
					 .user_ns = record->user_ino,
					 .cgroup = record->cgroup,
					 .nproc = record->nproc};

	if (!(record->facts & BPF_FACTS_EXTRA) || record->pid != record->vpids[0])
		return 0;
	return builder_add_extra(t->b, &extra);
}

/* ---- what a run has told --------------------------------------------------------------------- */

static int pour_task(struct taking *t, const struct bpf_task_record *record)
{
	struct raw_task raw;

	if (bpf_read_task(t->kernel, record, &raw) < 0)
		return refuse(t, "a task");
	if (t->pids.list && !request_wants(t->request, &t->pids, &raw))
		return 0;
	if (record->pid == t->request->of_pid && !t->request->of_ns)
		t->one = record->ns_ino;
	if (!meet(t, record->ns_ino) || pour_extra(t, record) < 0)
		return -ENOMEM;
	return builder_add_task(t->b, &raw);
}

static int pour_ns(struct taking *t, const struct bpf_ns_record *record)
{
	struct raw_ns raw;
	struct met *met;

	if (bpf_read_ns(t->kernel, record, &raw) < 0)
		return refuse(t, "a namespace");
	met = meet(t, record->ino);
	if (!met)
		return -ENOMEM;
	met->init = record->init;
	met->is_told = true;
	return builder_add_ns(t->b, &raw);
}

static int pour(struct taking *t)
{
	const struct bpf_shared *s = t->kernel->shared;
	uint32_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < s->nr_namespaces; i++)
		r = pour_ns(t, &s->namespaces[i]);
	for (i = 0; r >= 0 && i < s->nr_tasks; i++)
		r = pour_task(t, &s->tasks[i]);
	return r;
}

/* ---- walks ----------------------------------------------------------------------------------- */

static int walk(struct taking *t, uint32_t flags, uint32_t first, uint32_t last)
{
	struct bpf_shared *s = t->kernel->shared;
	int r;

	s->flags = flags;
	s->last = last;
	s->next = first;
	do {
		first = s->next;
		r = run_job(t, BPF_WALK);
		if (r >= 0 && s->next <= first && s->next <= last)
			r = refuse(t, "numbers in an order");
		if (r >= 0)
			r = pour(t);
	} while (r >= 0 && s->next <= last);
	return r;
}

/* The caller alone. */
static int take_caller(struct taking *t)
{
	struct bpf_shared *s = t->kernel->shared;
	int r;

	s->flags = BPF_ASK_CALLER;
	s->last = 0;
	s->next = 1;
	r = run_job(t, BPF_WALK);
	if (r < 0)
		return r;
	if (s->nr_namespaces != 1 || s->nr_tasks || s->namespaces[0].ino != s->caller.ns_ino ||
	    s->namespaces[0].parent_ino)
		return refuse(t, "a caller");
	r = builder_set_root(t->b, s->caller.ns_ino);
	return r < 0 ? r : pour(t);
}

static uint32_t namespace_flags(const struct taking *t)
{
	return BPF_ASK_NAMESPACES | (t->kernel->shared->caller.has_list ? 0 : BPF_ASK_EMPTY);
}

/* The threads of a group can only be had by looking at all. */
static int take_chosen(struct taking *t)
{
	uint32_t flags = namespace_flags(t);
	bool is_threads = t->request->flags & PIDNS_TAKE_THREADS && t->request->nr_pids;
	size_t i;
	int r;

	if (is_threads)
		flags |= BPF_ASK_TASKS | BPF_ASK_THREADS;
	r = walk(t, flags, 1, BPF_NUMBER_MAX);
	for (i = 0; r >= 0 && !is_threads && i < t->pids.nr; i++)
		if (t->pids.list[i] > 0)
			r = walk(t, BPF_ASK_TASKS | BPF_ASK_THREADS, (uint32_t)t->pids.list[i],
				 (uint32_t)t->pids.list[i]);
	return r;
}

static int take_all(struct taking *t)
{
	uint32_t flags = namespace_flags(t) | BPF_ASK_TASKS;

	if (t->request->flags & PIDNS_TAKE_THREADS)
		flags |= BPF_ASK_THREADS;
	return walk(t, flags, 1, BPF_NUMBER_MAX);
}

static int take_latecomers(struct taking *t)
{
	int r = 0;

	if (has_untold(t))
		r = walk(t, namespace_flags(t), 1, BPF_NUMBER_MAX);
	if (r >= 0 && has_untold(t))
		builder_add_flags(t->b, PIDNS_SNAPSHOT_RACED);
	return r;
}

/* ---- namespaces without a task --------------------------------------------------------------- */

static int take_empty(struct taking *t)
{
	struct bpf_shared *s = t->kernel->shared;
	uint64_t last;
	int r;

	s->after = 0;
	if (!s->caller.has_list) {
		builder_add_unseen(t->b, PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND | PIDNS_UNSEEN_PIDFD |
						 PIDNS_UNSEEN_PROCFS_MOUNT);
		return 0;
	}
	do {
		r = run_job(t, BPF_LIST);
		if (r < 0 || !s->nr_namespaces)
			return r;
		last = s->namespaces[s->nr_namespaces - 1].cookie;
		if (last <= s->after)
			return refuse(t, "namespaces in an order");
		r = pour(t);
		s->after = last;
	} while (r >= 0 && s->nr_namespaces == BPF_NAMESPACES);
	return r;
}

/* ---- occupancy ------------------------------------------------------------------------------- */

/* Of the namespace of that init; nothing where it has gone meanwhile. */
static int take_pidmap(struct taking *t, const struct met *met)
{
	struct bpf_shared *s = t->kernel->shared;
	uint32_t first;
	int r = 0;

	memset(s->blocks, 0, sizeof(s->blocks));
	s->init = met->init;
	s->last = BPF_NUMBER_MAX;
	for (s->next = 1; met->init && r >= 0 && s->next <= s->last;) {
		first = s->next;
		r = run_job(t, BPF_COUNT);
		if (r >= 0 && s->ino != met->ino) {
			builder_add_flags(t->b, PIDNS_SNAPSHOT_RACED);
			return 0;
		}
		if (r >= 0 && s->next <= first)
			r = refuse(t, "numbers in an order");
	}
	return r < 0 ? r
		     : builder_add_pidmap(t->b, met->ino, 1u << BPF_BLOCK_SHIFT, s->blocks,
					  BPF_BLOCKS);
}

static int take_pidmaps(struct taking *t)
{
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < t->nr_met; i++)
		if (t->met[i].is_told && (!t->one || t->met[i].ino == t->one))
			r = take_pidmap(t, &t->met[i]);
	return r;
}

/* ---- the whole ------------------------------------------------------------------------------- */

int bpf_take(const struct bpf_kernel *kernel, const struct request *request, struct builder *b)
{
	struct taking t = {.kernel = kernel, .request = request, .b = b, .one = request->of_ns};
	int r = request_sort_pids(request, &t.pids);

	kernel->shared->task_facts = facts_for(request->task_fields) | extra_for(request);
	/* What a namespace needs to know of its reaper is in its own record. */
	kernel->shared->reaper_facts = facts_for(request->task_fields | request->reaper_fields) |
				       extra_for(request);
	if (r >= 0)
		r = take_caller(&t);
	if (r >= 0)
		r = request->pids ? take_chosen(&t) : take_all(&t);
	if (r >= 0)
		r = take_latecomers(&t);
	if (r >= 0)
		r = take_empty(&t);
	if (r >= 0 && request->ns_fields & PIDNS_NS_PIDMAP)
		r = take_pidmaps(&t);
	if (r >= 0)
		r = bpf_take_held(kernel, request, b);
	free(t.met);
	map_clear(&t.met_by_ino);
	free(t.pids.list);
	return r;
}
