// SPDX-License-Identifier: LGPL-2.1-or-later
/* userns.c - the user namespaces that were met, each with who made it and what is above it. */
#include "userns.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/util.h"
#include "internal.h"

struct user_ns *userns_find(const struct userns *u, uint64_t ino)
{
	uint32_t place = map_get(&u->by_ino, ino);

	return place ? &u->list[place - 1] : NULL;
}

static int add(struct userns *u, uint64_t ino, struct user_ns **ret)
{
	int r = util_grow(&u->list, &u->room, u->nr, sizeof(*u->list));

	if (r >= 0)
		r = map_put(&u->by_ino, ino, (uint32_t)u->nr + 1);
	if (r < 0)
		return r;
	*ret = &u->list[u->nr++];
	**ret = (struct user_ns){.ino = ino};
	return 0;
}

int userns_learn_up(struct userns *u, int fd)
{
	uint64_t below = 0;
	int r = 0;

	for (int i = 0; fd >= 0 && i <= USERNS_DEEPEST; i++) {
		_cleanup_close_ int here = fd;
		struct user_ns *ns;
		struct stat st;
		uid_t owner;

		if (fstat(here, &st) < 0)
			return 0;
		fd = -1;
		ns = below ? userns_find(u, below) : NULL;
		if (ns)
			ns->parent = st.st_ino;
		if (userns_find(u, st.st_ino))
			break;
		r = add(u, st.st_ino, &ns);
		if (r < 0)
			break;
		if (ioctl(here, NS_GET_OWNER_UID, &owner) == 0)
			ns->owner = ns->root = owner;
		below = ns->ino;
		fd = ioctl(here, NS_GET_PARENT);
	}
	if (fd >= 0)
		close(fd);
	return r;
}

/* A process tells who is root there. In the reader's own namespace root is 0, and uid_map does not say so:
 * there it is written for the one above. */
static void complete(const struct limits *l, struct user_ns *ns, int32_t pid, int task)
{
	char buf[4096];
	ssize_t len;

	ns->is_complete = true;
	ns->member = pid;
	if (ns->ino == l->own_user) {
		ns->root = 0;
		return;
	}
	len = file_read(task, "uid_map", buf, sizeof(buf));
	if (len > 0)
		proc_parse_uid_map(buf, (size_t)len, &ns->root);
}

/* Of the snapshot's own knowledge, if the provider told it and all else is known of that namespace. */
static bool is_learnt(const struct limits *l, const struct limits_subject *of, uint64_t *ret_ino)
{
	const struct user_ns *ns = of->extra ? userns_find(&l->userns, of->extra->user_ns) : NULL;

	if (!ns || !ns->is_complete)
		return false;
	*ret_ino = ns->ino;
	return true;
}

int userns_learn(struct limits *l, struct limits_subject *of, uint64_t *ret_ino)
{
	struct userns *u = &l->userns;
	struct user_ns *ns;
	uint64_t ino;
	int task, fd, r = 0;

	if (is_learnt(l, of, ret_ino))
		return 0;
	task = limits_subject_dir(l, of);
	if (task < 0)
		return task;
	*ret_ino = ino = limits_read_link(task, "ns/user", "user");
	if (!ino || ino == u->learnt)
		return 0;
	u->learnt = ino;
	if (!userns_find(u, ino)) {
		fd = openat(task, "ns/user", O_RDONLY | O_CLOEXEC);
		if (fd >= 0)
			r = userns_learn_up(u, fd);
	}
	ns = userns_find(u, ino);
	if (ns && !ns->is_complete)
		complete(l, ns, of->pid, task);
	return r;
}

uint32_t userns_level(const struct userns *u, uint64_t ino, bool *ret_top)
{
	const struct user_ns *ns = userns_find(u, ino);
	uint32_t level = 0;

	while (ns && ns->parent && level < USERNS_DEEPEST) {
		ino = ns->parent;
		ns = userns_find(u, ino);
		level++;
	}
	*ret_top = ino == USERNS_INITIAL;
	return level;
}

void userns_clear(struct userns *u)
{
	free(u->list);
	map_clear(&u->by_ino);
}
