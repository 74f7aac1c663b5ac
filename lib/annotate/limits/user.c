// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * user.c - tasks that are counted for users, by RLIMIT_NPROC.
 *
 * Since 5.14, 21d1c5e386bc ("Reimplement RLIMIT_NPROC on top of ucounts"), tasks are counted for a
 * user in a user namespace, for the owner of that in the one above, and so on up; before, for a
 * user wherever.
 */
#include "internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userns.h"
#include "base/proc.h"
#include "base/file.h"

#define CAP_SYS_ADMIN	 21 /* linux/capability.h */
#define CAP_SYS_RESOURCE 24
/* Where tasks are counted whose user namespace may not be known: no namespace has that inode. */
#define UNKNOWN_NS UINT64_MAX

/* How many tasks a user has there, those included that are counted for the owner of a namespace
 * below. */
struct count {
	uint64_t ns; /* 0: everywhere; UNKNOWN_NS */
	uint32_t uid;
	uint64_t tasks;
};

struct limits_users {
	struct count *counts;
	size_t nr_counts, room_counts;
	bool is_counted, is_everywhere;
	struct count run; /* tasks beside each other that count for the same user */
};

/* ---- tasks of users -------------------------------------------------------------------------- */

static struct count *find_count(const struct limits_users *u, uint64_t ns, uint32_t uid)
{
	for (size_t i = u->nr_counts; i--;)
		if (u->counts[i].ns == ns && u->counts[i].uid == uid)
			return &u->counts[i];
	return NULL;
}

static int count_tasks(struct limits_users *u, uint64_t ns, uint32_t uid, uint64_t tasks)
{
	struct count *count = find_count(u, ns, uid);
	int r;

	if (!count) {
		r = util_grow(&u->counts, &u->room_counts, u->nr_counts, sizeof(*u->counts));
		if (r < 0)
			return r;
		count = &u->counts[u->nr_counts++];
		*count = (struct count){.ns = ns, .uid = uid};
	}
	count->tasks += tasks;
	return 0;
}

/* As inc_rlimit_ucounts() does in the kernel. */
static int count_up(struct limits *l, uint64_t ino, uint32_t uid, uint64_t tasks)
{
	struct limits_users *u = l->users;
	int r = 0;

	if (u->is_everywhere || ino == UNKNOWN_NS)
		return count_tasks(u, u->is_everywhere ? 0 : ino, uid, tasks);
	for (int i = 0; r >= 0 && ino && i < USERNS_DEEPEST; i++) {
		const struct user_ns *ns = userns_find(&l->userns, ino);

		r = count_tasks(u, ino, uid, tasks);
		uid = ns ? ns->owner : 0;
		ino = ns ? ns->parent : 0;
	}
	return r;
}

static int count_run(struct limits *l)
{
	struct limits_users *u = l->users;
	const struct count run = u->run;

	u->run.tasks = 0;
	return run.tasks ? count_up(l, run.ns, run.uid, run.tasks) : 0;
}

/* In the snapshot, or else in `status`. */
static bool ruid_of(const struct limits *l, const struct pidns_task *task, uint32_t *ret_uid)
{
	struct proc_status status = {0};
	char buf[8192], name[32];
	ssize_t len;

	if (task->known & PIDNS_TASK_RUID) {
		*ret_uid = task->ruid;
		return true;
	}
	snprintf(name, sizeof(name), "%" PRId32 "/status", task->pid);
	len = file_read(l->a->procfs, name, buf, sizeof(buf));
	if (len <= 0 || proc_parse_status(buf, (size_t)len, &status) < 0 ||
	    !(status.known & PROC_STATUS_UID))
		return false;
	*ret_uid = status.ruid;
	return true;
}

static int count_task(struct limits *l, const struct pidns_task *task)
{
	struct limits_users *u = l->users;
	uint64_t ino = 0, tasks = 1;
	uint32_t ruid;
	int r = 0;

	if (!ruid_of(l, task, &ruid))
		return 0;
	if (task->known & PIDNS_TASK_THREADS && task->threads &&
	    !(pidns_snapshot_flags(l->a->snapshot) & PIDNS_SNAPSHOT_THREADS))
		tasks = task->threads;
	if (!u->is_everywhere) {
		struct limits_subject of = limits_subject(l, task);

		r = userns_learn(l, &of, &ino);
		limits_subject_close(&of);
		if (r < 0)
			return r == -ENOENT ? 0 : r;
		ino = ino ? ino : UNKNOWN_NS;
	}
	if (r >= 0 && (u->run.ns != ino || u->run.uid != ruid)) {
		r = count_run(l);
		u->run = (struct count){.ns = ino, .uid = ruid};
	}
	u->run.tasks += tasks;
	return r;
}

/* Only when a task has a limit: most have none, or are not bound by it. */
static int count_all(struct limits *l)
{
	int r = 0;

	if (l->users->is_counted)
		return 0;
	l->users->is_counted = true;
	for (size_t i = 0; r >= 0 && i < l->nr_tasks; i++)
		r = count_task(l, l->tasks[i]);
	return r < 0 ? r : count_run(l);
}

/* Root of the whole machine is not bound, nor is who may set such limits or administer it:
 * copy_process(). To be told apart from a container's root by a caller in the initial user
 * namespace. */
static bool is_exempt(const struct limits *l, uint32_t ruid, struct limits_subject *of,
		      uint64_t user)
{
	const uint64_t bits = UINT64_C(1) << CAP_SYS_RESOURCE | UINT64_C(1) << CAP_SYS_ADMIN;
	struct proc_status status;
	char buf[8192];
	ssize_t len;

	if (l->own_user == USERNS_INITIAL && !ruid)
		return true;
	if (user != USERNS_INITIAL)
		return false;
	len = file_read(limits_subject_dir(l, of), "status", buf, sizeof(buf));
	return len > 0 && proc_parse_status(buf, (size_t)len, &status) == 0 &&
	       status.known & PROC_STATUS_CAPS && status.caps & bits;
}

/* How many tasks of that user are counted there, where that is certain. */
static void set_count(struct limits *l, uint64_t user, uint32_t uid, struct pidns_limit *limit)
{
	const struct limits_users *u = l->users;
	const struct count *count = find_count(u, u->is_everywhere ? 0 : user, uid);

	if (!count || !l->is_whole || find_count(u, UNKNOWN_NS, uid))
		return;
	limit->used = count->tasks;
	limit->known |= PIDNS_LIMIT_USED;
	/* Tasks that a container's caller cannot see may be the same user's. */
	if (!l->is_machine)
		limits_flag(limit, PIDNS_LIMIT_IS_AT_LEAST);
}

/* A task in a user namespace counts for its owner above, whose limit is what it was when the
 * namespace was made: that value cannot be read. */
static int add_owners(struct limits *l, uint64_t user)
{
	int r = 0;

	for (int up = 0; r >= 0 && !l->users->is_everywhere && up < USERNS_DEEPEST; up++) {
		const struct user_ns *ns = userns_find(&l->userns, user);
		struct pidns_limit *limit;

		if (!ns || user == USERNS_INITIAL)
			return 0;
		limit = limits_new(l, PIDNS_LIMIT_NPROC, EAGAIN,
				   "RLIMIT_NPROC of uid %" PRIu32 " when it made user:[%" PRIu64
				   "], which is unknown",
				   ns->owner, user);
		if (!limit)
			return -ENOMEM;
		if (ns->parent)
			set_count(l, ns->parent, ns->owner, limit);
		r = limits_add(l, limit);
		user = ns->parent;
	}
	return r;
}

static int add_exempt(struct limits *l, uint32_t ruid)
{
	struct pidns_limit *limit =
		limits_new(l, PIDNS_LIMIT_NPROC, EAGAIN,
			   "RLIMIT_NPROC of uid %" PRIu32 ", from which it is exempt", ruid);

	if (!limit)
		return -ENOMEM;
	limits_flag(limit, PIDNS_LIMIT_IS_EXEMPT);
	return limits_add(l, limit);
}

/* 1, 0 where there is none, -EPROTO where that is not known, -ENOENT where the process is gone. */
static int read_nproc(const struct limits *l, struct limits_subject *of, uint64_t *ret_max)
{
	char buf[4096];
	ssize_t len;

	if (of->extra) {
		*ret_max = of->extra->nproc;
		return *ret_max != UINT64_MAX;
	}
	len = limits_subject_dir(l, of);
	if (len >= 0)
		len = file_read(of->dir, "limits", buf, sizeof(buf));
	if (limits_is_gone(len))
		return -ENOENT;
	return len > 0 ? proc_parse_nproc(buf, (size_t)len, ret_max) : -EPROTO;
}

static int add_nproc(struct limits *l, uint32_t ruid, struct limits_subject *of, uint64_t user)
{
	struct pidns_limit *limit;
	uint64_t max;
	int has_max = read_nproc(l, of, &max), r;

	if (has_max == -ENOENT)
		return 0;
	if (is_exempt(l, ruid, of, user))
		return has_max ? add_exempt(l, ruid) : 0;
	r = count_all(l);
	if (r >= 0)
		r = add_owners(l, user);
	if (r < 0 || !has_max)
		return r;
	limit = limits_new(l, PIDNS_LIMIT_NPROC, EAGAIN, "RLIMIT_NPROC of uid %" PRIu32, ruid);
	if (!limit)
		return -ENOMEM;
	if (has_max > 0) {
		limit->max = max;
		limit->known |= PIDNS_LIMIT_MAX;
	}
	set_count(l, user, ruid, limit);
	return limits_add(l, limit);
}

/* ---------------------------------------------------------------------------------------------- */

int limits_user_open(struct limits *l)
{
	l->users = calloc(1, sizeof(*l->users));
	if (!l->users)
		return -ENOMEM;
	l->users->is_everywhere = util_kernel_is_before(5, 14);
	return 0;
}

void limits_user_close(struct limits *l)
{
	if (!l->users)
		return;
	free(l->users->counts);
	free(l->users);
}

int limits_user_add(struct limits *l, struct limits_subject *of, uint64_t user)
{
	uint32_t ruid;

	return ruid_of(l, of->task, &ruid) ? add_nproc(l, ruid, of, user) : 0;
}
