// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * refused.bpf.c - the programs of attached.h, and the functions that refuse a fork, clone or unshare.
 *
 * Each that refuses is noted for the task; the last of them stands when the call itself fails, and is
 * forgotten when it does not. Each program is attached by itself: what cannot be leaves out only what
 * it would have known.
 */
#include "attached.h"

/* LGPL-2.1 section 3 lets it be had under the GPL; the helpers that read the kernel ask for that. */
char LICENSE[] SEC("license") = "GPL";

#define IS_KERNEL_THREAD 0x00200000 /* PF_KTHREAD */

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, uint32_t);
	__type(value, struct bpf_limit);
} refusals SEC(".maps");

/* It is too long for the stack. */
static const struct bpf_limit nothing;

static __always_inline const struct task_struct *current_task(void)
{
	return (const void *)bpf_get_current_task();
}

static __always_inline uint32_t current_tid(void)
{
	return (uint32_t)bpf_get_current_pid_tgid();
}

/* A note of this task's, empty. NULL: there is no room. */
static __always_inline struct bpf_limit *new_note(void)
{
	uint32_t tid = current_tid();

	bpf_map_update_elem(&refusals, &tid, &nothing, 0);
	return bpf_map_lookup_elem(&refusals, &tid);
}

static __always_inline void forget_note(void)
{
	uint32_t tid = current_tid();

	if (bpf_map_lookup_elem(&refusals, &tid))
		bpf_map_delete_elem(&refusals, &tid);
}

/* The result of a function that gives a pointer or an error. */
static __always_inline int error_of(uint64_t result)
{
	return result >= (uint64_t)-4095 ? -(int)(int64_t)result : 0;
}

/* ---- those that refuse ----------------------------------------------------------------------- */

SEC("fexit/alloc_pid")
int after_alloc_pid(const uint64_t *ctx)
{
	const struct pid_namespace *ns = (const void *)ctx[0];
	int error = error_of(ctx[3]);
	struct bpf_limit *limit;

	if (error != ERROR_AGAIN && error != ERROR_NOMEM)
		return 0;
	limit = new_note();
	if (!limit)
		return 0;
	if (error == ERROR_AGAIN)
		find_pids(limit, ns, 0);
	else
		find_closed(limit, ns);
	return 0;
}

SEC("fexit/pids_can_fork")
int after_pids_can_fork(const uint64_t *ctx)
{
	struct bpf_limit *limit;

	if (!(int)ctx[2])
		return 0;
	limit = new_note();
	if (limit && !find_cgroup(limit, (const void *)ctx[1], 0))
		limit->kind = BPF_LIMIT_CGROUP_PIDS;
	return 0;
}

SEC("fexit/is_rlimit_overlimit")
int after_overlimit(const uint64_t *ctx)
{
	const struct cred *cred = BPF_CORE_READ(current_task(), real_cred);
	struct bpf_limit *limit;

	if (!(ctx[3] & 0xff) || ctx[1] || !is_bound(cred))
		return 0;
	limit = new_note();
	if (limit && !find_nproc(limit, cred, ctx[2], 0, 1))
		limit->kind = BPF_LIMIT_NPROC;
	return 0;
}

SEC("fexit/inc_ucount")
int after_inc_ucount(const uint64_t *ctx)
{
	const struct user_namespace *ns = (const void *)ctx[0];
	const struct ucounts *own = BPF_CORE_READ(current_task(), real_cred, ucounts);
	uint32_t type = ctx[2];
	struct bpf_limit *limit;

	if (ctx[3] || type > 7)
		return 0;
	limit = new_note();
	if (!limit)
		return 0;
	if (BPF_CORE_READ(own, ns) == ns && BPF_CORE_READ(own, uid.val) == (uint32_t)ctx[1])
		find_ucount(limit, own, type, 0);
	else
		find_ucount(limit, BPF_CORE_READ(ns, ucounts), type, 0);
	limit->kind = kind_of_ucount(type);
	return 0;
}

/* What inc_ucount() has not refused is nested too deep. */
static __always_inline bool has_note(void)
{
	uint32_t tid = current_tid();

	return bpf_map_lookup_elem(&refusals, &tid);
}

static __always_inline void note_level(uint32_t kind, uint32_t level)
{
	struct bpf_limit *limit = new_note();

	if (!limit)
		return;
	limit->kind = kind;
	limit->used = limit->max = level;
}

SEC("fexit/copy_pid_ns")
int after_copy_pid_ns(const uint64_t *ctx)
{
	const struct pid_namespace *old = (const void *)ctx[2];
	uint32_t level = BPF_CORE_READ(old, level);

	if (error_of(ctx[3]) == ERROR_NOSPC && !has_note() && level >= NS_LEVELS - 1)
		note_level(BPF_LIMIT_LEVEL, level);
	return 0;
}

SEC("fexit/create_user_ns")
int after_create_user_ns(const uint64_t *ctx)
{
	uint32_t level = BPF_CORE_READ(current_task(), real_cred, user_ns, level);

	if ((int)ctx[1] == -ERROR_NOSPC && !has_note() && level >= NS_LEVELS)
		note_level(BPF_LIMIT_USER_LEVEL, level);
	return 0;
}

/* ---- the calls ------------------------------------------------------------------------------- */

static __always_inline int emit_refused(int error, uint32_t call, uint64_t flags)
{
	const struct task_struct *task = current_task();
	uint32_t tid = current_tid();
	const struct bpf_limit *limit;
	struct bpf_event_refused *r;

	if (error < 512 && !(BPF_CORE_READ(task, flags) & IS_KERNEL_THREAD)) {
		r = begin_refused(task);
		limit = bpf_map_lookup_elem(&refusals, &tid);
		if (r) {
			r->error = error;
			r->call = call;
			r->flags = flags;
			r->is_traced = 1;
			if (limit)
				bpf_probe_read_kernel(&r->limit, sizeof(r->limit), limit);
			bpf_ringbuf_submit(r, 0);
		}
	}
	forget_note();
	return 0;
}

static __always_inline const struct pt_regs *current_regs(void)
{
	return (const void *)bpf_task_pt_regs((void *)bpf_get_current_task_btf());
}

SEC("fexit/kernel_clone")
int after_clone(const uint64_t *ctx)
{
	const struct kernel_clone_args *args = (const void *)ctx[0];
	int result = (int)ctx[1];
	uint32_t call;

	if (result >= 0) {
		forget_note();
		return 0;
	}
	call = call_of(current_regs());
	return emit_refused(-result, call ? call : CALL_FORK, BPF_CORE_READ(args, flags));
}

SEC("fexit/" SYS_UNSHARE)
int after_unshare(const uint64_t *ctx)
{
	const struct pt_regs *regs = (const void *)ctx[0];
	long result = (long)ctx[1];

	if (result >= 0) {
		forget_note();
		return 0;
	}
	return emit_refused((int)-result, CALL_UNSHARE, first_argument(regs));
}
