// SPDX-License-Identifier: LGPL-2.1-or-later
/* pid.c - the numbers of namespaces and of the machine, the deepest level, and init itself. */
#include "internal.h"
#include "waits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/proc.h"

/* include/linux/pid.h: once numbers have gone past it, those below are not handed out again. */
#define RESERVED_PIDS 300

/* Facts from kernel/pid.c, alloc_pid(), and kernel/fork.c, copy_process(). */

static bool knows(const struct pidns_ns *ns, uint64_t bit)
{
	return ns->known & bit;
}

/* Numbers that nothing will get: those in use, and those below RESERVED_PIDS that are free and will
 * not be handed out again. */
struct spent {
	uint64_t least, most; /* free ones below RESERVED_PIDS */
	uint64_t most_used;   /* as tasks can have: each a number, a group's and a session's */
};

/*
 * A thread or a process group that is not listed may have any number: so the free ones below
 * RESERVED_PIDS can only be bounded.
 */
static struct spent count_spent(const struct pidns_snapshot *s, const struct pidns_ns *ns)
{
	bool is_threads = pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_THREADS;
	bool is_past = knows(ns, PIDNS_NS_LAST_PID) && ns->last_pid >= RESERVED_PIDS;
	bool may_be_past = !knows(ns, PIDNS_NS_LAST_PID) || is_past;
	const struct pidns_task *const *tasks;
	size_t nr = pidns_ns_subtree_tasks(ns, &tasks);
	uint64_t low = 1, low_for_certain = 1; /* 0 is no number */
	struct spent spent = {0};

	for (size_t i = 0; i < nr; i++) {
		int32_t vpid = pidns_task_vpid(tasks[i], ns);

		uint64_t threads = 0; /* that have no record */

		if (!is_threads && tasks[i]->known & PIDNS_TASK_THREADS && tasks[i]->threads)
			threads = tasks[i]->threads - 1;
		low += (vpid < RESERVED_PIDS) + threads;
		low_for_certain += vpid > 0 && vpid < RESERVED_PIDS;
		is_past = is_past || vpid >= RESERVED_PIDS;
		spent.most_used += 3 + threads;
		if (!is_threads && !(tasks[i]->known & PIDNS_TASK_THREADS))
			spent.most_used += UINT32_MAX;
	}
	if (is_past && low < RESERVED_PIDS)
		spent.least = RESERVED_PIDS - low;
	if ((is_past || may_be_past) && low_for_certain < RESERVED_PIDS)
		spent.most = RESERVED_PIDS - low_for_certain;
	return spent;
}

/* Below its maximum by what can be counted, and perhaps at it by what cannot. */
static void set_bounds(const struct pidns_ns *ns, const struct spent *spent,
		       struct pidns_limit *limit)
{
	uint64_t used = ns->pids_used_exact ? ns->pids_used : spent->most_used;

	if (used + spent->most + 1 >= limit->max || !(limit->known & PIDNS_LIMIT_MAX))
		limits_flag(limit, PIDNS_LIMIT_IS_AT_LEAST);
}

/* pid_max PIDs count as used when none is left, though PID 0 is never given. */
static void set_used(struct limits *l, const struct pidns_ns *ns, struct pidns_limit *limit)
{
	struct spent spent = {0};

	if (!knows(ns, PIDNS_NS_PIDS_USED) || (!l->is_whole && !ns->pids_used_exact))
		return;
	if (l->is_whole)
		spent = count_spent(l->a->snapshot, ns);
	limit->used = ns->pids_used + spent.least;
	limit->known |= PIDNS_LIMIT_USED;
	if (limit->known & PIDNS_LIMIT_MAX && limit->used + 1 == limit->max)
		limit->used = limit->max;
	if (!(limit->known & PIDNS_LIMIT_MAX) || limit->used < limit->max)
		set_bounds(ns, &spent, limit);
}

static struct pidns_limit *new_numbers(struct limits *l, const struct pidns_ns *ns)
{
	bool is_own = knows(ns, PIDNS_NS_INO) && ns->ino == l->own_ns;
	struct pidns_limit *limit;
	uint64_t max = 0;

	/* Where each namespace has its own, it shows it to its members only. */
	if (is_own)
		limit = limits_new(l, PIDNS_LIMIT_PID_MAX, EAGAIN, "/proc/sys/kernel/pid_max");
	else if (knows(ns, PIDNS_NS_INO))
		limit = limits_new(l, PIDNS_LIMIT_PID_MAX, EAGAIN,
				   "kernel.pid_max in pid:[%" PRIu64 "]", ns->ino);
	else
		return NULL;
	if (!limit)
		return NULL;
	if ((is_own || !l->has_own_pid_max) &&
	    file_read_number(l->a->procfs, "sys/kernel/pid_max", &max) == 0)
		limit->known |= PIDNS_LIMIT_MAX;
	if (knows(ns, PIDNS_NS_PIDS_MAX) && (!max || ns->pids_max < max)) {
		max = ns->pids_max;
		limit->known |= PIDNS_LIMIT_MAX;
	}
	limit->max = max;
	set_used(l, ns, limit);
	return limit;
}

/* Where /proc/loadavg is not the kernel's: the tasks in the snapshot, and there may be others. */
static void count_machine(const struct limits *l, struct pidns_limit *limit)
{
	const bool is_threads = pidns_snapshot_flags(l->a->snapshot) & PIDNS_SNAPSHOT_THREADS;

	if (pidns_snapshot_flags(l->a->snapshot) & PIDNS_SNAPSHOT_SUBSET)
		return;
	for (size_t i = 0; i < l->nr_tasks; i++) {
		const struct pidns_task *task = l->tasks[i];
		bool has_count = !is_threads && task->known & PIDNS_TASK_THREADS && task->threads;

		limit->used += has_count ? task->threads : 1;
	}
	limit->known |= PIDNS_LIMIT_USED;
	limits_flag(limit, PIDNS_LIMIT_IS_AT_LEAST);
}

static int make_machine(struct limits *l)
{
	struct pidns_limit *limit;
	struct proc_loadavg load;
	uint64_t max;
	char buf[128];
	ssize_t len = file_read(l->a->procfs, "loadavg", buf, sizeof(buf));

	limit = limits_new(l, PIDNS_LIMIT_THREADS_MAX, EAGAIN, "/proc/sys/kernel/threads-max");
	if (!limit)
		return -ENOMEM;
	if (file_read_number(l->a->procfs, "sys/kernel/threads-max", &max) == 0) {
		limit->max = max;
		limit->known = PIDNS_LIMIT_MAX;
	}
	if (len > 0 && proc_parse_loadavg(buf, (size_t)len, &load) == 0) {
		limit->used = load.tasks;
		limit->known |= PIDNS_LIMIT_USED;
	} else {
		count_machine(l, limit);
	}
	l->of_machine = limit;
	return 0;
}

/* Tasks outside the initial namespace have PIDs above, and how many are left there may not be seen. */
static int make_unseen(struct limits *l)
{
	l->of_above = limits_new(l, PIDNS_LIMIT_PID_MAX, EAGAIN,
				 "kernel.pid_max of the namespaces above, which are out of sight");
	l->of_unknown = limits_new(l, PIDNS_LIMIT_PID_MAX, EAGAIN,
				   "kernel.pid_max of its namespace, which cannot be identified");
	return l->of_above && l->of_unknown ? 0 : -ENOMEM;
}

int limits_pid_open(struct limits *l)
{
	int r = make_machine(l);

	l->of_numbers = calloc(l->nr_namespaces + 1, sizeof(*l->of_numbers));
	if (!l->of_numbers)
		return -ENOMEM;
	return r < 0 ? r : make_unseen(l);
}

void limits_pid_close(struct limits *l)
{
	free(l->of_numbers);
}

/* Since Linux 7.1 an unborn namespace can be looked at as well as one that is dead. */
static bool is_without_init(const struct pidns_ns *ns)
{
	return !knows(ns, PIDNS_NS_STATE) && knows(ns, PIDNS_NS_REAPER) && !ns->reaper;
}

static const char *why_no_init(const struct pidns_ns *ns)
{
	switch (knows(ns, PIDNS_NS_STATE) ? ns->state : 0) {
	case PIDNS_STATE_DYING:
		return "its init, which is ending";
	case PIDNS_STATE_ZOMBIE_INIT:
		return "its init, which has ended and is not reaped yet";
	case PIDNS_STATE_DEAD:
		return "its init, which is gone";
	default:
		return is_without_init(ns) ? "has no init; unborn or dead cannot be told apart"
					   : NULL;
	}
}

/* That of the namespace at that place, made when it is first wanted. */
static int add_numbers(struct limits *l, size_t place)
{
	const struct pidns_ns *ns = l->namespaces[place];

	if (!knows(ns, PIDNS_NS_INO))
		return 0;
	if (!l->of_numbers[place])
		l->of_numbers[place] = new_numbers(l, ns);
	return l->of_numbers[place] ? limits_add(l, l->of_numbers[place]) : -ENOMEM;
}

static int add_init(struct limits *l, const struct pidns_ns *ns)
{
	const char *why = why_no_init(ns);
	struct pidns_limit *limit;

	if (!why)
		return 0;
	limit = limits_new(l, PIDNS_LIMIT_INIT, ENOMEM, "%s", why);
	if (!limit)
		return -ENOMEM;
	if (is_without_init(ns))
		limits_flag(limit, PIDNS_LIMIT_IS_AT_LEAST);
	else
		limit->holders = limits_waits(l->a, ns);
	return limits_add(l, limit);
}

/* A task at the deepest level can make no namespace below. */
static int add_level(struct limits *l, const struct pidns_ns *ns)
{
	struct pidns_limit *limit;

	if (!knows(ns, PIDNS_NS_LEVEL))
		return 0;
	limit = limits_new(l, PIDNS_LIMIT_LEVEL, ENOSPC, "the kernel's MAX_PID_NS_LEVEL");
	if (!limit)
		return -ENOMEM;
	limit->is_fork = 0;
	limit->used = ns->level;
	limit->max = PIDNS_LEVEL_MAX;
	limit->known = PIDNS_LIMIT_USED | PIDNS_LIMIT_MAX;
	return limits_add(l, limit);
}

int limits_pid_add(struct limits *l, size_t place)
{
	const struct pidns_ns *ns = l->namespaces[place];
	const struct pidns_ns *top = ns;
	uint32_t depth = ns->depth;
	int r = add_init(l, ns);

	if (r >= 0)
		r = knows(ns, PIDNS_NS_INO) ? add_numbers(l, place) : limits_add(l, l->of_unknown);
	/* In pre-order an ancestor is the last one before that is so deep. */
	while (r >= 0 && depth && place--) {
		if (l->namespaces[place]->depth >= depth)
			continue;
		top = l->namespaces[place];
		depth = top->depth;
		r = add_numbers(l, place);
	}
	if (r >= 0 && (!knows(top, PIDNS_NS_INO) || top->ino != LIMITS_INITIAL_NS))
		r = limits_add(l, l->of_above);
	if (r >= 0)
		r = limits_add(l, l->of_machine);
	return r < 0 ? r : add_level(l, ns);
}
