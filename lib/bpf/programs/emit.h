/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* emit.h - what attached programs have in common: the ring, and a record of a task and namespace. */
#ifndef PIDNS_BPF_EMIT_H
#define PIDNS_BPF_EMIT_H

#include "climb.h"
#include "event.h"
#include "numbers.h"

/* signal_struct.flags of every init, until it exits: include/linux/sched/signal.h. */
#define SIGNAL_UNKILLABLE 0x40

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, BPF_RING_SIZE);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct bpf_event_state);
} state SEC(".maps");

static __always_inline struct bpf_event_state *find_state(void)
{
	uint32_t zero = 0;

	return bpf_map_lookup_elem(&state, &zero);
}

static __always_inline void count_lost(void)
{
	struct bpf_event_state *s = find_state();

	if (s)
		__sync_fetch_and_add(&s->lost, 1);
}

/* Where a struct pid has its number of that level. */
static __always_inline const void *emit_upid(const struct pid *pid, uint32_t level)
{
	return (const char *)pid + bpf_core_field_offset(struct pid, numbers) +
	       level * bpf_core_type_size(struct upid);
}

/* ---- a task ---------------------------------------------------------------------------------- */

static __always_inline void emit_task(struct bpf_event *r, uint32_t kind,
				      const struct task_struct *task)
{
	const struct task_struct *parent = BPF_CORE_READ(task, real_parent);
	const struct cred *cred = BPF_CORE_READ(task, real_cred);

	r->time_ns = bpf_ktime_get_boot_ns();
	r->start_ns = BPF_CORE_READ(task, start_boottime);
	r->kind = kind;
	r->tid = BPF_CORE_READ(task, pid);
	r->tgid = BPF_CORE_READ(task, tgid);
	r->ppid = BPF_CORE_READ(parent, tgid);
	r->euid = BPF_CORE_READ(cred, euid.val);
	r->uid = BPF_CORE_READ(cred, uid.val);
	bpf_core_read(r->comm, sizeof(r->comm), &task->comm);
	bpf_core_read(r->parent_comm, sizeof(r->parent_comm), &parent->comm);
	r->comm[BPF_COMM - 1] = r->parent_comm[BPF_COMM - 1] = '\0';
}

/* What its PIDs say: the numbers beyond its level are of other memory, and cut off by the caller. */
static __always_inline void emit_numbers(struct bpf_event *r, const struct pid *pid, uint32_t level,
					 const struct pid_namespace *own)
{
	struct upid upids[BPF_EVENT_FEW];
	uint64_t last = level;
	uint32_t i;

	__builtin_memset(upids, 0, sizeof(upids));
	/* The verifier of Linux 6.1 sees a bound only where it cannot be computed away. */
	if (last > BPF_EVENT_FEW - 1)
		last = BPF_EVENT_FEW - 1;
	barrier_var(last);
	last &= BPF_EVENT_FEW - 1;
	bpf_probe_read_kernel(upids, (last + 1) * sizeof(upids[0]), emit_upid(pid, 0));
#pragma clang loop unroll(full)
	for (i = 0; i < BPF_EVENT_FEW; i++)
		r->vpids[i] = upids[i].nr;
	r->level = level;
	r->ns_ino = BPF_CORE_READ(own, ns.inum);
}

static __always_inline void emit_more_numbers(struct bpf_event_full *r, const struct pid *pid,
					      uint32_t level)
{
	uint32_t i;

	__builtin_memset(r->more_vpids, 0, sizeof(r->more_vpids));
#pragma clang loop unroll(full)
	for (i = BPF_EVENT_FEW; i < BPF_VPIDS; i++)
		if (i <= level)
			r->more_vpids[i - BPF_EVENT_FEW] =
				BPF_CORE_READ((const struct upid *)emit_upid(pid, i), nr);
}

/* ---- a namespace ----------------------------------------------------------------------------- */

static __always_inline void emit_ns(struct bpf_ns_record *r, const struct pid_namespace *ns)
{
	const struct user_namespace *owner = BPF_CORE_READ(ns, user_ns);

	__builtin_memset(r, 0, sizeof(*r));
	r->ino = BPF_CORE_READ(ns, ns.inum);
	r->level = BPF_CORE_READ(ns, level);
	r->parent_ino = BPF_CORE_READ(ns, parent, ns.inum);
	r->allocated = BPF_CORE_READ(ns, pid_allocated);
	r->next_number = BPF_CORE_READ(ns, idr.idr_next);
	r->owner_ino = BPF_CORE_READ(owner, ns.inum);
	r->owner_uid = BPF_CORE_READ(owner, owner.val);
	r->told = BPF_NS_OWNER;
	if (bpf_core_field_exists(struct ns_common, ns_id)) {
		r->cookie = BPF_CORE_READ(ns, ns.ns_id);
		r->told |= BPF_NS_COOKIE;
	}
	record_pid_max(ns, r);
}

#endif /* PIDNS_BPF_EMIT_H */
