// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * memory.c - who was where at the last take, so that a next one asks only about newcomers.
 *
 * The kernel lists a task's directory with its inode number, which is given out when the directory
 * is first looked up, is never given to another one (get_next_ino(), fs/inode.c), and goes with the
 * struct pid (proc_pid_make_inode(), fs/proc/base.c). So the same PID with the same inode number is
 * the same task, in the namespace it was in and with the numbers it had: neither can change in a
 * task's life, save by unshare(CLONE_NEWPIDS) of a patched kernel, where nothing is remembered.
 */
#include "procfs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One task: where its numbers are in `numbers`, and which directory it has. */
struct known {
	uint64_t dir_ino;
	uint64_t ns_ino;
	uint64_t start_ns; /* 0: not known */
	uint32_t first_number;
	uint32_t nr_numbers;
	int32_t pid;
};

struct procfs_memory {
	struct known *tasks; /* by pid */
	size_t nr_tasks, room_tasks;
	int32_t *numbers;
	size_t nr_numbers, room_numbers;
	size_t cursor; /* of lookups in order */
	bool is_unsorted;
};

struct procfs_memory *procfs_memory_free(struct procfs_memory *m)
{
	if (m) {
		free(m->tasks);
		free(m->numbers);
		free(m);
	}
	return NULL;
}

bool procfs_memory_is_sound(int root)
{
	return faccessat(root, "sys/kernel/pid_ns_move", F_OK, 0) < 0 && errno == ENOENT;
}

static int add_numbers(struct procfs_memory *m, const int32_t *numbers, uint32_t nr)
{
	int r = 0;

	for (uint32_t i = 0; r >= 0 && i < nr; i++) {
		r = util_grow(&m->numbers, &m->room_numbers, m->nr_numbers, sizeof(*m->numbers));
		if (r >= 0)
			m->numbers[m->nr_numbers++] = numbers[i];
	}
	return r;
}

int procfs_remember(struct procfs_take *t, const struct raw_task *raw)
{
	struct procfs_memory *m = t->next_memory;
	uint32_t first;

	if (!m || !raw->ns_ino || !(raw->known & PIDNS_TASK_VPIDS))
		return 0;
	first = (uint32_t)m->nr_numbers;
	if (m->nr_numbers > UINT32_MAX - PROC_LEVELS ||
	    util_grow(&m->tasks, &m->room_tasks, m->nr_tasks, sizeof(*m->tasks)) < 0 ||
	    add_numbers(m, raw->vpids, raw->nr_vpids) < 0)
		return -ENOMEM;
	if (m->nr_tasks && m->tasks[m->nr_tasks - 1].pid >= raw->pid)
		m->is_unsorted = true;
	m->tasks[m->nr_tasks++] = (struct known){
		.pid = raw->pid,
		.dir_ino = t->dir_ino,
		.ns_ino = raw->ns_ino,
		.start_ns = raw->start_ns,
		.first_number = first,
		.nr_numbers = raw->nr_vpids,
	};
	return 0;
}

static int compare_known(const void *a, const void *b)
{
	int32_t x = ((const struct known *)a)->pid, y = ((const struct known *)b)->pid;

	return (x > y) - (x < y);
}

/* The kernel lists tasks in order: the next is nearly always the one that was next last time. */
static const struct known *find(struct procfs_memory *m, int32_t pid)
{
	const struct known key = {.pid = pid};

	while (m->cursor < m->nr_tasks && m->tasks[m->cursor].pid < pid)
		m->cursor++;
	if (m->cursor < m->nr_tasks && m->tasks[m->cursor].pid == pid)
		return &m->tasks[m->cursor];
	/* A later pass begins again. */
	return m->nr_tasks ? bsearch(&key, m->tasks, m->nr_tasks, sizeof(key), compare_known)
			   : NULL;
}

bool procfs_recall(struct procfs_take *t, int32_t pid, struct raw_task *ret)
{
	struct procfs_memory *m = t->p->memory;
	const struct known *known = m ? find(m, pid) : NULL;

	if (!known || known->dir_ino != t->dir_ino)
		return false;
	*ret = (struct raw_task){
		.known = PIDNS_TASK_VPIDS,
		.pid = pid,
		.tid = pid,
		.ns_ino = known->ns_ino,
		.start_ns = known->start_ns,
		.vpids = m->numbers + known->first_number,
		.nr_vpids = known->nr_numbers,
	};
	return true;
}

/* Only who asks twice may ask again: one snapshot alone is not to pay for a memory. */
int procfs_memory_begin(struct procfs_take *t)
{
	struct procfs *p = t->p;

	if (!p->may_remember || !p->nr_takes++)
		return 0;
	t->next_memory = calloc(1, sizeof(*t->next_memory));
	return t->next_memory ? 0 : -ENOMEM;
}

void procfs_memory_end(struct procfs_take *t, bool is_whole)
{
	struct procfs_memory *m = t->next_memory;

	if (!m)
		return;
	if (m->is_unsorted)
		qsort(m->tasks, m->nr_tasks, sizeof(*m->tasks), compare_known);
	t->p->memory = procfs_memory_free(t->p->memory);
	t->p->memory = is_whole ? m : procfs_memory_free(m);
	t->next_memory = NULL;
}
