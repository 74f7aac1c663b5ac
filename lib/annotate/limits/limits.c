// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * limits.c - the annotator of limits: everything that can make fork(2), clone(2) or unshare(2) fail
 * in a namespace, or for one task.
 *
 * For a namespace the task is its init. But any member may fork, and their cgroups may differ; so
 * those of all its members are in its list.
 */
#include "internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/proc.h"

/* ---- lists ----------------------------------------------------------------------------------- */

int limits_add(struct limits *l, const struct pidns_limit *limit)
{
	int r = limit ? util_grow(&l->list, &l->room_list, l->nr_list, sizeof(*l->list)) : 0;

	if (r >= 0 && limit)
		l->list[l->nr_list++] = limit;
	return r;
}

void limits_flag(struct pidns_limit *limit, uint32_t flag)
{
	limit->flags |= flag;
	limit->known |= PIDNS_LIMIT_FLAGS;
}

struct pidns_limit *limits_new(struct limits *l, uint32_t kind, int error, const char *format, ...)
{
	struct pidns_limit *limit = annotate_store(l->a, sizeof(*limit));
	va_list ap, again;
	char *source;
	int len;

	if (!limit)
		return NULL;
	va_start(ap, format);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, ap);
	source = len < 0 ? NULL : annotate_store(l->a, (size_t)len + 1);
	if (source)
		vsnprintf(source, (size_t)len + 1, format, again);
	va_end(again);
	va_end(ap);
	limit->kind = kind;
	limit->error = error;
	limit->is_fork = 1;
	limit->source = source;
	return source ? limit : NULL;
}

/* 2 where nothing is left, between 0 and 1 where something is, -1 where that is not known, -2 where
 * nothing is ever reached. */
static double fullness(const struct pidns_limit *limit)
{
	const uint32_t both = PIDNS_LIMIT_USED | PIDNS_LIMIT_MAX;

	if (limit->kind == PIDNS_LIMIT_INIT)
		return limit->flags & PIDNS_LIMIT_IS_AT_LEAST ? -1 : 2;
	if (limit->flags & PIDNS_LIMIT_IS_EXEMPT)
		return -2;
	if ((limit->known & both) != both)
		return -1;
	return limit->used >= limit->max ? 2 : (double)limit->used / (double)limit->max;
}

/* What stops fork(2) before what stops only the making of namespaces, where both are as full. */
static int compare_limits(const void *a, const void *b)
{
	const struct pidns_limit *x = *(const struct pidns_limit *const *)a;
	const struct pidns_limit *y = *(const struct pidns_limit *const *)b;
	double full_x = fullness(x), full_y = fullness(y);

	if (full_x != full_y)
		return full_x > full_y ? -1 : 1;
	if (x->is_fork != y->is_fork)
		return x->is_fork ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind == PIDNS_LIMIT_INIT ||
				       (y->kind != PIDNS_LIMIT_INIT && x->kind < y->kind)
			       ? -1
			       : 1;
	return strcmp(x->source, y->source);
}

/* The list that was put together, in order, to be kept. NULL: no memory. */
static const struct pidns_limit *const *finish_list(struct limits *l)
{
	size_t size = l->nr_list * sizeof(*l->list);
	const struct pidns_limit **list = annotate_store(l->a, size + !size);

	if (!list)
		return NULL;
	if (l->nr_list) {
		qsort(l->list, l->nr_list, sizeof(*l->list), compare_limits);
		memcpy(list, l->list, size);
	}
	return list;
}

/* ---- of a namespace -------------------------------------------------------------------------- */

/* A task whose user is unknown is not counted. */
static uint32_t euid_of(const struct limits *l, struct limits_subject *of)
{
	struct proc_status status = {0};
	char buf[8192];
	ssize_t len;

	if (of->extra && of->task->known & PIDNS_TASK_UID)
		return of->task->uid;
	len = file_read(limits_subject_dir(l, of), "status", buf, sizeof(buf));
	return len > 0 && proc_parse_status(buf, (size_t)len, &status) == 0 &&
			       status.known & PROC_STATUS_UID
		       ? status.euid
		       : USERNS_OVERFLOW;
}

/* What is counted for the user of a task. */
static int add_user_of(struct limits *l, const struct pidns_task *task)
{
	struct limits_subject of = limits_subject(l, task);
	uint64_t user;
	int r = userns_learn(l, &of, &user);

	if (r >= 0)
		r = limits_user_add(l, &of, user);
	if (r >= 0)
		r = limits_namespaces_add(l, user, euid_of(l, &of));
	limits_subject_close(&of);
	return r == -ENOENT ? 0 : r;
}

static const struct pidns_task *reaper_of(const struct limits *l, const struct pidns_ns *ns)
{
	const struct pidns_task *task = NULL;

	if (ns->known & PIDNS_NS_REAPER && ns->reaper > 0)
		task = pidns_task_find(l->a->snapshot, NULL, ns->reaper);
	return task && task->ns == ns ? task : NULL;
}

static int annotate_ns(struct limits *l, size_t place)
{
	const struct pidns_ns *ns = l->namespaces[place];
	const struct pidns_task *const *members, *reaper = reaper_of(l, ns);
	size_t nr = pidns_ns_tasks(ns, &members);
	struct pidns_notes *notes = annotate_notes(l->a, ns);
	int r;

	if (!notes)
		return -ENOMEM;
	l->nr_list = 0;
	limits_cgroup_begin(l);
	r = limits_pid_add(l, place);
	for (size_t i = 0; r >= 0 && i < nr; i++) {
		/* What has ended forks no more. */
		if (members[i]->tid == members[i]->pid && !pidns_task_is_zombie(members[i]))
			r = limits_cgroup_add(l, members[i]->pid);
	}
	if (r >= 0 && reaper)
		r = add_user_of(l, reaper);
	if (r < 0)
		return r;
	notes->limits = finish_list(l);
	if (!notes->limits)
		return -ENOMEM;
	notes->nr_limits = (uint32_t)l->nr_list;
	notes->known |= PIDNS_NOTE_LIMITS;
	return 0;
}

/* ---- of a task ------------------------------------------------------------------------------- */

static size_t place_of(const struct limits *l, const struct pidns_ns *ns)
{
	size_t place = 0;

	while (place < l->nr_namespaces && l->namespaces[place] != ns)
		place++;
	return place;
}

/* Its children are born where its pid_for_children says. */
static int annotate_task(struct limits *l)
{
	const struct pidns_task *task = pidns_task_find(l->a->snapshot, NULL, l->a->limits_of);
	const struct pidns_limit *const *list;
	size_t place;
	int r;

	if (!task)
		return 0;
	place = place_of(l, task->ns_for_children ? task->ns_for_children : task->ns);
	l->nr_list = 0;
	limits_cgroup_begin(l);
	r = place < l->nr_namespaces ? limits_pid_add(l, place) : 0;
	if (r >= 0)
		r = limits_cgroup_add(l, task->pid);
	if (r >= 0)
		r = add_user_of(l, task);
	if (r < 0)
		return r;
	list = finish_list(l);
	if (!list)
		return -ENOMEM;
	annotate_task_limits(l->a, list, l->nr_list);
	return 0;
}

/* ---------------------------------------------------------------------------------------------- */

static int open_all(struct limits *l)
{
	const struct pidns_snapshot *s = l->a->snapshot;
	int r;

	l->nr_namespaces = pidns_snapshot_namespaces(s, &l->namespaces);
	l->nr_tasks = pidns_snapshot_tasks(s, &l->tasks);
	l->is_one = l->a->limits_of || l->a->flags & PIDNS_TAKE_OF_ONE;
	l->own_ns = limits_read_link(l->a->procfs, "self/ns/pid", "pid");
	l->own_user = limits_read_link(l->a->procfs, "self/ns/user", "user");
	l->cannot_see = pidns_snapshot_cannot_see(s);
	l->is_whole = !(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_SUBSET) &&
		      !(l->cannot_see & PIDNS_UNSEEN_TASKS);
	l->is_machine = l->is_whole && l->own_ns == LIMITS_INITIAL_NS;
	l->has_own_pid_max = !util_kernel_is_before(6, 14);
	r = limits_pid_open(l);
	if (r >= 0)
		r = limits_cgroup_open(l);
	if (r >= 0)
		r = limits_user_open(l);
	return r < 0 ? r : limits_namespaces_open(l);
}

int annotate_limits(struct annotation *a)
{
	/* With limits_of alone the task's are all that is wanted. */
	const struct pidns_ns *one = a->of_ns || a->of_pid ? annotate_one(a) : NULL;
	struct limits l = {.a = a};
	int r = open_all(&l);

	for (size_t i = 0; r >= 0 && i < l.nr_namespaces; i++)
		if (!(a->flags & PIDNS_TAKE_OF_ONE) || l.namespaces[i] == one)
			r = annotate_ns(&l, i);
	if (r >= 0 && a->limits_of)
		r = annotate_task(&l);
	limits_namespaces_close(&l);
	limits_user_close(&l);
	userns_clear(&l.userns);
	limits_cgroup_close(&l);
	limits_pid_close(&l);
	free(l.list);
	return r;
}
