// SPDX-License-Identifier: LGPL-2.1-or-later
/* save.c - a recording on disk: the whole of it or nothing, by rename(2). */
#include "save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "zst.h"

#define TEMP_DIGITS 12

int save_temp(const char *path, char **ret_temp)
{
	const char *slash = strrchr(path, '/');
	size_t dir_len = slash ? (size_t)(slash - path) + 1 : 0;
	_cleanup_free_ char *temp = malloc(dir_len + sizeof(".pidns-") + TEMP_DIGITS);
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	unsigned char random[TEMP_DIGITS];
	unsigned int tries;
	int i, n, fd;

	if (!temp)
		return -ENOMEM;
	for (tries = 0; tries < 100; tries++) {
		if (getrandom(random, sizeof(random), 0) != sizeof(random))
			return -errno;
		n = sprintf(temp, "%.*s.pidns-", (int)dir_len, path);
		for (i = 0; i < TEMP_DIGITS; i++)
			temp[n + i] = digits[random[i] & 31];
		temp[n + TEMP_DIGITS] = '\0';
		fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0)
			*ret_temp = steal_pointer(&temp);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
}

/* Write, make it last, and put it in the older file's place under the same mode. */
static int temp_fill(const struct pidns_snapshot *s, bool is_compressed, int fd,
		     const struct stat *older)
{
	int r = is_compressed ? save_compressed(s, fd) : pidns_snapshot_write(s, fd);

	if (r >= 0 && older->st_mode && fchmod(fd, older->st_mode & 0777) < 0)
		r = -errno;
	if (r >= 0 && fsync(fd) < 0)
		r = -errno;
	return r;
}

int pidns_snapshot_save(const struct pidns_snapshot *s, const char *path)
{
	struct stat older = {0};
	_cleanup_free_ char *temp = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	/* Of the link itself: a rename would replace it, and leave what it points to as it was. */
	if (lstat(path, &older) < 0 && errno != ENOENT)
		return -errno;
	if (older.st_mode && !S_ISREG(older.st_mode))
		return -EINVAL;
	fd = save_temp(path, &temp);
	if (fd < 0)
		return fd;
	r = temp_fill(s, zst_is_name(path), fd, &older);
	if (r >= 0 && rename(temp, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(temp);
	return r;
}
