// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * upward.c - paths of cgroups that lead above the reader's own cgroup namespace: "/../cri-containerd-ID.scope".
 *
 * Such a path leaves out the names of what is above. A mount that shows the whole hierarchy, as a pod has it
 * that was given the machine's files, fills them in, once the reader's own cgroup is found there.
 */
#include "containers.h"
#include "base/file.h"
#include "base/root.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define FOLDERS_MAX 65536 /* cgroups to be gone through */
#define MOUNTS_MAX  ((size_t)8 << 20)
#define PROCS_MAX   ((size_t)1 << 20)
#define OWN_MAX	    ((size_t)1 << 14)

static const char unified[] = "0::";

void containers_upward_close(struct upward *u)
{
	if (u->mount >= 0)
		close(u->mount);
	free(u->own);
	*u = (struct upward){.mount = -1};
}

/* "/../..": how often; 0: it is something else. */
static size_t count_up(struct text root)
{
	size_t nr = 0;

	for (; nr * 3 < root.len; nr++)
		if (root.len - nr * 3 < 3 || memcmp(root.text + nr * 3, "/..", 3))
			return 0;
	return nr;
}

static bool is_unified(const struct proc_mount *mount)
{
	return mount->type.len == strlen("cgroup2") &&
	       !memcmp(mount->type.text, "cgroup2", mount->type.len);
}

/* A descriptor of what is mounted, or -Exxx: something else may be mounted over it. */
static int open_mount(const struct proc_mount *mount)
{
	char point[PATH_MAX];
	struct stat st;
	int fd;

	if (mount->mount_point.len >= sizeof(point))
		return -ENAMETOOLONG;
	memcpy(point, mount->mount_point.text, mount->mount_point.len);
	point[mount->mount_point.len] = '\0';
	fd = open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && major(st.st_dev) == mount->major &&
	    minor(st.st_dev) == mount->minor)
		return fd;
	close(fd);
	return -ENOENT;
}

/* The mount that shows most of what is above. 0, u->mount -1 where there is none, or -ENOMEM. */
static int find_mount(const struct annotation *a, struct upward *u)
{
	_cleanup_free_ char *text = NULL;
	struct proc_mount mount;
	const char *at, *end;
	size_t len;
	int r = file_read_whole(a->procfs, "self/mountinfo", MOUNTS_MAX, &text, &len);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (at = text, end = text + len; proc_next_mount(&at, end, &mount);) {
		int fd;

		if (!is_unified(&mount) || count_up(mount.root) <= u->depth)
			continue;
		fd = open_mount(&mount);
		if (fd < 0)
			continue;
		if (u->mount >= 0)
			close(u->mount);
		u->mount = fd;
		u->depth = count_up(mount.root);
	}
	return 0;
}

static size_t count_components(const char *path)
{
	size_t nr = 0;

	for (; *path; path++)
		nr += path[0] == '/' && path[1] && path[1] != '/';
	return nr;
}

/* The reader's own cgroup, below its namespace's root: to be freed; NULL: not known. 0 or -ENOMEM. */
static int read_own(const struct annotation *a, char **ret_path)
{
	_cleanup_free_ char *text = NULL;
	char *line, *end;
	size_t len;
	int r = file_read_whole(a->procfs, "self/cgroup", OWN_MAX, &text, &len);

	*ret_path = NULL;
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	line = !strncmp(text, unified, strlen(unified)) ? text : strstr(text, "\n0::");
	if (!line)
		return 0;
	line = strchr(line, '/');
	end = line ? strchr(line, '\n') : NULL;
	if (!end || !strncmp(line, "/..", 3))
		return 0;
	*end = '\0';
	*ret_path = strdup(line[1] ? line : "");
	return *ret_path ? 0 : -ENOMEM;
}

struct hunt {
	char path[4096];
	size_t nr, depth;
	char pid[16];
};

/* Is the reader in that cgroup? 1, 0 or -ENOMEM. */
static int has_reader(const struct hunt *h, int dir)
{
	_cleanup_free_ char *text = NULL;
	const char *at;
	size_t len;
	int r = file_read_whole(dir, "cgroup.procs", PROCS_MAX, &text, &len);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (at = text; (at = strstr(at, h->pid)); at++)
		if (at == text || at[-1] == '\n')
			return 1;
	return 0;
}

/* Go through the cgroups that are as deep as the reader's. 1, 0 or -ENOMEM. */
static int hunt(struct hunt *h, int dir, size_t depth, size_t len)
{
	struct file_list list = {.fd = dir};
	const char *name;
	int r = 0;

	if (depth == h->depth)
		return has_reader(h, dir);
	while (!r && (name = file_list_next(&list)) && h->nr < FOLDERS_MAX) {
		size_t more = strlen(name) + 1;
		int below;

		if (len + more >= sizeof(h->path))
			continue;
		below = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below < 0)
			continue;
		h->nr++;
		h->path[len] = '/';
		memcpy(h->path + len + 1, name, more);
		r = hunt(h, below, depth + 1, len + more);
		close(below);
	}
	return r;
}

/* 0 with u->own where it is known, or -ENOMEM. */
static int find_own(const struct annotation *a, struct upward *u)
{
	_cleanup_free_ char *rest = NULL;
	struct hunt h = {.path = ""};
	size_t len;
	int r = read_own(a, &rest);

	if (r < 0 || !rest)
		return r;
	h.depth = u->depth + count_components(rest);
	snprintf(h.pid, sizeof(h.pid), "%d\n", getpid());
	r = hunt(&h, u->mount, 0, 0);
	if (r <= 0)
		return r;
	len = strlen(h.path);
	if (len < strlen(rest) || strcmp(h.path + len - strlen(rest), rest) != 0)
		return 0;
	u->own = strndup(h.path, len - strlen(rest));
	return u->own ? 0 : -ENOMEM;
}

static int learn(const struct annotation *a, struct upward *u)
{
	int r = u->is_known ? 0 : find_mount(a, u);

	if (!u->is_known && r >= 0 && u->mount >= 0)
		r = find_own(a, u);
	u->is_known = true;
	return r;
}

/* "/a/b/c" without its last `nr` components. */
static size_t len_without(const char *path, size_t nr)
{
	size_t len = strlen(path);

	for (; nr && len; nr--)
		while (len && path[--len] != '/')
			;
	return len;
}

int containers_upward_resolve(const struct annotation *a, struct upward *u, char **text,
			      size_t *len)
{
	char *start = strstr(*text, "0::/.."), *end = start ? strchr(start, '\n') : NULL;
	struct text up;
	char *whole;
	int r, n;

	if (!end || (start != *text && start[-1] != '\n'))
		return 0;
	r = learn(a, u);
	if (r < 0 || !u->own)
		return r;
	start += strlen(unified);
	up = (struct text){start, 0};
	while (end - start - (ptrdiff_t)up.len >= 3 && !memcmp(start + up.len, "/..", 3))
		up.len += 3;
	if (up.len / 3 > u->depth || (start[up.len] != '/' && start[up.len] != '\n'))
		return 0;
	n = asprintf(&whole, "%.*s%.*s%s", (int)(start - *text), *text,
		     (int)len_without(u->own, up.len / 3), u->own, start + up.len);
	if (n < 0)
		return -ENOMEM;
	free(*text);
	*text = whole;
	*len = (size_t)n;
	return 1;
}
