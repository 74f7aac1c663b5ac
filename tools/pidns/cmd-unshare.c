// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-unshare.c - pidns unshare: become PID 1 of a new PID namespace, and run a program. */
#include "common/execute.h"
#include "common/message.h"
#include "pidns/move/move.h"
#include "options.h"
#include "pidns/move/proc-mount.h"
#include "pidns/move/session.h"

static int refused(int error)
{
	struct refusal refusal;

	move_explain(error, &refusal);
	return message_exit(EXIT_FAILED, "unshare: refused: %s", refusal_sentence(&refusal));
}

/* All that can fail comes before the move, for that cannot be undone. 0 or an exit code. */
static int become_init(const struct options *options)
{
	int r = options->mount_proc ? proc_mount_prepare() : 0;

	if (r)
		return r;
	r = move_into_new_namespace();
	if (r < 0)
		return refused(-r);
	return options->mount_proc ? proc_mount() : 0;
}

static int become_in_session(const void *options)
{
	return become_init(options);
}

int cmd_unshare(const struct options *options)
{
	int r;

	if (!move_is_known())
		return message_exit(
			EXIT_CANNOT_SERVE,
			"unshare: this kernel cannot move a process into a new PID "
			"namespace (no CONFIG_PID_NS_MOVE); unshare(1) --pid --fork would "
			"run CMD there as a child, with another PID out here");
	if (options->session)
		return session_run(become_in_session, options, options->operands);
	r = become_init(options);
	return r ? r : execute(options->operands);
}
