/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* climb.h - from a PID namespace up to the initial one, and the limit that is met on the way. */
#ifndef PIDNS_BPF_CLIMB_H
#define PIDNS_BPF_CLIMB_H

#include "kernel.h"
#include "record.h"

#define NS_LEVELS 33 /* MAX_PID_NS_LEVEL + 1 */

/*
 * What is above is gone through by bpf_loop() with a function: a loop of C would be followed by the
 * verifier round by round, and is not always taken before Linux 6.3, depending on how clang turns it.
 */
struct climb {
	const struct pid_namespace *ns;
	const struct user_namespace *user_ns;
	const void *stop;
	uint32_t least;
};

static long climb_limits(uint32_t i, struct climb *c)
{
	const struct pid_namespace *up = c->ns;
	uint32_t pid_max;

	if (!up)
		return 1;
	pid_max = BPF_CORE_READ(up, pid_max);
	if (pid_max < c->least)
		c->least = pid_max;
	c->ns = BPF_CORE_READ(up, parent);
	return 0;
}

/* The limit that is met first, on the way up to the initial namespace. */
static __always_inline void record_pid_max(const struct pid_namespace *ns, struct bpf_ns_record *r)
{
	struct climb c = {.ns = ns, .least = ~0u};

	if (!bpf_core_field_exists(struct pid_namespace, pid_max))
		return;
	bpf_loop(NS_LEVELS, climb_limits, &c, 0);
	r->pid_max = c.least;
	r->told |= BPF_NS_PID_MAX;
}

#endif /* PIDNS_BPF_CLIMB_H */
