// SPDX-License-Identifier: LGPL-2.1-or-later
/* file.c - reads small files so that nothing can hang, and no other file system answers. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parse.h"
#include "base/proc.h"

/* Without openat2(2) (before 5.6, or forbidden) it is looked at before it is opened. */
static int open_looked_at(int dir, const char *name)
{
	_cleanup_close_ int place = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat at_top, here;
	char path[64];
	int fd;

	if (place < 0 || fstat(dir, &at_top) < 0 || fstat(place, &here) < 0)
		return -errno;
	if (at_top.st_dev != here.st_dev)
		return -EXDEV;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_here(int dir, const char *name)
{
	const struct open_how how = {.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
				     .resolve = RESOLVE_NO_XDEV};
	long fd = syscall(SYS_openat2, dir, name, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_looked_at(dir, name);
	return fd < 0 ? -errno : (int)fd;
}

ssize_t limits_read(int dir, const char *name, char *buf, size_t size)
{
	_cleanup_close_ int fd = open_here(dir, name);
	size_t used = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	while (used + 1 < size) {
		n = read(fd, buf + used, size - 1 - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		used += (size_t)n;
	}
	buf[used] = '\0';
	return (ssize_t)used;
}

uint64_t limits_read_link(int dir, const char *name, const char *type)
{
	char text[64];
	uint64_t ino;
	ssize_t len = readlinkat(dir, name, text, sizeof(text));

	return len > 0 && proc_parse_ns_link(text, (size_t)len, type, &ino) == 0 ? ino : 0;
}

int limits_open_task(const struct limits *l, int32_t pid)
{
	char name[16];

	snprintf(name, sizeof(name), "%" PRId32, pid);
	return openat(l->a->procfs, name, O_DIRECTORY | O_PATH | O_CLOEXEC);
}

int limits_read_number(int dir, const char *name, uint64_t *ret)
{
	char buf[64];
	ssize_t len = limits_read(dir, name, buf, sizeof(buf));

	return len < 0 ? (int)len : limits_parse_number(buf, (size_t)len, ret);
}
