// SPDX-License-Identifier: LGPL-2.1-or-later
/* builder.c - takes raw facts in any order and keeps them where the snapshot will. */
#include "builder-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ARENA_CHUNK_SIZE 32768

static struct chunk *chunk_new(size_t size)
{
	struct chunk *chunk = malloc(sizeof(*chunk) + size);

	if (chunk) {
		chunk->next = NULL;
		chunk->used = 0;
		chunk->size = size;
	}
	return chunk;
}

void *snapshot_store(struct pidns_snapshot *s, size_t size, size_t align)
{
	struct chunk *chunk = s->chunks;
	size_t start = chunk ? (chunk->used + align - 1) & ~(align - 1) : 0;

	if (!chunk || start + size > chunk->size) {
		chunk = chunk_new(size > ARENA_CHUNK_SIZE ? size : ARENA_CHUNK_SIZE);
		if (!chunk)
			return NULL;
		chunk->next = s->chunks;
		s->chunks = chunk;
		start = 0;
	}
	chunk->used = start + size;
	return chunk->bytes + start;
}

struct builder *builder_new(const char *provider, uint32_t flags, const struct why *why)
{
	struct builder *b = calloc(1, sizeof(*b));
	struct pidns_snapshot *s = calloc(1, sizeof(*s));

	if (!b || !s) {
		free(b);
		free(s);
		return NULL;
	}
	atomic_init(&s->refs, 1);
	s->provider = s->taken_by = provider;
	s->flags = flags;
	b->s = s;
	b->why = why;
	return b;
}

static void free_chunks(struct chunk **chunks)
{
	struct chunk *chunk = *chunks, *next;

	for (; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	*chunks = NULL;
}

struct builder *builder_free(struct builder *b)
{
	if (!b)
		return NULL;
	free_chunks(&b->task_chunks);
	b->s = pidns_snapshot_unref(b->s);
	free(b->namespaces);
	map_clear(&b->by_ino);
	free(b->by_tid);
	free(b);
	return NULL;
}

void builder_start_over(struct builder *b)
{
	free_chunks(&b->task_chunks);
	free_chunks(&b->s->chunks);
	map_clear(&b->by_ino);
	b->last_task_chunk = NULL;
	b->nr_namespaces = 0;
	b->nr_tasks = 0;
	b->last = b->root = NULL;
	b->s->cannot_see = 0;
	b->s->nr_holders = 0;
	b->s->knows_holders = false;
	b->s->nr_extras = 0;
	b->s->nr_task_namespaces = 0;
}

static struct ns_build *ns_append(struct builder *b, uint64_t ino)
{
	struct ns_build *ns;

	if (b->nr_namespaces >= INT32_MAX)
		return NULL;
	if (util_grow(&b->namespaces, &b->room, b->nr_namespaces, sizeof(ns)))
		return NULL;
	ns = snapshot_store(b->s, sizeof(*ns), _Alignof(struct ns_build));
	if (!ns)
		return NULL;
	memset(ns, 0, sizeof(*ns));
	ns->entry.snapshot = b->s;
	ns->entry.pub.ino = ino;
	ns->entry.pub.known = ino ? PIDNS_NS_INO : 0;
	b->namespaces[b->nr_namespaces++] = ns;
	return ns;
}

struct ns_build *builder_ns_unidentified(struct builder *b)
{
	return ns_append(b, 0);
}

struct ns_build *builder_ns_of(struct builder *b, uint64_t ino)
{
	struct ns_build *ns;
	uint32_t place;

	if (b->last && b->last->entry.pub.ino == ino)
		return b->last;
	place = map_get(&b->by_ino, ino);
	if (place)
		return b->last = b->namespaces[place - 1];
	ns = ns_append(b, ino);
	if (!ns || map_put(&b->by_ino, ino, (uint32_t)b->nr_namespaces) < 0)
		return NULL;
	return b->last = ns;
}

/* The facts among `wanted` that are known. */
static void ns_copy_facts(struct pidns_ns *pub, const struct raw_ns *raw, uint64_t wanted)
{
	const uint64_t known = raw->known & wanted;

#define COPY(type, member, at, name, bit, help) \
	if (known & PIDNS_NS_##name)            \
		pub->member = raw->member;
	PIDNS_NS_FACTS(COPY, COPY, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP)
#undef COPY
	pub->known |= known;
}

int builder_add_pidmap(struct builder *b, uint64_t ino, uint32_t block, const uint32_t *used,
		       uint32_t nr)
{
	struct raw_ns raw = {
		.known = PIDNS_NS_INO | PIDNS_NS_PIDMAP,
		.ino = ino,
		.pidmap = used,
		.pidmap_block = block,
		.nr_pidmap = nr,
	};

	while (raw.nr_pidmap && !used[raw.nr_pidmap - 1])
		raw.nr_pidmap--;
	return builder_add_ns(b, &raw);
}

static int ns_copy_pidmap(struct builder *b, struct pidns_ns *pub, const struct raw_ns *raw)
{
	size_t size = raw->nr_pidmap * sizeof(*raw->pidmap);
	uint32_t *copy = snapshot_store(b->s, size + !size, _Alignof(uint32_t));

	if (!copy)
		return -ENOMEM;
	pub->pidmap = size ? memcpy(copy, raw->pidmap, size) : copy;
	pub->nr_pidmap = raw->nr_pidmap;
	pub->pidmap_block = raw->pidmap_block;
	pub->known |= PIDNS_NS_PIDMAP;
	return 0;
}

int builder_add_ns(struct builder *b, const struct raw_ns *raw)
{
	struct ns_build *ns = raw->ino ? builder_ns_of(b, raw->ino) : NULL;
	struct ns_build *parent;
	struct pidns_ns *pub;

	if (!raw->ino)
		return why_set(b->why, -EPROTO, "a namespace without an inode");
	if (!ns)
		return -ENOMEM;
	pub = &ns->entry.pub;
	ns_copy_facts(pub, raw, BUILDER_POURED);
	/* What the builder counts it counts from nothing: builder_count(). */
	if (b->s->flags & PIDNS_SNAPSHOT_SUBSET)
		ns_copy_facts(pub, raw, BUILDER_COUNTED);
	if (raw->known & PIDNS_NS_PIDS_USED)
		pub->pids_used_exact = 1;
	if (raw->known & PIDNS_NS_PARENT && raw->parent_ino) {
		parent = builder_ns_of(b, raw->parent_ino);
		if (!parent)
			return -ENOMEM;
		ns->parent = parent;
		pub->known |= PIDNS_NS_PARENT;
	}
	return raw->known & PIDNS_NS_PIDMAP ? ns_copy_pidmap(b, pub, raw) : 0;
}

int builder_set_root(struct builder *b, uint64_t ino)
{
	b->root = builder_ns_of(b, ino);
	return b->root ? 0 : -ENOMEM;
}

void builder_add_flags(struct builder *b, uint32_t flags)
{
	b->s->flags |= flags;
}

void builder_clear_flags(struct builder *b, uint32_t flags)
{
	b->s->flags &= ~flags;
}

void builder_add_unseen(struct builder *b, uint32_t unseen)
{
	b->s->cannot_see |= unseen;
}

void builder_clear_unseen(struct builder *b, uint32_t unseen)
{
	b->s->cannot_see &= ~unseen;
}

uint32_t builder_unseen(const struct builder *b)
{
	return b->s->cannot_see;
}

bool builder_has_ns(const struct builder *b, uint64_t ino)
{
	return map_get(&b->by_ino, ino) != 0;
}

void builder_set_time(struct builder *b, uint64_t time_ns)
{
	b->s->time_ns = time_ns;
}

int builder_set_taken_by(struct builder *b, const char *provider)
{
	size_t size = strlen(provider) + 1;
	char *copy = snapshot_store(b->s, size, 1);

	if (!copy)
		return -ENOMEM;
	b->s->taken_by = memcpy(copy, provider, size);
	return 0;
}

void builder_set_origin(struct builder *b, const struct origin *origin)
{
	b->s->origin = *origin;
}

static struct pidns_task *task_alloc(struct builder *b)
{
	struct chunk *chunk = b->last_task_chunk;

	if (!chunk || chunk->used + sizeof(struct pidns_task) > chunk->size) {
		chunk = chunk_new(BUILDER_TASKS_PER_CHUNK * sizeof(struct pidns_task));
		if (!chunk)
			return NULL;
		if (b->last_task_chunk)
			b->last_task_chunk->next = chunk;
		else
			b->task_chunks = chunk;
		b->last_task_chunk = chunk;
	}
	chunk->used += sizeof(struct pidns_task);
	b->nr_tasks++;
	return (struct pidns_task *)(void *)(chunk->bytes + chunk->used) - 1;
}

/* The numbers and the name: what a task record points to. */
static int task_copy_arrays(struct builder *b, struct pidns_task *task, const struct raw_task *raw)
{
	uint32_t nr = raw->known & PIDNS_TASK_VPIDS ? raw->nr_vpids : 1;
	int32_t *vpids = snapshot_store(b->s, nr * sizeof(*vpids), _Alignof(int32_t));
	char *comm;

	if (!vpids)
		return -ENOMEM;
	if (raw->known & PIDNS_TASK_VPIDS)
		memcpy(vpids, raw->vpids, nr * sizeof(*vpids));
	else
		vpids[0] = raw->tid;
	task->vpids = vpids;
	task->nr_vpids = nr;
	task->comm = "";
	if (raw->known & PIDNS_TASK_COMM) {
		size_t size = strlen(raw->comm) + 1;

		comm = snapshot_store(b->s, size, 1);
		if (!comm)
			return -ENOMEM;
		task->comm = memcpy(comm, raw->comm, size);
	}
	return 0;
}

static int task_check(struct builder *b, const struct raw_task *raw)
{
	if (raw->pid <= 0 || raw->tid <= 0)
		return why_set(b->why, -EPROTO, "a task without a PID");
	if (!(raw->known & PIDNS_TASK_VPIDS))
		return 0;
	if (!raw->nr_vpids || raw->nr_vpids > PIDNS_LEVEL_MAX + 1)
		return why_set(b->why, -EPROTO, "task %d has PIDs at %u levels", raw->tid,
			       raw->nr_vpids);
	if (raw->vpids[0] != raw->tid)
		return why_set(b->why, -EPROTO, "task %d is numbered %d", raw->tid, raw->vpids[0]);
	return 0;
}

static bool task_leader_has_ended(const struct pidns_task *task)
{
	return task->tid == task->pid && task->known & PIDNS_TASK_STATE &&
	       (task->state == 'Z' || task->state == 'X');
}

int builder_add_task(struct builder *b, const struct raw_task *raw)
{
	struct ns_build *ns = NULL, *children = NULL;
	struct pidns_task *task;
	int r = task_check(b, raw);

	if (r < 0)
		return r;
	if (raw->ns_ino && !(ns = builder_ns_of(b, raw->ns_ino)))
		return -ENOMEM;
	if (raw->known & PIDNS_TASK_NS_FOR_CHILDREN && raw->ns_for_children_ino &&
	    raw->ns_for_children_ino != raw->ns_ino &&
	    !(children = builder_ns_of(b, raw->ns_for_children_ino)))
		return -ENOMEM;
	task = task_alloc(b);
	if (!task)
		return -ENOMEM;
	*task = (struct pidns_task){
		.known = raw->known,
		.ns = ns ? &ns->entry.pub : NULL,
		.ns_for_children = children ? &children->entry.pub : NULL,
		.pid = raw->pid,
		.tid = raw->tid,
#define COPY(type, member, at, name, bit, help) .member = raw->member,
		PIDNS_TASK_FACTS(COPY, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP)
#undef COPY
			.has_joined = raw->exiting != 0, /* until builder_count() knows better */
	};
	/* A process has not ended while a thread of it lives, whatever its leader's state is. */
	if (task_leader_has_ended(task) && !pidns_task_is_zombie(task))
		task->known &= ~PIDNS_TASK_STATE;
	if (ns && raw->known & PIDNS_TASK_VPIDS)
		ns->depth_hint = raw->nr_vpids - 1;
	return task_copy_arrays(b, task, raw);
}

/*
 * In a time namespace whose clock is behind the machine's, what started before the clock's zero has
 * wrapped round; and nothing starts after its snapshot, `latest`.
 */
static void forget_impossible_starts(struct builder *b, uint64_t latest)
{
	size_t i;

	for (i = 0; i < b->s->nr_tasks; i++) {
		struct pidns_task *task = (struct pidns_task *)(uintptr_t)b->s->tasks[i];

		if (task->start_ns > latest) {
			task->known &= ~PIDNS_TASK_START;
			task->start_ns = 0;
		}
	}
	for (i = 0; i < b->s->nr_namespaces; i++) {
		struct pidns_ns *ns = (struct pidns_ns *)(uintptr_t)b->s->namespaces[i];

		if (ns->reaper_start_ns > latest) {
			ns->known &= ~PIDNS_NS_REAPER_START;
			ns->reaper_start_ns = 0;
		}
	}
}

int builder_freeze(struct builder *b, struct pidns_snapshot **ret_snapshot)
{
	uint64_t latest;
	int r = builder_link(b);

	if (r >= 0)
		r = builder_order(b);
	if (r < 0)
		goto out;
	/* A recording keeps what was recorded, unless it has wrapped round. */
	latest = b->s->time_ns ? INT64_MAX : util_clock_ns(CLOCK_BOOTTIME);
	if (!b->s->time_ns)
		b->s->time_ns = latest;
	forget_impossible_starts(b, latest);
	builder_count(b);
	if (b->s->cannot_see)
		b->s->flags |= PIDNS_SNAPSHOT_PARTIAL;
	/* The snapshot takes the records over. */
	if (b->last_task_chunk) {
		b->last_task_chunk->next = b->s->chunks;
		b->s->chunks = b->task_chunks;
		b->task_chunks = b->last_task_chunk = NULL;
	}
	*ret_snapshot = b->s;
	b->s = NULL;
	r = 0;
out:
	builder_free(b);
	return r;
}
