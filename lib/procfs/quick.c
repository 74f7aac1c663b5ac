// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * quick.c - a task by path alone: one readlink and an ioctl a level.
 *
 * What an ioctl says is true of whatever task has the PID then. If the namespace of the link has none
 * below it, a task with a PID in it is in it. Where several ioctls are made, that of the innermost
 * namespace is the first and the last: the same PID, or another task came in between. Where others are
 * below, the task must have no PID in any of these. Whether there are any is known once all tasks
 * have been met, so what was found is held until then. Where this does not hold, the task is asked
 * through a directory descriptor of its own (procfs/task.c).
 */
#include "procfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* With more namespaces right below it, a second readlink costs less than asking each. */
#define CHILDREN_MAX 6

/* A task that was taken the quick way. */
struct procfs_pending {
	uint64_t dir_ino;
	int32_t pid, place;
	/* Of a task one level down its PID there; of a deeper one, where its PIDs are in t->numbers. */
	union {
		int32_t vpid;
		uint32_t first;
	};
};

/* Without printf: this is done for every task. */
void procfs_quick_link(char *name, int32_t pid)
{
	char digits[12], *at = digits + sizeof(digits);

	do {
		*--at = (char)('0' + pid % 10);
		pid /= 10;
	} while (pid);
	memcpy(name, at, (size_t)(digits + sizeof(digits) - at));
	memcpy(name + (digits + sizeof(digits) - at), "/ns/pid", 8);
}

/* vpids: below the caller's own namespace, as many as it is deep. */
static int pour(struct procfs_take *t, int32_t pid, const int32_t *vpids, int place)
{
	uint32_t depth = t->ns[place].depth;
	int32_t all[PROC_LEVELS] = {pid};
	struct raw_task raw = {
		.known = PIDNS_TASK_VPIDS,
		.pid = pid,
		.tid = pid,
		.ns_ino = t->ns[place].ino,
		.vpids = all,
		.nr_vpids = depth + 1,
	};

	if (depth)
		memcpy(all + 1, vpids, depth * sizeof(*vpids));
	procfs_ns_mark_tasks(t, place);
	if (procfs_remember(t, &raw) < 0)
		return -ENOMEM;
	return builder_add_task(t->b, &raw);
}

/* ---- found ----------------------------------------------------------------------------------- */

/* The PIDs between the caller's and the innermost, which is known: vpids[depth - 1]. 0, -ESRCH. */
static int ask_between(struct procfs_take *t, int place, const char *name, int32_t pid,
		       int32_t *vpids)
{
	int32_t again;
	int up, r;

	for (up = t->ns[place].parent; t->ns[up].depth; up = t->ns[up].parent) {
		r = procfs_ns_translate(t, up, place, t->p->root, name, pid,
					&vpids[t->ns[up].depth - 1]);
		if (r < 0)
			return r;
	}
	/* Where others are below, it is asked again when these are. */
	if (t->ns[place].has_children)
		return 0;
	r = procfs_ns_translate(t, place, place, t->p->root, name, pid, &again);
	return r < 0 || again == vpids[t->ns[place].depth - 1] ? r : -ESRCH;
}

static int hold(struct procfs_take *t, int32_t pid, const int32_t *vpids, int place)
{
	uint32_t depth = t->ns[place].depth;
	struct procfs_pending held = {.dir_ino = t->dir_ino, .pid = pid, .place = place};

	if (util_grow(&t->pending, &t->room_pending, t->nr_pending, sizeof(*t->pending)) < 0)
		return -ENOMEM;
	if (depth == 1) {
		held.vpid = vpids[0];
	} else {
		held.first = (uint32_t)t->nr_numbers;
		while (t->room_numbers - t->nr_numbers < depth)
			if (util_grow(&t->numbers, &t->room_numbers, t->room_numbers,
				      sizeof(*t->numbers)) < 0)
				return -ENOMEM;
		memcpy(t->numbers + t->nr_numbers, vpids, depth * sizeof(*vpids));
		t->nr_numbers += depth;
	}
	t->pending[t->nr_pending++] = held;
	return 0;
}

static int take_below(struct procfs_take *t, int32_t pid, int place, const char *name)
{
	uint32_t depth = t->ns[place].depth;
	int32_t vpids[PROC_LEVELS];
	int r = procfs_ns_translate(t, place, place, t->p->root, name, pid, &vpids[depth - 1]);

	if (r < 0 || (vpids[depth - 1] == 1 && t->request->reaper_fields))
		return procfs_task_take(t, pid);
	if (depth > 1 && ask_between(t, place, name, pid, vpids) < 0)
		return procfs_task_take(t, pid);
	return hold(t, pid, vpids, place);
}

int procfs_quick_take(struct procfs_take *t, int32_t pid)
{
	char name[24];
	uint64_t ino;
	int place, r;

	procfs_quick_link(name, pid);
	r = procfs_read_ns_link(t->p->root, name, "pid", &ino);
	if (r < 0)
		return r == -ESRCH || r == -EACCES ? procfs_task_take(t, pid) : r;
	if (ino == t->own_ino)
		return pid == 1 && t->request->reaper_fields
			       ? procfs_task_take(t, pid)
			       : pour(t, pid, NULL, procfs_ns_find(t, ino));
	place = procfs_ns_find(t, ino);
	if (place < 0)
		place = procfs_ns_learn(t, t->p->root, name, ino);
	if (place < 0 || !t->ns[place].reaches_root)
		return procfs_task_take(t, pid);
	return take_below(t, pid, place, name);
}

/* ---- held ------------------------------------------------------------------------------------ */

/* That it is in none of the namespaces right below, and so in no other below. */
static bool is_in_no_child(struct procfs_take *t, const struct procfs_pending *held,
			   const char *name)
{
	int child, nr = 0;
	int32_t vpid;
	uint64_t ino;

	for (child = t->ns[held->place].child; child >= 0; child = t->ns[child].sibling) {
		if (++nr > CHILDREN_MAX || t->ns[child].fd < 0)
			return procfs_read_ns_link(t->p->root, name, "pid", &ino) == 0 &&
			       ino == t->ns[held->place].ino;
		if (procfs_ns_translate(t, child, child, t->p->root, name, held->pid, &vpid) !=
		    -ESRCH)
			return false;
	}
	return true;
}

/* Of what has others below it: is that task in it, and still the one that was found? */
static bool is_proved(struct procfs_take *t, const struct procfs_pending *held, int32_t innermost)
{
	char name[24];
	int32_t vpid;

	procfs_quick_link(name, held->pid);
	return is_in_no_child(t, held, name) &&
	       procfs_ns_translate(t, held->place, held->place, t->p->root, name, held->pid,
				   &vpid) == 0 &&
	       vpid == innermost;
}

int procfs_quick_pour(struct procfs_take *t)
{
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < t->nr_pending; i++) {
		const struct procfs_pending *held = &t->pending[i];
		const struct procfs_ns *ns = &t->ns[held->place];
		const int32_t *vpids = ns->depth == 1 ? &held->vpid : t->numbers + held->first;

		t->dir_ino = held->dir_ino;
		r = ns->has_children && !is_proved(t, held, vpids[ns->depth - 1])
			    ? procfs_task_take(t, held->pid)
			    : pour(t, held->pid, vpids, held->place);
	}
	t->nr_pending = t->nr_numbers = 0;
	return r;
}
