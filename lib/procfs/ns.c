// SPDX-License-Identifier: LGPL-2.1-or-later
/* ns.c - namespaces as their nsfs files tell of them: parents, owners, numbers. */
#include "procfs.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ioctl_nsfs(2); the headers of an older system lack what the running kernel may have. */
#ifndef NS_GET_PID_FROM_PIDNS
#define NS_GET_PID_FROM_PIDNS  _IOR(NSIO, 0x6, int)
#define NS_GET_TGID_FROM_PIDNS _IOR(NSIO, 0x7, int)
#define NS_GET_PID_IN_PIDNS    _IOR(NSIO, 0x8, int)
#endif
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(NSIO, 0xd, uint64_t)
#endif

bool procfs_ns_give_back(struct procfs_take *t, int kept)
{
	for (size_t tried = 0; tried < t->nr_ns; tried++) {
		struct procfs_ns *ns = &t->ns[t->evict_next++ % t->nr_ns];

		if (ns->fd < 0 || ns->fd == kept)
			continue;
		close(ns->fd);
		ns->fd = -1;
		return true;
	}
	return false;
}

int procfs_open(struct procfs_take *t, int dir, const char *name, int flags)
{
	int fd = file_open_as(dir, name, flags);

	while (fd == -EMFILE && procfs_ns_give_back(t, -1))
		fd = file_open_as(dir, name, flags);
	return fd;
}

/* The namespace that a link leads to, which is on a file system of its own. */
static int open_ns(struct procfs_take *t, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	while (fd < 0 && errno == EMFILE && procfs_ns_give_back(t, -1))
		fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* An ioctl that gives a new descriptor, likewise. */
static int open_by_ioctl(struct procfs_take *t, int fd, unsigned long request)
{
	int new_fd = ioctl(fd, request);

	while (new_fd < 0 && errno == EMFILE && procfs_ns_give_back(t, fd))
		new_fd = ioctl(fd, request);
	return new_fd < 0 ? -errno : new_fd;
}

static int inode_of(int fd, uint64_t *ret_ino)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*ret_ino = st.st_ino;
	return 0;
}

int procfs_ns_find(const struct procfs_take *t, uint64_t ino)
{
	return (int)map_get(&t->ns_by_ino, ino) - 1;
}

int procfs_ns_add(struct procfs_take *t, uint64_t ino)
{
	int place = procfs_ns_find(t, ino);

	if (place >= 0)
		return place;
	if (t->nr_ns >= INT32_MAX || util_grow(&t->ns, &t->room_ns, t->nr_ns, sizeof(*t->ns)) < 0 ||
	    map_put(&t->ns_by_ino, ino, (uint32_t)t->nr_ns + 1) < 0)
		return -ENOMEM;
	t->ns[t->nr_ns] = (struct procfs_ns){
		.ino = ino,
		.parent = -1,
		.child = -1,
		.sibling = -1,
		.fd = -1,
		.reaches_root = ino == t->own_ino,
	};
	t->nr_ns++;
	return (int)t->nr_ns - 1;
}

static void adopt(struct procfs_take *t, int parent, int child)
{
	struct procfs_ns *p = &t->ns[parent], *c = &t->ns[child];

	p->has_children = true;
	c->sibling = p->child;
	p->child = child;
	c->parent = parent;
	c->reaches_root = p->reaches_root;
	c->depth = p->depth + 1;
}

/*
 * The ancestors of the namespace at `place`, whose descriptor is held: up to one already known, or
 * to where the kernel stops telling, which is the caller's own namespace (EPERM).
 */
static int learn_ancestors(struct procfs_take *t, int place)
{
	int line[PIDNS_LEVEL_MAX + 1], nr = 0;

	while (nr <= PIDNS_LEVEL_MAX && t->ns[place].parent < 0 && !t->ns[place].reaches_root &&
	       t->ns[place].fd >= 0) {
		_cleanup_close_ int fd = open_by_ioctl(t, t->ns[place].fd, NS_GET_PARENT);
		uint64_t ino = 0;
		int r;

		if (fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM)
			return fd;
		if (fd < 0 || inode_of(fd, &ino) < 0)
			break;
		r = procfs_ns_add(t, ino);
		if (r < 0)
			return r;
		if (t->ns[r].fd < 0 && !t->ns[r].reaches_root)
			t->ns[r].fd = steal_fd(&fd);
		t->ns[place].parent = r;
		line[nr++] = place;
		place = r;
	}
	while (nr--) {
		adopt(t, place, line[nr]);
		place = line[nr];
	}
	return 0;
}

/* *fd is taken over if it is needed. */
static int learn(struct procfs_take *t, int *fd, uint64_t ino)
{
	int place = procfs_ns_add(t, ino), r;

	if (place < 0)
		return place;
	if (t->ns[place].fd < 0)
		t->ns[place].fd = steal_fd(fd);
	r = learn_ancestors(t, place);
	return r < 0 ? r : place;
}

int procfs_ns_learn_fd(struct procfs_take *t, int fd)
{
	_cleanup_close_ int owned = fd;
	uint64_t ino;
	int r = inode_of(fd, &ino);

	return r < 0 ? r : learn(t, &owned, ino);
}

int procfs_ns_learn(struct procfs_take *t, int dir, const char *name, uint64_t ino)
{
	_cleanup_close_ int fd = open_ns(t, dir, name);
	uint64_t found;
	int r;

	if (fd < 0)
		return fd;
	r = inode_of(fd, &found);
	if (r < 0)
		return r;
	return found == ino ? learn(t, &fd, ino) : -ESTALE;
}

/* The descriptor of `place`, had again from its descendant `leaf` if it was given up. */
static int fd_of(struct procfs_take *t, int place, int leaf, int dir, const char *name)
{
	_cleanup_close_ int fd = -1;
	uint64_t ino;
	int up;

	if (t->ns[place].fd >= 0)
		return t->ns[place].fd;
	fd = open_ns(t, dir, name);
	if (fd < 0)
		return fd;
	for (up = leaf; up != place; up = t->ns[up].parent) {
		int above = open_by_ioctl(t, fd, NS_GET_PARENT);

		if (above < 0)
			return above;
		close(fd);
		fd = above;
	}
	if (inode_of(fd, &ino) < 0 || ino != t->ns[place].ino)
		return -ESRCH;
	return t->ns[place].fd = steal_fd(&fd);
}

int procfs_ns_translate(struct procfs_take *t, int place, int leaf, int dir, const char *name,
			int32_t tid, int32_t *ret_vpid)
{
	int fd = fd_of(t, place, leaf, dir, name), vpid;

	if (fd < 0)
		return fd;
	vpid = ioctl(fd, NS_GET_PID_IN_PIDNS, tid);
	if (vpid <= 0)
		return -ESRCH;
	*ret_vpid = vpid;
	return 0;
}

int procfs_ns_tgid(struct procfs_take *t, int32_t tid, int32_t *ret_tgid)
{
	int place = procfs_ns_find(t, t->own_ino);
	int tgid = place < 0 || t->ns[place].fd < 0
			   ? -1
			   : ioctl(t->ns[place].fd, NS_GET_TGID_FROM_PIDNS, tid);

	if (tgid <= 0)
		return -ESRCH;
	*ret_tgid = tgid;
	return 0;
}

int procfs_ns_init(const struct procfs_take *t, int place, int32_t *ret_pid)
{
	int pid = t->ns[place].fd < 0 ? -1 : ioctl(t->ns[place].fd, NS_GET_PID_FROM_PIDNS, 1);

	if (pid <= 0)
		return -ESRCH;
	*ret_pid = pid;
	return 0;
}

bool procfs_ns_probe(struct procfs_take *t)
{
	int place = procfs_ns_learn(t, t->p->root, "self/ns/pid", t->own_ino);
	pid_t self = getpid();

	return place >= 0 && ioctl(t->ns[place].fd, NS_GET_PID_IN_PIDNS, self) == self;
}

void procfs_ns_mark_tasks(struct procfs_take *t, int place)
{
	for (; place >= 0 && !t->ns[place].has_tasks; place = t->ns[place].parent)
		t->ns[place].has_tasks = true;
}

/* The owning user namespace and its owner, ioctl_nsfs(2). */
static void ask_owner(struct procfs_take *t, int ns_fd, struct raw_ns *raw)
{
	_cleanup_close_ int fd = open_by_ioctl(t, ns_fd, NS_GET_USERNS);
	uid_t uid;

	if (fd < 0)
		return;
	if (inode_of(fd, &raw->owner_ns) == 0)
		raw->known |= PIDNS_NS_OWNER_NS;
	if (ioctl(fd, NS_GET_OWNER_UID, &uid) == 0) {
		raw->owner_uid = uid;
		raw->known |= PIDNS_NS_OWNER_UID;
	}
}

/* Among a chosen few tasks the reaper may not be, so the kernel is asked who is number 1. */
static void ask_reaper(const struct procfs_take *t, int place, struct raw_ns *raw)
{
	if (t->translates && t->request->pids && t->request->ns_fields & PIDNS_NS_REAPER &&
	    procfs_ns_init(t, place, &raw->reaper) == 0)
		raw->known |= PIDNS_NS_REAPER;
}

/*
 * No task is in it or below, so it has no init. Before Linux 7.1 it must have had one before anything
 * could refer to it (pid_for_children shows nothing until then, pidns_for_children_get()): it is dead.
 * Of one that is not certain to be below the caller's, nothing can be said.
 */
static bool has_no_init(const struct procfs_take *t, const struct procfs_ns *ns)
{
	bool has_met_all = t->only_helps || !t->request->pids;

	return !ns->has_tasks && !ns->is_unborn && has_met_all && !t->p->hides_tasks &&
	       ns->ino != t->own_ino &&
	       ((t->is_own && ns->reaches_root) || t->own_ino == PROCFS_INITIAL_NS);
}

/*
 * An open file or a mount may refer to a namespace above or beside the caller's: it is not reported.
 * Only the initial namespace has none.
 */
static bool is_foreign(const struct procfs_take *t, const struct procfs_ns *ns)
{
	return t->is_own && t->own_ino && t->own_ino != PROCFS_INITIAL_NS && !ns->has_tasks &&
	       !ns->reaches_root;
}

static int pour_foreign(struct procfs_take *t, const struct procfs_ns *ns)
{
	/* Of a mount that cannot be opened only the inode is known: it may be of one below. */
	if (ns->fd < 0)
		builder_add_unseen(t->b, PIDNS_UNSEEN_BIND);
	return 0;
}

/*
 * pid_max of the reader's namespace is that of all namespaces before 6.14, 7863dcc72d0f ("pid: allow
 * pid_max to be set per pid namespace"). Since, each has its own, which starts at the highest possible and
 * can be read only from inside; what counts is the least on the way up, so only the initial
 * namespace's is certain.
 */
static bool pid_max_is_global(void)
{
	return util_kernel_is_before(6, 14);
}

static void ask_own(struct procfs_take *t, struct raw_ns *raw)
{
	struct proc_loadavg load;
	char buf[128];
	ssize_t len;

	/* A caller in it has a living init, whose PID there is 1, seen or not. */
	raw->reaper = 1;
	raw->known |= PIDNS_NS_REAPER;
	if (t->request->ns_fields & PIDNS_NS_LAST_PID) {
		len = procfs_read_file(t, t->p->root, "loadavg", buf, sizeof(buf));
		if (len > 0 && proc_parse_loadavg(buf, (size_t)len, &load) == 0 && load.last_pid) {
			raw->last_pid = load.last_pid;
			raw->known |= PIDNS_NS_LAST_PID;
		}
	}
}

static int pour_one(struct procfs_take *t, struct procfs_ns *ns, uint64_t pid_max, bool is_global)
{
	const uint64_t owner = PIDNS_NS_OWNER_UID | PIDNS_NS_OWNER_NS;
	struct raw_ns raw = {.ino = ns->ino};
	bool is_own = t->is_own && ns->ino == t->own_ino;

	if (ns->parent >= 0) {
		raw.parent_ino = t->ns[ns->parent].ino;
		raw.known |= PIDNS_NS_PARENT;
	} else if (!ns->has_tasks && ns->ino != t->own_ino) {
		/* With tasks it has a living parent, seen by its tasks; else it is unknown. */
		builder_add_unseen(t->b, PIDNS_UNSEEN_DEAD);
	}
	if (is_own)
		ask_own(t, &raw);
	if (pid_max && (is_global || (is_own && ns->ino == PROCFS_INITIAL_NS))) {
		raw.pids_max = (uint32_t)pid_max;
		raw.known |= PIDNS_NS_PIDS_MAX;
	}
	if (has_no_init(t, ns) || (ns->is_unborn && !ns->has_tasks)) {
		raw.state = ns->is_unborn ? PIDNS_STATE_UNBORN : PIDNS_STATE_DEAD;
		raw.known |= PIDNS_NS_REAPER;
		if (ns->is_unborn || !t->shows_unborn)
			raw.known |= PIDNS_NS_STATE;
	}
	if (ns->fd >= 0) {
		if (t->request->ns_fields & owner)
			ask_owner(t, ns->fd, &raw);
		if (t->request->ns_fields & PIDNS_NS_COOKIE &&
		    ioctl(ns->fd, NS_GET_ID, &raw.cookie) == 0)
			raw.known |= PIDNS_NS_COOKIE;
		ask_reaper(t, (int)(ns - t->ns), &raw);
	}
	return builder_add_ns(t->b, &raw);
}

int procfs_ns_pour(struct procfs_take *t)
{
	uint64_t pid_max = 0;
	bool is_global = false;
	size_t i;
	int r = 0;

	if (t->request->ns_fields & PIDNS_NS_PIDS_MAX && t->is_own) {
		(void)file_read_number(t->p->root, "sys/kernel/pid_max", &pid_max);
		is_global = pid_max_is_global();
	}
	if (t->own_ino)
		r = builder_set_root(t->b, t->own_ino);
	for (i = 0; r >= 0 && i < t->nr_ns; i++) {
		if (t->ns[i].is_told)
			continue;
		r = is_foreign(t, &t->ns[i]) ? pour_foreign(t, &t->ns[i])
					     : pour_one(t, &t->ns[i], pid_max, is_global);
	}
	return r;
}

void procfs_ns_free(struct procfs_take *t)
{
	size_t i;

	for (i = 0; i < t->nr_ns; i++)
		if (t->ns[i].fd >= 0)
			close(t->ns[i].fd);
	free(t->ns);
	map_clear(&t->ns_by_ino);
}
