/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* builder-internal.h - a snapshot in the making, shared by the builder's three files: builder.c takes
 * the facts in, builder-link.c finds out who belongs where, builder-freeze.c orders and counts. */
#ifndef PIDNS_BUILDER_INTERNAL_H
#define PIDNS_BUILDER_INTERNAL_H

#include "builder.h"
#include "provider.h"
#include "snapshot.h"
#include "base/map.h"

/* A namespace while it is being put together. */
struct ns_build {
	struct ns_entry entry; /* first: what the snapshot keeps */
	struct ns_build *parent;
	struct ns_build *first_child, *next_sibling; /* by inode */
	const struct pidns_task *init;		     /* the member whose number here is 1 */
	uint32_t depth_hint;			     /* what its members' vpids prove; 0: nothing */
	uint8_t visited; /* while depths are computed: 1 on the way, 2 done */
};

/* Task records are all of one size, so a chunk of them is an array. */
#define BUILDER_TASKS_PER_CHUNK 512

struct builder {
	struct pidns_snapshot *s;
	const struct why *why;
	struct chunk *task_chunks, *last_task_chunk; /* in the order they were poured */
	struct ns_build **namespaces;
	size_t nr_namespaces, room;
	struct map by_ino;     /* index + 1 in namespaces */
	struct ns_build *last; /* tasks come in runs: look here first */
	struct ns_build *root;
	size_t nr_tasks, room_holders, room_extras, room_task_namespaces;
	struct pidns_task **by_tid; /* all tasks, once linking begins */
};

/* builder.c */
struct ns_build *builder_ns_of(struct builder *b,
			       uint64_t ino);		     /* found or made; NULL: no memory */
struct ns_build *builder_ns_unidentified(struct builder *b); /* a new one; NULL: no memory */
static inline struct ns_build *build_of(const struct pidns_ns *ns)
{
	return (struct ns_build *)(uintptr_t)ns;
}

/* Its members share one namespace, though perhaps it is not known which. */
static inline bool builder_is_one(const struct pidns_ns *ns)
{
	return ns->known & PIDNS_NS_INO || build_of(ns)->init;
}

/* builder-link.c: every task gets a namespace, every namespace a parent and a depth. */
int builder_link(struct builder *b);
const struct pidns_task *builder_task_by_tid(const struct builder *b, int32_t tid);

/* builder-freeze.c: lists, slices, look-up tables, counts. */
int builder_order(struct builder *b);
void builder_count(struct builder *b);

/* Counts that a namespace's own record and its _below counterpart share a bit of. */
#define BUILDER_BIT(type, member, at, name, bit, help) PIDNS_NS_##name |
#define BUILDER_COUNTED \
	(PIDNS_NS_FACTS(FACT_SKIP, BUILDER_BIT, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP) 0)
/* What a provider reports of a namespace itself. */
#define BUILDER_POURED \
	(PIDNS_NS_FACTS(BUILDER_BIT, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP) 0)

#endif /* PIDNS_BUILDER_INTERNAL_H */
