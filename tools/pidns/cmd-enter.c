// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-enter.c - pidns enter: run a program in all namespaces of a namespace's init. */
#include <inttypes.h>

#include "common/cleanup.h"
#include "common/enter.h"
#include "common/handle.h"
#include "common/message.h"
#include "operand.h"
#include "options.h"

static int no_init(const struct options *options, const struct pidns_ns *ns)
{
	const char *state = ns->known & PIDNS_NS_STATE ? pidns_state_name(ns->state) : NULL;

	return message_exit(EXIT_FAILED, "enter: %s: it has no init that runs%s%s",
			    options->operands[0], state ? ": it is " : "", state ? state : "");
}

/* Is that process, held by a pidfd since before, the init of that namespace? */
static int check_init(const struct options *options, struct pidns_ctx *ctx, int32_t pid,
		      uint64_t ino)
{
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	struct pidns_take_opts opts = {.size = sizeof(opts), .pids = &pid, .nr_pids = 1};
	const struct pidns_task *task;
	int r = source_take(&options->source, ctx, &opts, &snapshot);

	if (r)
		return r;
	task = pidns_task_find(snapshot, NULL, pid);
	if (task && task->ns->known & PIDNS_NS_INO && task->ns->ino == ino)
		return 0;
	return message_exit(EXIT_FAILED, "enter: %s: its init has ended meanwhile",
			    options->operands[0]);
}

static int enter(const struct options *options, struct pidns_ctx *ctx, const struct target *target,
		 int *ret_pidfd, int32_t *ret_pid)
{
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	struct pidns_take_opts opts = {.size = sizeof(opts),
				       .ns_fields = PIDNS_NS_REAPER | PIDNS_NS_STATE};
	const struct pidns_ns *ns;
	int r = operand_take(options, ctx, &opts, target, 1, &snapshot, &ns);

	if (r)
		return r;
	if (!(ns->known & PIDNS_NS_REAPER) || ns->reaper <= 0 || !(ns->known & PIDNS_NS_INO) ||
	    (ns->known & PIDNS_NS_STATE && ns->state != PIDNS_STATE_ALIVE))
		return no_init(options, ns);
	*ret_pid = ns->reaper;
	*ret_pidfd = handle_open(ns->reaper);
	if (*ret_pidfd < 0)
		return no_init(options, ns);
	return check_init(options, ctx, ns->reaper, ns->ino);
}

int cmd_enter(const struct options *options)
{
	_cleanup_ctx_ struct pidns_ctx *ctx = NULL;
	_cleanup_fd_ int pidfd = -1;
	struct target target;
	int32_t pid = 0;
	int r = operand_parse(options, options->operands[0], &target);

	if (!r)
		r = source_open(&options->source, 0, &ctx);
	if (!r)
		r = enter(options, ctx, &target, &pidfd, &pid);
	target_close(&target);
	/* The program inherits nothing of ours. */
	ctx = pidns_close(ctx);
	if (r)
		return r;
	return enter_run(pidfd, pid, options->nr_operands > 1 ? options->operands + 1 : NULL);
}
