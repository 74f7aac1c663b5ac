// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * hidden.c - namespaces that no task is in, where /proc shows what keeps them: open files,
 * bind mounts, a thread's pid_for_children; and where a pidfd shows that, one without a first
 * process. Asked for with PIDNS_TAKE_ALL.
 *
 * The target of another process's descriptor or mount is never opened or examined, for it may hang:
 * what a link says is read, and only what says "pid:[…]", which no path can, is opened.
 */
#include "base/pidfd.h"
#include "procfs.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_fatal(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

/* The namespace of a link is to be met, if it is none that was met before. */
static int meet(struct procfs_take *t, int dir, const char *name, uint64_t ino)
{
	int r = procfs_ns_find(t, ino) >= 0 ? 0 : procfs_ns_learn(t, dir, name, ino);

	return is_fatal(r) ? r : 0;
}

static bool is_pidfd(const char *text, ssize_t len)
{
	return len == sizeof(PIDFD_LINK) - 1 && !memcmp(text, PIDFD_LINK, (size_t)len);
}

static int add_holder(struct procfs_take *t, int32_t fd)
{
	const struct holder holder = {.pid = t->looked_at, .fd = fd, .kind = HOLDER_BY_LINK};

	return t->only_helps ? 0 : builder_add_holder(t->b, &holder);
}

static int look_at_fd(struct procfs_take *t, int dir, const char *name)
{
	char text[64];
	uint64_t ino;
	ssize_t len = readlinkat(dir, name, text, sizeof(text));
	bool is_ns = len > 0 && proc_parse_ns_link(text, (size_t)len, "pid", &ino) == 0;

	int r = 0;

	if (is_ns || is_pidfd(text, len))
		r = add_holder(t, (int32_t)strtol(name, NULL, 10));
	return r >= 0 && is_ns ? meet(t, dir, name, ino) : r;
}

/* *ret_none: it may be looked at, and has no open files. */
static int look_at_fds(struct procfs_take *t, int dir, bool *ret_none)
{
	_cleanup_close_ int fd = procfs_open(t, dir, "fd", O_RDONLY | O_DIRECTORY);
	struct file_list list = {.fd = fd};
	uint32_t nr = 0;
	const char *name;
	int r = fd < 0 ? procfs_error(fd) : 0;

	*ret_none = fd >= 0;
	if (r == -EACCES)
		builder_add_unseen(t->b, PIDNS_UNSEEN_FD);
	if (r < 0)
		return is_fatal(r) ? r : add_holder(t, -1);
	while (r >= 0 && (name = file_list_next(&list))) {
		*ret_none = false;
		if (!file_may_look(&nr, &t->nr_files)) {
			builder_add_unseen(t->b, PIDNS_UNSEEN_PINS);
			return add_holder(t, -1);
		}
		r = look_at_fd(t, fd, name);
	}
	if (r >= 0 && procfs_error(list.error) == -EACCES) {
		*ret_none = false;
		builder_add_unseen(t->b, PIDNS_UNSEEN_FD);
	}
	return r;
}

bool procfs_hidden_finds_unborn(void)
{
	_cleanup_close_ int fd = pidfd_open_ns_for_children(getpid());

	return fd >= 0;
}

/*
 * The link of pid_for_children is not there until a first process is (pidns_for_children_get()), and
 * a pidfd leads there all the same. Nor is it there of a task that has ended: then the pidfd says
 * ESRCH.
 */
static int look_for_unborn(struct procfs_take *t, const char *name)
{
	int32_t tid;
	int fd, place;

	if (!t->finds_unborn || proc_parse_pid(name, &tid) < 0)
		return 0;
	fd = pidfd_open_ns_for_children(tid);
	while (fd == -EMFILE && procfs_ns_give_back(t, -1))
		fd = pidfd_open_ns_for_children(tid);
	if (fd == -EACCES || fd == -EPERM)
		builder_add_unseen(t->b, PIDNS_UNSEEN_UNBORN);
	if (fd < 0)
		return is_fatal(fd) ? fd : 0;
	place = procfs_ns_learn_fd(t, fd);
	if (place >= 0)
		t->ns[place].is_unborn = true;
	return is_fatal(place) ? place : 0;
}

/* The pid_for_children of a thread. */
static int look_at_link(struct procfs_take *t, int dir, const char *name, const char *tid)
{
	uint64_t ino;
	int r = procfs_read_ns_link(dir, name, "pid", &ino);

	if (r >= 0)
		return meet(t, dir, name, ino);
	if (r == -ESRCH)
		return look_for_unborn(t, tid);
	if (r == -EACCES)
		builder_add_unseen(t->b, PIDNS_UNSEEN_DEAD | PIDNS_UNSEEN_UNBORN);
	return is_fatal(r) ? r : 0;
}

static int look_at_mount(void *context, const struct mounts_of *of, const struct proc_mount *m)
{
	struct procfs_take *t = context;
	uint64_t ino;

	(void)of;
	if (m->type.len != 4 || memcmp(m->type.text, "nsfs", 4) ||
	    proc_parse_ns_link(m->root.text, m->root.len, "pid", &ino) < 0)
		return 0;
	return procfs_ns_add(t, ino);
}

/* The mounts of one mount namespace, as the first task met in it sees them. */
static int look_at_mounts(struct procfs_take *t, int dir, int32_t tid)
{
	int r;

	t->mounts.visit = look_at_mount;
	t->mounts.context = t;
	r = procfs_error(mounts_look(&t->mounts, dir, t->looked_at, tid));
	if (r == -EACCES)
		builder_add_unseen(t->b, PIDNS_UNSEEN_BIND);
	return is_fatal(r) ? r : 0;
}

int procfs_hidden_end(struct procfs_take *t)
{
	int r = mounts_look_at_rest(&t->mounts, t->p->root);

	if (t->mounts.is_cut)
		builder_add_unseen(t->b, PIDNS_UNSEEN_PINS);
	return r < 0 ? r : 0;
}

/* The directory of threads has a link for each, and two: proc_task_getattr(), fs/proc/base.c. */
static bool has_one_thread(int dir)
{
	struct stat st;

	return fstatat(dir, "task", &st, 0) == 0 && st.st_nlink == 3;
}

/* A leader that has ended has let go of the files and mounts that its threads still have. */
static int look_at_heir(struct procfs_take *t, int threads, const char *tid)
{
	_cleanup_close_ int dir = procfs_open(t, threads, tid, O_PATH | O_DIRECTORY);
	int32_t number = t->looked_at;
	bool has_none;
	int r;

	if (dir < 0)
		return is_fatal(dir) ? dir : 0;
	proc_parse_pid(tid, &number);
	r = look_at_fds(t, dir, &has_none);
	return r < 0 ? r : look_at_mounts(t, dir, number);
}

/* Each thread has its own pid_for_children. */
static int look_at_threads(struct procfs_take *t, int dir, bool may_be_heirs)
{
	_cleanup_close_ int fd = -1;
	struct file_list list;
	char path[64];
	const char *name;
	int r;

	/* The first one's, which is all there is to see here. */
	if (t->shows_children && has_one_thread(dir))
		return 0;
	fd = procfs_open(t, dir, "task", O_RDONLY | O_DIRECTORY);
	if (fd < 0 && is_fatal(fd))
		return fd;
	r = add_holder(t, -1);
	list = (struct file_list){.fd = fd};
	while (r >= 0 && fd >= 0 && (name = file_list_next(&list))) {
		snprintf(path, sizeof(path), "%.20s/ns/pid_for_children", name);
		r = look_at_link(t, fd, path, name);
		if (r >= 0 && may_be_heirs)
			r = look_at_heir(t, fd, name);
	}
	if (r >= 0 && fd >= 0 && procfs_error(list.error) == -EACCES)
		builder_add_unseen(t->b, PIDNS_UNSEEN_FD | PIDNS_UNSEEN_DEAD);
	return r;
}

int procfs_hidden_take(struct procfs_take *t, int dir, int32_t pid)
{
	bool has_none;
	int r;

	t->looked_at = pid;
	r = look_at_fds(t, dir, &has_none);
	if (r >= 0)
		r = look_at_threads(t, dir, has_none);
	if (r >= 0)
		r = look_at_mounts(t, dir, pid);
	return r;
}

int procfs_hidden_take_kept(struct procfs_take *t, int dir, int32_t pid)
{
	bool has_none;
	int r;

	t->looked_at = pid;
	r = look_at_fds(t, dir, &has_none);
	if (r >= 0 && has_none && !has_one_thread(dir))
		r = look_at_threads(t, dir, true);
	return r < 0 ? r : look_at_mounts(t, dir, pid);
}
