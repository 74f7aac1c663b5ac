/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * attached.h - the programs of raw tracepoints: births, execs and ends of processes, and what of refusals can be
 * known there.
 *
 * Raw tracepoints need no ftrace. Without BPF_WANTS_TASKS only inits are of interest, and everything
 * else costs a few reads. Threads are never reported.
 */
#ifndef PIDNS_BPF_ATTACHED_H
#define PIDNS_BPF_ATTACHED_H

#include "refuse.h"

struct raw_tracepoint {
	uint64_t args[3];
};

static __always_inline bool wants_tasks(void)
{
	const struct bpf_event_state *s = find_state();

	return s && s->wants & BPF_WANTS_TASKS;
}

static __always_inline bool is_leader(const struct task_struct *task)
{
	return BPF_CORE_READ(task, pid) == BPF_CORE_READ(task, tgid);
}

/* Once a task is reaped, nothing of it says that it was an init. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, BPF_INIT_WORDS);
	__type(key, uint32_t);
	__type(value, uint64_t);
} inits SEC(".maps");

static __always_inline uint64_t *find_inits(uint32_t pid)
{
	uint32_t word = pid / 64;

	return bpf_map_lookup_elem(&inits, &word);
}

static __always_inline void remember_init(uint32_t pid)
{
	uint64_t *word = find_inits(pid);

	if (word)
		__sync_fetch_and_or(word, 1ull << (pid % 64));
}

/* Whether it was one. */
static __always_inline bool forget_init(uint32_t pid)
{
	uint64_t bit = 1ull << (pid % 64);
	uint64_t *word = find_inits(pid);

	return word && *word & bit && __sync_fetch_and_and(word, ~bit) & bit;
}

/* Not of one that exits: it has lost the flag. */
static __always_inline bool is_init(const struct task_struct *task)
{
	return BPF_CORE_READ(task, signal, flags) & SIGNAL_UNKILLABLE;
}

static __always_inline int emit_few(uint32_t kind, const struct task_struct *task,
				    const struct pid *pid, uint32_t level)
{
	const struct upid *upid = emit_upid(pid, level);
	struct bpf_event *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);

	if (!r) {
		count_lost();
		return 0;
	}
	emit_task(r, kind, task);
	emit_numbers(r, pid, level, BPF_CORE_READ(upid, ns));
	bpf_ringbuf_submit(r, 0);
	return 0;
}

static __always_inline int emit_full(uint32_t kind, const struct task_struct *task,
				     const struct pid *pid, uint32_t level, bool with_ns)
{
	const struct upid *upid = emit_upid(pid, level);
	const struct pid_namespace *own = BPF_CORE_READ(upid, ns);
	struct bpf_event_full *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);

	if (!r) {
		count_lost();
		return 0;
	}
	emit_task(&r->head, kind, task);
	emit_numbers(&r->head, pid, level, own);
	emit_more_numbers(r, pid, level);
	emit_ns(&r->ns, own);
	if (with_ns) {
		r->ns.init = r->head.tid;
		r->ns.init_start_ns = r->head.start_ns;
		r->ns.init_exit_state = BPF_CORE_READ(task, exit_state);
		r->ns.init_threads = BPF_CORE_READ(task, signal, nr_threads);
		r->ns.told |= BPF_NS_INIT;
	} else {
		r->ns.ino = 0;
	}
	bpf_ringbuf_submit(r, 0);
	return 0;
}

static __always_inline int emit_of(uint32_t kind, const struct task_struct *task,
				   const struct pid *pid, uint32_t level, bool with_ns)
{
	if (!with_ns && level < BPF_EVENT_FEW)
		return emit_few(kind, task, pid, level);
	return emit_full(kind, task, pid, level, with_ns);
}

static __always_inline int emit(uint32_t kind, const struct task_struct *task, bool with_ns)
{
	const struct pid *pid = BPF_CORE_READ(task, thread_pid);

	return pid ? emit_of(kind, task, pid, BPF_CORE_READ(pid, level), with_ns) : 0;
}

SEC("raw_tp/sched_process_fork")
int on_fork(const struct raw_tracepoint *ctx)
{
	const struct task_struct *child = (const void *)ctx->args[1];
	bool init;

	if (!is_leader(child))
		return 0;
	init = is_init(child);
	if (!init && !wants_tasks())
		return 0;
	if (init)
		remember_init(BPF_CORE_READ(child, pid));
	return emit(BPF_EVENT_FORK, child, init);
}

SEC("raw_tp/sched_process_exec")
int on_exec(const struct raw_tracepoint *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];

	if (!wants_tasks() && !is_init(task))
		return 0;
	return emit(BPF_EVENT_EXEC, task, false);
}

/* The tracepoint is before the name is changed. */
SEC("raw_tp/task_rename")
int on_rename(const struct raw_tracepoint *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	const char *name = (const char *)ctx->args[1];
	struct bpf_event *r;

	if (!is_leader(task) || (!wants_tasks() && !is_init(task)))
		return 0;
	r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);
	if (!r) {
		count_lost();
		return 0;
	}
	__builtin_memset(r, 0, sizeof(*r));
	emit_task(r, BPF_EVENT_NAME, task);
	__builtin_memset(r->comm, 0, sizeof(r->comm));
	bpf_probe_read_kernel_str(r->comm, sizeof(r->comm), name);
	bpf_ringbuf_submit(r, 0);
	return 0;
}

/* Of an exiting process the number of its leader says whether it is an init. */
SEC("raw_tp/sched_process_exit")
int on_exit(const struct raw_tracepoint *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	const struct upid *upid;
	const struct pid *pid;
	uint32_t level;

	if (BPF_CORE_READ(task, signal, live.counter))
		return 0;
	pid = BPF_CORE_READ(task, signal, pids[PIDTYPE_TGID]);
	if (!pid)
		return 0;
	level = BPF_CORE_READ(pid, level);
	upid = emit_upid(pid, level);
	if (!wants_tasks() && BPF_CORE_READ(upid, nr) != 1)
		return 0;
	return emit_of(BPF_EVENT_EXIT, BPF_CORE_READ(task, group_leader), pid, level, false);
}

/* Some milliseconds after a task is reaped: RCU runs it, and its PIDs are no longer its own. */
SEC("raw_tp/sched_process_free")
int on_free(const struct raw_tracepoint *ctx)
{
	const struct task_struct *task = (const void *)ctx->args[0];
	struct bpf_event *r;
	bool init;

	if (!is_leader(task))
		return 0;
	init = forget_init(BPF_CORE_READ(task, pid));
	if (!init && !wants_tasks())
		return 0;
	r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);
	if (!r) {
		count_lost();
		return 0;
	}
	__builtin_memset(r, 0, sizeof(*r));
	r->time_ns = bpf_ktime_get_boot_ns();
	r->start_ns = BPF_CORE_READ(task, start_boottime);
	r->kind = BPF_EVENT_FREE;
	r->tid = BPF_CORE_READ(task, pid);
	r->tgid = r->tid;
	bpf_core_read(r->comm, sizeof(r->comm), &task->comm);
	r->comm[BPF_COMM - 1] = '\0';
	bpf_ringbuf_submit(r, 0);
	return 0;
}

/* ---- refusals, where no function can be traced ----------------------------------------------- */

#define MARGIN	       4 /* others may have given back so many since */
#define SCHED_DEADLINE 6

static __always_inline void add_kind(struct bpf_limit *limit, bool is_found)
{
	if (is_found)
		limit->kinds |= 1u << limit->kind;
}

/* Whatever could have said EAGAIN: what is not full now, nor nearly, was not a moment ago. */
static __always_inline void search_again(struct bpf_event_refused *r,
					 const struct task_struct *task)
{
	const struct cred *cred = BPF_CORE_READ(task, real_cred);
	struct bpf_limit *limit = &r->limit;

	limit->kinds = 1u << BPF_LIMIT_THREADS_MAX;
	add_kind(limit,
		 find_pids(limit, BPF_CORE_READ(task, nsproxy, pid_ns_for_children), MARGIN));
	add_kind(limit,
		 find_nproc(limit, cred, BPF_CORE_READ(task, signal, rlim[RLIMIT_NPROC].rlim_cur),
			    MARGIN, 0));
	add_kind(limit, find_cgroup(limit, BPF_CORE_READ(task, cgroups), MARGIN));
}

static __always_inline void search_namespaces(struct bpf_event_refused *r,
					      const struct task_struct *task)
{
	/* CLONE_NEW*, by enum ucount_type. */
	static const uint32_t new[] = {NEW_USER,   NEW_PID,    0x04000000, 0x08000000,
				       0x40000000, 0x00020000, 0x02000000, 0x00000080};
	const struct ucounts *ucounts = BPF_CORE_READ(task, real_cred, ucounts);
	struct bpf_limit *limit = &r->limit;
	uint32_t type;

#pragma clang loop unroll(full)
	for (type = 0; type < 8; type++)
		if (r->flags & new[type])
			add_kind(limit, find_ucount(limit, ucounts, type, MARGIN));
	if (r->flags & NEW_PID &&
	    BPF_CORE_READ(task, nsproxy, pid_ns_for_children, level) >= NS_LEVELS - 1)
		limit->kinds |= 1u << BPF_LIMIT_LEVEL;
	if (r->flags & NEW_USER && BPF_CORE_READ(task, real_cred, user_ns, level) >= NS_LEVELS)
		limit->kinds |= 1u << BPF_LIMIT_USER_LEVEL;
}

static __always_inline void search(struct bpf_event_refused *r, const struct task_struct *task)
{
	if (r->error == ERROR_AGAIN && r->call != CALL_UNSHARE &&
	    BPF_CORE_READ(task, policy) != SCHED_DEADLINE)
		search_again(r, task);
	else if (r->error == ERROR_NOMEM && r->call != CALL_UNSHARE)
		add_kind(&r->limit,
			 find_closed(&r->limit, BPF_CORE_READ(task, nsproxy, pid_ns_for_children)));
	else if (r->error == ERROR_NOSPC)
		search_namespaces(r, task);
}

static __always_inline uint64_t flags_of(const struct pt_regs *regs, uint32_t call)
{
	uint64_t flags = 0;

	if (call == CALL_CLONE || call == CALL_UNSHARE)
		return first_argument(regs);
	if (call == CALL_CLONE3)
		bpf_probe_read_user(&flags, sizeof(flags), (const void *)first_argument(regs));
	return flags;
}

SEC("raw_tp/sys_exit")
int on_sys_exit(const struct raw_tracepoint *ctx)
{
	const struct pt_regs *regs = (const void *)ctx->args[0];
	long result = (long)ctx->args[1];
	const struct task_struct *task;
	struct bpf_event_refused *r;
	uint32_t call;

	/* From 512 on: it is begun again. */
	if (result >= 0 || result <= -512)
		return 0;
	call = call_of(regs);
	if (!call)
		return 0;
	task = (const void *)bpf_get_current_task();
	r = begin_refused(task);
	if (!r)
		return 0;
	r->error = (int)-result;
	r->call = call;
	r->flags = flags_of(regs, call);
	search(r, task);
	bpf_ringbuf_submit(r, 0);
	return 0;
}

#endif /* PIDNS_BPF_ATTACHED_H */
