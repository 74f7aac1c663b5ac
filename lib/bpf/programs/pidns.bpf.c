// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * pidns.bpf.c - the kernel's half of the provider "bpf": three programs that fill in the shared buffer.
 *
 * They are of a kind that could be attached to a tracepoint and never are: BPF_PROG_TEST_RUN runs
 * one once, in the task that asks, under RCU and without being moved to another processor. So none
 * may take long, and each stops after a bounded number of steps; it is run again, from the number
 * that it has come to. Numbers only ever grow on the way, so no task is reported twice, and none
 * that exists all the time is left out.
 */
#include "leaf.h"
#include "task.h"

/* Leaves of the tree of numbers that are counted in one run. */
#define LEAVES_A_RUN 8192
/* No machine has that many namespaces; a list that is broken ends all the same. */
#define LIST_MAX (1 << 20)

/* LGPL-2.1 section 3 lets it be had under the GPL; the helpers that read the kernel ask for that. */
char LICENSE[] SEC("license") = "GPL";

/* ---- who has a number ------------------------------------------------------------------------ */

static long climb_empty(uint32_t i, struct climb *c)
{
	const struct pid_namespace *up = c->ns;

	if (!up || up == c->stop || !ns_is_empty(up))
		return 1;
	record_ns((uint64_t)up);
	c->ns = BPF_CORE_READ(up, parent);
	return 0;
}

/* Namespaces that only this task leads to: where its children would go, and what is above. */
static __always_inline void record_hidden(struct context *ctx, const struct task_struct *task,
					  const struct pid_namespace *own)
{
	struct climb c = {.ns = ns_for_children(task), .stop = ctx->scratch->root};

	if (c.ns && c.ns != own)
		bpf_loop(NS_LEVELS, climb_empty, &c, 0);
}

static __always_inline void record_task(struct context *ctx, const struct pid_look *look,
					uint32_t number)
{
	struct bpf_shared *s = ctx->shared;
	struct scratch *n = ctx->scratch;
	uint64_t nr = as_index(s->nr_tasks);
	uint32_t depth = look->level - n->root_level;
	const struct task_struct *task = look->task;
	struct bpf_task_record *r;

	if (nr >= BPF_TASKS || depth >= NS_LEVELS)
		return;
	r = &s->tasks[nr];
	barrier_var(r);
	r->nr_vpids = depth + 1;
	record_numbers(n, look, number, depth + 1, r->vpids);
	r->ns_ino = ino_of(n, look->own);
	r->pidfd_ino = look->pidfd_ino;
	r->facts = look->number == 1 ? s->reaper_facts : s->task_facts;
	r->pid = number;
	if (!look->is_leader)
		r->pid = pid_number_in(n, BPF_CORE_READ(task, signal, pids[PIDTYPE_TGID]), n->root,
				       n->root_level);
	if (r->facts)
		record_facts((uint64_t)task, nr, (uint64_t)look->own, look->level, look->is_leader);
	/* A task that has lost its PID meanwhile may have been reported without one. */
	if ((r->facts || !look->is_leader) && BPF_CORE_READ(task, thread_pid) != look->pid) {
		s->nr_vanished++;
		return;
	}
	s->nr_tasks = nr + 1;
}

__noinline int record_pid(uint64_t address, uint32_t number)
{
	struct pid_look look = {0};
	struct context ctx;
	uint32_t flags;

	if (!find_context(&ctx))
		return 0;
	flags = ctx.shared->flags;
	look_at_pid(ctx.scratch, (const struct pid *)address, &look);
	if (flags & BPF_ASK_NAMESPACES && look.number == 1 && look.level > ctx.scratch->root_level)
		record_ns((uint64_t)look.own);
	if (!look.task)
		return 0;
	if (flags & BPF_ASK_EMPTY)
		record_hidden(&ctx, look.task, look.own);
	if (flags & BPF_ASK_TASKS && (look.is_leader || flags & BPF_ASK_THREADS))
		record_task(&ctx, &look, number);
	return 0;
}

/* One step: the next number, or the next leaf of them. */
static long step(uint32_t i, struct context *ctx)
{
	struct bpf_shared *s = ctx->shared;
	struct scratch *n = ctx->scratch;
	uint32_t at = s->next;
	uint64_t entry;

	if (at > s->last || s->nr_tasks >= BPF_TASKS ||
	    s->nr_namespaces > BPF_NAMESPACES - NS_LEVELS)
		return 1;
	if (at < n->leaf_from || at >= n->leaf_to) {
		read_leaf();
		return 0;
	}
	s->next = at + 1;
	entry = n->entries[at & (tree_places() - 1)];
	if (entry && !entry_is_internal(entry))
		record_pid(entry, at);
	return 0;
}

/* The tasks that have the numbers from shared.next to shared.last. */
SEC("raw_tp/walk")
int walk(void *context)
{
	struct context ctx;

	lay_out_pid();
	if (!begin_run(&ctx))
		return 1;
	if (ctx.shared->flags & BPF_ASK_CALLER) {
		describe_caller(&ctx);
		record_ns((uint64_t)ctx.scratch->root);
	}
	bpf_loop(STEPS_A_RUN, step, &ctx, 0);
	return 0;
}

/* ---- namespaces without a task --------------------------------------------------------------- */

struct listing {
	struct context *ctx;
	const struct list_head *node;
	const void *ops;
	bool is_begun; /* the head of the list was met: from there on, all stand in order */
};

static __always_inline bool is_asked_for(const struct context *ctx, const struct pid_namespace *ns)
{
	return BPF_CORE_READ(ns, ns.ns_id) > ctx->shared->after && ns_is_empty(ns) &&
	       ns_is_below_root(ctx->scratch, ns);
}

static long list_one(uint32_t i, struct listing *l)
{
	const struct list_head *node = l->node;
	const struct pid_namespace *ns;

	if (!node)
		return 1;
	ns = (const void *)((const char *)node - ns_list_offset());
	/* The head of the list is no namespace: its neighbours make no operations of PID ones. */
	if (BPF_CORE_READ(ns, ns.ops) != l->ops) {
		if (l->is_begun)
			return 1;
		l->is_begun = true;
	} else if (l->is_begun && is_asked_for(l->ctx, ns) && record_ns((uint64_t)ns)) {
		return 1;
	}
	l->node = BPF_CORE_READ(node, next);
	return 0;
}

/*
 * Those after the cookie shared.after, in the order of their cookies, as the kernel lists them since
 * 6.18. Each processor takes cookies from a heap of its own (gen_cookie_next()), so a namespace may
 * well stand before the one it was born of: from the caller's own on to the end, then all.
 */
SEC("raw_tp/list")
int list(void *context)
{
	struct context ctx;
	struct listing l = {.ctx = &ctx};
	const struct pid_namespace *root;
	const struct list_head *node;

	if (!begin_run(&ctx))
		return 1;
	if (ns_list_offset() < 0)
		return 0;
	root = ctx.scratch->root;
	node = (const void *)((const char *)root + ns_list_offset());
	l.ops = BPF_CORE_READ(root, ns.ops);
	l.node = BPF_CORE_READ(node, next);
	bpf_loop(2 * LIST_MAX, list_one, &l, 0);
	return 0;
}

/* ---- occupancy ------------------------------------------------------------------------------- */

struct counting {
	struct context *ctx;
	const struct pid_namespace *ns;
};

static long count_leaf(uint32_t i, struct counting *c)
{
	struct bpf_shared *s = c->ctx->shared;
	uint32_t at = s->next;
	uint64_t block = as_index(at >> BPF_BLOCK_SHIFT);
	const struct xa_node *leaf;

	if (at > s->last || block >= BPF_BLOCKS)
		return 1;
	leaf = (const void *)tree_leaf((uint64_t)c->ns, at);
	if (leaf)
		s->blocks[block] += BPF_CORE_READ(leaf, count);
	s->next = c->ctx->scratch->beyond;
	return 0;
}

/* How many numbers of the namespace of that init are taken, block by block. */
SEC("raw_tp/count")
int count(void *context)
{
	const struct pid_namespace *ns;
	const struct upid *upid;
	const struct pid *init;
	struct counting c;
	struct context ctx;

	if (!begin_run(&ctx))
		return 1;
	ctx.shared->ino = 0;
	ns = ctx.scratch->root;
	/* The caller's own init may have a number 1 further down: whose it is, is not the question. */
	if (ctx.shared->init != 1) {
		init = tree_find(ns, ctx.shared->init);
		if (!init)
			return 0;
		upid = pid_upid(ctx.scratch, init, pid_level(ctx.scratch, init));
		if (BPF_CORE_READ(upid, nr) != 1)
			return 0;
		ns = BPF_CORE_READ(upid, ns);
	}
	ctx.shared->ino = BPF_CORE_READ(ns, ns.inum);
	c.ctx = &ctx;
	c.ns = ns;
	bpf_loop(LEAVES_A_RUN, count_leaf, &c, 0);
	return 0;
}
