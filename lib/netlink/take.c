// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * take.c - the exchanges that make a snapshot: tasks, then namespaces, then occupancy. Where
 * namespaces are all that is wanted, they come first and tell who their reapers are.
 *
 * Tasks come first: then a namespace that is born meanwhile is in the list that follows, and only
 * one whose last task is reaped in between is known by nothing but its inode.
 */
#include "genl.h"
#include "internal.h"
#include "base/map.h"
#include "base/pidfd.h"

#include <errno.h>
#include <linux/pidns.h>
#include <stdlib.h>
#include <string.h>

/* A busy machine never holds still for the length of a dump: then what there is will do. */
#define MAX_ATTEMPTS 3

/* Told for every task, whatever is asked for; of a reaper, its namespace tells what matters. */
#define FREE_FIELDS                                                                 \
	(PIDNS_TASK_VPIDS | PIDNS_TASK_PPID | PIDNS_TASK_STATE | PIDNS_TASK_START | \
	 PIDNS_TASK_THREADS)

struct taking {
	struct netlink *nl;
	const struct request *request;
	struct builder *b;
	uint32_t facts; /* PIDNS_TASK_FACTS_* */
	struct request_pids pids;
	uint64_t own_ino;
	bool owns; /* the reader's user namespace, or one below, owns the reader's PID namespace */
	bool is_interrupted;
	bool wants_reapers; /* the only tasks, asked for one by one */
	int32_t *reapers;
	size_t nr_reapers, room_reapers;
	struct genl_task *ended; /* leaders that have ended before their threads */
	size_t nr_ended, room_ended;
	struct map ended_by_pid; /* an index + 1 */
	bool wants_pidfds;	 /* of each task, which is then asked for by itself */
	int pidfd;		 /* of the task that is being asked for, -1: none; … */
	int32_t pidfd_tid;	 /* … and its PID */
	int32_t *listed;	 /* all tasks, to be asked for one by one */
	size_t nr_listed, room_listed;
	struct genl_task task;
	struct genl_pidmap pidmap;
};

static const struct request_group groups[] = {
	{PIDNS_TASK_FACTS_GROUPS, PIDNS_TASK_VPGID | PIDNS_TASK_VSID},
	{PIDNS_TASK_FACTS_CREDS, PIDNS_TASK_UID | PIDNS_TASK_RUID},
	{PIDNS_TASK_FACTS_COMM, PIDNS_TASK_COMM},
	{PIDNS_TASK_FACTS_CPU, PIDNS_TASK_CPU},
	{PIDNS_TASK_FACTS_MEMORY, PIDNS_TASK_RSS},
	{PIDNS_TASK_FACTS_CHILDREN, PIDNS_TASK_NS_FOR_CHILDREN},
};

static int ask(struct taking *t, struct netlink_request *request, netlink_object_fn object)
{
	int r = netlink_ask(t->nl, request, object, t, &t->request->why);

	if (r == NETLINK_INTERRUPTED)
		t->is_interrupted = true;
	return r < 0 ? r : 0;
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static bool has_ended(const struct raw_task *raw)
{
	return raw->state == 'Z' || raw->state == 'X';
}

/* What its absence says, where it was asked for. */
static void complete_task(const struct taking *t, struct raw_task *raw)
{
	if (t->facts & PIDNS_TASK_FACTS_MEMORY)
		raw->known |= PIDNS_TASK_RSS; /* no memory at all */
	/* The same as its own; a task that has exited has none. */
	if (t->facts & PIDNS_TASK_FACTS_CHILDREN && raw->known & PIDNS_TASK_STATE &&
	    !has_ended(raw))
		raw->known |= PIDNS_TASK_NS_FOR_CHILDREN;
}

static bool is_reaper(const struct raw_task *raw)
{
	return raw->nr_vpids && raw->vpids[raw->nr_vpids - 1] == 1;
}

/* The state of a process whose leader has ended is that of a surviving thread. */
static bool is_state_of_thread(const struct taking *t, const struct raw_task *raw)
{
	const uint64_t asked = t->request->task_fields | t->request->reaper_fields;

	return asked & PIDNS_TASK_STATE && raw->tid == raw->pid && has_ended(raw) &&
	       raw->known & PIDNS_TASK_THREADS && raw->threads > 1;
}

static int defer_ended(struct taking *t)
{
	int r = util_grow(&t->ended, &t->room_ended, t->nr_ended, sizeof(*t->ended));

	if (r < 0)
		return r;
	t->task.raw.known &= ~PIDNS_TASK_STATE;
	t->ended[t->nr_ended] = t->task;
	return map_put(&t->ended_by_pid, (uint64_t)t->task.raw.pid, (uint32_t)++t->nr_ended);
}

/* Opened before the kernel was asked: if its task is still there, it is the one that was told of. */
static void add_pidfd_ino(const struct taking *t, struct raw_task *raw)
{
	if (t->pidfd >= 0 && raw->tid == t->pidfd_tid &&
	    pidfd_read_ino(t->pidfd, &raw->pidfd_ino) == 0 && pidfd_is_there(t->pidfd))
		raw->known |= PIDNS_TASK_PIDFD_INO;
}

static int add_task(void *arg, const void *attrs, size_t len)
{
	struct taking *t = arg;
	struct raw_task *raw = &t->task.raw;
	int r = genl_parse_task(attrs, len, &t->task);

	if (r < 0)
		return r;
	if (t->pids.list && !request_wants(t->request, &t->pids, raw))
		return 0;
	complete_task(t, raw);
	add_pidfd_ino(t, raw);
	/* What was told for the sake of the reapers is not kept of the others. */
	if (!is_reaper(raw))
		raw->known &= t->request->task_fields | FREE_FIELDS;
	return is_state_of_thread(t, raw) ? defer_ended(t) : builder_add_task(t->b, raw);
}

static int list_task(void *arg, const void *attrs, size_t len)
{
	struct taking *t = arg;
	int r = genl_parse_task(attrs, len, &t->task);

	if (r >= 0)
		r = util_grow(&t->listed, &t->room_listed, t->nr_listed, sizeof(*t->listed));
	if (r >= 0)
		t->listed[t->nr_listed++] = t->task.raw.tid;
	return r;
}

static int dump_tasks(struct taking *t, uint32_t facts, netlink_object_fn object)
{
	struct netlink_request request;

	netlink_request_init(&request, "task-get", PIDNS_CMD_TASK_GET, true);
	netlink_put_u32(&request, PIDNS_A_TASK_FACTS, facts);
	if (!(t->request->flags & PIDNS_TAKE_THREADS))
		netlink_put_flag(&request, PIDNS_A_TASK_LEADERS);
	return ask(t, &request, object);
}

static int take_task(struct taking *t, int32_t tid)
{
	_cleanup_close_ int pidfd = t->wants_pidfds ? pidfd_open_task(tid) : -1;
	struct netlink_request request;
	int r;

	t->pidfd = pidfd;
	t->pidfd_tid = tid;
	netlink_request_init(&request, "task-get", PIDNS_CMD_TASK_GET, false);
	netlink_put_u32(&request, PIDNS_A_TASK_TID, (uint32_t)tid);
	netlink_put_u32(&request, PIDNS_A_TASK_FACTS, t->facts);
	r = ask(t, &request, add_task);
	t->pidfd = -1;
	return r == -ESRCH ? 0 : r;
}

static int take_tasks(struct taking *t)
{
	size_t i;
	int r;

	if (!t->wants_pidfds)
		return dump_tasks(t, t->facts, add_task);
	t->nr_listed = 0;
	r = dump_tasks(t, 0, list_task);
	for (i = 0; r >= 0 && i < t->nr_listed; i++)
		r = take_task(t, t->listed[i]);
	return r;
}

/* The threads of a group can only be had by looking at all. */
static int take_chosen(struct taking *t)
{
	size_t i;
	int r = 0;

	if (t->request->flags & PIDNS_TAKE_THREADS && t->request->nr_pids)
		return take_tasks(t);
	for (i = 0; r >= 0 && i < t->pids.nr; i++)
		if (t->pids.list[i] > 0)
			r = take_task(t, t->pids.list[i]);
	return r;
}

static int look_at_thread(void *arg, const void *attrs, size_t len)
{
	struct taking *t = arg;
	const struct raw_task *thread = &t->task.raw;
	int r = genl_parse_task(attrs, len, &t->task);
	uint32_t at;

	if (r < 0)
		return r;
	at = map_get(&t->ended_by_pid, (uint64_t)thread->pid);
	if (at && thread->tid != thread->pid && !has_ended(thread)) {
		t->ended[at - 1].raw.state = thread->state;
		t->ended[at - 1].raw.known |= thread->known & PIDNS_TASK_STATE;
	}
	return 0;
}

/* Only a dump of all threads shows those of one process. */
static int add_ended(struct taking *t)
{
	struct netlink_request request;
	size_t i;
	int r;

	if (!t->nr_ended)
		return 0;
	netlink_request_init(&request, "task-get", PIDNS_CMD_TASK_GET, true);
	netlink_put_u32(&request, PIDNS_A_TASK_FACTS, 0);
	r = ask(t, &request, look_at_thread);
	for (i = 0; r >= 0 && i < t->nr_ended; i++) {
		t->ended[i].raw.vpids = t->ended[i].vpids;
		t->ended[i].raw.comm = t->ended[i].comm;
		r = builder_add_task(t->b, &t->ended[i].raw);
	}
	return r;
}

/* ---- namespaces ------------------------------------------------------------------------------ */

/* The reader's own comes before all others, and the reader sees nothing above. */
static int add_ns(void *arg, const void *attrs, size_t len)
{
	struct taking *t = arg;
	struct raw_ns raw;
	int r = genl_parse_ns(attrs, len, &raw);

	if (r < 0)
		return r;
	if (!t->own_ino) {
		if (raw.known & PIDNS_NS_PARENT)
			return -EPROTO;
		t->own_ino = raw.ino;
		t->owns = raw.known & PIDNS_NS_OWNER_NS;
		r = builder_set_root(t->b, raw.ino);
	}
	if (r >= 0 && t->wants_reapers && raw.reaper > 0) {
		r = util_grow(&t->reapers, &t->room_reapers, t->nr_reapers, sizeof(*t->reapers));
		if (r >= 0)
			t->reapers[t->nr_reapers++] = raw.reaper;
	}
	return r < 0 ? r : builder_add_ns(t->b, &raw);
}

static int take_namespaces(struct taking *t)
{
	const uint64_t counts = PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES;
	struct netlink_request request;

	netlink_request_init(&request, "ns-get", PIDNS_CMD_NS_GET, true);
	if (t->request->flags & PIDNS_TAKE_NAMESPACES && t->request->ns_fields & counts)
		netlink_put_flag(&request, PIDNS_A_NS_COUNT);
	return ask(t, &request, add_ns);
}

/* One that has gone by now has left a namespace that is told of all the same. */
static int take_reapers(struct taking *t)
{
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < t->nr_reapers; i++)
		r = take_task(t, t->reapers[i]);
	return r;
}

static int add_pidmap(void *arg, const void *attrs, size_t len)
{
	struct taking *t = arg;
	int r = genl_parse_pidmap(attrs, len, &t->pidmap);

	return r < 0 ? r
		     : builder_add_pidmap(t->b, t->pidmap.ns_ino, t->pidmap.block_size,
					  t->pidmap.used, t->pidmap.nr_blocks);
}

static int take_pidmaps(struct taking *t)
{
	struct netlink_request request;

	netlink_request_init(&request, "pidmap-get", PIDNS_CMD_PIDMAP_GET, true);
	return ask(t, &request, add_pidmap);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static int take_once(struct taking *t)
{
	int r;

	t->own_ino = 0;
	t->is_interrupted = false;
	t->nr_reapers = 0;
	t->nr_ended = 0;
	map_clear(&t->ended_by_pid);
	if (t->request->flags & PIDNS_TAKE_NAMESPACES)
		r = 0;
	else
		r = t->request->pids ? take_chosen(t) : take_tasks(t);
	if (r >= 0)
		r = take_namespaces(t);
	if (r >= 0)
		r = take_reapers(t);
	if (r >= 0)
		r = add_ended(t);
	if (r >= 0 && t->request->ns_fields & PIDNS_NS_PIDMAP)
		r = take_pidmaps(t);
	return r;
}

static int take_patiently(struct taking *t)
{
	int attempt, r;

	for (attempt = 1;; attempt++) {
		r = take_once(t);
		if ((r < 0 && r != -ENOBUFS) || (r >= 0 && !t->is_interrupted))
			return r;
		if (attempt == MAX_ATTEMPTS)
			break;
		builder_start_over(t->b);
	}
	if (!t->own_ino)
		return why_set(&t->request->why, -EIO, "netlink: answers are lost again and again");
	builder_add_flags(t->b, PIDNS_SNAPSHOT_RACED);
	return 0;
}

int netlink_take(struct netlink *nl, bool has_ptrace, const struct request *request,
		 struct builder *b)
{
	struct taking *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	t->nl = nl;
	t->pidfd = -1;
	t->wants_pidfds = request->task_fields & PIDNS_TASK_PIDFD_INO && pidfd_has_inos();
	t->request = request;
	t->b = b;
	t->facts = request_groups(groups, ARRAY_SIZE(groups),
				  request->task_fields | request->reaper_fields);
	if (request->flags & PIDNS_TAKE_NAMESPACES) {
		builder_add_flags(b, PIDNS_SNAPSHOT_SUBSET);
		t->wants_reapers = request->reaper_fields & ~FREE_FIELDS;
	}
	r = request_sort_pids(request, &t->pids);
	if (r >= 0)
		r = take_patiently(t);
	if (r >= 0 && !(has_ptrace && t->owns))
		builder_add_unseen(b, PIDNS_UNSEEN_TASKS | PIDNS_UNSEEN_UNBORN | PIDNS_UNSEEN_DEAD |
					      PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND |
					      PIDNS_UNSEEN_PIDFD | PIDNS_UNSEEN_PROCFS_MOUNT);
	if (r >= 0 && !t->own_ino)
		r = why_set(&request->why, -EPROTO, "netlink: ns-get: not even the reader's own");
	map_clear(&t->ended_by_pid);
	free(t->ended);
	free(t->listed);
	free(t->reapers);
	free(t->pids.list);
	free(t);
	return r;
}

/* ---- who may see ----------------------------------------------------------------------------- */

static int look_at_owner(void *arg, const void *attrs, size_t len)
{
	struct raw_ns *raw = arg;

	return genl_parse_ns(attrs, len, raw);
}

/*
 * The kernel asks for CAP_SYS_PTRACE in the user namespace that owns the reader's PID namespace,
 * and tells of that owner only where it is the reader's own user namespace or below: there a
 * capability of the reader's holds, too.
 */
int netlink_sees_all(struct netlink *nl, bool has_ptrace, const struct why *why)
{
	struct netlink_request request;
	struct raw_ns raw = {0};
	int r;

	if (!has_ptrace)
		return why_set(why, -EACCES, "netlink: not all is shown without CAP_SYS_PTRACE");
	netlink_request_init(&request, "ns-get", PIDNS_CMD_NS_GET, false);
	r = netlink_ask(nl, &request, look_at_owner, &raw, why);
	if (r < 0)
		return r;
	if (!(raw.known & PIDNS_NS_OWNER_NS))
		return why_set(why, -EACCES,
			       "netlink: not all is shown outside the owning user namespace");
	return 0;
}
