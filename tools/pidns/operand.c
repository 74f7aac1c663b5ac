// SPDX-License-Identifier: GPL-2.0-or-later
/* operand.c - the arguments NS and PID of the subcommands. */
#include "operand.h"

#include "common/cleanup.h"
#include "common/message.h"

#define WHY_SIZE 512

int pid_parse(const struct options *options, const char *where, const char *text, int32_t *ret_pid,
	      uint64_t *ret_pidfd_ino)
{
	char why[WHY_SIZE] = "";
	int r = process_parse(text, ret_pid, ret_pidfd_ino, why, sizeof(why));

	return r ? usage_error(options, "%s%s", where, why) : 0;
}

int operand_parse(const struct options *options, const char *text, struct target *ret)
{
	char why[WHY_SIZE] = "";
	int r = target_parse(text, ret, why, sizeof(why));

	if (r == EXIT_USAGE)
		return usage_error(options, "%s", why);
	return r ? message_exit(r, "%s", why) : 0;
}

/* The first that is not found; 0: all are. */
static int find_all(const struct pidns_snapshot *snapshot, uint32_t take_flags,
		    const struct target *targets, size_t nr, const struct pidns_ns **ret_found,
		    char why[WHY_SIZE])
{
	int r = 0;

	for (size_t i = 0; !r && i < nr; i++)
		r = target_find(&targets[i], snapshot, take_flags, &ret_found[i], why, WHY_SIZE);
	return r;
}

/* A process that is not found is not found by looking for namespaces. */
static bool any_without_tasks(const struct pidns_snapshot *snapshot, const struct target *targets,
			      size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (targets[i].ino && !pidns_ns_find(snapshot, targets[i].ino))
			return true;
	return false;
}

/* A name can only be found among all that have one. */
static void wish_one(const struct target *target, struct pidns_take_opts *opts)
{
	if (target->name || !(opts->flags & PIDNS_TAKE_LIMITS))
		return;
	opts->flags |= PIDNS_TAKE_OF_ONE;
	opts->of_ns = target->ino;
	opts->of_pid = target->ino ? 0 : target->pid;
}

int operand_take(const struct options *options, struct pidns_ctx *ctx,
		 const struct pidns_take_opts *opts, const struct target *targets, size_t nr,
		 struct pidns_snapshot **ret_snapshot, const struct pidns_ns **ret_found)
{
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	struct pidns_take_opts wanted = *opts;
	char why[WHY_SIZE] = "";
	int r;

	for (size_t i = 0; i < nr; i++)
		target_wish(&targets[i], &wanted.flags, &wanted.task_fields);
	if (nr == 1)
		wish_one(targets, &wanted);
	r = source_take(&options->source, ctx, &wanted, &snapshot);
	if (r)
		return r;
	if (!(wanted.flags & PIDNS_TAKE_ALL) && any_without_tasks(snapshot, targets, nr)) {
		wanted.flags |= PIDNS_TAKE_ALL;
		snapshot = pidns_snapshot_unref(snapshot);
		r = source_take(&options->source, ctx, &wanted, &snapshot);
		if (r)
			return r;
	}
	r = find_all(snapshot, PIDNS_TAKE_ALL, targets, nr, ret_found, why);
	if (r)
		return message_exit(r, "%s", why);
	for (size_t i = 0; i < nr; i++)
		if (!(ret_found[i]->known & (PIDNS_NS_INO | PIDNS_NS_REAPER)))
			return message_exit(EXIT_FAILED, "%s: its namespace may not be read",
					    targets[i].text);
	*ret_snapshot = pidns_snapshot_ref(snapshot);
	return 0;
}
