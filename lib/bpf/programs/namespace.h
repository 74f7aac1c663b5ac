/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* namespace.h - everything about one PID namespace. */
#ifndef PIDNS_BPF_NAMESPACE_H
#define PIDNS_BPF_NAMESPACE_H

#include "climb.h"
#include "context.h"

/* pid_namespace.pid_allocated: more may come, as until init exits (PIDNS_ADDING). */
#define NS_IS_OPEN 0x80000000u

static __always_inline bool ns_is_empty(const struct pid_namespace *ns)
{
	return !(BPF_CORE_READ(ns, pid_allocated) & ~NS_IS_OPEN);
}

static long climb_user(uint32_t i, struct climb *c)
{
	const struct user_namespace *up = c->user_ns;

	if (!up || up == c->stop)
		return 1;
	c->user_ns = BPF_CORE_READ(up, parent);
	return 0;
}

static long climb_to(uint32_t i, struct climb *c)
{
	const struct pid_namespace *up = c->ns;

	if (!up || up == c->stop)
		return 1;
	c->ns = BPF_CORE_READ(up, parent);
	return 0;
}

/* Whose it is, which concerns only who is in that user namespace or above it (ns_get_owner()). */
static __always_inline void record_owner(const struct scratch *n, const struct pid_namespace *ns,
					 struct bpf_ns_record *r)
{
	const struct user_namespace *owner = BPF_CORE_READ(ns, user_ns);
	struct climb c = {.user_ns = owner, .stop = n->user_ns};

	bpf_loop(NS_LEVELS, climb_user, &c, 0);
	if (c.user_ns != n->user_ns)
		return;
	r->owner_ino = BPF_CORE_READ(owner, ns.inum);
	r->owner_uid = BPF_CORE_READ(owner, owner.val);
	r->told |= BPF_NS_OWNER;
}

/* Number 1, never child_reaper: nothing keeps alive what that points to, once init has gone. */
static __always_inline void record_init(const struct scratch *n, const struct pid_namespace *ns,
					struct bpf_ns_record *r)
{
	const struct pid *pid = tree_find(ns, 1);
	const struct task_struct *init = pid ? pid_task(n, pid) : NULL;

	if (!init)
		return;
	r->init = pid_number_in(n, pid, n->root, n->root_level);
	r->init_start_ns = BPF_CORE_READ(init, start_boottime);
	r->init_exit_state = BPF_CORE_READ(init, exit_state);
	r->init_threads = BPF_CORE_READ(init, signal, nr_threads);
	r->told |= BPF_NS_INIT;
}

/* 1: there is no room. */
__noinline int record_ns(uint64_t address)
{
	const struct pid_namespace *ns = (const void *)address;
	struct bpf_ns_record *r;
	struct context ctx;
	uint64_t nr;

	if (!find_context(&ctx))
		return 1;
	nr = as_index(ctx.shared->nr_namespaces);
	if (nr >= BPF_NAMESPACES)
		return 1;
	r = &ctx.shared->namespaces[nr];
	/* Once, here, where the index is known to be bounded. */
	barrier_var(r);
	ctx.shared->nr_namespaces++;
	__builtin_memset(r, 0, sizeof(*r));
	r->ino = BPF_CORE_READ(ns, ns.inum);
	r->level = BPF_CORE_READ(ns, level);
	if (ns != ctx.scratch->root)
		r->parent_ino = BPF_CORE_READ(ns, parent, ns.inum);
	r->allocated = BPF_CORE_READ(ns, pid_allocated);
	r->next_number = BPF_CORE_READ(ns, idr.idr_next);
	if (bpf_core_field_exists(struct pid_namespace, ns.ns_id)) {
		r->cookie = BPF_CORE_READ(ns, ns.ns_id);
		r->told |= BPF_NS_COOKIE;
	}
	record_owner(ctx.scratch, ns, r);
	record_pid_max(ns, r);
	record_init(ctx.scratch, ns, r);
	return 0;
}

static __always_inline bool ns_is_below_root(const struct scratch *n,
					     const struct pid_namespace *ns)
{
	struct climb c = {.ns = ns, .stop = n->root};

	bpf_loop(NS_LEVELS, climb_to, &c, 0);
	return c.ns == n->root;
}

#endif /* PIDNS_BPF_NAMESPACE_H */
