// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * task.c - one task asked through one directory descriptor.
 *
 * The descriptor is bound to the task: once it is gone, nothing more can be read through it, also
 * when its PID is another task's. Only the translation of numbers goes by number; it is believed
 * if the task is found alive, through the descriptor, afterwards.
 */
#include "procfs.h"
#include "base/file.h"
#include "base/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAT_FIELDS                                                                \
	(PIDNS_TASK_PPID | PIDNS_TASK_STATE | PIDNS_TASK_COMM | PIDNS_TASK_START | \
	 PIDNS_TASK_CPU | PIDNS_TASK_RSS | PIDNS_TASK_THREADS)
#define STATUS_FIELDS (PIDNS_TASK_RUID | PIDNS_TASK_VPGID | PIDNS_TASK_VSID)

#define STATUS_MAX (1 << 20)

/* A task while it is being asked. */
struct asked {
	struct procfs_take *t;
	int dir; /* /proc/PID or /proc/PID/task/TID */
	int place;
	bool is_verified; /* what was read first is known to be of a task still there */
	bool has_status;
	struct raw_task raw;
	struct proc_stat stat;
	struct proc_status status;
	int32_t vpids[PROC_LEVELS];
};

uint64_t procfs_fields_of(const struct procfs_take *t, bool is_reaper)
{
	return is_reaper ? t->request->reaper_fields : t->request->task_fields;
}

/* 0 with what status says; -ESRCH, -EACCES, or fatal. */
static int read_status(struct asked *a)
{
	_cleanup_free_ char *large = NULL;
	char small[4096], *buf = small;
	ssize_t len;

	if (a->has_status)
		return 0;
	len = procfs_read_file(a->t, a->dir, "status", small, sizeof(small));
	if (len == sizeof(small) - 1) {
		/* Groups: comes first, and may be 65536 numbers (NGROUPS_MAX) long. */
		buf = large = malloc(STATUS_MAX);
		if (!large)
			return -ENOMEM;
		len = procfs_read_file(a->t, a->dir, "status", large, STATUS_MAX);
	}
	if (len < 0)
		return (int)len;
	if (proc_parse_status(buf, (size_t)len, &a->status) < 0)
		return -EACCES;
	a->has_status = a->is_verified = true;
	if (a->status.known & PROC_STATUS_PPID) {
		a->raw.ppid = a->status.ppid;
		a->raw.known |= PIDNS_TASK_PPID;
	}
	return 0;
}

/* Numbers by ioctl, one for each namespace from the task's own up to the reader's. */
static int translate(struct asked *a)
{
	struct procfs_take *t = a->t;
	uint32_t depth = t->ns[a->place].depth;
	int up, r;

	for (up = a->place; t->ns[up].ino != t->own_ino; up = t->ns[up].parent) {
		r = procfs_ns_translate(t, up, a->place, a->dir, "ns/pid", a->raw.tid,
					&a->vpids[t->ns[up].depth]);
		if (r < 0)
			return r;
	}
	a->vpids[0] = a->raw.tid;
	a->raw.nr_vpids = depth + 1;
	return 0;
}

/* Numbers by NSpid:, which starts at the mount's own level. */
static int numbers_from_status(struct asked *a)
{
	int r = read_status(a);

	if (r < 0)
		return r;
	if (!(a->status.known & PROC_STATUS_NSPID) || a->status.nspid[0] != a->raw.tid)
		return -EACCES;
	memcpy(a->vpids, a->status.nspid, sizeof(a->vpids));
	a->raw.nr_vpids = a->status.nr_nspid;
	return 0;
}

static int ask_namespace(struct asked *a)
{
	struct procfs_take *t = a->t;
	int r = procfs_read_ns_link(a->dir, "ns/pid", "pid", &a->raw.ns_ino);

	a->place = -1;
	if (r == -EACCES)
		return 0;
	if (r < 0)
		return r;
	a->place = procfs_ns_find(t, a->raw.ns_ino);
	if (a->place >= 0 && (t->ns[a->place].fd >= 0 || t->ns[a->place].reaches_root))
		return 0;
	a->place = procfs_ns_learn(t, a->dir, "ns/pid", a->raw.ns_ino);
	if (a->place == -ESTALE)
		return -ESRCH;
	/* A fixture's link leads nowhere; the inode is what it says. */
	if (a->place < 0 && a->place != -EMFILE && a->place != -ENFILE && a->place != -ENOMEM)
		a->place = procfs_ns_add(t, a->raw.ns_ino);
	return a->place < 0 ? a->place : 0;
}

static int ask_numbers(struct asked *a)
{
	struct procfs_take *t = a->t;
	int r;

	a->raw.vpids = a->vpids;
	if (a->place >= 0 && t->is_own && a->raw.ns_ino == t->own_ino) {
		a->vpids[0] = a->raw.tid;
		a->raw.nr_vpids = 1;
		a->is_verified = true;
		r = 0;
	} else if (a->place >= 0 && t->translates && t->ns[a->place].reaches_root) {
		r = translate(a);
	} else {
		r = numbers_from_status(a);
	}
	if (r == -EACCES)
		return 0;
	if (r < 0)
		return r;
	a->raw.known |= PIDNS_TASK_VPIDS;
	/* A task with only one PID is in the mount's own namespace. */
	if (a->raw.nr_vpids == 1 && a->raw.ns_ino && !t->own_ino)
		t->own_ino = a->raw.ns_ino;
	return 0;
}

/* A leader that has ended leaves its process to its threads: the state is that of one that lives. */
static void ask_heir(struct asked *a)
{
	struct proc_stat stat;

	a->raw.known &= ~PIDNS_TASK_STATE;
	if (procfs_heir(a->t, a->raw.pid, &stat) < 0)
		return;
	a->raw.state = stat.state;
	a->raw.exiting = stat.flags & PROC_PF_EXITING;
	a->raw.known |= PIDNS_TASK_STATE;
}

static int ask_stat(struct asked *a, const char *name)
{
	struct raw_task *raw = &a->raw;
	char buf[1024];
	ssize_t len = procfs_read_file(a->t, a->dir, name, buf, sizeof(buf));

	if (len < 0)
		return len == -EACCES ? 0 : (int)len;
	if (proc_parse_stat(buf, (size_t)len, &a->stat) < 0)
		return 0;
	a->is_verified = true;
	raw->ppid = a->stat.ppid;
	raw->state = a->stat.state;
	raw->comm = a->stat.comm;
	raw->start_ns = a->stat.start_time * a->t->p->tick_ns;
	raw->cpu_ns = (a->stat.utime + a->stat.stime) * a->t->p->tick_ns;
	raw->rss_bytes = a->stat.rss_pages * a->t->p->page_size;
	raw->threads = a->stat.threads;
	raw->exiting = a->stat.flags & PROC_PF_EXITING;
	raw->known |= STAT_FIELDS;
	if (raw->tid == raw->pid && raw->threads > 1 && (raw->state == 'Z' || raw->state == 'X'))
		ask_heir(a);
	return 0;
}

static int ask_status(struct asked *a)
{
	uint32_t last;
	int r = read_status(a);

	if (r < 0)
		return r == -EACCES ? 0 : r;
	if (a->status.known & PROC_STATUS_UID) {
		a->raw.ruid = a->status.ruid;
		a->raw.known |= PIDNS_TASK_RUID;
	}
	if (!a->status.nr_nspid)
		return 0;
	last = a->status.nr_nspid - 1;
	if (a->status.known & PROC_STATUS_NSPGID) {
		a->raw.vpgid = a->status.nspgid[last];
		a->raw.known |= PIDNS_TASK_VPGID;
	}
	if (a->status.known & PROC_STATUS_NSSID) {
		a->raw.vsid = a->status.nssid[last];
		a->raw.known |= PIDNS_TASK_VSID;
	}
	return 0;
}

/* The owner of /proc/PID is the effective user, whatever the task's dumpability
 * (task_dump_owner() in fs/proc/base.c). */
static void ask_uid(struct asked *a)
{
	struct stat st;

	if (fstat(a->dir, &st) < 0)
		return;
	a->raw.uid = st.st_uid;
	a->raw.known |= PIDNS_TASK_UID;
}

/* No link at all: unshared, but no task is born there yet. Which one that is cannot be read. */
static int ask_ns_for_children(struct asked *a)
{
	const char *name = "ns/pid_for_children";
	uint64_t ino;
	int r = procfs_read_ns_link(a->dir, name, "pid", &ino);

	a->t->shows_children = r >= 0;
	if (r < 0)
		return r == -ESRCH || r == -EACCES ? 0 : r;
	if (procfs_ns_find(a->t, ino) < 0) {
		r = procfs_ns_learn(a->t, a->dir, name, ino);
		if (r == -EMFILE || r == -ENFILE || r == -ENOMEM)
			return r;
		if (r < 0)
			return 0;
	}
	a->raw.ns_for_children_ino = ino;
	a->raw.known |= PIDNS_TASK_NS_FOR_CHILDREN;
	return 0;
}

/* By number, and so believed only if the task is found alive afterwards. */
static int ask_pidfd_ino(struct asked *a)
{
	_cleanup_close_ int pidfd = -1;

	do {
		pidfd = pidfd_open_task(a->raw.tid);
	} while (pidfd == -EMFILE && procfs_ns_give_back(a->t, -1));
	a->is_verified = false;
	if (pidfd < 0)
		return procfs_error(pidfd) == -EACCES ? 0 : procfs_error(pidfd);
	if (pidfd_read_ino(pidfd, &a->raw.pidfd_ino) == 0)
		a->raw.known |= PIDNS_TASK_PIDFD_INO;
	return 0;
}

/* With all its threads: it holds nothing, and nothing is born of it. */
static bool has_ended(const struct raw_task *raw)
{
	return raw->known & PIDNS_TASK_THREADS && raw->threads <= 1 &&
	       (raw->state == 'Z' || raw->state == 'X');
}

static int ask_fields(struct asked *a)
{
	struct procfs_take *t = a->t;
	bool is_reaper = a->raw.known & PIDNS_TASK_VPIDS && a->vpids[a->raw.nr_vpids - 1] == 1;
	uint64_t fields = procfs_fields_of(t, is_reaper);
	int r = 0;

	if (fields & PIDNS_TASK_PIDFD_INO && t->has_pidfd_inos)
		r = ask_pidfd_ino(a);
	if (fields & PIDNS_TASK_UID)
		ask_uid(a);
	if (r >= 0 && fields & STATUS_FIELDS)
		r = ask_status(a);
	if (r >= 0 && fields & STAT_FIELDS)
		r = ask_stat(a, "stat");
	if (r >= 0 && !has_ended(&a->raw) &&
	    (fields & PIDNS_TASK_NS_FOR_CHILDREN ||
	     (t->request->flags & PIDNS_TAKE_ALL && !t->lists)))
		r = ask_ns_for_children(a);
	if (r >= 0 && !a->is_verified && faccessat(a->dir, "ns", F_OK, 0) < 0)
		r = procfs_error(-errno) == -ESRCH ? -ESRCH : 0;
	return r;
}

/* Everything wanted of the task whose directory is `dir`. 0 also when it has vanished. */
static int ask(struct procfs_take *t, int dir, int32_t pid, int32_t tid)
{
	struct asked a = {.t = t, .dir = dir, .raw = {.pid = pid, .tid = tid}};
	int r = ask_namespace(&a);

	if (r >= 0)
		r = ask_numbers(&a);
	if (r >= 0)
		r = ask_fields(&a);
	if (r == -ESRCH) {
		builder_add_flags(t->b, PIDNS_SNAPSHOT_RACED);
		return 0;
	}
	if (r < 0)
		return r;
	t->has_ended = has_ended(&a.raw);
	if (a.place >= 0)
		procfs_ns_mark_tasks(t, a.place);
	r = procfs_remember(t, &a.raw);
	return r < 0 ? r : builder_add_task(t->b, &a.raw);
}

bool procfs_task_is_light(uint64_t fields)
{
	return !(fields & ~(STAT_FIELDS | PIDNS_TASK_VPIDS));
}

/*
 * The one file that moves is read by path: it is of the task meant if that started when it did. No
 * answer is an answer, too: a task that has gone since is asked about once more, and then not
 * there.
 */
int procfs_task_take_known(struct procfs_take *t, struct raw_task *known)
{
	struct asked a = {.t = t, .dir = t->p->root, .raw = *known};
	uint64_t fields = procfs_fields_of(t, known->vpids[known->nr_vpids - 1] == 1);
	char name[24];
	int r;

	if (fields & STAT_FIELDS) {
		snprintf(name, sizeof(name), "%d/stat", known->pid);
		r = ask_stat(&a, name);
		if (r < 0)
			return r == -ESRCH ? 0 : r;
		if (!(a.raw.known & PIDNS_TASK_START) || a.raw.start_ns != known->start_ns)
			return 0;
	}
	r = procfs_remember(t, &a.raw);
	if (r >= 0)
		r = builder_add_task(t->b, &a.raw);
	return r < 0 ? r : 1;
}

static int ask_threads(struct procfs_take *t, int dir, int32_t pid)
{
	_cleanup_close_ int fd = procfs_open(t, dir, "task", O_RDONLY | O_DIRECTORY);
	struct file_list threads = {.fd = fd, .error = fd < 0 ? fd : 0};
	const char *name;
	int32_t tid;
	int r = 0;

	if (fd == -EXDEV) {
		builder_add_unseen(t->b, PIDNS_UNSEEN_TASKS);
		return ask(t, dir, pid, pid);
	}
	while (r >= 0 && fd >= 0 && (name = file_list_next(&threads))) {
		_cleanup_close_ int thread = -1;

		if (proc_parse_pid(name, &tid) < 0)
			continue;
		/* The leader is the process: /proc/PID has the time of all threads. */
		if (tid == pid) {
			r = ask(t, dir, pid, tid);
			continue;
		}
		thread = procfs_open(t, fd, name, O_PATH | O_DIRECTORY);
		r = thread < 0 ? procfs_error(thread) : ask(t, thread, pid, tid);
		if (r == -ESRCH) {
			builder_add_flags(t->b, PIDNS_SNAPSHOT_RACED);
			r = 0;
		}
	}
	return r < 0 ? r : procfs_error(threads.error);
}

/* Asked by number, a task may be a thread, which /proc does not list but has all the same. */
static int32_t thread_group_of(struct procfs_take *t, int dir, int32_t tid)
{
	struct asked a = {.t = t, .dir = dir};
	int32_t tgid;

	if (!t->request->pids)
		return tid;
	if (t->translates && procfs_ns_tgid(t, tid, &tgid) == 0)
		return tgid;
	if (read_status(&a) == 0 && a.status.known & PROC_STATUS_TGID)
		return a.status.tgid;
	return tid;
}

/* Something else is mounted over its directory: it is there, and that is all. */
static int take_covered(struct procfs_take *t, int32_t pid)
{
	struct raw_task raw = {.pid = pid, .tid = pid};

	return builder_add_task(t->b, &raw);
}

int procfs_task_take(struct procfs_take *t, int32_t tid)
{
	_cleanup_close_ int dir = -1;
	char name[16];
	int32_t pid;
	int r;

	snprintf(name, sizeof(name), "%d", tid);
	t->shows_children = t->has_ended = false;
	dir = procfs_open(t, t->p->root, name, O_PATH | O_DIRECTORY);
	if (dir == -EXDEV) {
		r = take_covered(t, tid);
	} else if (dir < 0) {
		r = procfs_error(dir);
	} else {
		pid = thread_group_of(t, dir, tid);
		r = pid == tid && t->request->flags & PIDNS_TAKE_THREADS ? ask_threads(t, dir, pid)
									 : ask(t, dir, pid, tid);
		if (r >= 0 && t->request->flags & PIDNS_TAKE_ALL && !t->lists && !t->has_ended)
			r = procfs_hidden_take(t, dir, pid);
	}
	if (r == -ESRCH || r == -EACCES) {
		builder_add_flags(t->b, r == -ESRCH ? PIDNS_SNAPSHOT_RACED : 0);
		return 0;
	}
	return r;
}
