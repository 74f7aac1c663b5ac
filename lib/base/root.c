// SPDX-License-Identifier: LGPL-2.1-or-later
/* root.c - paths below a directory that is taken for "/". */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util.h"

#define TRIES 8 /* something was renamed or mounted at that moment */

/* One component after the other; none may lead up, or be a link. */
static int open_each(int root, const char *path, int flags)
{
	_cleanup_close_ int dir = fcntl(root, F_DUPFD_CLOEXEC, 0);
	char name[NAME_MAX + 1];
	size_t len;

	if (dir < 0)
		return -errno;
	for (;;) {
		int is_last, fd;

		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, len ? path : ".", len ? len : 1);
		name[len ? len : 1] = '\0';
		path += len;
		is_last = !path[strspn(path, "/")];
		if (!strcmp(name, ".."))
			return -ELOOP;
		fd = openat(dir, name,
			    O_NOFOLLOW | O_CLOEXEC | (is_last ? flags : O_PATH | O_DIRECTORY));
		if (fd < 0)
			return -errno;
		if (is_last)
			return fd;
		close(dir);
		dir = fd;
	}
}

int root_open(int root, const char *path, int flags)
{
	const struct open_how how = {.flags = (unsigned int)(flags | O_CLOEXEC),
				     .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	int fd, tries = 0;

	do
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN && ++tries < TRIES);
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_each(root, path, flags);
	return fd < 0 ? -errno : fd;
}
