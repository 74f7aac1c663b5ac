// SPDX-License-Identifier: LGPL-2.1-or-later
/* bytes.c - the bytes of one snapshot in a file of recordings. */
#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *kind_of(mode_t mode)
{
	return S_ISDIR(mode)	? "a directory"
	       : S_ISFIFO(mode) ? "a pipe"
	       : S_ISSOCK(mode) ? "a socket"
				: "a device";
}

static int check_regular(const char *path, const struct stat *st, const struct why *why)
{
	if (S_ISREG(st->st_mode))
		return 0;
	return why_set(why, -EPROTO, "%s: not a recording but %s", path, kind_of(st->st_mode));
}

static int failed(const char *path, int error, const struct why *why)
{
	return why_set(why, error, "%s: %s", path, strerror(-error));
}

/* Looked at before it is opened, since opening alone can move a tape; and after, since the name may
 * have come to mean another file. Opening a FIFO must not wait for a writer. */
int recording_bytes_open(const char *path, const struct why *why)
{
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return failed(path, -errno, why);
	r = check_regular(path, &st, why);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return failed(path, -errno, why);
	r = check_regular(path, &st, why);
	return r < 0 ? r : steal_fd(&fd);
}

ssize_t recording_bytes_pread(int fd, void *to, size_t size, uint64_t at)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = pread(fd, (char *)to + done, size - done, (off_t)(at + done));

		if (!n)
			break;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return (ssize_t)done;
}

ssize_t recording_bytes_read(struct recording_bytes *bytes, void *to, size_t size)
{
	uint64_t left = bytes->end - bytes->at;
	ssize_t n =
		recording_bytes_pread(bytes->fd, to, left < size ? (size_t)left : size, bytes->at);

	if (n > 0)
		bytes->at += (uint64_t)n;
	return n;
}
