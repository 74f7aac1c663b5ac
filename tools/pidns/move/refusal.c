// SPDX-License-Identifier: GPL-2.0-or-later
/* refusal.c - why the kernel would not move a process, in words, and what would help. */
#include "refusal.h"

#include <errno.h>
#include <string.h>

static const char *not_permitted(const struct refusal *refusal)
{
	if (refusal->is_switched_off)
		return "the sysctl kernel.pid_ns_move is 0";
	if (!refusal->has_right)
		return "CAP_SYS_ADMIN is missing";
	return "not permitted, though CAP_SYS_ADMIN is there: a seccomp filter may forbid it";
}

static const char *not_alone(const struct refusal *refusal)
{
	if (refusal->is_traced)
		return "a debugger traces it";
	if (refusal->has_children)
		return "it has children, left by the program it was before; use --session";
	if (!refusal->leads_session)
		return "it shares its session or process group with others, as the jobs of a shell "
		       "do; use --session";
	return "others are in its session or process group, or it has threads; use --session";
}

static const char *not_movable(const struct refusal *refusal)
{
	if (refusal->is_init)
		return "it is PID 1 of its namespace already; use --session";
	if (refusal->children_go_elsewhere)
		return "its children are bound for another PID namespace already (unshare --pid, "
		       "setns)";
	return "it shares its memory or signal handlers with another process";
}

const char *refusal_sentence(const struct refusal *refusal)
{
	switch (refusal->error) {
	case EPERM:
		return not_permitted(refusal);
	case EBUSY:
		return not_alone(refusal);
	case EINVAL:
		return not_movable(refusal);
	case ENOSPC:
		return "PID namespaces are nested to level 32 already, or the sysctl "
		       "user.max_pid_namespaces is reached";
	}
	return strerror(refusal->error);
}
