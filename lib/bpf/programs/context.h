/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* context.h - what the programs work with: the buffer shared with user space, and their scratch. */
#ifndef PIDNS_BPF_CONTEXT_H
#define PIDNS_BPF_CONTEXT_H

#include "numbers.h"
#include "record.h"

enum { PID_PIECE = 512, TASK_HEAD = 512, TASK_BODY = 1024 };

/* Scratch for one run: kernel pointers, not shared with user space. */
struct scratch {
	const struct pid_namespace *root; /* the caller's */
	const struct user_namespace *user_ns;
	uint32_t root_level;
	uint32_t leaf_from; /* the numbers of which entries[] holds who has them … */
	uint32_t leaf_to;   /* … up to, not including */
	const struct pid_namespace *last_ns; /* the namespace met last, … */
	uint32_t last_ino;		     /* … and its inode */
	uint32_t beyond;		     /* what tree_leaf() says beside the leaf */
	uint64_t entries[64];
	unsigned char pid_piece[PID_PIECE]; /* look.h; with all locks debugged, they are longer */
	unsigned char task_head[TASK_HEAD];
	unsigned char task_body[TASK_BODY];
	unsigned char small_piece[256];
	/* The group or session whose number was looked up last, and what it is in which namespace. */
	const struct pid *last_group;
	const struct pid_namespace *last_group_ns;
	int32_t last_group_number;
	uint32_t pad;
	struct pid_layout pid;
	/* The user namespace and the cgroups met last, and their numbers. */
	const struct user_namespace *last_user_ns;
	const struct css_set *last_cgroups;
	uint64_t last_cgroup;
	uint32_t last_user_ino;
	uint32_t pad_2;
	/* What held.bpf.c met last: a process's namespaces, and the file systems of such files. */
	const struct nsproxy *last_nsproxy;
	struct bpf_holding last_holding;
	const struct super_block *nsfs, *pidfs;
	uint32_t files_before; /* this run */
	uint32_t pad_3;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct bpf_shared);
} shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct scratch);
} scratch SEC(".maps");

/*
 * Both. Functions that are not static look them up by themselves: the verifier looks at such a one
 * once, and not at each call, if its arguments are but numbers. Without that, loading takes half a
 * second and not some milliseconds.
 *
 * BPF_CORE_READ() must begin at a local variable: it looks for all members named in its argument in
 * the kernel.
 */
struct context {
	struct bpf_shared *shared;
	struct scratch *scratch;
};

/*
 * A number that a bound is to be checked of, and then used as an index: in one register of 64 bits,
 * for verifiers before Linux 6.3 or so do not see that a copy of it is bounded, too.
 */
static __always_inline uint64_t as_index(uint32_t number)
{
	uint64_t index = number;

	barrier_var(index);
	return index;
}

static __always_inline bool find_context(struct context *ctx)
{
	uint32_t zero = 0;

	ctx->shared = bpf_map_lookup_elem(&shared, &zero);
	ctx->scratch = bpf_map_lookup_elem(&scratch, &zero);
	return ctx->shared && ctx->scratch;
}

/* ---- struct pid ------------------------------------------------------------------------------ */

/*
 * The kernel remembers which of its types a name means, and has one place for the names "pid" and
 * "pid_namespace": where members of both are asked for in turn, it goes through all its types each time,
 * and a quarter of the time of loading was that. So struct pid is asked about here alone, and by one
 * program, the one that runs first.
 */
__noinline int lay_out_pid(void)
{
	struct context ctx;

	if (!find_context(&ctx))
		return 0;
	ctx.scratch->pid.level = bpf_core_field_offset(struct pid, level);
	ctx.scratch->pid.tasks = bpf_core_field_offset(struct pid, tasks);
	ctx.scratch->pid.numbers = bpf_core_field_offset(struct pid, numbers);
	ctx.scratch->pid.ino = 0;
	if (bpf_core_field_exists(struct pid, ino) &&
	    bpf_core_field_size(((struct pid *)0)->ino) == sizeof(uint64_t))
		ctx.scratch->pid.ino = bpf_core_field_offset(struct pid, ino);
	return 0;
}

static __always_inline uint32_t pid_level(const struct scratch *n, const struct pid *pid)
{
	uint32_t level = 0;

	bpf_probe_read_kernel(&level, sizeof(level), (const char *)pid + n->pid.level);
	return level;
}

static __always_inline const struct upid *pid_upid(const struct scratch *n, const struct pid *pid,
						   uint32_t level)
{
	return (const void *)((const char *)pid + n->pid.numbers +
			      level * bpf_core_type_size(struct upid));
}

/* What `ns`, at that level, calls it; 0: it is not in sight there. */
static __always_inline int pid_number_in(const struct scratch *n, const struct pid *pid,
					 const struct pid_namespace *ns, uint32_t level)
{
	const struct upid *upid = pid_upid(n, pid, level);

	if (!pid || pid_level(n, pid) < level || BPF_CORE_READ(upid, ns) != ns)
		return 0;
	return BPF_CORE_READ(upid, nr);
}

/* The task that has the number, be it a thread or the leader; NULL: only a group or session has. */
static __always_inline const struct task_struct *pid_task(const struct scratch *n,
							  const struct pid *pid)
{
	return link_task((const void *)read_pointer((const char *)pid + n->pid.tasks));
}

/* ---- numbers --------------------------------------------------------------------------------- */

/*
 * The leaf of the tree that holds `number`, or 0 where there is none. scratch.beyond: the first number
 * after it that may be in another leaf; TREE_END if there is none.
 */
__noinline uint64_t tree_leaf(uint64_t address, uint32_t number)
{
	const struct pid_namespace *ns = (const void *)address;
	uint64_t entry = (uint64_t)BPF_CORE_READ(ns, idr.idr_rt.xa_head);
	uint32_t places = tree_places(), shift, level;
	struct context ctx;

	if (!find_context(&ctx))
		return 0;
	ctx.scratch->beyond = TREE_END;
	if (!entry_is_node(entry))
		return 0;
	shift = node_shift(entry_node(entry));
	if (number >> shift >= places)
		return 0;
#pragma clang loop unroll(full)
	for (level = 0; level < TREE_LEVELS_MAX; level++) {
		if (!shift) {
			ctx.scratch->beyond = (number | (places - 1)) + 1;
			return (uint64_t)entry_node(entry);
		}
		ctx.scratch->beyond = ((number >> shift) + 1) << shift;
		entry = node_entry(entry_node(entry), (number >> shift) & (places - 1));
		if (!entry_is_node(entry))
			return 0;
		shift = node_shift(entry_node(entry));
	}
	return 0;
}

/* The struct pid that has the number; NULL: it is free. */
static __always_inline const struct pid *tree_find(const struct pid_namespace *ns, uint32_t number)
{
	const struct xa_node *leaf = (const void *)tree_leaf((uint64_t)ns, number);
	uint64_t entry = leaf ? node_entry(leaf, number & (tree_places() - 1)) : 0;

	return entry_is_internal(entry) ? NULL : (const struct pid *)entry;
}

/* ---- the caller -------------------------------------------------------------------------------- */

/* Of the task that runs the program, which is who asks: task_active_pid_ns(), current_user_ns(). */
static __always_inline void find_caller(struct scratch *n)
{
	const struct task_struct *current = (const struct task_struct *)bpf_get_current_task();
	const struct pid *pid = BPF_CORE_READ(current, thread_pid);
	const struct upid *upid;

	n->root_level = pid_level(n, pid);
	upid = pid_upid(n, pid, n->root_level);
	n->root = BPF_CORE_READ(upid, ns);
	n->user_ns = BPF_CORE_READ(current, cred, user_ns);
	n->leaf_from = n->leaf_to = 0;
	n->last_ns = NULL;
	n->last_group = NULL;
	n->last_group_ns = NULL;
	n->last_user_ns = NULL;
	n->last_cgroups = NULL;
	n->last_nsproxy = NULL;
}

static __always_inline bool begin_run(struct context *ctx)
{
	if (!find_context(ctx) || !ctx->scratch->pid.numbers)
		return false;
	ctx->shared->nr_tasks = ctx->shared->nr_namespaces = ctx->shared->nr_vanished = 0;
	ctx->shared->nr_holdings = ctx->shared->nr_held = 0;
	find_caller(ctx->scratch);
	return true;
}

/* Where a namespace has its place in the kernel's list of all of its kind; negative: there is none. */
static __always_inline int ns_list_offset(void)
{
	if (bpf_core_field_exists(struct pid_namespace, ns.ns_list_node))
		return bpf_core_field_offset(struct pid_namespace, ns.ns_list_node);
	if (bpf_core_field_exists(struct pid_namespace___since_6_19, ns.ns_tree_node))
		return bpf_core_field_offset(struct pid_namespace___since_6_19,
					     ns.ns_tree_node.ns_list_entry);
	return -1;
}

/* The caller's own uid_map and time namespace: user space translates figures with them. */
static __always_inline void describe_caller(const struct context *ctx)
{
	const struct task_struct *current = (const struct task_struct *)bpf_get_current_task();
	const struct time_namespace *time_ns = NULL;
	struct bpf_caller *r = &ctx->shared->caller;
	const struct pid_namespace *root = ctx->scratch->root;
	const struct user_namespace *user_ns = ctx->scratch->user_ns;
	uint32_t nr = BPF_CORE_READ(user_ns, uid_map.nr_extents);
	const void *extents = &user_ns->uid_map.extent;

	r->ns_ino = BPF_CORE_READ(root, ns.inum);
	r->has_list = ns_list_offset() >= 0;
	r->boot_offset_ns = 0;
	if (bpf_core_field_exists(struct nsproxy, time_ns))
		time_ns = BPF_CORE_READ(current, nsproxy, time_ns);
	if (time_ns)
		r->boot_offset_ns = BPF_CORE_READ(time_ns, offsets.boottime.tv_sec) * 1000000000ll +
				    BPF_CORE_READ(time_ns, offsets.boottime.tv_nsec);
	if (nr > 5) /* UID_GID_MAP_MAX_BASE_EXTENTS */
		extents = BPF_CORE_READ(user_ns, uid_map.forward);
	if (nr > BPF_EXTENTS)
		nr = BPF_EXTENTS;
	r->nr_extents = nr;
	bpf_probe_read_kernel(r->extents, nr * sizeof(r->extents[0]), extents);
}

static __always_inline uint32_t ino_of(struct scratch *n, const struct pid_namespace *ns)
{
	if (ns != n->last_ns) {
		n->last_ino = BPF_CORE_READ(ns, ns.inum);
		n->last_ns = ns;
	}
	return n->last_ino;
}

#endif /* PIDNS_BPF_CONTEXT_H */
