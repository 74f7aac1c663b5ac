/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* refuse.h - which limit is reached: what the functions that refuse compare, compared once more. */
#ifndef PIDNS_BPF_REFUSE_H
#define PIDNS_BPF_REFUSE_H

#include "emit.h"

#define CGROUPS_MAX	 32
#define USER_LEVELS	 34
#define NS_IS_OPEN	 0x80000000u /* pid_namespace.pid_allocated: more may come (PIDNS_ADDING) */
#define RESERVED_PIDS	 300
#define CAP_SYS_ADMIN	 21
#define CAP_SYS_RESOURCE 24
#define NEW_USER	 0x10000000
#define NEW_PID		 0x20000000

enum { ERROR_AGAIN = 11, ERROR_NOMEM = 12, ERROR_NOSPC = 28 };

struct refuse_search {
	const struct cgroup_subsys_state *css;
	const struct kernfs_node *node;
	const struct ucounts *ucounts;
	const struct pid_namespace *ns;
	struct bpf_limit *limit;
	uint64_t max;
	uint32_t margin;  /* how far below its maximum it may be: it was reached a moment ago */
	uint32_t refused; /* those counted already that are refused */
	uint32_t type;
	uint32_t i;
	bool is_found;
};

/* ---- pids.max -------------------------------------------------------------------------------- */

static __always_inline const struct kernfs_node *node_parent(const struct kernfs_node *node)
{
	const struct kernfs_node___since_6_15 *newer = (const void *)node;

	if (bpf_core_field_exists(node->parent))
		return BPF_CORE_READ(node, parent);
	return BPF_CORE_READ(newer, __parent);
}

static __always_inline void record_names(struct bpf_limit *limit, const struct kernfs_node *node)
{
	uint32_t i;

#pragma clang loop unroll(full)
	for (i = 0; i < BPF_REFUSED_NAMES; i++) {
		const struct kernfs_node *parent = node ? node_parent(node) : NULL;

		if (!parent)
			return;
		bpf_probe_read_kernel_str(limit->names[i], BPF_REFUSED_NAME,
					  BPF_CORE_READ(node, name));
		limit->nr_names = i + 1;
		node = parent;
	}
}

static long try_cgroup(uint32_t i, struct refuse_search *s)
{
	const struct pids_cgroup *pids =
		(const void *)((const char *)s->css -
			       bpf_core_field_offset(struct pids_cgroup, css));
	const struct cgroup_subsys_state *css = s->css;
	uint64_t used, max;

	if (!css)
		return 1;
	used = BPF_CORE_READ(pids, counter.counter);
	max = BPF_CORE_READ(pids, limit.counter);
	if (max <= BPF_NUMBER_MAX + 1 && used + s->margin >= max) {
		s->limit->used = used;
		s->limit->max = max;
		s->is_found = true;
		return 1;
	}
	s->css = BPF_CORE_READ(css, parent);
	return 0;
}

static __always_inline bool find_cgroup(struct bpf_limit *limit, const struct css_set *cgroups,
					uint32_t margin)
{
	struct refuse_search s = {.limit = limit, .margin = margin};
	const struct cgroup_subsys_state *css;
	uint32_t id;

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id))
		return false;
	id = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
	s.css = (const void *)read_pointer((const char *)cgroups +
					   bpf_core_field_offset(struct css_set, subsys) +
					   id * sizeof(void *));
	bpf_loop(CGROUPS_MAX, try_cgroup, &s, 0);
	if (!s.is_found)
		return false;
	limit->kind = BPF_LIMIT_CGROUP_PIDS;
	css = s.css;
	limit->id = BPF_CORE_READ(css, cgroup, kn, id);
	record_names(limit, BPF_CORE_READ(css, cgroup, kn));
	return true;
}

/* ---- RLIMIT_NPROC ---------------------------------------------------------------------------- */

/* Of no user that the kernel lets have more. */
static __always_inline bool is_bound(const struct cred *cred)
{
	uint64_t caps = 0;

	bpf_core_read(&caps, sizeof(caps), &cred->cap_effective);
	if (!BPF_CORE_READ(cred, uid.val))
		return false;
	return BPF_CORE_READ(cred, user_ns, level) ||
	       !(caps & (1ull << CAP_SYS_ADMIN | 1ull << CAP_SYS_RESOURCE));
}

static long try_nproc(uint32_t i, struct refuse_search *s)
{
	const struct ucounts *ucounts = s->ucounts;
	const struct user_namespace *ns;
	int64_t used;

	if (!ucounts)
		return 1;
	used = BPF_CORE_READ(ucounts, rlimit[0].counter) - s->refused;
	ns = BPF_CORE_READ(ucounts, ns);
	if (used < 0 || (uint64_t)used + s->margin >= s->max) {
		s->limit->used = used;
		s->limit->max = s->max;
		s->limit->uid = BPF_CORE_READ(ucounts, uid.val);
		s->limit->id = BPF_CORE_READ(ns, ns.inum);
		s->is_found = true;
		return 1;
	}
	s->max = BPF_CORE_READ(ns, rlimit_max[0]);
	s->ucounts = BPF_CORE_READ(ns, ucounts);
	return 0;
}

static __always_inline bool find_nproc(struct bpf_limit *limit, const struct cred *cred,
				       uint64_t max, uint32_t margin, uint32_t refused)
{
	struct refuse_search s = {.limit = limit,
				  .margin = margin,
				  .refused = refused,
				  .max = max,
				  .ucounts = BPF_CORE_READ(cred, ucounts)};

	if (!is_bound(cred) || !bpf_core_field_exists(struct ucounts, rlimit))
		return false;
	bpf_loop(USER_LEVELS, try_nproc, &s, 0);
	if (s.is_found)
		limit->kind = BPF_LIMIT_NPROC;
	return s.is_found;
}

/* ---- PIDs ------------------------------------------------------------------------------------ */

static long try_pids(uint32_t i, struct refuse_search *s)
{
	const struct pid_namespace *ns = s->ns;
	uint32_t used, max = 0;

	if (!ns)
		return 1;
	used = BPF_CORE_READ(ns, pid_allocated) & ~NS_IS_OPEN;
	if (bpf_core_field_exists(struct pid_namespace, pid_max))
		max = BPF_CORE_READ(ns, pid_max);
	s->ns = BPF_CORE_READ(ns, parent);
	/* Where there is one maximum for all, the initial namespace reaches it first. */
	if (max ? used + RESERVED_PIDS + 1 + s->margin < max : s->ns != NULL)
		return 0;
	s->limit->used = used;
	s->limit->max = max;
	s->limit->id = BPF_CORE_READ(ns, ns.inum);
	s->is_found = true;
	return 1;
}

static __always_inline bool find_pids(struct bpf_limit *limit, const struct pid_namespace *ns,
				      uint32_t margin)
{
	struct refuse_search s = {.limit = limit, .margin = margin, .ns = ns};

	bpf_loop(NS_LEVELS, try_pids, &s, 0);
	if (s.is_found)
		limit->kind = BPF_LIMIT_PID_MAX;
	return s.is_found;
}

static __always_inline bool find_closed(struct bpf_limit *limit, const struct pid_namespace *ns)
{
	if (!ns || BPF_CORE_READ(ns, pid_allocated) & NS_IS_OPEN)
		return false;
	limit->kind = BPF_LIMIT_INIT;
	limit->id = BPF_CORE_READ(ns, ns.inum);
	return true;
}

/* ---- namespaces ------------------------------------------------------------------------------ */

/* enum ucount_type: the same since 5.6; time namespaces came last. */
static __always_inline uint32_t kind_of_ucount(uint32_t type)
{
	switch (type) {
	case 0:
		return BPF_LIMIT_USER_NAMESPACES;
	case 1:
		return BPF_LIMIT_PID_NAMESPACES;
	case 2:
		return BPF_LIMIT_UTS_NAMESPACES;
	case 3:
		return BPF_LIMIT_IPC_NAMESPACES;
	case 4:
		return BPF_LIMIT_NET_NAMESPACES;
	case 5:
		return BPF_LIMIT_MNT_NAMESPACES;
	case 6:
		return BPF_LIMIT_CGROUP_NAMESPACES;
	case 7:
		return BPF_LIMIT_TIME_NAMESPACES;
	default:
		return 0;
	}
}

static long try_ucount(uint32_t i, struct refuse_search *s)
{
	const struct ucounts *ucounts = s->ucounts;
	const struct user_namespace *ns;
	uint32_t type = s->type & 7;
	long used = 0, max = 0;

	if (!ucounts)
		return 1;
	ns = BPF_CORE_READ(ucounts, ns);
	bpf_probe_read_kernel(&used, sizeof(used),
			      (const char *)ucounts +
				      bpf_core_field_offset(struct ucounts, ucount) +
				      type * sizeof(long));
	bpf_probe_read_kernel(&max, sizeof(max),
			      (const char *)ns +
				      bpf_core_field_offset(struct user_namespace, ucount_max) +
				      type * sizeof(long));
	if (used + (long)s->margin >= max) {
		s->limit->used = used;
		s->limit->max = max;
		s->limit->uid = BPF_CORE_READ(ucounts, uid.val);
		s->limit->id = BPF_CORE_READ(ns, ns.inum);
		s->is_found = true;
		return 1;
	}
	s->ucounts = BPF_CORE_READ(ns, ucounts);
	return 0;
}

static __always_inline bool find_ucount(struct bpf_limit *limit, const struct ucounts *ucounts,
					uint32_t type, uint32_t margin)
{
	struct refuse_search s = {
		.limit = limit, .margin = margin, .type = type, .ucounts = ucounts};

	bpf_loop(USER_LEVELS, try_ucount, &s, 0);
	if (s.is_found)
		limit->kind = kind_of_ucount(type);
	return s.is_found;
}

/* ---- a record -------------------------------------------------------------------------------- */

static __always_inline struct bpf_event_refused *begin_refused(const struct task_struct *task)
{
	struct bpf_event_refused *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);
	const struct pid *pid = BPF_CORE_READ(task, thread_pid);
	const struct pid_namespace *own;
	const struct upid *upid;
	uint32_t level;

	if (!r) {
		count_lost();
		return NULL;
	}
	__builtin_memset(r, 0, sizeof(*r));
	level = BPF_CORE_READ(pid, level);
	upid = emit_upid(pid, level);
	own = BPF_CORE_READ(upid, ns);
	emit_task(&r->full.head, BPF_EVENT_REFUSED, task);
	emit_numbers(&r->full.head, pid, level, own);
	emit_more_numbers(&r->full, pid, level);
	upid = emit_upid(pid, 0);
	own = BPF_CORE_READ(upid, ns);
	r->root_used = BPF_CORE_READ(own, pid_allocated) & ~NS_IS_OPEN;
	return r;
}

/* ---- system calls ---------------------------------------------------------------------------- */

/* As PIDNS_CALL_* has them; 0: another one. */
enum { CALL_NONE, CALL_FORK, CALL_CLONE, CALL_CLONE3, CALL_UNSHARE };

#ifdef __TARGET_ARCH_x86
static __always_inline uint32_t call_of(const struct pt_regs *regs)
{
	const struct task_struct *task = (const void *)bpf_get_current_task();

	/* Other numbers: of 32 bits (TS_COMPAT). */
	if (BPF_CORE_READ(task, thread_info.status) & 2)
		return CALL_NONE;
	switch ((uint32_t)BPF_CORE_READ(regs, orig_ax) & ~0x40000000u) {
	case 56:
		return CALL_CLONE;
	case 57:
	case 58:
		return CALL_FORK;
	case 272:
		return CALL_UNSHARE;
	case 435:
		return CALL_CLONE3;
	default:
		return CALL_NONE;
	}
}

static __always_inline uint64_t first_argument(const struct pt_regs *regs)
{
	return BPF_CORE_READ(regs, di);
}
#else
static __always_inline uint32_t call_of(const struct pt_regs *regs)
{
	switch (BPF_CORE_READ(regs, syscallno)) {
	case 220:
		return CALL_CLONE;
	case 97:
		return CALL_UNSHARE;
	case 435:
		return CALL_CLONE3;
	default:
		return CALL_NONE;
	}
}

static __always_inline uint64_t first_argument(const struct pt_regs *regs)
{
	return BPF_CORE_READ(regs, regs[0]);
}
#endif

#endif /* PIDNS_BPF_REFUSE_H */
