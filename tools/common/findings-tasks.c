// SPDX-License-Identifier: GPL-2.0-or-later
/* findings-tasks.c - what tasks are called, and those left behind in a namespace. */
#include "findings-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *finding_who(const struct pidns_snapshot *snapshot, int32_t pid, char who[WHO_SIZE])
{
	const struct pidns_task *task = pidns_task_find(snapshot, NULL, pid);

	if (task && task->known & PIDNS_TASK_COMM)
		snprintf(who, WHO_SIZE, "PID %" PRId32 " (%s)", pid, task->comm);
	else
		snprintf(who, WHO_SIZE, "PID %" PRId32, pid);
	return who;
}

const char *finding_whose(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
			  int32_t pid, char who[WHO_SIZE])
{
	const struct pidns_task *task = pidns_task_find(snapshot, NULL, pid);
	size_t len;

	finding_who(snapshot, pid, who);
	len = strlen(who);
	if (!(ns->known & PIDNS_NS_INO) && task && task->known & PIDNS_TASK_UID)
		snprintf(who + len, WHO_SIZE - len, " of uid %" PRIu32, task->uid);
	return who;
}

/* ---- who was left behind --------------------------------------------------------------------- */

/* Orphans go to the init of the parent they lost (find_new_reaper(), kernel/exit.c), which for who
 * has joined is one outside. */
int finding_is_orphan(const struct pidns_snapshot *snapshot, const struct pidns_task *task)
{
	const struct pidns_task *parent;

	if (task->pid != task->tid || !(task->known & PIDNS_TASK_HAS_JOINED) || !task->has_joined ||
	    !(task->known & PIDNS_TASK_PPID) || task->ppid <= 0 || pidns_task_is_zombie(task))
		return 0;
	parent = pidns_task_find(snapshot, NULL, task->ppid);
	return parent && parent->ns != task->ns && parent->ns->known & PIDNS_NS_REAPER &&
	       parent->ns->reaper == parent->pid;
}

int findings_joined(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		    struct findings *findings)
{
	const struct pidns_task *const *list, *first = NULL;
	size_t nr = pidns_ns_tasks(ns, &list);
	struct finding *finding;
	char who[WHO_SIZE], more[48] = "";
	uint32_t count = 0;

	for (size_t i = 0; i < nr; i++)
		if (finding_is_orphan(snapshot, list[i]) && !count++)
			first = list[i];
	if (!first)
		return 0;
	finding = findings_add(findings, FINDING_JOINED, RANK_JOINED, ns);
	if (!finding)
		return -ENOMEM;
	if (count > 1)
		snprintf(more, sizeof(more), " and %" PRIu32 " more", count - 1);
	finding->pid = first->pid;
	finding->weight = finding->count = count;
	snprintf(finding->message, sizeof(finding->message), "%s%s joined from outside; %s exited",
		 finding_whose(snapshot, ns, first->pid, who), more,
		 count > 1 ? "their parents have" : "its parent has");
	snprintf(finding->remedy, sizeof(finding->remedy), "end %s not needed: kill %" PRId32,
		 count > 1 ? "them if they are" : "it if it is", first->pid);
	return 0;
}
