// SPDX-License-Identifier: LGPL-2.1-or-later
/* entry.c - the entries of a task's directory: a link, a small file, and what their errors mean. */
#include "procfs.h"
#include "base/file.h"
#include "base/proc.h"

#include <errno.h>
#include <unistd.h>

int procfs_error(int error)
{
	switch (error) {
	case 0:
		return 0;
	case -ENOENT:
	case -ESRCH:
		return -ESRCH;
	case -EMFILE:
	case -ENFILE:
	case -ENOMEM:
		return error;
	default:
		return -EACCES;
	}
}

int procfs_read_ns_link(int dir, const char *name, const char *type, uint64_t *ret_ino)
{
	char text[64];
	ssize_t len = readlinkat(dir, name, text, sizeof(text));

	if (len < 0)
		return procfs_error(-errno);
	return proc_parse_ns_link(text, (size_t)len, type, ret_ino) < 0 ? -EACCES : 0;
}

ssize_t procfs_read_file(struct procfs_take *t, int dir, const char *name, char *buf, size_t size)
{
	_cleanup_close_ int fd = file_open(dir, name);
	ssize_t len;

	while (fd == -EMFILE && procfs_ns_give_back(t, -1))
		fd = file_open(dir, name);
	len = fd < 0 ? fd : file_read_piece(fd, buf, size);
	return len < 0 ? procfs_error((int)len) : len;
}
