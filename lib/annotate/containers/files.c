// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * files.c - opens what engines leave on the disk, carefully: a name may have been made
 * by another user, to be followed elsewhere, to wait, or to be read for ever.
 */
#include "containers.h"
#include "base/root.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SAFE (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static bool is_owners_alone(const struct stat *st, const struct containers_source *source)
{
	return st->st_uid == source->owner && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

int containers_open_dir(const struct containers_source *source, int dir, const char *path)
{
	_cleanup_close_ int fd = root_open(dir, path, SAFE | O_DIRECTORY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return is_owners_alone(&st, source) ? steal_fd(&fd) : -EPERM;
}

/* Up to `size` bytes; how many there were, or -Exxx. */
static ssize_t read_all(int fd, char *buf, size_t size)
{
	size_t nr = 0;
	ssize_t got;

	while (nr < size) {
		got = read(fd, buf + nr, size - nr);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			break;
		nr += (size_t)got;
	}
	return (ssize_t)nr;
}

int containers_read_state(const struct containers_source *source, int dir, const char *path,
			  size_t max, char **ret_buf, size_t *ret_len)
{
	_cleanup_close_ int fd = openat(dir, path, SAFE);
	_cleanup_free_ char *buf = NULL;
	struct stat st;
	ssize_t len;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || !is_owners_alone(&st, source))
		return -EPERM;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	buf = malloc((size_t)st.st_size + 1);
	if (!buf)
		return -ENOMEM;
	len = read_all(fd, buf, (size_t)st.st_size);
	if (len < 0)
		return (int)len;
	*ret_buf = steal_pointer(&buf);
	*ret_len = (size_t)len;
	return 0;
}
