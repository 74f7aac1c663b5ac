/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mirror-internal.h - the records of a mirror, for its three files. */
#ifndef PIDNS_MIRROR_INTERNAL_H
#define PIDNS_MIRROR_INTERNAL_H

#include "base/map.h"
#include "mirror.h"

/* Most tasks are seen by few namespaces. */
#define MIRROR_FEW  4
#define MIRROR_COMM 16

struct mirror_ns {
	struct raw_ns raw; /* ino 0: the slot is free */
	struct raw_ns was; /* before the batch, where it is touched; ino 0: it was not there */
	uint64_t time_ns;  /* of what touched it */
	uint64_t ended_ns; /* when its init was reaped */
	uint32_t nr_tasks, nr_children; /* that are there: it goes after them */
	uint64_t mark;			/* == mirror.mark: poured already */
	bool is_there, is_touched;
	bool is_doubted; /* its init was reaped, and nothing is known of it since */
};

struct mirror_task {
	uint64_t start_ns, ns_ino, time_ns;
	int32_t pid; /* 0: the slot is free */
	int32_t ppid;
	uint32_t uid, ruid, nr_vpids;
	uint64_t mark;
	bool is_there, was_there, is_touched, is_new;
	char comm[MIRROR_COMM];
	int32_t few[MIRROR_FEW];
	int32_t *many; /* where there are more */
};

/* Slots that are found by number; those that are free are used again. */
struct mirror_slots {
	void *list;
	size_t nr, room;
	struct map by_key; /* index + 1 */
	uint32_t *free;
	size_t nr_free, room_free;
};

struct mirror {
	const char *provider;
	bool has_tasks; /* every process, not only inits */
	uint64_t root_ino;
	uint32_t cannot_see;
	uint64_t time_ns; /* of the last event */
	struct mirror_slots namespaces, tasks;
	/* The batch: indices of what it has touched. */
	uint32_t *touched_ns, *touched_tasks;
	size_t nr_touched_ns, room_touched_ns, nr_touched_tasks, room_touched_tasks;
	size_t nr_unsettled, nr_doubted;
	uint64_t mark;
};

static inline struct mirror_ns *mirror_ns_at(const struct mirror *m, size_t i)
{
	return (struct mirror_ns *)m->namespaces.list + i;
}

static inline struct mirror_task *mirror_task_at(const struct mirror *m, size_t i)
{
	return (struct mirror_task *)m->tasks.list + i;
}

/* mirror.c: the slot; NULL: there is none. */
struct mirror_ns *mirror_find_ns(const struct mirror *m, uint64_t ino);
struct mirror_task *mirror_find_task(const struct mirror *m, int32_t pid);

/* mirror.c: changes of one namespace or task, touched by the batch if is_event. 0 or -ENOMEM. */
int mirror_add_ns(struct mirror *m, const struct raw_ns *raw, uint64_t time_ns, bool is_event);
int mirror_remove_ns(struct mirror *m, struct mirror_ns *ns, uint64_t time_ns);
int mirror_change_state(struct mirror *m, struct mirror_ns *ns, uint32_t state, uint64_t time_ns);
int mirror_add_task(struct mirror *m, const struct raw_task *raw, uint64_t time_ns, bool is_event);
int mirror_touch_task(struct mirror *m, struct mirror_task *task, uint64_t time_ns);
void mirror_set_comm(struct mirror_task *task, const char *comm);
/* Count it where it belongs, before and after a change: by -1, by 1. */
void mirror_count_ns(struct mirror *m, const struct mirror_ns *ns, int by);
void mirror_count_task(struct mirror *m, const struct mirror_task *task, int by);
/* Of two with one inode, which is used again once it is free. */
bool mirror_is_same_ns(const struct raw_ns *a, const struct raw_ns *b);

#endif /* PIDNS_MIRROR_INTERNAL_H */
