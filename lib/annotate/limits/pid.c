// SPDX-License-Identifier: LGPL-2.1-or-later
/* pid.c - the numbers of namespaces and of the machine, the deepest level, and init itself. */
#include "internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "parse.h"
#include "base/file.h"

/* include/linux/pid.h: once numbers have gone past it, those below are not handed out again. */
#define RESERVED_PIDS 300

/* Facts from kernel/pid.c, alloc_pid(), and kernel/fork.c, copy_process(). */

static bool knows(const struct pidns_ns *ns, uint64_t bit)
{
	return ns->known & bit;
}

/*
 * How many of the numbers below RESERVED_PIDS are free and will not be handed out any more; the
 * least it can be: a thread or a process group that is not listed may have any of them.
 */
static uint64_t count_spent(const struct pidns_snapshot *s, const struct pidns_ns *ns)
{
	bool is_past = knows(ns, PIDNS_NS_LAST_PID) && ns->last_pid >= RESERVED_PIDS;
	const struct pidns_task *const *tasks;
	size_t nr = pidns_ns_subtree_tasks(ns, &tasks);
	uint64_t low = 1; /* nobody has number 0 */

	for (size_t i = 0; i < nr; i++) {
		int32_t vpid = pidns_task_vpid(tasks[i], ns);

		if (vpid >= RESERVED_PIDS)
			is_past = true;
		else
			low++;
		/* A snapshot with threads has a record for each of them. */
		if (tasks[i]->known & PIDNS_TASK_THREADS &&
		    !(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_THREADS))
			low += tasks[i]->threads ? tasks[i]->threads - 1 : 0;
	}
	return is_past && low < RESERVED_PIDS ? RESERVED_PIDS - low : 0;
}

/* As many as pid_max are used when no number is left, though 0 is nobody's. */
static void set_used(struct limits *l, const struct pidns_ns *ns, struct pidns_limit *limit)
{
	if (!knows(ns, PIDNS_NS_PIDS_USED) || (!l->is_whole && !ns->pids_used_exact))
		return;
	limit->used = ns->pids_used + (l->is_whole ? count_spent(l->a->snapshot, ns) : 0);
	limit->known |= PIDNS_LIMIT_USED;
	if (limit->known & PIDNS_LIMIT_MAX && limit->used + 1 == limit->max)
		limit->used = limit->max;
}

static struct pidns_limit *new_numbers(struct limits *l, const struct pidns_ns *ns)
{
	bool is_own = knows(ns, PIDNS_NS_INO) && ns->ino == l->own_ns;
	struct pidns_limit *limit;
	uint64_t max = 0;

	/* Each namespace has its own since 6.14, and shows it to nobody but its members. */
	if (is_own)
		limit = limits_new(l, PIDNS_LIMIT_PID_MAX, EAGAIN, "/proc/sys/kernel/pid_max");
	else if (knows(ns, PIDNS_NS_INO))
		limit = limits_new(l, PIDNS_LIMIT_PID_MAX, EAGAIN,
				   "kernel.pid_max in pid:[%" PRIu64 "]", ns->ino);
	else
		return NULL;
	if (!limit)
		return NULL;
	if (is_own && file_read_number(l->a->procfs, "sys/kernel/pid_max", &max) == 0)
		limit->known |= PIDNS_LIMIT_MAX;
	if (knows(ns, PIDNS_NS_PIDS_MAX) && (!max || ns->pids_max < max)) {
		max = ns->pids_max;
		limit->known |= PIDNS_LIMIT_MAX;
	}
	limit->max = max;
	set_used(l, ns, limit);
	return limit;
}

static int make_machine(struct limits *l)
{
	struct pidns_limit *limit;
	uint64_t used, max;
	char buf[128];
	ssize_t len = file_read(l->a->procfs, "loadavg", buf, sizeof(buf));

	if (file_read_number(l->a->procfs, "sys/kernel/threads-max", &max) < 0)
		return 0;
	limit = limits_new(l, PIDNS_LIMIT_THREADS_MAX, EAGAIN, "/proc/sys/kernel/threads-max");
	if (!limit)
		return -ENOMEM;
	limit->max = max;
	limit->known = PIDNS_LIMIT_MAX;
	if (len > 0 && limits_parse_loadavg(buf, (size_t)len, &used) == 0) {
		limit->used = used;
		limit->known |= PIDNS_LIMIT_USED;
	}
	l->of_machine = limit;
	return 0;
}

/* Whoever is not in the initial namespace has numbers above, and cannot see how many are left. */
static int make_above(struct limits *l)
{
	if (!l->own_ns || pidns_ns_find(l->a->snapshot, LIMITS_INITIAL_NS))
		return 0;
	l->of_above = limits_new(l, PIDNS_LIMIT_PID_MAX, EAGAIN,
				 "kernel.pid_max of the namespaces above, which are out of sight");
	return l->of_above ? 0 : -ENOMEM;
}

int limits_pid_open(struct limits *l)
{
	int r = make_machine(l);

	l->of_numbers = calloc(l->nr_namespaces + 1, sizeof(*l->of_numbers));
	if (!l->of_numbers)
		return -ENOMEM;
	for (size_t i = 0; i < l->nr_namespaces; i++) {
		l->of_numbers[i] = new_numbers(l, l->namespaces[i]);
		if (!l->of_numbers[i] && knows(l->namespaces[i], PIDNS_NS_INO))
			return -ENOMEM;
	}
	return r < 0 ? r : make_above(l);
}

void limits_pid_close(struct limits *l)
{
	free(l->of_numbers);
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
		return NULL;
	}
}

static int add_init(struct limits *l, const struct pidns_ns *ns)
{
	const char *why = why_no_init(ns);
	const struct pidns_limit *limit;

	if (!why)
		return 0;
	limit = limits_new(l, PIDNS_LIMIT_INIT, ENOMEM, "%s", why);
	return limit ? limits_add(l, limit) : -ENOMEM;
}

/* Whoever is at the deepest level can make no namespace below. */
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
	uint32_t depth = ns->depth;
	int r = add_init(l, ns);

	if (r >= 0)
		r = limits_add(l, l->of_numbers[place]);
	/* In pre-order an ancestor is the last one before that is so deep. */
	while (r >= 0 && depth && place--) {
		if (l->namespaces[place]->depth >= depth)
			continue;
		depth = l->namespaces[place]->depth;
		r = limits_add(l, l->of_numbers[place]);
	}
	if (r >= 0)
		r = limits_add(l, l->of_above);
	if (r >= 0)
		r = limits_add(l, l->of_machine);
	return r < 0 ? r : add_level(l, ns);
}
