// SPDX-License-Identifier: GPL-2.0-or-later
/* file.c - metrics in a file, as the node exporter's textfile collector reads it. */
#include "metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/message.h"

/* Beside the file, so that rename(2) can put it there; the collector reads *.prom only. */
static char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) + 1 : 0;
	char *name;

	if (asprintf(&name, "%.*s.%s.XXXXXX", folder, path, path + folder) < 0)
		return NULL;
	return name;
}

/* The collector runs as another user. */
static int fill(const struct metrics *metrics, int fd, const char *path)
{
	FILE *file = fdopen(fd, "w");
	int r, error;

	if (!file) {
		close(fd);
		return message_exit(EXIT_FAILED, "out of memory");
	}
	r = metrics_write(metrics, file);
	error = fflush(file) < 0 || ferror(file) || fchmod(fd, 0644) < 0 ? errno : 0;
	if (fclose(file) < 0 && !error)
		error = errno;
	return r || !error ? r : message_exit(EXIT_FAILED, "%s: %s", path, strerror(error));
}

int metrics_save(const struct metrics *metrics, const char *path)
{
	_cleanup_free_ char *name = temporary_name(path);
	int fd, r;

	if (!name)
		return message_exit(EXIT_FAILED, "out of memory");
	fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return message_exit(EXIT_FAILED, "%s: %s", path, strerror(errno));
	r = fill(metrics, fd, path);
	if (!r && rename(name, path) < 0)
		r = message_exit(EXIT_FAILED, "%s: %s", path, strerror(errno));
	if (r)
		unlink(name);
	return r;
}
