// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * held.bpf.c - what processes hold that may keep a PID namespace: the namespaces they are in, and their
 * open files, of which those that count are reported.
 *
 * Loaded by itself, when it is first needed. The program runs like those of pidns.bpf.c.
 */
#include "leaf.h"
#include "look.h"

#define NSFS_MAGIC	 0x6e736673
#define PID_FS_MAGIC	 0x50494446 /* since 6.9 */
#define ANON_INODE_MAGIC 0x09041934 /* among others of pidfds, before */

/* Open files are looked at in words of so many. */
#define FDS_A_WORD 64
/* Open files that are looked at in one run, but for a word of them. */
#define FILES_A_RUN 2048

/* LGPL-2.1 section 3 lets it be had under the GPL; the helpers that read the kernel ask for that. */
char LICENSE[] SEC("license") = "GPL";

/* ---- namespaces ------------------------------------------------------------------------------ */

static __always_inline void read_namespaces(const struct nsproxy *nsproxy, struct bpf_holding *h)
{
	h->mnt = BPF_CORE_READ(nsproxy, mnt_ns, ns.inum);
	h->net = BPF_CORE_READ(nsproxy, net_ns, ns.inum);
	h->ipc = BPF_CORE_READ(nsproxy, ipc_ns, ns.inum);
	h->uts = BPF_CORE_READ(nsproxy, uts_ns, ns.inum);
	h->cgroup = BPF_CORE_READ(nsproxy, cgroup_ns, ns.inum);
	if (!bpf_core_field_exists(struct nsproxy, time_ns))
		return;
	h->time = BPF_CORE_READ(nsproxy, time_ns, ns.inum);
	h->time_for_children = BPF_CORE_READ(nsproxy, time_ns_for_children, ns.inum);
}

/* A process that has ended has none. */
static __always_inline void record_holding(struct context *ctx, const struct task_struct *task,
					   uint32_t number)
{
	const struct nsproxy *nsproxy = BPF_CORE_READ(task, nsproxy);
	uint64_t nr = as_index(ctx->shared->nr_holdings);

	if (!nsproxy || nr >= BPF_HOLDINGS)
		return;
	if (nsproxy != ctx->scratch->last_nsproxy) {
		read_namespaces(nsproxy, &ctx->scratch->last_holding);
		ctx->scratch->last_nsproxy = nsproxy;
	}
	/* It may have gone meanwhile. */
	if (BPF_CORE_READ(task, nsproxy) != nsproxy)
		return;
	ctx->shared->holdings[nr] = ctx->scratch->last_holding;
	ctx->shared->holdings[nr].pid = number;
	ctx->shared->nr_holdings = nr + 1;
}

/* ---- files ----------------------------------------------------------------------------------- */

struct word {
	struct context *ctx;
	struct file **files; /* of the first bit */
	uint64_t open;	     /* those that are left */
	uint32_t fd;	     /* of the lowest bit */
	uint32_t number;
};

static __always_inline uint32_t kind_of_ns(const struct scratch *n, const struct inode *inode,
					   uint32_t *ret_value)
{
	const int from_common = bpf_core_field_offset(struct pid_namespace, ns);
	const struct pid_namespace *root = n->root;
	const struct pid_namespace *ns =
		(const void *)((const char *)BPF_CORE_READ(inode, i_private) - from_common);

	if (BPF_CORE_READ(ns, ns.ops) != BPF_CORE_READ(root, ns.ops))
		return BPF_HELD_APART; /* of another kind: of no interest */
	*ret_value = BPF_CORE_READ(ns, ns.inum);
	return BPF_HELD_NS;
}

/* Its inode has the number that the struct pid has for it: else it is not what it is taken for. */
static __always_inline uint32_t kind_of_pidfd(const struct scratch *n, const struct inode *inode,
					      uint32_t *ret_value)
{
	const struct pid *pid = BPF_CORE_READ(inode, i_private);

	if (!n->pid.ino ||
	    read_pointer((const char *)pid + n->pid.ino) != BPF_CORE_READ(inode, i_ino))
		return BPF_HELD_UNKNOWN;
	if (!pid_task(n, pid))
		return BPF_HELD_GONE;
	*ret_value = pid_number_in(n, pid, n->root, n->root_level);
	return BPF_HELD_PIDFD;
}

/* BPF_HELD_APART: no such file. */
static __always_inline uint32_t kind_of_file(struct scratch *n, const struct file *file,
					     uint32_t *ret_value)
{
	const struct inode *inode = BPF_CORE_READ(file, f_inode);
	const struct super_block *sb = BPF_CORE_READ(inode, i_sb);
	uint64_t magic;

	if (sb != n->nsfs && sb != n->pidfs) {
		magic = BPF_CORE_READ(sb, s_magic);
		if (magic == NSFS_MAGIC)
			n->nsfs = sb;
		else if (magic == PID_FS_MAGIC)
			n->pidfs = sb;
		else
			return magic == ANON_INODE_MAGIC && !n->pid.ino ? BPF_HELD_UNKNOWN
									: BPF_HELD_APART;
	}
	return sb == n->nsfs ? kind_of_ns(n, inode, ret_value) : kind_of_pidfd(n, inode, ret_value);
}

/* Into the shared buffer. */
__noinline int record_held(uint32_t number, uint32_t fd, uint32_t kind, uint32_t value)
{
	struct context ctx;
	uint64_t nr;

	if (!find_context(&ctx))
		return 0;
	nr = as_index(ctx.shared->nr_held);
	if (nr >= BPF_HELD)
		return 0;
	ctx.shared->held[nr].pid = number;
	ctx.shared->held[nr].fd = fd;
	ctx.shared->held[nr].kind = kind;
	ctx.shared->held[nr].value = value;
	ctx.shared->nr_held = nr + 1;
	return 0;
}

__noinline int look_at_file(uint64_t address, uint32_t number, uint32_t fd)
{
	uint32_t value = 0, kind;
	struct context ctx;

	if (!find_context(&ctx))
		return 0;
	ctx.shared->nr_files++;
	kind = kind_of_file(ctx.scratch, (const struct file *)read_pointer((const void *)address),
			    &value);
	if (kind != BPF_HELD_APART)
		record_held(number, fd, kind, value);
	return 0;
}

static long look_at_bit(uint32_t i, struct word *w)
{
	if (!w->open)
		return 1;
	if (w->open & 1)
		look_at_file((uint64_t)(w->files + i), w->number, w->fd + i);
	w->open >>= 1;
	return 0;
}

/* From shared.next_fd on, a word of them; that is moved, to 0 where there are no more. */
static __always_inline void look_at_word(struct context *ctx, const struct task_struct *task,
					 uint32_t number)
{
	const struct files_struct *files = BPF_CORE_READ(task, files);
	const struct fdtable *table = files ? BPF_CORE_READ(files, fdt) : NULL;
	uint32_t first = ctx->shared->next_fd, before = ctx->shared->nr_held;
	struct word w = {.ctx = ctx, .fd = first, .number = number};

	ctx->shared->next_fd = 0;
	if (!table || first >= BPF_CORE_READ(table, max_fds))
		return;
	w.files = BPF_CORE_READ(table, fd) + first;
	w.open = read_pointer(BPF_CORE_READ(table, open_fds) + first / FDS_A_WORD);
	bpf_loop(FDS_A_WORD, look_at_bit, &w, 0);
	/* They may have gone meanwhile. */
	if (BPF_CORE_READ(task, files) != files || BPF_CORE_READ(files, fdt) != table)
		ctx->shared->nr_held = before;
	ctx->shared->next_fd = first + FDS_A_WORD;
}

/* A thread that shares all of that with its leader holds nothing else. */
static __always_inline void compare_thread(struct context *ctx, const struct task_struct *task)
{
	const struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	if (BPF_CORE_READ(task, exit_state) ||
	    (BPF_CORE_READ(task, files) == BPF_CORE_READ(leader, files) &&
	     BPF_CORE_READ(task, nsproxy) == BPF_CORE_READ(leader, nsproxy)))
		return;
	record_held(pid_number_in(ctx->scratch, BPF_CORE_READ(task, signal, pids[PIDTYPE_TGID]),
				  ctx->scratch->root, ctx->scratch->root_level),
		    0, BPF_HELD_APART, 0);
}

/* ---- who has a number ------------------------------------------------------------------------ */

__noinline int look_at_number(uint64_t address, uint32_t number)
{
	struct pid_look look = {0};
	struct context ctx;

	if (!find_context(&ctx))
		return 0;
	look_at_pid(ctx.scratch, (const struct pid *)address, &look);
	if (look.task && look.is_leader) {
		if (!ctx.shared->next_fd)
			record_holding(&ctx, look.task, number);
		look_at_word(&ctx, look.task, number);
	} else {
		ctx.shared->next_fd = 0;
		if (look.task)
			compare_thread(&ctx, look.task);
	}
	return 0;
}

static long step(uint32_t i, struct context *ctx)
{
	struct bpf_shared *s = ctx->shared;
	struct scratch *n = ctx->scratch;
	uint32_t at = s->next;
	uint64_t entry;

	if (at > s->last || s->nr_holdings >= BPF_HOLDINGS || s->nr_held > BPF_HELD - FDS_A_WORD ||
	    s->nr_files - n->files_before >= FILES_A_RUN)
		return 1;
	if (at < n->leaf_from || at >= n->leaf_to) {
		read_leaf();
		return 0;
	}
	entry = n->entries[at & (tree_places() - 1)];
	if (entry && !entry_is_internal(entry))
		look_at_number(entry, at);
	else
		s->next_fd = 0;
	if (!s->next_fd)
		s->next = at + 1;
	return 0;
}

/* What the tasks hold that have the numbers from shared.next to shared.last. */
SEC("raw_tp/held")
int held(void *context)
{
	struct context ctx;

	lay_out_pid();
	if (!begin_run(&ctx))
		return 1;
	ctx.scratch->files_before = ctx.shared->nr_files;
	bpf_loop(STEPS_A_RUN, step, &ctx, 0);
	return 0;
}
