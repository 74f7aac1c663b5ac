// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mirror-apply.c - events are applied to what a snapshot had.
 *
 * Programs are attached before that snapshot is taken, so its first events may be of what it has
 * already, or of what has ended before it: a birth that is known changes nothing, and neither does the
 * end of what is not there. Each task's own events come in order.
 */
#include "mirror-internal.h"

#include <errno.h>

/* What began while the snapshot was taken has no start there. */
static bool is_same_start(const struct mirror_task *task, const struct raw_event *e)
{
	return !task->start_ns || task->start_ns == e->task.start_ns;
}

static int remove_task(struct mirror *m, struct mirror_task *task, uint64_t time_ns)
{
	if (task->is_touched)
		return 1;
	if (mirror_touch_task(m, task, time_ns) < 0)
		return -ENOMEM;
	task->is_there = false;
	mirror_count_task(m, task, -1);
	return 0;
}

/*
 * Another namespace has its inode: it is gone with all below it, though that is not told of yet. 1: in
 * the next batch.
 */
static int remove_with_all(struct mirror *m, struct mirror_ns *ns, uint64_t time_ns)
{
	const uint64_t ino = ns->raw.ino;
	size_t i;
	int r = 0;

	for (i = 0; !r && i < m->namespaces.nr; i++) {
		struct mirror_ns *child = mirror_ns_at(m, i);

		if (child->raw.ino && child->is_there && child->raw.parent_ino == ino)
			r = remove_with_all(m, child, time_ns);
	}
	for (i = 0; !r && i < m->tasks.nr; i++) {
		struct mirror_task *task = mirror_task_at(m, i);

		if (task->pid && task->is_there && task->ns_ino == ino)
			r = remove_task(m, task, time_ns);
	}
	if (r || ns->is_touched)
		return r ? r : 1;
	return mirror_remove_ns(m, ns, time_ns);
}

static int apply_birth(struct mirror *m, const struct raw_event *e)
{
	struct mirror_task *task = mirror_find_task(m, e->task.pid);
	struct mirror_ns *ns = e->ns.ino ? mirror_find_ns(m, e->ns.ino) : NULL;
	int r = 0;

	if (task && task->is_there && is_same_start(task, e)) {
		task->start_ns = e->task.start_ns;
		return 0;
	}
	if ((task && task->is_touched) || (ns && ns->is_touched))
		return 1;
	/* Its PID is free in the kernel, though its end is not told of yet. */
	if (task) {
		r = remove_task(m, task, e->time_ns);
		return r < 0 ? r : 1;
	}
	if (e->ns.ino && ns && ns->is_there && !mirror_is_same_ns(&ns->raw, &e->ns)) {
		r = remove_with_all(m, ns, e->time_ns);
		return r < 0 ? r : 1;
	}
	if (e->ns.ino)
		r = mirror_add_ns(m, &e->ns, e->time_ns, true);
	if (r >= 0 && (m->has_tasks || e->ns.ino))
		r = mirror_add_task(m, &e->task, e->time_ns, true);
	return r;
}

static int apply_name(struct mirror *m, const struct raw_event *e)
{
	struct mirror_task *task = mirror_find_task(m, e->task.pid);

	if (!task || !task->is_there || !is_same_start(task, e))
		return 0;
	if (task->is_touched)
		return 1;
	if (mirror_touch_task(m, task, e->time_ns) < 0)
		return -ENOMEM;
	mirror_set_comm(task, e->task.comm);
	return 0;
}

static int apply_end(struct mirror *m, const struct raw_event *e)
{
	struct mirror_ns *ns = mirror_find_ns(m, e->task.ns_ino);

	if (!ns || !ns->is_there || ns->raw.reaper != e->task.pid ||
	    ns->raw.state == PIDNS_STATE_DYING || ns->raw.state == PIDNS_STATE_ZOMBIE_INIT)
		return 0;
	return ns->is_touched ? 1 : mirror_change_state(m, ns, PIDNS_STATE_DYING, e->time_ns);
}

static int apply_reaped(struct mirror *m, const struct raw_event *e)
{
	struct mirror_task *task = mirror_find_task(m, e->task.pid);
	struct mirror_ns *ns;
	int r;

	if (!task || !task->is_there || !is_same_start(task, e))
		return 0;
	r = remove_task(m, task, e->time_ns);
	if (r)
		return r;
	ns = mirror_find_ns(m, task->ns_ino);
	if (ns && ns->is_there && ns->raw.reaper == task->pid && !ns->is_doubted) {
		mirror_count_ns(m, ns, -1);
		ns->is_doubted = true;
		ns->ended_ns = e->time_ns;
		mirror_count_ns(m, ns, 1);
	}
	return 0;
}

static int apply_ns_birth(struct mirror *m, const struct raw_event *e)
{
	struct mirror_ns *ns = mirror_find_ns(m, e->ns.ino);

	if (ns && ns->is_touched)
		return 1;
	if (ns && ns->is_there && mirror_is_same_ns(&ns->raw, &e->ns))
		return 0;
	if (ns && ns->is_there)
		return remove_with_all(m, ns, e->time_ns) < 0 ? -ENOMEM : 1;
	return mirror_add_ns(m, &e->ns, e->time_ns, true);
}

/* Of every kind of namespace; whatever is in the mirror below goes first. */
static int apply_ns_freed(struct mirror *m, const struct raw_event *e)
{
	struct mirror_ns *ns = mirror_find_ns(m, e->ns.ino);

	if (!ns || !ns->is_there)
		return 0;
	if (ns->is_touched)
		return 1;
	if (ns->nr_tasks || ns->nr_children)
		return 0;
	return mirror_remove_ns(m, ns, e->time_ns);
}

int mirror_apply(struct mirror *m, const struct raw_event *e)
{
	if (m->time_ns < e->time_ns)
		m->time_ns = e->time_ns;
	switch (e->type) {
	case RAW_BORN:
		return apply_birth(m, e);
	case RAW_RENAMED:
	case RAW_EXECED:
		return apply_name(m, e);
	case RAW_ENDS:
		return apply_end(m, e);
	case RAW_REAPED:
		return apply_reaped(m, e);
	case RAW_NS_BORN:
		return apply_ns_birth(m, e);
	case RAW_NS_FREED:
		return apply_ns_freed(m, e);
	default:
		return 0;
	}
}

bool mirror_has_task(const struct mirror *m, int32_t pid, uint64_t start_ns)
{
	const struct mirror_task *task = mirror_find_task(m, pid);

	return task && task->is_there && (!task->start_ns || task->start_ns == start_ns);
}
