// SPDX-License-Identifier: LGPL-2.1-or-later
/* bytes.c - the bytes of one snapshot in a file of recordings. */
#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zst.h"

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

int recording_bytes_write(int fd, const void *from, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = write(fd, (const char *)from + done, size - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

/* ---- what is compressed ---------------------------------------------------------------------- */

/* A reader at the place that `at` means: so many bytes of its frame are passed over. */
static int start_reader(struct recording_bytes *bytes)
{
	size_t frame = zst_frames_find(bytes->frames, bytes->at);
	uint64_t skip = bytes->at - bytes->frames->starts[frame];
	char passed[4096];
	int r;

	if (bytes->end - bytes->at > ZST_SNAPSHOT_MAX)
		return -EFBIG;
	r = zst_reader_open(bytes->fd, bytes->frames->places[frame], &bytes->reader);
	while (r >= 0 && skip) {
		ssize_t n = zst_reader_read(bytes->reader, passed,
					    skip < sizeof(passed) ? (size_t)skip : sizeof(passed));

		if (n <= 0)
			return n < 0 ? (int)n : -ENODATA;
		skip -= (uint64_t)n;
	}
	return r;
}

static ssize_t read_compressed(struct recording_bytes *bytes, void *to, size_t size)
{
	int r = bytes->reader ? 0 : start_reader(bytes);

	return r < 0 || !size ? r : zst_reader_read(bytes->reader, to, size);
}

ssize_t recording_bytes_read(struct recording_bytes *bytes, void *to, size_t size)
{
	uint64_t left = bytes->end - bytes->at;
	size_t part = left < size ? (size_t)left : size;
	ssize_t n = bytes->frames ? read_compressed(bytes, to, part)
				  : recording_bytes_pread(bytes->fd, to, part, bytes->at);

	if (n > 0)
		bytes->at += (uint64_t)n;
	return n;
}

void recording_bytes_close(struct recording_bytes *bytes)
{
	bytes->reader = zst_reader_close(bytes->reader);
}

int recording_bytes_why(const char *name, int error, const struct why *why)
{
	switch (error) {
	case -EBADMSG:
		return why_set(why, -EPROTO, "%s: damaged, it does not decompress", name);
	case -ENODATA:
		return why_set(why, -EPROTO, "%s: cut short, its last frame is not whole", name);
	case -EFBIG:
		return why_set(why, -EPROTO, "%s: decompresses to more than a recording may hold",
			       name);
	case -EOPNOTSUPP:
		return why_set(why, -EPROTO, "%s: compressed by zstd, which this build lacks",
			       name);
	default:
		return why_set(why, error, "%s: %s", name, strerror(-error));
	}
}
