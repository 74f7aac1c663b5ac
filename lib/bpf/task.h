/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * task.h - everything about one task.
 *
 * RCU keeps the task, its numbers and its credentials; what task_lock() protects (memory, nsproxy)
 * may go while it is read, and counts only if the task still has it afterwards.
 */
#ifndef PIDNS_BPF_TASK_H
#define PIDNS_BPF_TASK_H

#include "namespace.h"

#define IS_KERNEL_THREAD 0x00200000 /* PF_KTHREAD */

/* ---- one look -------------------------------------------------------------------------------- */

/* What a struct pid says by itself. */
struct pid_look {
	const struct pid *pid;
	const struct task_struct *task; /* NULL: only a group or session has the number */
	const struct pid_namespace *own;
	uint32_t level;
	int32_t number; /* in that namespace */
	bool is_leader;
};

static __always_inline void look_at_pid(struct notes *n, const struct pid *pid,
					struct pid_look *look)
{
	const uint32_t numbers = bpf_core_field_offset(struct pid, numbers);
	const uint32_t size = numbers + 2 * sizeof(struct upid);
	const struct hlist_head *tasks;
	struct upid own;

	look->pid = pid;
	bpf_probe_read_kernel(n->pid_piece, size, pid);
	look->level = *(uint32_t *)(n->pid_piece + bpf_core_field_offset(struct pid, level));
	tasks = (const void *)(n->pid_piece + bpf_core_field_offset(struct pid, tasks));
	look->task = link_task(tasks[PIDTYPE_PID].first);
	look->is_leader = tasks[PIDTYPE_TGID].first;
	if (look->level == 1)
		own = *(const struct upid *)(n->pid_piece + numbers + sizeof(own));
	else if (!look->level)
		own = *(const struct upid *)(n->pid_piece + numbers);
	else
		bpf_probe_read_kernel(&own, sizeof(own), pid_upid(pid, look->level));
	look->number = own.nr;
	look->own = own.ns;
}

/* Members of a task that lie near each other in all kernels so far are read in one piece. */
#define TASK_PIECE_FIRST mm
#define TASK_PIECE_LAST	 signal

static __always_inline uint32_t task_piece_start(void)
{
	return bpf_core_field_offset(struct task_struct, TASK_PIECE_FIRST) & ~7u;
}

static __always_inline void look_at_task(struct notes *n, const struct task_struct *task)
{
	uint32_t size =
		bpf_core_field_offset(struct task_struct, TASK_PIECE_LAST) + 8 - task_piece_start();

	if (size > TASK_PIECE)
		size = TASK_PIECE;
	bpf_probe_read_kernel(n->task_piece, size, (const char *)task + task_piece_start());
}

/* A member: from that piece, if it is there, which is known when the program is loaded. */
#define TASK_READ(n, task, field)                                                               \
	({                                                                                      \
		__typeof__(((struct task_struct *)0)->field) _value;                            \
		uint32_t _at = bpf_core_field_offset(struct task_struct, field),                \
			 _from = task_piece_start(),                                            \
			 _last = bpf_core_field_offset(struct task_struct, TASK_PIECE_LAST);    \
		if (_at >= _from && _at <= _last && _at - _from <= TASK_PIECE - sizeof(_value)) \
			_value = *(__typeof__(_value) *)((n)->task_piece + (_at - _from));      \
		else                                                                            \
			bpf_core_read(&_value, sizeof(_value), &(task)->field);                 \
		_value;                                                                         \
	})

/* ---- numbers --------------------------------------------------------------------------------- */

struct numbering {
	const struct pid *pid;
	uint32_t root_level;
	uint32_t nr;
	int32_t *vpids;
};

/* Four at once, as the few that most tasks have are read in one piece. */
static __always_inline void tell_four(struct numbering *c, uint64_t from)
{
	struct upid upids[4];
	uint32_t left = c->nr - from;

	if (left > 4)
		left = 4;
	bpf_probe_read_kernel(upids, left * sizeof(upids[0]),
			      pid_upid(c->pid, c->root_level + from));
	c->vpids[from] = upids[0].nr;
	if (left > 1)
		c->vpids[from + 1] = upids[1].nr;
	if (left > 2)
		c->vpids[from + 2] = upids[2].nr;
	if (left > 3)
		c->vpids[from + 3] = upids[3].nr;
}

static long tell_four_more(uint32_t i, struct numbering *c)
{
	uint64_t from = as_index(4 * i + 4);

	if (from >= c->nr || from > BPF_VPIDS - 4)
		return 1;
	tell_four(c, from);
	return 0;
}

/* From the reader's level to the task's own: the first and the last are known. */
static __always_inline void tell_numbers(const struct notes *n, const struct pid_look *look,
					 uint32_t number, uint32_t nr, int32_t *vpids)
{
	struct numbering c = {
		.pid = look->pid, .root_level = n->root_level, .nr = nr, .vpids = vpids};

	vpids[0] = number;
	vpids[1] = look->number;
	if (nr <= 2)
		return;
	tell_four(&c, 0);
	if (nr > 4)
		bpf_loop(BPF_VPIDS / 4 - 1, tell_four_more, &c, 0);
}

/* ---- facts ----------------------------------------------------------------------------------- */

static __always_inline int32_t parent_number(const struct notes *n, const struct task_struct *task)
{
	const struct task_struct *parent = TASK_READ(n, task, real_parent);
	const struct pid *pid;

	if (!n->root_level)
		return BPF_CORE_READ(parent, tgid);
	pid = BPF_CORE_READ(parent, signal, pids[PIDTYPE_TGID]);
	return pid_number_in(pid, n->root, n->root_level);
}

static __always_inline void tell_basic(const struct notes *n, const struct task_struct *task,
				       const struct signal_struct *signal,
				       struct bpf_task_record *r)
{
	r->state = BPF_CORE_READ(task, __state);
	r->exit_state = TASK_READ(n, task, exit_state);
	r->flags = BPF_CORE_READ(task, flags);
	r->start_ns = TASK_READ(n, task, start_boottime);
	r->threads = BPF_CORE_READ(signal, nr_threads);
	r->ppid = parent_number(n, task);
}

/* A session's leader leads its group, too, and often that is the task itself: a look at each counts
 * when there are many. */
static __always_inline void tell_groups(const struct signal_struct *signal,
					const struct pid_namespace *own, uint32_t level,
					struct bpf_task_record *r)
{
	const struct pid *pids[4] = {0}; /* by PIDTYPE_* */

	bpf_probe_read_kernel(pids, sizeof(pids),
			      (const char *)signal +
				      bpf_core_field_offset(struct signal_struct, pids));
	r->vpgid = pid_number_in(pids[PIDTYPE_PGID], own, level);
	r->vsid = r->vpgid;
	if (pids[PIDTYPE_SID] != pids[PIDTYPE_PGID])
		r->vsid = pid_number_in(pids[PIDTYPE_SID], own, level);
}

static __always_inline void tell_creds(const struct notes *n, const struct task_struct *task,
				       struct bpf_task_record *r)
{
	const struct cred *cred = TASK_READ(n, task, real_cred);

	r->euid = BPF_CORE_READ(cred, euid.val);
	r->uid = BPF_CORE_READ(cred, uid.val);
}

/* A name that is being changed may be torn; its last byte is always NUL. */
static __always_inline void tell_name(const struct task_struct *task, struct bpf_task_record *r)
{
	bpf_core_read(r->comm, sizeof(r->comm), &task->comm);
	r->comm[BPF_COMM - 1] = '\0';
}

/* ---- processor time -------------------------------------------------------------------------- */

struct thread_sum {
	const struct list_head *node, *head;
	uint64_t ns;
};

static long add_thread(uint32_t i, struct thread_sum *sum)
{
	const struct list_head *node = sum->node;
	const struct task_struct *thread;

	if (!node || node == sum->head)
		return 1;
	thread = (const void *)((const char *)node -
				bpf_core_field_offset(struct task_struct, thread_node));
	sum->ns += BPF_CORE_READ(thread, se.sum_exec_runtime);
	sum->node = BPF_CORE_READ(node, next);
	return 0;
}

static __always_inline uint64_t sum_threads(const struct signal_struct *signal)
{
	const struct list_head *head =
		(const void *)((const char *)signal +
			       bpf_core_field_offset(struct signal_struct, thread_head));
	struct thread_sum sum = {.head = head, .node = BPF_CORE_READ(head, next)};

	bpf_loop(BPF_NUMBER_MAX, add_thread, &sum, 0);
	return sum.ns;
}

/* The leader's record is the process: its time is that of all threads, and of those that have ended
 * (thread_group_cputime()). */
static __always_inline void tell_cpu(const struct task_struct *task,
				     const struct signal_struct *signal, bool is_leader,
				     struct bpf_task_record *r)
{
	if (!is_leader || BPF_CORE_READ(signal, nr_threads) == 1)
		r->cpu_ns = BPF_CORE_READ(task, se.sum_exec_runtime);
	else
		r->cpu_ns = sum_threads(signal);
	if (is_leader)
		r->cpu_ns += BPF_CORE_READ(signal, sum_sched_runtime);
}

/* ---- what task_lock() protects --------------------------------------------------------------- */

/* MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES; one that is being counted elsewhere may be negative. */
static __always_inline uint64_t count_pages(const struct mm_struct *mm)
{
	const struct mm_struct___before_6_2 *old = (const void *)mm;
	int64_t counts[4] = {0}, sum = 0;

	if (bpf_core_field_exists(mm->rss_stat)) {
		counts[0] = BPF_CORE_READ(mm, rss_stat[0].count);
		counts[1] = BPF_CORE_READ(mm, rss_stat[1].count);
		counts[3] = BPF_CORE_READ(mm, rss_stat[3].count);
	} else if (bpf_core_field_exists(old->rss_stat)) {
		counts[0] = BPF_CORE_READ(old, rss_stat.count[0].counter);
		counts[1] = BPF_CORE_READ(old, rss_stat.count[1].counter);
		counts[3] = BPF_CORE_READ(old, rss_stat.count[3].counter);
	}
	sum += counts[0] > 0 ? counts[0] : 0;
	sum += counts[1] > 0 ? counts[1] : 0;
	sum += counts[3] > 0 ? counts[3] : 0;
	return sum;
}

static __always_inline void tell_memory(const struct notes *n, const struct task_struct *task,
					struct bpf_task_record *r)
{
	const struct mm_struct *mm = TASK_READ(n, task, mm);

	r->rss_pages = 0;
	if (!mm || BPF_CORE_READ(task, flags) & IS_KERNEL_THREAD)
		return;
	r->rss_pages = count_pages(mm);
	if (BPF_CORE_READ(task, mm) != mm)
		r->rss_pages = 0;
}

/* NULL: it has exited. */
static __always_inline const struct pid_namespace *ns_for_children(const struct task_struct *task)
{
	const struct nsproxy *nsproxy = BPF_CORE_READ(task, nsproxy);
	const struct pid_namespace *ns = nsproxy ? BPF_CORE_READ(nsproxy, pid_ns_for_children)
						 : NULL;

	return BPF_CORE_READ(task, nsproxy) == nsproxy ? ns : NULL;
}

static __always_inline void tell_children(const struct task_struct *task,
					  const struct pid_namespace *own,
					  struct bpf_task_record *r)
{
	const struct pid_namespace *ns = ns_for_children(task);

	r->children_ino = r->ns_ino;
	if (ns != own)
		r->children_ino = ns ? BPF_CORE_READ(ns, ns.inum) : 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Into the record with that number. */
__noinline int tell_facts(uint64_t task_address, uint32_t nr, uint64_t own_address, uint32_t level,
			  uint32_t is_leader)
{
	const struct task_struct *task = (const void *)task_address;
	const struct pid_namespace *own = (const void *)own_address;
	const struct signal_struct *signal;
	uint64_t index = as_index(nr);
	struct bpf_task_record *r;
	struct desk d;
	uint32_t facts;

	if (!find_desk(&d) || index >= BPF_TASKS)
		return 0;
	r = &d.sheet->tasks[index];
	facts = r->facts;
	look_at_task(d.notes, task);
	signal = TASK_READ(d.notes, task, signal);
	if (facts & BPF_FACTS_BASIC)
		tell_basic(d.notes, task, signal, r);
	if (facts & BPF_FACTS_GROUPS)
		tell_groups(signal, own, level, r);
	if (facts & BPF_FACTS_CREDS)
		tell_creds(d.notes, task, r);
	if (facts & BPF_FACTS_COMM)
		tell_name(task, r);
	if (facts & BPF_FACTS_MEMORY)
		tell_memory(d.notes, task, r);
	if (facts & BPF_FACTS_CHILDREN)
		tell_children(task, own, r);
	if (facts & BPF_FACTS_CPU)
		tell_cpu(task, signal, is_leader, r);
	return 0;
}

#endif /* PIDNS_BPF_TASK_H */
