// SPDX-License-Identifier: GPL-2.0-or-later
/* config-file.c - the file that the settings are kept in: whom to trust, and how to replace it. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Larger than it could ever be; the rest is not looked at. */
#define CONFIG_SIZE 8192

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

/* A relative path would mean a file of whoever owns the folder we happen to be in. */
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

int config_load(const char *path, struct app *app, char *why, size_t why_len)
{
	/* Not blocking: it may be a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char text[CONFIG_SIZE];
	ssize_t len;
	int r;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0)
		return fail(-errno, why, why_len, "%s: %s", path, strerror(errno));
	r = check_file(fd, path, why, why_len);
	if (r == 0) {
		len = read(fd, text, sizeof(text));
		if (len < 0)
			r = fail(-errno, why, why_len, "%s: %s", path, strerror(errno));
		else
			config_parse(text, (size_t)len, app);
	}
	close(fd);
	return r;
}

/* ---- Writing ---- */

/* Make what is missing of the folders above the file: the two that are ours to make. */
static int make_folders(const char *path)
{
	char folder[CONFIG_PATH_SIZE];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	*slash = '\0';
	slash = strrchr(folder, '/');
	*slash = '\0';
	if (folder[0] && mkdir(folder, 0700) < 0 && errno != EEXIST)
		return -errno;
	*slash = '/';
	return mkdir(folder, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* A link or a device there was put by somebody on purpose; replacing it would undo that. */
static int check_place(const char *path, char *why, size_t why_len)
{
	struct stat st;

	if (lstat(path, &st) < 0)
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

static int replace(const char *path, const char *text, size_t len)
{
	char temporary[CONFIG_PATH_SIZE + 8];
	int fd, r;

	snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_whole(fd, text, len);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(temporary);
	return r;
}

int config_save(const char *path, const struct app *app, char *why, size_t why_len)
{
	char text[CONFIG_SIZE];
	size_t len = config_print(app, text, sizeof(text));
	int r = make_folders(path);

	if (r < 0)
		return fail(r, why, why_len, "%s: %s", path, strerror(-r));
	r = check_place(path, why, why_len);
	if (r < 0)
		return r;
	r = replace(path, text, len);
	if (r < 0)
		return fail(r, why, why_len, "%s: %s", path, strerror(-r));
	return 0;
}
