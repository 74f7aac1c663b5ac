// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * procfs-hidden.c - namespaces that no task is in, where /proc shows what keeps them: open files,
 * bind mounts, a thread's pid_for_children; and where a pidfd shows that, one without a first
 * process. Asked for with PIDNS_TAKE_ALL.
 *
 * The target of somebody's descriptor or mount is never opened or examined, for it may hang: what a
 * link says is read, and only what says "pid:[…]", which no path can, is opened.
 */
#include "pidfd.h"
#include "procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_fatal(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

/* A directory of /proc/PID to be walked; NULL with *ret_error: -EACCES, -ESRCH, or fatal. */
static DIR *open_list(struct procfs_take *t, int dir, const char *name, int *ret_error)
{
	int fd = procfs_open(t, dir, name, O_RDONLY | O_DIRECTORY);
	DIR *list;

	if (fd < 0) {
		*ret_error = procfs_error(fd);
		return NULL;
	}
	list = fdopendir(fd);
	if (!list) {
		*ret_error = procfs_error(-errno);
		close(fd);
	}
	return list;
}

/* A link of the list that says it is a PID namespace. */
static int look_at_link(struct procfs_take *t, int dir, const char *name)
{
	uint64_t ino;
	int r = procfs_read_ns_link(dir, name, "pid", &ino);

	if (is_fatal(r))
		return r;
	if (r < 0 || procfs_ns_find(t, ino) >= 0)
		return 0;
	r = procfs_ns_learn(t, dir, name, ino);
	return is_fatal(r) ? r : 0;
}

static int look_at_fds(struct procfs_take *t, int dir)
{
	struct dirent *entry;
	int r = 0;
	DIR *list = open_list(t, dir, "fd", &r);

	if (r == -EACCES)
		builder_add_unseen(t->b, PIDNS_UNSEEN_FD);
	if (!list)
		return is_fatal(r) ? r : 0;
	while (r >= 0 && (entry = readdir(list)))
		if (entry->d_name[0] != '.')
			r = look_at_link(t, dirfd(list), entry->d_name);
	closedir(list);
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

/* Each thread has its own pid_for_children. */
static int look_at_threads(struct procfs_take *t, int dir)
{
	char name[64];
	struct dirent *entry;
	uint64_t ino;
	int r = 0;
	DIR *list = open_list(t, dir, "task", &r);

	if (!list)
		return is_fatal(r) ? r : 0;
	while (r >= 0 && (entry = readdir(list))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%.20s/ns/pid_for_children", entry->d_name);
		r = procfs_read_ns_link(dirfd(list), name, "pid", &ino);
		if (r == -EACCES) {
			builder_add_unseen(t->b, PIDNS_UNSEEN_DEAD | PIDNS_UNSEEN_UNBORN);
			r = 0;
		} else if (r == -ESRCH) {
			r = look_for_unborn(t, entry->d_name);
		} else if (r >= 0) {
			r = look_at_link(t, dirfd(list), name);
		}
	}
	closedir(list);
	return r;
}

/* A file of any length, grown into. NULL with *ret_error. */
static char *read_whole(struct procfs_take *t, int dir, const char *name, size_t *ret_len,
			int *ret_error)
{
	_cleanup_close_ int fd = procfs_open(t, dir, name, O_RDONLY);
	_cleanup_free_ char *buf = NULL;
	size_t len = 0, room = 0;
	ssize_t n = 1;

	*ret_error = fd < 0 ? procfs_error(fd) : 0;
	while (!*ret_error && n > 0) {
		if (len == room) {
			char *grown = realloc(buf, room = room ? room * 2 : 65536);

			if (!grown) {
				*ret_error = -ENOMEM;
				break;
			}
			buf = grown;
		}
		n = read(fd, buf + len, room - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			*ret_error = procfs_error(-errno);
		else
			len += (size_t)n;
	}
	if (*ret_error)
		return NULL;
	*ret_len = len;
	return steal_pointer(&buf);
}

static bool is_nsfs(const struct proc_mount *m)
{
	return m->type.len == 4 && !memcmp(m->type.text, "nsfs", 4);
}

/* The mounts of one mount namespace, as the first task met in it sees them. */
static int look_at_mounts(struct procfs_take *t, int dir)
{
	_cleanup_free_ char *text = NULL;
	struct proc_mount mount;
	const char *cursor;
	uint64_t mount_ns, ino;
	size_t len = 0, i;
	int r = procfs_read_ns_link(dir, "ns/mnt", "mnt", &mount_ns);

	if (r == -EACCES)
		builder_add_unseen(t->b, PIDNS_UNSEEN_BIND);
	if (r < 0)
		return is_fatal(r) ? r : 0;
	for (i = 0; i < t->nr_mount_namespaces; i++)
		if (t->mount_namespaces[i] == mount_ns)
			return 0;
	text = read_whole(t, dir, "mountinfo", &len, &r);
	if (r == -EACCES)
		builder_add_unseen(t->b, PIDNS_UNSEEN_BIND);
	if (!text)
		return is_fatal(r) ? r : 0;
	r = util_grow(&t->mount_namespaces, &t->room_mount_namespaces, t->nr_mount_namespaces,
		      sizeof(*t->mount_namespaces));
	if (r < 0)
		return r;
	t->mount_namespaces[t->nr_mount_namespaces++] = mount_ns;
	for (cursor = text; r >= 0 && proc_next_mount(&cursor, text + len, &mount);)
		if (is_nsfs(&mount) &&
		    proc_parse_ns_link(mount.root.text, mount.root.len, "pid", &ino) == 0)
			r = procfs_ns_add(t, ino);
	return r < 0 ? r : 0;
}

int procfs_hidden_take(struct procfs_take *t, int dir)
{
	int r = look_at_fds(t, dir);

	if (r >= 0)
		r = look_at_threads(t, dir);
	if (r >= 0)
		r = look_at_mounts(t, dir);
	return r;
}
