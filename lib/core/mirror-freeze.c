// SPDX-License-Identifier: LGPL-2.1-or-later
/* mirror-freeze.c - what is in a mirror as snapshots: all of it, or what a batch has touched. */
#include "builder.h"
#include "mirror-internal.h"

#include <errno.h>

/* Which of the two records of a batch. */
enum side { BEFORE, AFTER };

static const struct raw_ns *ns_on(const struct mirror_ns *ns, enum side side)
{
	if (side == BEFORE && ns->is_touched)
		return ns->was.ino ? &ns->was : NULL;
	return ns->is_there ? &ns->raw : NULL;
}

static bool task_is_on(const struct mirror_task *task, enum side side)
{
	return side == BEFORE && task->is_touched ? task->was_there : task->is_there;
}

static int pour_task(struct builder *b, const struct mirror_task *task)
{
	struct raw_task raw = {
		.known = PIDNS_TASK_VPIDS | PIDNS_TASK_START | PIDNS_TASK_COMM,
		.pid = task->pid,
		.tid = task->pid,
		.ns_ino = task->ns_ino,
		.vpids = task->many ? task->many : task->few,
		.nr_vpids = task->nr_vpids,
		.start_ns = task->start_ns,
		.comm = task->comm,
		.ppid = task->ppid,
		.uid = task->uid,
		.ruid = task->ruid,
	};

	if (!task->start_ns)
		raw.known &= ~PIDNS_TASK_START;
	/* What was true when it was born. */
	if (task->is_new)
		raw.known |= PIDNS_TASK_PPID | PIDNS_TASK_UID | PIDNS_TASK_RUID;
	return builder_add_task(b, &raw);
}

static struct builder *begin(const struct mirror *m, uint32_t flags)
{
	struct builder *b = builder_new(m->provider, flags, NULL);

	if (!b)
		return NULL;
	builder_set_time(b, m->time_ns);
	builder_add_unseen(b, m->cannot_see);
	if (m->root_ino && builder_set_root(b, m->root_ino) < 0)
		return builder_free(b);
	return b;
}

static int finish(struct builder *b, int r, struct pidns_snapshot **ret)
{
	if (r >= 0)
		return builder_freeze(b, ret);
	builder_free(b);
	return r;
}

/* ---- all of it ------------------------------------------------------------------------------- */

int mirror_snapshot(const struct mirror *m, struct pidns_snapshot **ret_snapshot)
{
	struct builder *b = begin(m, m->has_tasks ? 0 : PIDNS_SNAPSHOT_SUBSET);
	size_t i;
	int r = 0;

	if (!b)
		return -ENOMEM;
	for (i = 0; r >= 0 && i < m->namespaces.nr; i++)
		if (mirror_ns_at(m, i)->is_there)
			r = builder_add_ns(b, &mirror_ns_at(m, i)->raw);
	for (i = 0; r >= 0 && i < m->tasks.nr; i++)
		if (mirror_task_at(m, i)->is_there)
			r = pour_task(b, mirror_task_at(m, i));
	return finish(b, r, ret_snapshot);
}

/* ---- a batch --------------------------------------------------------------------------------- */

/* A task once. */
static int pour_once(const struct mirror *m, struct builder *b, struct mirror_task *task)
{
	if (task->mark == m->mark)
		return 0;
	task->mark = m->mark;
	return pour_task(b, task);
}

/* The init of either side, so that what one lacks is no difference unless it is gone. */
static int pour_inits(const struct mirror *m, struct builder *b, const struct mirror_ns *ns,
		      enum side side)
{
	const int32_t inits[] = {ns->raw.reaper, ns->is_touched ? ns->was.reaper : 0};
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < ARRAY_SIZE(inits); i++) {
		struct mirror_task *init = mirror_find_task(m, inits[i]);

		if (init && task_is_on(init, side))
			r = pour_once(m, b, init);
	}
	return r;
}

/* A namespace and those above it, with the inits of all. */
static int pour_line(const struct mirror *m, struct builder *b, uint64_t ino, enum side side)
{
	struct mirror_ns *ns = mirror_find_ns(m, ino);
	int r = 0;

	while (r >= 0 && ns && ns->mark != m->mark) {
		const struct raw_ns *raw = ns_on(ns, side);

		ns->mark = m->mark;
		if (raw)
			r = builder_add_ns(b, raw);
		if (r >= 0)
			r = pour_inits(m, b, ns, side);
		ns = ns->raw.known & PIDNS_NS_PARENT ? mirror_find_ns(m, ns->raw.parent_ino) : NULL;
	}
	return r;
}

static int freeze_side(struct mirror *m, enum side side, struct pidns_snapshot **ret)
{
	struct builder *b = begin(m, PIDNS_SNAPSHOT_SUBSET);
	size_t i;
	int r = 0;

	if (!b)
		return -ENOMEM;
	m->mark++;
	for (i = 0; r >= 0 && i < m->nr_touched_ns; i++)
		r = pour_line(m, b, mirror_ns_at(m, m->touched_ns[i])->raw.ino, side);
	for (i = 0; r >= 0 && i < m->nr_touched_tasks; i++) {
		struct mirror_task *task = mirror_task_at(m, m->touched_tasks[i]);

		r = pour_line(m, b, task->ns_ino, side);
		if (r >= 0 && task_is_on(task, side))
			r = pour_once(m, b, task);
	}
	return finish(b, r, ret);
}

int mirror_end(struct mirror *m, struct pidns_snapshot **ret_before,
	       struct pidns_snapshot **ret_after)
{
	struct pidns_snapshot *before = NULL;
	int r;

	*ret_before = *ret_after = NULL;
	if (!m->nr_touched_ns && !m->nr_touched_tasks)
		return 0;
	r = freeze_side(m, BEFORE, &before);
	if (r >= 0)
		r = freeze_side(m, AFTER, ret_after);
	if (r >= 0)
		*ret_before = before;
	else
		pidns_snapshot_unref(before);
	return r;
}

int mirror_show(struct mirror *m, const struct raw_task *task, struct pidns_snapshot **ret_snapshot)
{
	struct builder *b = begin(m, PIDNS_SNAPSHOT_SUBSET);
	struct mirror_task *known = mirror_find_task(m, task->tid);
	int r;

	if (!b)
		return -ENOMEM;
	m->mark++;
	if (known)
		known->mark = m->mark;
	r = builder_add_task(b, task);
	if (r >= 0)
		r = pour_line(m, b, task->ns_ino, AFTER);
	return finish(b, r, ret_snapshot);
}

uint64_t mirror_time_of(const struct mirror *m, const struct pidns_ns *ns,
			const struct pidns_task *task)
{
	const struct mirror_task *t = task ? mirror_find_task(m, task->pid) : NULL;
	const struct mirror_ns *n = ns && !task ? mirror_find_ns(m, ns->ino) : NULL;

	if (t && t->is_touched)
		return t->time_ns;
	return n && n->is_touched ? n->time_ns : 0;
}
