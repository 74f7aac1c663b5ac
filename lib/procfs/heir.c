// SPDX-License-Identifier: LGPL-2.1-or-later
/* heir.c - a process whose leader has ended lives on in its threads: what one of them says. */
#include "procfs.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* A thread that ends is gone at once, unless it is traced: so the first ones to be found will do. */
#define THREADS_MAX 16

static int ask_thread(struct procfs_take *t, int threads, const char *name, struct proc_stat *ret)
{
	char path[32], buf[1024];
	ssize_t len;
	int32_t tid;

	if (proc_parse_pid(name, &tid) < 0)
		return -ESRCH;
	snprintf(path, sizeof(path), "%d/stat", tid);
	len = procfs_read_file(t, threads, path, buf, sizeof(buf));
	if (len < 0)
		return (int)len;
	if (proc_parse_stat(buf, (size_t)len, ret) < 0)
		return -EPROTO;
	return ret->state == 'Z' || ret->state == 'X' ? -ESRCH : 0;
}

int procfs_heir(struct procfs_take *t, int32_t pid, struct proc_stat *ret)
{
	char path[32];
	const char *name;
	struct file_list list;
	int r = -ESRCH;

	snprintf(path, sizeof(path), "%d/task", pid);
	list = (struct file_list){.fd = procfs_open(t, t->p->root, path, O_RDONLY | O_DIRECTORY)};
	if (list.fd < 0)
		return procfs_error(list.fd);
	for (int i = 0; r < 0 && i < THREADS_MAX && (name = file_list_next(&list)); i++)
		r = ask_thread(t, list.fd, name, ret);
	close(list.fd);
	return r;
}
