// SPDX-License-Identifier: LGPL-2.1-or-later
/* hierarchy.c - where a hierarchy of cgroups is mounted, and the files of its cgroups. */
#include "hierarchy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/root.h"

#define CGROUP1_MAGIC 0x27e0eb /* linux/magic.h */
#define CGROUP2_MAGIC 0x63677270

static bool is_of(const struct proc_mount *mount, bool is_v2)
{
	if (is_v2)
		return text_is(mount->type, "cgroup2");
	return text_is(mount->type, "cgroup") && text_list_has(mount->super_options, "pids");
}

/* The mount must still be there, and nothing over it. */
static int open_mount(const char *path, bool is_v2, int view, bool is_fixture)
{
	_cleanup_close_ int fd = view < 0 ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC)
					  : root_open(view, path, O_PATH | O_DIRECTORY);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -ENOENT;
	if (!is_fixture && fs.f_type != (is_v2 ? CGROUP2_MAGIC : CGROUP1_MAGIC))
		return -ENOENT;
	return steal_fd(&fd);
}

void hierarchy_clear(struct hierarchy *h)
{
	free((char *)(uintptr_t)h->root.text);
	free(h->mount_point);
	if (h->fd >= 0)
		close(h->fd);
	*h = (struct hierarchy){.is_v2 = h->is_v2, .fd = -1};
}

int hierarchy_consider(struct hierarchy *h, const struct proc_mount *mount, int view,
		       bool is_fixture)
{
	char path[PATH_MAX], root[PATH_MAX];
	_cleanup_close_ int fd = -1;

	if (!is_of(mount, h->is_v2) || text_unescape(mount->mount_point, path, sizeof(path)) < 0 ||
	    text_unescape(mount->root, root, sizeof(root)) < 0)
		return 0;
	if (h->mount_point && strlen(root) >= h->root.len)
		return 0;
	fd = open_mount(path, h->is_v2, view, is_fixture);
	if (fd < 0)
		return 0;
	hierarchy_clear(h);
	h->mount_point = strdup(path);
	h->root.text = strdup(root);
	h->root.len = strlen(root);
	h->fd = steal_fd(&fd);
	return h->mount_point && h->root.text ? 0 : -ENOMEM;
}

/* "." or "./a/b" or "./a/b/pids.max", to be opened below the mount. */
static int make_name(struct text below, const char *file, char *buf, size_t size)
{
	int n = snprintf(buf, size, ".%.*s/%s", (int)below.len, below.text, file);

	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

ssize_t hierarchy_read(const struct hierarchy *h, struct text below, const char *file, char *buf,
		       size_t size)
{
	char name[PATH_MAX];

	if (make_name(below, file, name, sizeof(name)) < 0)
		return -ENAMETOOLONG;
	return file_read(h->fd, name, buf, size);
}

uint64_t hierarchy_id(const struct hierarchy *h, struct text below)
{
	char name[PATH_MAX];
	struct stat st;

	if (make_name(below, "", name, sizeof(name)) < 0 ||
	    fstatat(h->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	return st.st_ino;
}

bool hierarchy_is_whole(const struct hierarchy *h)
{
	static const struct text top = {"", 0};
	char buf[64];

	return hierarchy_read(h, top, h->is_v2 ? "cgroup.events" : "pids.current", buf,
			      sizeof(buf)) == -ENOENT;
}
