// SPDX-License-Identifier: GPL-2.0-or-later
/* config-file.c - the file that the settings are kept in: when to trust it, and how to replace it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "config-folder.h"

/* Larger than it could ever be; the rest is ignored. */
#define CONFIG_SIZE 8192

/* The file's name in its folder. */
#define FILE_NAME "config"

/* Names tried for the temporary file. */
#define TRIES 100

static int fail(int error, char *why, size_t why_len, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static int fail(int error, char *why, size_t why_len, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, why_len, format, args);
	va_end(args);
	return error;
}

/* A relative path would mean a file of the owner of the current folder. */
static const char *absolute(const char *variable)
{
	const char *path = getenv(variable);

	return path && path[0] == '/' ? path : NULL;
}

int config_path(char *out, size_t size)
{
	const char *config = absolute("XDG_CONFIG_HOME"), *home = absolute("HOME");
	int len;

	if (config)
		len = snprintf(out, size, "%s/pidns-top/config", config);
	else if (home)
		len = snprintf(out, size, "%s/.config/pidns-top/config", home);
	else
		return -ENOENT;
	return len > 0 && (size_t)len < size ? 0 : -ENOENT;
}

/* ---- Reading ---- */

/* What another user could have written is not what we have set. */
static int check_file(int fd, const char *path, char *why, size_t why_len)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(-errno, why, why_len, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(-EINVAL, why, why_len, "%s: not read: not a regular file", path);
	if (st.st_uid != geteuid())
		return fail(-EPERM, why, why_len, "%s: not read: not yours", path);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return fail(-EPERM, why, why_len, "%s: not read: others may write it", path);
	return 0;
}

static bool is_missing(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

int config_load(const char *path, struct app *app, char *why, size_t why_len)
{
	_cleanup_fd_ int folder = -1, fd = -1;
	char text[CONFIG_SIZE];
	ssize_t len;
	int r;

	/* The folders of a file that does not exist are no trouble. */
	if (is_missing(path))
		return 0;
	folder = config_folder_open(path, false, "not read", why, why_len);
	if (folder < 0)
		return folder;
	/* Not blocking: it may be a FIFO. */
	fd = openat(folder, FILE_NAME, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 && (errno == ELOOP || errno == ENXIO))
		return fail(-EINVAL, why, why_len, "%s: not read: not a regular file", path);
	if (fd < 0)
		return fail(-errno, why, why_len, "%s: %s", path, strerror(errno));
	r = check_file(fd, path, why, why_len);
	if (r < 0)
		return r;
	len = read(fd, text, sizeof(text));
	if (len < 0)
		return fail(-errno, why, why_len, "%s: %s", path, strerror(errno));
	config_parse(text, (size_t)len, app);
	return 0;
}

/* ---- Writing ---- */

/* A link or a device there was made on purpose; replacing it would undo that. */
static int check_place(int folder, const char *path, char *why, size_t why_len)
{
	struct stat st;

	if (fstatat(folder, FILE_NAME, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT
			       ? 0
			       : fail(-errno, why, why_len, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(-EINVAL, why, why_len, "%s: not written: not a regular file", path);
	if (st.st_uid != geteuid())
		return fail(-EPERM, why, why_len, "%s: not written: not yours", path);
	return 0;
}

static int write_whole(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 && errno != EINVAL ? -errno : 0;
}

/* A new file with a name that another user cannot have guessed. A descriptor, or -Exxx. */
static int make_temporary(int folder, char *name, size_t size)
{
	for (int i = 0; i < TRIES; i++) {
		uint64_t random = 0;
		int fd;

		if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
			random = (uint64_t)getpid() + (uint64_t)i;
		snprintf(name, size, FILE_NAME ".%016" PRIx64, random);
		fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    0600);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
}

static int replace(int folder, const char *text, size_t len)
{
	char temporary[64];
	int fd = make_temporary(folder, temporary, sizeof(temporary)), r;

	if (fd < 0)
		return fd;
	r = write_whole(fd, text, len);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(folder, temporary, folder, FILE_NAME) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(folder, temporary, 0);
	return r;
}

int config_save(const char *path, const struct app *app, char *why, size_t why_len)
{
	char text[CONFIG_SIZE];
	size_t len = config_print(app, text, sizeof(text));
	_cleanup_fd_ int folder = config_folder_open(path, true, "not written", why, why_len);
	int r;

	if (folder < 0)
		return folder;
	r = check_place(folder, path, why, why_len);
	if (r < 0)
		return r;
	r = replace(folder, text, len);
	if (r < 0)
		return fail(r, why, why_len, "%s: %s", path, strerror(-r));
	return 0;
}
