/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * task.h - everything about one task.
 *
 * RCU keeps the task, its numbers and its credentials; what task_lock() protects (memory, nsproxy)
 * may go while it is read, and counts only if the task still has it afterwards.
 */
#ifndef PIDNS_BPF_TASK_H
#define PIDNS_BPF_TASK_H

#include "look.h"
#include "namespace.h"

#define IS_KERNEL_THREAD 0x00200000 /* PF_KTHREAD */

enum { BPF_HEIRS = 16 };

/* ---- numbers --------------------------------------------------------------------------------- */

struct numbering {
	const struct upid *first; /* of the caller's level */
	uint32_t nr;
	int32_t *vpids;
};

/* Four at once, as the few that most tasks have are read in one piece. */
static __always_inline void record_four(struct numbering *c, uint64_t from)
{
	struct upid upids[4];
	uint32_t left = c->nr - from;

	if (left > 4)
		left = 4;
	bpf_probe_read_kernel(upids, left * sizeof(upids[0]), c->first + from);
	c->vpids[from] = upids[0].nr;
	if (left > 1)
		c->vpids[from + 1] = upids[1].nr;
	if (left > 2)
		c->vpids[from + 2] = upids[2].nr;
	if (left > 3)
		c->vpids[from + 3] = upids[3].nr;
}

static long record_four_more(uint32_t i, struct numbering *c)
{
	uint64_t from = as_index(4 * i + 4);

	if (from >= c->nr || from > BPF_VPIDS - 4)
		return 1;
	record_four(c, from);
	return 0;
}

/* From the caller's level to the task's own: the first and the last are known. */
static __always_inline void record_numbers(const struct scratch *n, const struct pid_look *look,
					   uint32_t number, uint32_t nr, int32_t *vpids)
{
	struct numbering c = {
		.first = pid_upid(n, look->pid, n->root_level), .nr = nr, .vpids = vpids};

	vpids[0] = number;
	vpids[1] = look->number;
	if (nr <= 2)
		return;
	record_four(&c, 0);
	if (nr > 4)
		bpf_loop(BPF_VPIDS / 4 - 1, record_four_more, &c, 0);
}

/* ---- facts ----------------------------------------------------------------------------------- */

static __always_inline int32_t parent_number(const struct scratch *n,
					     const struct task_struct *task)
{
	const struct task_struct *parent = TASK_READ(n, task, real_parent);
	const struct pid *pid;

	if (!n->root_level)
		return BPF_CORE_READ(parent, tgid);
	pid = BPF_CORE_READ(parent, signal, pids[PIDTYPE_TGID]);
	return pid_number_in(n, pid, n->root, n->root_level);
}

struct heir {
	const struct list_head *node, *head;
	struct bpf_task_record *r;
};

static long find_heir(uint32_t i, struct heir *heir)
{
	const struct list_head *node = heir->node;
	const struct task_struct *thread;

	if (!node || node == heir->head)
		return 1;
	heir->node = BPF_CORE_READ(node, next);
	thread = (const void *)((const char *)node -
				bpf_core_field_offset(struct task_struct, thread_node));
	if (BPF_CORE_READ(thread, exit_state))
		return 0;
	heir->r->state = BPF_CORE_READ(thread, __state);
	heir->r->flags = BPF_CORE_READ(thread, flags);
	heir->r->exit_state = 0;
	return 1;
}

/* A leader that has ended leaves its process to its threads: the state is that of one that lives.
 * A thread that ends is gone at once, unless it is traced: so the first ones will do. */
static __always_inline void record_heir(const struct signal_struct *signal,
					struct bpf_task_record *r)
{
	const struct list_head *head =
		(const void *)((const char *)signal +
			       bpf_core_field_offset(struct signal_struct, thread_head));
	struct heir heir = {.head = head, .node = BPF_CORE_READ(head, next), .r = r};

	bpf_loop(BPF_HEIRS, find_heir, &heir, 0);
}

static __always_inline void record_basic(const struct scratch *n, const struct task_struct *task,
					 const struct signal_struct *signal, bool is_leader,
					 struct bpf_task_record *r)
{
	r->state = TASK_READ(n, task, __state);
	r->exit_state = TASK_READ(n, task, exit_state);
	r->flags = TASK_READ(n, task, flags);
	r->start_ns = TASK_READ(n, task, start_boottime);
	r->threads = BPF_CORE_READ(signal, nr_threads);
	r->ppid = parent_number(n, task);
	if (is_leader && r->exit_state && r->threads > 1)
		record_heir(signal, r);
}

/* Tasks of one group are mostly met one after the other. */
static __always_inline int32_t group_number(struct scratch *n, const struct pid *group,
					    const struct pid_namespace *own, uint32_t level)
{
	if (group != n->last_group || own != n->last_group_ns) {
		n->last_group = group;
		n->last_group_ns = own;
		n->last_group_number = pid_number_in(n, group, own, level);
	}
	return n->last_group_number;
}

static __always_inline void record_groups(struct scratch *n, const struct signal_struct *signal,
					  const struct pid_namespace *own, uint32_t level,
					  struct bpf_task_record *r)
{
	const struct pid *pids[4] = {0}; /* by PIDTYPE_* */

	bpf_core_read(pids, sizeof(pids), &signal->pids);
	r->vpgid = group_number(n, pids[PIDTYPE_PGID], own, level);
	r->vsid = group_number(n, pids[PIDTYPE_SID], own, level);
}

static __always_inline void record_creds(struct scratch *n, const struct task_struct *task,
					 struct bpf_task_record *r)
{
	const struct cred *cred = TASK_READ(n, task, real_cred);
	uint64_t apart = as_index(bpf_core_field_offset(struct cred, euid) -
				  bpf_core_field_offset(struct cred, uid));

	if (apart > sizeof(n->small_piece) - sizeof(kuid_t)) {
		r->euid = BPF_CORE_READ(cred, euid.val);
		r->uid = BPF_CORE_READ(cred, uid.val);
		return;
	}
	bpf_probe_read_kernel(n->small_piece, apart + sizeof(kuid_t), &cred->uid);
	r->euid = *(const uint32_t *)(n->small_piece + apart);
	r->uid = *(const uint32_t *)n->small_piece;
}

/* A name that is being changed may be torn; its last byte is always NUL. */
static __always_inline void record_name(const struct scratch *n, const struct task_struct *task,
					struct bpf_task_record *r)
{
	const void *piece =
		find_piece(n, bpf_core_field_offset(struct task_struct, comm), sizeof(r->comm));

	if (piece)
		__builtin_memcpy(r->comm, piece, sizeof(r->comm));
	else
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
static __always_inline void record_cpu(const struct scratch *n, const struct task_struct *task,
				       const struct signal_struct *signal, bool is_leader,
				       struct bpf_task_record *r)
{
	uint32_t threads = 1;

	if (is_leader)
		threads = r->facts & BPF_FACTS_BASIC ? r->threads
						     : BPF_CORE_READ(signal, nr_threads);
	if (threads == 1)
		r->cpu_ns = TASK_READ(n, task, se.sum_exec_runtime);
	else
		r->cpu_ns = sum_threads(signal);
	if (is_leader)
		r->cpu_ns += BPF_CORE_READ(signal, sum_sched_runtime);
}

/* ---- what task_lock() protects --------------------------------------------------------------- */

/* The kinds that count: MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES. One that is being counted on
 * another processor may be negative. */
static __always_inline uint64_t add_pages(int64_t file, int64_t anonymous, int64_t shared)
{
	return (file > 0 ? file : 0) + (anonymous > 0 ? anonymous : 0) + (shared > 0 ? shared : 0);
}

static __always_inline int64_t counter_in(const struct scratch *n, uint32_t i)
{
	return *(const int64_t *)(n->small_piece + i * bpf_core_type_size(struct percpu_counter) +
				  bpf_core_field_offset(struct percpu_counter, count));
}

static __always_inline uint64_t count_pages(struct scratch *n, const struct mm_struct *mm)
{
	const struct mm_struct___before_6_2 *old = (const void *)mm;

	if (!bpf_core_field_exists(mm->rss_stat))
		return add_pages(BPF_CORE_READ(old, rss_stat.count[0].counter),
				 BPF_CORE_READ(old, rss_stat.count[1].counter),
				 BPF_CORE_READ(old, rss_stat.count[3].counter));
	if (4 * bpf_core_type_size(struct percpu_counter) > sizeof(n->small_piece))
		return add_pages(BPF_CORE_READ(mm, rss_stat[0].count),
				 BPF_CORE_READ(mm, rss_stat[1].count),
				 BPF_CORE_READ(mm, rss_stat[3].count));
	bpf_probe_read_kernel(n->small_piece, 4 * bpf_core_type_size(struct percpu_counter),
			      &mm->rss_stat);
	return add_pages(counter_in(n, 0), counter_in(n, 1), counter_in(n, 3));
}

static __always_inline void record_memory(struct scratch *n, const struct task_struct *task,
					  struct bpf_task_record *r)
{
	const struct mm_struct *mm = TASK_READ(n, task, mm);

	r->rss_pages = 0;
	if (!mm || TASK_READ(n, task, flags) & IS_KERNEL_THREAD)
		return;
	r->rss_pages = count_pages(n, mm);
	if (BPF_CORE_READ(task, mm) != mm)
		r->rss_pages = 0;
}

/* Through what it had a moment ago. NULL: it has exited, or is about to. */
static __always_inline const struct pid_namespace *
ns_for_children_by(const struct task_struct *task, const struct nsproxy *nsproxy)
{
	const struct pid_namespace *ns = nsproxy ? BPF_CORE_READ(nsproxy, pid_ns_for_children)
						 : NULL;

	return BPF_CORE_READ(task, nsproxy) == nsproxy ? ns : NULL;
}

static __always_inline const struct pid_namespace *ns_for_children(const struct task_struct *task)
{
	return ns_for_children_by(task, BPF_CORE_READ(task, nsproxy));
}

static __always_inline void record_children(const struct scratch *n, const struct task_struct *task,
					    const struct pid_namespace *own,
					    struct bpf_task_record *r)
{
	const struct pid_namespace *ns = ns_for_children_by(task, TASK_READ(n, task, nsproxy));

	r->children_ino = r->ns_ino;
	if (ns != own)
		r->children_ino = ns ? BPF_CORE_READ(ns, ns.inum) : 0;
}

/* ---- what annotators want -------------------------------------------------------------------- */

static __always_inline uint64_t pids_cgroup(const struct css_set *cgroups)
{
	const struct cgroup_subsys_state *state;

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id) ||
	    !bpf_core_field_exists(struct kernfs_node, id) ||
	    bpf_core_field_size(((struct kernfs_node *)0)->id) != sizeof(uint64_t))
		return 0;
	state = (const void *)read_pointer(
		(const char *)cgroups + bpf_core_field_offset(struct css_set, subsys) +
		bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id) * sizeof(void *));
	return BPF_CORE_READ(state, cgroup, kn, id);
}

/* Most tasks are in the cgroups of the one before; RCU keeps what was met in this run. */
static __always_inline uint64_t cgroup_of(struct scratch *n, const struct task_struct *task)
{
	const struct css_set *cgroups;

	if (!bpf_core_field_exists(struct task_struct, cgroups))
		return 0;
	cgroups = TASK_READ(n, task, cgroups);
	if (cgroups != n->last_cgroups) {
		n->last_cgroup = pids_cgroup(cgroups);
		n->last_cgroups = cgroups;
	}
	return n->last_cgroup;
}

static __always_inline uint32_t user_ino_of(struct scratch *n, const struct task_struct *task)
{
	const struct cred *cred = TASK_READ(n, task, real_cred);
	const struct user_namespace *user_ns = BPF_CORE_READ(cred, user_ns);

	if (user_ns != n->last_user_ns) {
		n->last_user_ino = BPF_CORE_READ(user_ns, ns.inum);
		n->last_user_ns = user_ns;
	}
	return n->last_user_ino;
}

static __always_inline void record_extra(struct scratch *n, const struct task_struct *task,
					 const struct signal_struct *signal,
					 struct bpf_task_record *r)
{
	r->cgroup = cgroup_of(n, task);
	r->user_ino = user_ino_of(n, task);
	r->nproc = BPF_CORE_READ(signal, rlim[RLIMIT_NPROC].rlim_cur);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Into the record with that number. */
__noinline int record_facts(uint64_t task_address, uint32_t nr, uint64_t own_address,
			    uint32_t level, uint32_t is_leader)
{
	const struct task_struct *task = (const void *)task_address;
	const struct pid_namespace *own = (const void *)own_address;
	const struct signal_struct *signal;
	uint64_t index = as_index(nr);
	struct bpf_task_record *r;
	struct context ctx;
	uint32_t facts;

	if (!find_context(&ctx) || index >= BPF_TASKS)
		return 0;
	r = &ctx.shared->tasks[index];
	barrier_var(r);
	facts = r->facts;
	look_at_task(ctx.scratch, task);
	signal = TASK_READ(ctx.scratch, task, signal);
	if (facts & BPF_FACTS_BASIC)
		record_basic(ctx.scratch, task, signal, is_leader, r);
	if (facts & BPF_FACTS_GROUPS)
		record_groups(ctx.scratch, signal, own, level, r);
	if (facts & BPF_FACTS_CREDS)
		record_creds(ctx.scratch, task, r);
	if (facts & BPF_FACTS_COMM)
		record_name(ctx.scratch, task, r);
	if (facts & BPF_FACTS_MEMORY)
		record_memory(ctx.scratch, task, r);
	if (facts & BPF_FACTS_CHILDREN)
		record_children(ctx.scratch, task, own, r);
	if (facts & BPF_FACTS_EXTRA)
		record_extra(ctx.scratch, task, signal, r);
	if (facts & BPF_FACTS_CPU)
		record_cpu(ctx.scratch, task, signal, is_leader, r);
	return 0;
}

#endif /* PIDNS_BPF_TASK_H */
