// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * members.c - who is in a cgroup, as its own file says.
 *
 * A reaper in the cgroup of a container need not be that container's init: a program in there may
 * have unshared, and a container may do without a namespace of its own (hostPID, the pod's). In
 * either case tasks of the container live outside the reaper's namespace.
 */
#include "containers.h"
#include "base/root.h"
#include "base/util.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROCS_MAX ((size_t)1 << 20)

#define CGROUPS "sys/fs/cgroup"

static bool is_in(const struct pidns_ns *member, const struct pidns_ns *ns)
{
	while (member && member != ns)
		member = pidns_ns_parent(member);
	return member;
}

/* A task whose number is 0 is in a namespace that the reader cannot see: above, or beside. */
static int look_at_members(const struct annotation *a, const struct pidns_ns *ns, const char *buf,
			   size_t len, bool *ret_has_reaper)
{
	const char *end = buf + len, *next;
	uint64_t pid;

	for (; buf < end; buf = next + 1) {
		const struct pidns_task *task;

		next = memchr(buf, '\n', (size_t)(end - buf));
		if (!next) /* cut off */
			break;
		if (next - buf == 1 && *buf == '0')
			return 0;
		if (text_parse_u64(buf, (size_t)(next - buf), &pid) < 0 || pid > INT32_MAX)
			return 0;
		if ((int32_t)pid == ns->reaper)
			*ret_has_reaper = true;
		task = pidns_task_find(a->snapshot, NULL, (int32_t)pid);
		if (task && task->ns && !is_in(task->ns, ns))
			return 0;
	}
	return 1;
}

/* One of a hierarchy's folders, `len` bytes of the place's path. A descriptor to look at, or -Exxx. */
static int open_folder(const struct containers_source *source, const struct cgroup_place *place,
		       struct text hierarchy, size_t len)
{
	_cleanup_free_ char *name = NULL;

	if (asprintf(&name, "%s%s%.*s/%.*s", place->mount < 0 ? CGROUPS : ".",
		     hierarchy.len ? "/" : "", (int)hierarchy.len, hierarchy.text, (int)len,
		     place->path.text) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	return root_open(place->mount < 0 ? source->root : place->mount, name,
			 O_PATH | O_DIRECTORY);
}

/* 1, 0 or -Exxx */
static int read_members(const struct annotation *a, const struct containers_source *source,
			struct text hierarchy, const struct cgroup_place *place, size_t path_len,
			const struct pidns_ns *ns, bool *ret_has_reaper)
{
	_cleanup_close_ int dir = open_folder(source, place, hierarchy, path_len);
	_cleanup_free_ char *buf = NULL;
	size_t len;
	int r;

	if (dir < 0)
		return dir;
	r = file_read_whole(dir, "cgroup.procs", PROCS_MAX, &buf, &len);
	return r < 0 ? r : look_at_members(a, ns, buf, len, ret_has_reaper);
}

/*
 * Where an init is, below its container's cgroup: what runtimes make below it, and what systemd and
 * entry points do that free the cgroup for others. Elsewhere are those whom the init put there.
 */
static const char *const init_folders[] = {
	"",	    "/container",	   "/container/init.scope",
	"/init",    "/init.scope",	   "/libvirt",
	"/ns",	    "/ns/init.scope", /* Proxmox VE */
	"/payload", "/payload/init.scope",
};

static bool is_where_init_is(const struct cgroup_place *place)
{
	const char *rest = place->path.text + place->container_len;
	size_t len = place->path.len - place->container_len;

	for (size_t i = 0; i < ARRAY_SIZE(init_folders); i++)
		if (len == strlen(init_folders[i]) && !memcmp(rest, init_folders[i], len))
			return true;
	return false;
}

/* The whole of the container first, where others of it may be; then the reaper's own cgroup. */
static int members_below(const struct annotation *a, const struct containers_source *source,
			 struct text hierarchy, const struct cgroup_place *place,
			 const struct pidns_ns *ns)
{
	bool has_reaper = false;
	int r = read_members(a, source, hierarchy, place, place->container_len, ns, &has_reaper);

	if (r == 1 && place->path.len > place->container_len)
		r = read_members(a, source, hierarchy, place, place->path.len, ns, &has_reaper);
	return r == 1 ? has_reaper : r;
}

/* Where a hierarchy is mounted, by its controllers in /proc/PID/cgroup: the unified one alone, or
 * beside the others. */
static size_t folders_of(const struct cgroup_place *place, struct text ret[2])
{
	const struct text controllers = place->controllers;
	static const char named[] = "name=";
	const size_t len = sizeof(named) - 1;

	ret[0] = (struct text){"", 0};
	ret[1] = (struct text){"unified", strlen("unified")};
	if (!controllers.len)
		return place->mount < 0 ? 2 : 1;
	ret[0] = controllers;
	if (controllers.len > len && !memcmp(controllers.text, named, len))
		ret[0] = (struct text){controllers.text + len, controllers.len - len};
	return 1;
}

/* A path that leads above the reader's own root leads nowhere in what it has mounted. */
static bool leads_up(struct text path)
{
	return containers_path_find(path, "..");
}

/* 1 where an ordinary user could have made the last folder of a path, or one above it; 0; -Exxx. Whose the
 * last is does not matter: engines give it to the root of the container's user namespace. */
static int find_owner(const struct containers_source *source, const struct cgroup_place *place,
		      struct text hierarchy, size_t len, uid_t *ret_uid)
{
	int fd = open_folder(source, place, hierarchy, len), is_users = 0;
	struct stat st;

	while (fd >= 0 && len) {
		close(fd);
		while (len && place->path.text[--len] != '/')
			;
		fd = open_folder(source, place, hierarchy, len);
		if (fd < 0)
			break;
		if (fstat(fd, &st) == 0 &&
		    (st.st_uid != source->owner || st.st_mode & (S_IWGRP | S_IWOTH))) {
			/* The highest one of them counts: below it all is that user's. */
			*ret_uid = st.st_uid;
			is_users = 1;
		}
	}
	if (fd < 0)
		return fd;
	close(fd);
	return is_users;
}

int containers_cgroup_is_users(const struct containers_source *source,
			       const struct cgroup_place *place, size_t len, uid_t *ret_uid)
{
	struct text folders[2];
	size_t nr = folders_of(place, folders);
	int r = -ENOENT;

	if (leads_up(place->path))
		return r;
	for (size_t i = 0; i < nr && r < 0 && r != -ENOMEM; i++)
		r = find_owner(source, place, folders[i], len, ret_uid);
	return r;
}

int containers_members_are_of(const struct annotation *a, const struct containers_source *source,
			      const struct cgroup_place *place, const struct pidns_ns *ns)
{
	struct text folders[2];
	size_t nr = folders_of(place, folders);
	int r = -ENOENT;

	if (leads_up(place->path) || !is_where_init_is(place))
		return 0;
	for (size_t i = 0; i < nr && r < 0 && r != -ENOMEM; i++)
		r = members_below(a, source, folders[i], place, ns);
	return r == -ENOMEM || r > 0 ? r : 0;
}
