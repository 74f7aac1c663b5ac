/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* snapshot.h - the frozen snapshot as builder.c lays it out and snapshot.c reads it. */
#ifndef PIDNS_SNAPSHOT_H
#define PIDNS_SNAPSHOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/extra.h"
#include "base/origin.h"
#include "pidnsinfo.h"

/*
 * A namespace: the public record, then where its slices of the snapshot's arrays are.
 *
 * Members lie in tasks[first_task … end_task), those whose vpids are known first, by number; with
 * the descendants' they reach to subtree_end_task. Who is seen here by which number is found in
 * that slice itself where there are no descendants, else in by_vpid[first_seen … end_seen); for the
 * reader's own namespace, in by_tid.
 */
struct ns_entry {
	struct pidns_ns pub; /* first: the public pointer is this one */
	const struct pidns_snapshot *snapshot;
	const struct ns_entry *parent; /* placement; the true parent where PIDNS_NS_PARENT */
	uint32_t order;		       /* own place in snapshot->namespaces */
	uint32_t subtree_end;	       /* one past the last descendant's */
	uint32_t first_task;
	uint32_t numbered_end_task; /* one past the last member whose vpids are known */
	uint32_t end_task;
	uint32_t subtree_end_task;
	uint32_t first_seen;
	uint32_t end_seen; /* == first_seen: no descendants, look in tasks */
};

/* Records are carved from chunks, so that growth never copies and the peak is the size. */
struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	_Alignas(16) unsigned char bytes[];
};

struct pidns_snapshot {
	_Atomic unsigned int refs;
	uint32_t flags;
	uint32_t cannot_see;
	uint64_t time_ns;
	const char *provider; /* static */
	const char *taken_by; /* the provider that asked a kernel: of a recording */
	struct origin origin;
	const struct pidns_ns **namespaces; /* pre-order */
	const struct pidns_task **tasks;    /* by (namespace, vpid) */
	const struct pidns_task **by_tid;   /* all tasks by the reader's number */
	const struct pidns_task **by_vpid;  /* a run for each inner namespace */
	const struct ns_entry **by_ino;	    /* the identified ones */
	size_t nr_namespaces, nr_tasks, nr_by_ino;
	const struct ns_entry *root;		 /* the reader's own namespace; NULL: not known */
	struct chunk *chunks;			 /* storage of the records, vpids and names */
	const struct pidns_limit *const *limits; /* of the task that was named, if one was */
	size_t nr_limits;
	struct holder *holders; /* ascending */
	size_t nr_holders;
	bool knows_holders;	   /* builder_know_holders() */
	struct task_extra *extras; /* ascending */
	size_t nr_extras;
	struct task_namespaces *task_namespaces; /* ascending */
	size_t nr_task_namespaces;
};

/* Of that process; NULL: none was told. In snapshot.c. */
const struct task_extra *snapshot_extra(const struct pidns_snapshot *s, int32_t pid);
const struct task_namespaces *snapshot_task_namespaces(const struct pidns_snapshot *s, int32_t pid);

/* Whether two times since boot are one: a provider over /proc knows them in units of 1/USER_HZ. In
 * diff.c. */
bool snapshot_is_same_time(uint64_t a, uint64_t b);

/* Memory that lives as long as the snapshot, from its chunks; NULL: there is none. In builder.c,
 * which uses it, as annotators do before the snapshot is handed out. */
void *snapshot_store(struct pidns_snapshot *s, size_t size, size_t align);

#endif /* PIDNS_SNAPSHOT_H */
