// SPDX-License-Identifier: GPL-2.0-or-later
/* fate.c - what a signal will end beside the process that gets it. */
#include "fate.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "describe.h"
#include "signame.h"

bool fate_is_init(const struct pidns_task *task)
{
	return task->known & PIDNS_TASK_VPIDS && task->nr_vpids &&
	       task->vpids[task->nr_vpids - 1] == 1;
}

static void count_processes(const struct pidns_ns *ns, char *out, size_t size)
{
	if (!ns || !(ns->known & PIDNS_NS_PROCESSES))
		snprintf(out, size, "all processes there");
	else if (ns->processes_below == 1)
		snprintf(out, size, "the one process there");
	else
		snprintf(out, size, "all %" PRIu32 " processes there", ns->processes_below);
}

size_t fate_describe(const struct pidns_task *task, const struct pidns_ns *ns, int sig,
		     char out[FATE_SIZE])
{
	char name[SIGNAME_SIZE], all[64];
	int len;

	out[0] = '\0';
	if (!fate_is_init(task) || !signame_is_deadly(sig))
		return 0;
	count_processes(ns, all, sizeof(all));
	signame(sig, name);
	/* sig_task_ignored() in kernel/signal.c: SIGKILL alone is forced upon an init, and only from a
	 * namespace above. */
	if (task->nr_vpids == 1)
		len = snprintf(out, FATE_SIZE,
			       "it is your own init, which gets %s only if it "
			       "handles it",
			       name);
	else if (sig == SIGKILL)
		len = snprintf(out, FATE_SIZE, "%s ends %s", name, all);
	else
		len = snprintf(out, FATE_SIZE, "it gets %s only if it handles it; its end ends %s",
			       name, all);
	return (size_t)len;
}

void fate_name(const struct pidns_ns *ns, const struct pidns_task *init, char out[FATE_NAME_SIZE])
{
	const struct pidns_container *container = ns ? describe_container(ns) : NULL;

	if (container)
		describe_container_label(container, out);
	else if (init && init->known & PIDNS_TASK_COMM)
		snprintf(out, FATE_NAME_SIZE, "%s", init->comm);
	else if (ns && ns->known & PIDNS_NS_INO)
		snprintf(out, FATE_NAME_SIZE, "%" PRIu64, ns->ino);
	else
		snprintf(out, FATE_NAME_SIZE, "a namespace");
}
