// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mirror.c - the namespaces and tasks of a mirror, and the batches in which they change.
 */
#include "mirror-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Facts of which no event reports a change are forgotten with the batch. */
#define KEPT_NS                                                                               \
	(PIDNS_NS_INO | PIDNS_NS_COOKIE | PIDNS_NS_PARENT | PIDNS_NS_LEVEL | PIDNS_NS_STATE | \
	 PIDNS_NS_REAPER | PIDNS_NS_REAPER_START | PIDNS_NS_OWNER_UID | PIDNS_NS_OWNER_NS |   \
	 PIDNS_NS_PIDS_MAX)

/* RCU and work queues hold a namespace for a moment after its last task. */
#define LINGERS_NS 200000000

/* ---- slots ----------------------------------------------------------------------------------- */

static void *slot_new(struct mirror_slots *slots, size_t size, uint64_t key)
{
	uint32_t at;

	if (util_grow(&slots->free, &slots->room_free, slots->nr_free, sizeof(*slots->free)) < 0)
		return NULL;
	if (!slots->nr_free) {
		if (slots->nr >= INT32_MAX ||
		    util_grow(&slots->list, &slots->room, slots->nr, size) < 0)
			return NULL;
		slots->free[slots->nr_free++] = (uint32_t)slots->nr++;
	}
	at = slots->free[slots->nr_free - 1];
	if (map_put(&slots->by_key, key, at + 1) < 0)
		return NULL;
	slots->nr_free--;
	return memset((char *)slots->list + at * size, 0, size);
}

/* There is room among the free: each slot was there before it was taken. */
static void slot_free(struct mirror_slots *slots, size_t at, uint64_t key)
{
	map_remove(&slots->by_key, key);
	if (util_grow(&slots->free, &slots->room_free, slots->nr_free, sizeof(*slots->free)) >= 0)
		slots->free[slots->nr_free++] = (uint32_t)at;
}

static void slots_clear(struct mirror_slots *slots)
{
	free(slots->list);
	free(slots->free);
	map_clear(&slots->by_key);
	*slots = (struct mirror_slots){0};
}

struct mirror_ns *mirror_find_ns(const struct mirror *m, uint64_t ino)
{
	uint32_t place = map_get(&m->namespaces.by_key, ino);

	return place ? mirror_ns_at(m, place - 1) : NULL;
}

struct mirror_task *mirror_find_task(const struct mirror *m, int32_t pid)
{
	uint32_t place = map_get(&m->tasks.by_key, (uint64_t)pid);

	return place ? mirror_task_at(m, place - 1) : NULL;
}

static size_t ns_index(const struct mirror *m, const struct mirror_ns *ns)
{
	return (size_t)(ns - mirror_ns_at(m, 0));
}

static size_t task_index(const struct mirror *m, const struct mirror_task *task)
{
	return (size_t)(task - mirror_task_at(m, 0));
}

/* ---- the whole ------------------------------------------------------------------------------- */

struct mirror *mirror_new(const char *provider, bool has_tasks)
{
	struct mirror *m = calloc(1, sizeof(*m));

	if (m) {
		m->provider = provider;
		m->has_tasks = has_tasks;
	}
	return m;
}

static void clear(struct mirror *m)
{
	size_t i;

	for (i = 0; i < m->tasks.nr; i++)
		free(mirror_task_at(m, i)->many);
	slots_clear(&m->namespaces);
	slots_clear(&m->tasks);
	m->nr_touched_ns = m->nr_touched_tasks = 0;
	m->nr_unsettled = m->nr_doubted = 0;
}

struct mirror *mirror_free(struct mirror *m)
{
	if (!m)
		return NULL;
	clear(m);
	free(m->touched_ns);
	free(m->touched_tasks);
	free(m);
	return NULL;
}

/* ---- touching -------------------------------------------------------------------------------- */

static int keep_index(uint32_t **list, size_t *room, size_t *nr, size_t index)
{
	if (util_grow(list, room, *nr, sizeof(**list)) < 0)
		return -ENOMEM;
	(*list)[(*nr)++] = (uint32_t)index;
	return 0;
}

static int touch_ns(struct mirror *m, struct mirror_ns *ns, uint64_t time_ns)
{
	if (keep_index(&m->touched_ns, &m->room_touched_ns, &m->nr_touched_ns, ns_index(m, ns)))
		return -ENOMEM;
	ns->was = ns->is_there ? ns->raw : (struct raw_ns){0};
	ns->is_touched = true;
	ns->time_ns = time_ns;
	return 0;
}

int mirror_touch_task(struct mirror *m, struct mirror_task *task, uint64_t time_ns)
{
	if (keep_index(&m->touched_tasks, &m->room_touched_tasks, &m->nr_touched_tasks,
		       task_index(m, task)))
		return -ENOMEM;
	task->was_there = task->is_there;
	task->is_touched = true;
	task->time_ns = time_ns;
	return 0;
}

/* Counted where nothing will say that it has ended. */
static bool is_unsettled(const struct mirror_ns *ns)
{
	return ns->is_there && ns->raw.known & PIDNS_NS_STATE &&
	       (ns->is_doubted || ns->raw.state != PIDNS_STATE_ALIVE);
}

void mirror_count_ns(struct mirror *m, const struct mirror_ns *ns, int by)
{
	struct mirror_ns *parent = NULL;

	if (is_unsettled(ns))
		m->nr_unsettled += (size_t)by;
	if (ns->is_there && ns->is_doubted)
		m->nr_doubted += (size_t)by;
	if (ns->is_there && ns->raw.known & PIDNS_NS_PARENT)
		parent = mirror_find_ns(m, ns->raw.parent_ino);
	if (parent && (by > 0 || parent->nr_children))
		parent->nr_children += (uint32_t)by;
}

/* ---- namespaces ------------------------------------------------------------------------------ */

int mirror_add_ns(struct mirror *m, const struct raw_ns *raw, uint64_t time_ns, bool is_event)
{
	struct mirror_ns *ns = mirror_find_ns(m, raw->ino);

	if (!ns)
		ns = slot_new(&m->namespaces, sizeof(*ns), raw->ino);
	if (!ns || (is_event && touch_ns(m, ns, time_ns) < 0))
		return -ENOMEM;
	mirror_count_ns(m, ns, -1);
	ns->raw = *raw;
	ns->raw.pidmap = NULL;
	ns->raw.known &= ~PIDNS_NS_PIDMAP;
	ns->is_there = true;
	ns->is_doubted = false;
	mirror_count_ns(m, ns, 1);
	return 0;
}

int mirror_remove_ns(struct mirror *m, struct mirror_ns *ns, uint64_t time_ns)
{
	if (touch_ns(m, ns, time_ns) < 0)
		return -ENOMEM;
	mirror_count_ns(m, ns, -1);
	ns->is_there = false;
	return 0;
}

bool mirror_is_same_ns(const struct raw_ns *a, const struct raw_ns *b)
{
	uint64_t known = a->known & b->known;

	if (known & PIDNS_NS_COOKIE)
		return a->cookie == b->cookie;
	return !(known & PIDNS_NS_REAPER_START) || !a->reaper_start_ns || !b->reaper_start_ns ||
	       a->reaper_start_ns == b->reaper_start_ns;
}

int mirror_change_state(struct mirror *m, struct mirror_ns *ns, uint32_t state, uint64_t time_ns)
{
	if (touch_ns(m, ns, time_ns) < 0)
		return -ENOMEM;
	mirror_count_ns(m, ns, -1);
	ns->raw.state = state;
	mirror_count_ns(m, ns, 1);
	return 0;
}

/* ---- tasks ----------------------------------------------------------------------------------- */

static int copy_vpids(struct mirror_task *task, const int32_t *vpids, uint32_t nr)
{
	int32_t *to = task->few;

	if (nr > MIRROR_FEW) {
		to = task->many = malloc(nr * sizeof(*to));
		if (!to)
			return -ENOMEM;
	}
	memcpy(to, vpids, nr * sizeof(*to));
	task->nr_vpids = nr;
	return 0;
}

void mirror_set_comm(struct mirror_task *task, const char *comm)
{
	strncpy(task->comm, comm, sizeof(task->comm) - 1);
	task->comm[sizeof(task->comm) - 1] = '\0';
}

void mirror_count_task(struct mirror *m, const struct mirror_task *task, int by)
{
	struct mirror_ns *ns = mirror_find_ns(m, task->ns_ino);

	if (ns && (by > 0 || ns->nr_tasks))
		ns->nr_tasks += (uint32_t)by;
}

static void drop_task(struct mirror *m, struct mirror_task *task)
{
	int32_t pid = task->pid;

	free(task->many);
	task->many = NULL;
	task->pid = 0;
	slot_free(&m->tasks, task_index(m, task), (uint64_t)pid);
}

int mirror_add_task(struct mirror *m, const struct raw_task *raw, uint64_t time_ns, bool is_event)
{
	struct mirror_task *task = slot_new(&m->tasks, sizeof(*task), (uint64_t)raw->pid);

	if (!task)
		return -ENOMEM;
	task->pid = raw->pid;
	if ((is_event && mirror_touch_task(m, task, time_ns) < 0) ||
	    copy_vpids(task, raw->vpids, raw->nr_vpids) < 0)
		return -ENOMEM;
	task->start_ns = raw->start_ns;
	task->ns_ino = raw->ns_ino;
	task->ppid = raw->ppid;
	task->uid = raw->uid;
	task->ruid = raw->ruid;
	task->is_there = true;
	task->is_new = is_event;
	mirror_set_comm(task, raw->comm);
	mirror_count_task(m, task, 1);
	return 0;
}

/* ---- a snapshot ------------------------------------------------------------------------------ */

static struct raw_ns raw_from(const struct pidns_ns *ns)
{
	const struct pidns_ns *parent = pidns_ns_parent(ns);
	struct raw_ns raw = {
#define COPY(type, member, at, name, bit, help) .member = ns->member,
		PIDNS_NS_FACTS(COPY, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP)
#undef COPY
			.known = ns->known & KEPT_NS,
		.ino = ns->ino,
	};

	if (ns->known & PIDNS_NS_PARENT && parent)
		raw.parent_ino = parent->ino;
	return raw;
}

static int fill_task(struct mirror *m, const struct pidns_task *task)
{
	const struct raw_task raw = {
		.pid = task->pid,
		.tid = task->tid,
		.ns_ino = task->ns->ino,
		.vpids = task->vpids,
		.nr_vpids = task->nr_vpids,
		.start_ns = task->known & PIDNS_TASK_START ? task->start_ns : 0,
		.comm = task->comm,
	};
	bool is_init = task->vpids[task->nr_vpids - 1] == 1;

	if (!(task->known & PIDNS_TASK_VPIDS) || task->pid != task->tid ||
	    (!m->has_tasks && !is_init))
		return 0;
	return mirror_add_task(m, &raw, 0, false);
}

int mirror_fill(struct mirror *m, const struct pidns_snapshot *snapshot)
{
	const struct pidns_ns *const *namespaces;
	const struct pidns_task *const *tasks;
	size_t nr, i;
	int r = 0;

	clear(m);
	nr = pidns_snapshot_namespaces(snapshot, &namespaces);
	m->root_ino = nr ? namespaces[0]->ino : 0;
	m->cannot_see = pidns_snapshot_cannot_see(snapshot);
	m->time_ns = pidns_snapshot_time(snapshot);
	for (i = 0; r >= 0 && i < nr; i++) {
		const struct raw_ns raw = raw_from(namespaces[i]);

		if (raw.ino)
			r = mirror_add_ns(m, &raw, 0, false);
	}
	nr = pidns_snapshot_tasks(snapshot, &tasks);
	for (i = 0; r >= 0 && i < nr; i++)
		r = fill_task(m, tasks[i]);
	return r;
}

/* ---- doubts ---------------------------------------------------------------------------------- */

enum mirror_doubt mirror_doubt(const struct mirror *m)
{
	if (m->nr_doubted)
		return MIRROR_NEW_DOUBT;
	return m->nr_unsettled ? MIRROR_UNSETTLED : MIRROR_CERTAIN;
}

static int settle_ns(struct mirror *m, struct mirror_ns *ns, const struct pidns_snapshot *fresh)
{
	const struct pidns_ns *now = pidns_ns_find(fresh, ns->raw.ino);
	uint64_t time_ns = ns->is_doubted ? ns->ended_ns : pidns_snapshot_time(fresh);
	struct raw_ns raw;

	if (now) {
		raw = raw_from(now);
		if (!mirror_is_same_ns(&raw, &ns->raw))
			now = NULL;
	}
	/* What is still held for a moment after its init is no dead namespace. */
	if (now && ns->is_doubted && raw.state == PIDNS_STATE_DEAD &&
	    pidns_snapshot_time(fresh) < ns->ended_ns + LINGERS_NS)
		return 0;
	if (!now)
		return ns->nr_tasks || ns->nr_children ? 0 : mirror_remove_ns(m, ns, time_ns);
	if (raw.state == ns->raw.state && raw.reaper == ns->raw.reaper) {
		mirror_count_ns(m, ns, -1);
		ns->is_doubted = false;
		mirror_count_ns(m, ns, 1);
		return 0;
	}
	return mirror_add_ns(m, &raw, time_ns, true);
}

/* Whatever has an init is told of by events. */
static int add_unknown(struct mirror *m, const struct pidns_snapshot *fresh)
{
	const struct pidns_ns *const *namespaces;
	size_t nr = pidns_snapshot_namespaces(fresh, &namespaces), i;
	int r = 0;

	for (i = 0; r >= 0 && i < nr; i++) {
		const struct raw_ns raw = raw_from(namespaces[i]);

		if (raw.ino && raw.known & PIDNS_NS_STATE && !mirror_find_ns(m, raw.ino) &&
		    (raw.state == PIDNS_STATE_UNBORN || raw.state == PIDNS_STATE_DEAD))
			r = mirror_add_ns(m, &raw, pidns_snapshot_time(fresh), true);
	}
	return r;
}

int mirror_settle(struct mirror *m, const struct pidns_snapshot *fresh)
{
	uint32_t level;
	size_t i;
	int r = 0;

	for (level = PIDNS_LEVEL_MAX + 1; r >= 0 && level--;)
		for (i = 0; r >= 0 && i < m->namespaces.nr; i++) {
			struct mirror_ns *ns = mirror_ns_at(m, i);

			if (is_unsettled(ns) && ns->raw.level == level)
				r = settle_ns(m, ns, fresh);
		}
	return r < 0 ? r : add_unknown(m, fresh);
}

/* ---- batches --------------------------------------------------------------------------------- */

void mirror_begin(struct mirror *m)
{
	size_t i;

	for (i = 0; i < m->nr_touched_tasks; i++) {
		struct mirror_task *task = mirror_task_at(m, m->touched_tasks[i]);

		task->is_touched = task->is_new = false;
		if (!task->is_there && task->pid)
			drop_task(m, task);
	}
	for (i = 0; i < m->nr_touched_ns; i++) {
		struct mirror_ns *ns = mirror_ns_at(m, m->touched_ns[i]);

		ns->is_touched = false;
		ns->raw.known &= KEPT_NS;
		if (!ns->is_there && ns->raw.ino) {
			slot_free(&m->namespaces, ns_index(m, ns), ns->raw.ino);
			ns->raw.ino = 0;
		}
	}
	m->nr_touched_ns = m->nr_touched_tasks = 0;
}
