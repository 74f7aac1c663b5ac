// SPDX-License-Identifier: LGPL-2.1-or-later
/* namespaces-count.c - the namespaces that can be seen, and for whom they are counted. */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/snapshot.h"
#include "internal.h"
#include "namespaces.h"

const struct namespace_kind_info namespace_kinds[NR_KINDS] = {
	[USER] = {PIDNS_LIMIT_USER_NAMESPACES, "user", USERNS_INITIAL},
	[PID] = {PIDNS_LIMIT_PID_NAMESPACES, "pid", LIMITS_INITIAL_NS},
	[MNT] = {PIDNS_LIMIT_MNT_NAMESPACES, "mnt", UINT64_C(0xeffffff8)},
	[NET] = {PIDNS_LIMIT_NET_NAMESPACES, "net", UINT64_C(0xeffffff9)},
	[IPC] = {PIDNS_LIMIT_IPC_NAMESPACES, "ipc", UINT64_C(0xefffffff)},
	[UTS] = {PIDNS_LIMIT_UTS_NAMESPACES, "uts", UINT64_C(0xeffffffe)},
	[CGROUP] = {PIDNS_LIMIT_CGROUP_NAMESPACES, "cgroup", UINT64_C(0xeffffffb)},
	[TIME] = {PIDNS_LIMIT_TIME_NAMESPACES, "time", UINT64_C(0xeffffffa)},
};

static const struct {
	int kind;
	const char *name;
} links[] = {
	{PID, "ns/pid"}, {MNT, "ns/mnt"},	{NET, "ns/net"},   {IPC, "ns/ipc"},
	{UTS, "ns/uts"}, {CGROUP, "ns/cgroup"}, {TIME, "ns/time"}, {TIME, "ns/time_for_children"},
};

/* ---- accounts -------------------------------------------------------------------------------- */

int namespaces_account(struct limits_namespaces *n, uint64_t user, uint32_t uid,
		       struct account **ret)
{
	uint64_t key = user << 32 | uid; /* inodes of nsfs have 32 bits */
	uint32_t place = map_get(&n->by_user, key);
	int r;

	if (!place) {
		r = util_grow(&n->accounts, &n->room_accounts, n->nr_accounts,
			      sizeof(*n->accounts));
		if (r >= 0)
			r = map_put(&n->by_user, key, (uint32_t)n->nr_accounts + 1);
		if (r < 0)
			return r;
		n->accounts[n->nr_accounts++] = (struct account){.user = user, .uid = uid};
		place = (uint32_t)n->nr_accounts;
	}
	*ret = &n->accounts[place - 1];
	return 0;
}

bool namespaces_go_up(const struct limits *l, uint64_t *user, uint32_t *uid)
{
	const struct user_ns *ns = userns_find(&l->userns, *user);

	if (!ns || !ns->parent)
		return false;
	*uid = ns->owner;
	*user = ns->parent;
	return true;
}

static int count_up(struct limits *l, const struct seen *seen)
{
	uint64_t user = seen->user;
	uint32_t uid = seen->uid;

	for (int up = 0; up <= USERNS_DEEPEST; up++) {
		struct account *account;
		int r = namespaces_account(l->of_namespaces, user, uid, &account);

		if (r < 0)
			return r;
		account->used[seen->kind]++;
		if (!namespaces_go_up(l, &user, &uid))
			break;
	}
	return 0;
}

/* ---- namespaces that can be seen --------------------------------------------------------------- */

static int add_seen(struct limits *l, int kind, int32_t member, uint64_t user, uint32_t uid)
{
	struct limits_namespaces *n = l->of_namespaces;
	int r = util_grow(&n->seen, &n->room_seen, n->nr_seen, sizeof(*n->seen));

	if (r < 0)
		return r;
	n->seen[n->nr_seen] = (struct seen){kind, member, uid, user};
	return count_up(l, &n->seen[n->nr_seen++]);
}

/* One that belongs to that user namespace. */
static int add_owned(struct limits *l, int kind, int32_t member, uint64_t user)
{
	const struct user_ns *ns = userns_find(&l->userns, user);

	return add_seen(l, kind, member, user, ns ? ns->root : USERNS_OVERFLOW);
}

/* Is it the first time, and not one that the machine began with? */
static int is_new(struct limits *l, int kind, uint64_t ino)
{
	struct map *seen = &l->of_namespaces->seen_ino;

	if (ino == namespace_kinds[kind].initial || map_get(seen, ino))
		return 0;
	return map_put(seen, ino, 1) < 0 ? -ENOMEM : 1;
}

/* Of whom: only who has rights there may ask. */
static int add_link(struct limits *l, int kind, int32_t pid, int dir, const char *name)
{
	_cleanup_close_ int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	int owner = fd < 0 ? -1 : ioctl(fd, NS_GET_USERNS);
	struct stat st;
	int r;

	if (owner < 0)
		return 0;
	r = fstat(owner, &st) < 0 ? -EIO : 0;
	if (r < 0)
		close(owner);
	else
		r = userns_learn_up(&l->userns, owner);
	return r < 0 ? (r == -ENOMEM ? r : 0) : add_owned(l, kind, pid, st.st_ino);
}

static bool is_met(const struct limits *l, int kind, uint64_t ino)
{
	return ino &&
	       (ino == namespace_kinds[kind].initial || map_get(&l->of_namespaces->seen_ino, ino));
}

/* As far as the provider says which namespaces a task is in: most are in those of another. */
static bool has_nothing_new(const struct limits *l, const struct limits_subject *of)
{
	const struct task_namespaces *in = snapshot_task_namespaces(l->a->snapshot, of->pid);
	const struct pidns_ns *ns = of->task->ns;
	const struct user_ns *user = of->extra ? userns_find(&l->userns, of->extra->user_ns) : NULL;

	if (!user || !user->is_complete || !(ns->known & PIDNS_NS_INO) || !is_met(l, PID, ns->ino))
		return false;
	return pidns_task_is_zombie(of->task) ||
	       (in && is_met(l, MNT, in->mnt) && is_met(l, NET, in->net) &&
		is_met(l, IPC, in->ipc) && is_met(l, UTS, in->uts) &&
		is_met(l, CGROUP, in->cgroup) && is_met(l, TIME, in->time) &&
		is_met(l, TIME, in->time_for_children));
}

/* What has ended is in its PID and user namespaces alone, and of the first most is known by now. */
static size_t links_of(const struct limits *l, const struct pidns_task *task)
{
	if (!pidns_task_is_zombie(task))
		return ARRAY_SIZE(links);
	return task->ns->known & PIDNS_NS_INO && is_met(l, PID, task->ns->ino) ? 0 : 1;
}

static int look_at(struct limits *l, const struct pidns_task *task)
{
	struct limits_subject of = limits_subject(l, task);
	size_t nr = links_of(l, task);
	uint64_t user;
	int dir, r;

	if (has_nothing_new(l, &of))
		return 0;
	dir = limits_subject_dir(l, &of);
	r = userns_learn(l, &of, &user);

	for (size_t i = 0; dir >= 0 && r >= 0 && i < nr; i++) {
		int kind = links[i].kind;
		uint64_t ino = limits_read_link(dir, links[i].name, namespace_kinds[kind].type);

		r = ino ? is_new(l, kind, ino) : 0;
		if (r > 0)
			r = add_link(l, kind, task->pid, dir, links[i].name);
	}
	limits_subject_close(&of);
	return r == -ENOENT ? 0 : r;
}

/* Before they had numbers of their own, the machine's first were those of its first kernel thread. */
static int skip_initial(struct limits *l)
{
	_cleanup_close_ int dir = -1;
	int r = 0;

	if (l->own_ns != LIMITS_INITIAL_NS)
		return 0;
	dir = limits_open_task(l, 2);
	for (int kind = MNT; dir >= 0 && r >= 0 && kind <= NET; kind++) {
		char name[16];
		uint64_t ino;

		snprintf(name, sizeof(name), "ns/%s", namespace_kinds[kind].type);
		ino = limits_read_link(dir, name, namespace_kinds[kind].type);
		if (ino)
			r = map_put(&l->of_namespaces->seen_ino, ino, 1);
	}
	return r;
}

/* PID namespaces of the snapshot, where no process is in them any more. */
static int look_at_empty(struct limits *l)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < l->nr_namespaces; i++) {
		const struct pidns_ns *ns = l->namespaces[i];

		if (!(ns->known & PIDNS_NS_OWNER_NS) || !(ns->known & PIDNS_NS_INO))
			continue;
		r = is_new(l, PID, ns->ino);
		if (r > 0)
			r = add_owned(l, PID, 0, ns->owner_ns);
	}
	return r;
}

/* Those that own others are known without a process, too. */
static int look_at_users(struct limits *l)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < l->userns.nr; i++) {
		const struct user_ns *ns = &l->userns.list[i];

		if (ns->parent)
			r = add_seen(l, USER, ns->member, ns->parent, ns->owner);
	}
	return r;
}

int namespaces_count(struct limits *l)
{
	int r;

	if (l->of_namespaces->is_counted)
		return 0;
	l->of_namespaces->is_counted = true;
	r = skip_initial(l);
	for (size_t i = 0; r >= 0 && i < l->nr_tasks; i++)
		r = look_at(l, l->tasks[i]);
	if (r >= 0)
		r = look_at_empty(l);
	return r < 0 ? r : look_at_users(l);
}
