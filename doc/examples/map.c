// SPDX-License-Identifier: GPL-2.0-or-later
/* map.c - the numbers of a process in all namespaces that see it. usage: map PID */
#include <pidnsinfo.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	int32_t pid = argc > 1 ? atoi(argv[1]) : 0;
	/* Only this process is asked about, whatever else there is. */
	const struct pidns_open_opts few = {.size = sizeof(few), .flags = PIDNS_OPEN_FEW};
	const struct pidns_take_opts opts = {.size = sizeof(opts), .pids = &pid, .nr_pids = 1};
	const struct pidns_task *task;
	struct pidns_ctx *ctx;
	struct pidns_snapshot *snapshot;

	if (pidns_open(&few, &ctx) < 0 || pidns_snapshot_take(ctx, &opts, &snapshot) < 0)
		return 2;
	task = pidns_task_find(snapshot, NULL, pid);
	if (task && task->known & PIDNS_TASK_VPIDS)
		for (uint32_t i = 0; i < task->nr_vpids; i++)
			printf("%" PRId32 "%c", task->vpids[i],
			       i + 1 < task->nr_vpids ? ' ' : '\n');
	pidns_snapshot_unref(snapshot);
	pidns_close(ctx);
	return task ? 0 : 1;
}
