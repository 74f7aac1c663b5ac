// SPDX-License-Identifier: LGPL-2.1-or-later
/* file.c - reads the kernel's small files so that nothing can hang, and no other file system answers. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_OF_PROCESS (UINT32_C(1) << 16)
#define FILES_OF_ALL	 (UINT32_C(1) << 18)

#include "text.h"
#include "util.h"

#define FIRST_ROOM 4096
#define READING	   (O_RDONLY | O_NONBLOCK | O_NOCTTY)

/* The mount of an open file, and its device where the kernel gives mounts no number (before 5.8). */
static int look_at(int fd, struct statx *ret)
{
	/* Without this a file system in user space would be asked, and might not answer. */
	const int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;

	return statx(fd, "", flags, STATX_MNT_ID, ret) < 0 ? -errno : 0;
}

static bool is_of_one_mount(const struct statx *a, const struct statx *b)
{
	if (a->stx_mask & b->stx_mask & STATX_MNT_ID)
		return a->stx_mnt_id == b->stx_mnt_id;
	return a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor;
}

/* Without openat2(2) (before Linux 5.6, or forbidden) a file is looked at before it is opened. */
static int open_looked_at(int dir, const char *name, int flags)
{
	_cleanup_close_ int place = openat(dir, name, O_PATH | O_CLOEXEC);
	struct statx at_top, here;
	char path[64];
	int fd, r;

	if (place < 0)
		return -errno;
	r = look_at(dir, &at_top);
	if (r >= 0)
		r = look_at(place, &here);
	if (r < 0)
		return r;
	if (!is_of_one_mount(&at_top, &here))
		return -EXDEV;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

int file_open_as(int dir, const char *name, int flags)
{
	const struct open_how how = {.flags = (unsigned int)(flags | O_CLOEXEC),
				     .resolve = RESOLVE_NO_XDEV};
	int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_looked_at(dir, name, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Nothing is asked of a file system that may have to be waited for. */
static bool is_same_device(int a, int b)
{
	struct statx x, y;

	return statx(a, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &x) == 0 &&
	       statx(b, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &y) == 0 &&
	       x.stx_dev_major == y.stx_dev_major && x.stx_dev_minor == y.stx_dev_minor;
}

/* /proc/sys of a container is /proc/sys mounted over itself, so that it can be read-only. */
static int open_mounted_again(int dir, const char *name)
{
	const char *rest = strchr(name, '/');
	_cleanup_close_ int top = -1;
	char first[NAME_MAX + 1];

	/* A task's directory with another's mounted over it would be of the same device, too. */
	if (!rest || (size_t)(rest - name) > NAME_MAX || text_is_digit(*name))
		return -EXDEV;
	snprintf(first, sizeof(first), "%.*s", (int)(rest - name), name);
	top = openat(dir, first, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (top < 0 || !is_same_device(dir, top))
		return -EXDEV;
	return file_open_as(top, rest + 1, READING);
}

int file_open(int dir, const char *name)
{
	int fd = file_open_as(dir, name, READING);

	return fd == -EXDEV ? open_mounted_again(dir, name) : fd;
}

ssize_t file_read_piece(int fd, char *buf, size_t size)
{
	ssize_t len;

	do
		len = read(fd, buf, size - 1);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	buf[len] = '\0';
	return len;
}

ssize_t file_read_once(int dir, const char *name, char *buf, size_t size)
{
	_cleanup_close_ int fd = file_open(dir, name);

	return fd < 0 ? fd : file_read_piece(fd, buf, size);
}

ssize_t file_read_fd(int fd, char *buf, size_t size)
{
	size_t used = 0;
	ssize_t n;

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

ssize_t file_read(int dir, const char *name, char *buf, size_t size)
{
	_cleanup_close_ int fd = file_open(dir, name);

	return fd < 0 ? fd : file_read_fd(fd, buf, size);
}

int file_read_whole_fd(int fd, size_t max, char **ret_text, size_t *ret_len)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0, room = 0;
	ssize_t n;

	do {
		char *grown = realloc(text, room = room ? 2 * room : FIRST_ROOM);

		if (!grown)
			return -ENOMEM;
		text = grown;
		n = file_read_fd(fd, text + len, room - len);
		if (n < 0)
			return (int)n;
		len += (size_t)n;
		if (len > max)
			return -EFBIG;
	} while (len == room - 1);
	*ret_text = steal_pointer(&text);
	*ret_len = len;
	return 0;
}

int file_read_whole(int dir, const char *name, size_t max, char **ret_text, size_t *ret_len)
{
	_cleanup_close_ int fd = file_open(dir, name);

	return fd < 0 ? fd : file_read_whole_fd(fd, max, ret_text, ret_len);
}

int file_read_number(int dir, const char *name, uint64_t *ret_value)
{
	char buf[64];
	ssize_t len = file_read(dir, name, buf, sizeof(buf));

	if (len > 0 && buf[len - 1] == '\n')
		len--;
	if (len < 0)
		return (int)len;
	return len && text_parse_u64(buf, (size_t)len, ret_value) == 0 ? 0 : -EPROTO;
}

const char *file_list_next(struct file_list *list)
{
	const struct dirent64 *entry;

	for (;;) {
		if (list->at == list->len) {
			list->at = 0;
			list->len = getdents64(list->fd, list->entries, sizeof(list->entries));
			if (list->len <= 0) {
				list->error = list->len < 0 ? -errno : 0;
				list->len = 0;
				return NULL;
			}
		}
		entry = (const void *)(list->entries + list->at);
		list->at += entry->d_reclen;
		if (entry->d_name[0] != '.') {
			list->ino = entry->d_ino;
			return entry->d_name;
		}
	}
}

bool file_may_look(uint32_t *nr_of_process, uint32_t *nr_of_all)
{
	return (*nr_of_process)++ < FILES_OF_PROCESS && (*nr_of_all)++ < FILES_OF_ALL;
}
