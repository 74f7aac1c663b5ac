/* SPDX-License-Identifier: GPL-2.0-or-later */
/* operand.h - the arguments NS and PID of the subcommands. */
#ifndef PIDNS_OPERAND_H
#define PIDNS_OPERAND_H

#include <pidnsinfo.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"
#include "common/target.h"

/* A namespace: 0, or an exit code after the message is out. target_close() in any case. */
int operand_parse(const struct options *options, const char *text, struct target *ret);

/*
 * Take a snapshot in which every target is found: where one is not, again with PIDNS_TAKE_ALL, for
 * it may be a namespace without tasks. ret_found has nr places. 0, or an exit code after the
 * message is out.
 */
int operand_take(const struct options *options, struct pidns_ctx *ctx,
		 const struct pidns_take_opts *opts, const struct target *targets, size_t nr,
		 struct pidns_snapshot **ret_snapshot, const struct pidns_ns **ret_found);

/* PID or PID:INO: 0, or EXIT_USAGE after the message is out; `where` says where it stood ("" or
 * "line 3: "). *ret_pidfd_ino is 0 where none is given. */
int pid_parse(const struct options *options, const char *where, const char *text, int32_t *ret_pid,
	      uint64_t *ret_pidfd_ino);

#endif /* PIDNS_OPERAND_H */
