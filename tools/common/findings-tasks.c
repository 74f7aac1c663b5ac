// SPDX-License-Identifier: GPL-2.0-or-later
/* findings-tasks.c - zombies that nobody reaps, and who was left behind in a namespace. */
#include "findings-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

const char *finding_who(const struct pidns_snapshot *snapshot, int32_t pid, char who[WHO_SIZE])
{
	const struct pidns_task *task = pidns_task_find(snapshot, NULL, pid);

	if (task && task->known & PIDNS_TASK_COMM)
		snprintf(who, WHO_SIZE, "PID %" PRId32 " (%s)", pid, task->comm);
	else
		snprintf(who, WHO_SIZE, "PID %" PRId32, pid);
	return who;
}

/* ---- zombies --------------------------------------------------------------------------------- */

/* How many, and with *ret the oldest as its note has it, or what the picture alone shows of it. */
static uint32_t count_zombies(const struct pidns_ns *ns, struct pidns_zombie *ret)
{
	const struct pidns_task *const *list, *oldest = NULL;
	size_t nr = pidns_ns_tasks(ns, &list);
	uint32_t count = 0;

	for (size_t i = 0; i < nr; i++) {
		if (!pidns_task_is_zombie(list[i]))
			continue;
		count++;
		if (!oldest || list[i]->start_ns < oldest->start_ns)
			oldest = list[i];
	}
	if (!oldest)
		return 0;
	if (ns->known & PIDNS_NS_NOTES && ns->notes->known & PIDNS_NOTE_ZOMBIE &&
	    ns->notes->zombie) {
		*ret = *ns->notes->zombie;
		return count;
	}
	*ret = (struct pidns_zombie){
		.pid = oldest->pid,
		.parent = oldest->known & PIDNS_TASK_PPID ? oldest->ppid : 0,
		.start_ns = oldest->start_ns,
	};
	ret->parent_is_reaper = ret->parent && ns->known & PIDNS_NS_REAPER &&
				ns->reaper == ret->parent;
	return count;
}

static const char *words_for(const struct pidns_zombie *zombie)
{
	switch (zombie->sigchld) {
	case PIDNS_SIGCHLD_IGNORED:
		return " ignores SIGCHLD by now and";
	case PIDNS_SIGCHLD_HANDLED:
		return " handles SIGCHLD but";
	default:
		return "";
	}
}

#define AGE_SIZE 48

/* ", started 3 h ago": when it ended, nobody tells. */
static const char *age_of(const struct pidns_snapshot *snapshot, const struct pidns_zombie *zombie,
			  char age[AGE_SIZE])
{
	uint64_t now_ns = pidns_snapshot_time(snapshot), seconds;

	*age = '\0';
	if (!zombie->start_ns || zombie->start_ns > now_ns)
		return age;
	seconds = (now_ns - zombie->start_ns) / 1000000000;
	if (seconds < 120)
		snprintf(age, AGE_SIZE, ", started %" PRIu64 " s ago", seconds);
	else if (seconds < 7200)
		snprintf(age, AGE_SIZE, ", started %" PRIu64 " min ago", seconds / 60);
	else if (seconds < 172800)
		snprintf(age, AGE_SIZE, ", started %" PRIu64 " h ago", seconds / 3600);
	else
		snprintf(age, AGE_SIZE, ", started %" PRIu64 " days ago", seconds / 86400);
	return age;
}

static bool is_init_above(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
			  int32_t pid)
{
	const struct pidns_task *task = pidns_task_find(snapshot, NULL, pid);

	return task && task->ns != ns && task->ns->known & PIDNS_NS_REAPER &&
	       task->ns->reaper == pid;
}

static void advise(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		   const struct pidns_zombie *zombie, struct finding *ret)
{
	if (!zombie->parent)
		snprintf(ret->remedy, sizeof(ret->remedy),
			 "look for their parent from the namespace above");
	else if (zombie->parent_is_reaper)
		snprintf(ret->remedy, sizeof(ret->remedy),
			 "run it under an init that reaps, such as tini (docker and podman: "
			 "--init)");
	else if (is_init_above(snapshot, ns, zombie->parent))
		snprintf(ret->remedy, sizeof(ret->remedy),
			 "PID %" PRId32 " is an init that does not reap: run one there that does, "
			 "such as tini",
			 zombie->parent);
	else if (ns->known & PIDNS_NS_REAPER && zombie->pid == ns->reaper)
		snprintf(ret->remedy, sizeof(ret->remedy),
			 "have PID %" PRId32 " wait for it, or end PID %" PRId32
			 ": whoever inherits it reaps it",
			 zombie->parent, zombie->parent);
	else
		snprintf(ret->remedy, sizeof(ret->remedy),
			 "have PID %" PRId32
			 " wait for its children, or end it: an init inherits them",
			 zombie->parent);
}

static void describe(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		     uint32_t count, const struct pidns_zombie *zombie, struct finding *ret)
{
	char who[WHO_SIZE], age[AGE_SIZE], many[64] = "";
	const char *is = count > 1 ? "" : " is a zombie";

	if (count > 1)
		snprintf(many, sizeof(many), "%" PRIu32 " zombies, the oldest ", count);
	if (ns->known & PIDNS_NS_REAPER && zombie->pid == ns->reaper)
		is = ", its init, has exited";
	age_of(snapshot, zombie, age);
	if (zombie->parent)
		snprintf(ret->message, sizeof(ret->message),
			 "%sPID %" PRId32 "%s%s; %s%s%s has not reaped %s", many, zombie->pid, is,
			 age, finding_who(snapshot, zombie->parent, who),
			 zombie->parent_is_reaper ? ", the init here," : "", words_for(zombie),
			 count > 1 ? "them" : "it");
	else
		snprintf(ret->message, sizeof(ret->message),
			 "%sPID %" PRId32 "%s%s; the parent is out of sight", many, zombie->pid, is,
			 age);
}

int findings_zombies(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		     struct findings *findings)
{
	struct pidns_zombie zombie;
	uint32_t count = count_zombies(ns, &zombie);
	struct finding *finding;

	if (!count)
		return 0;
	finding = findings_add(findings, FINDING_ZOMBIES, RANK_ZOMBIES, ns);
	if (!finding)
		return -ENOMEM;
	finding->pid = zombie.pid;
	finding->weight = count;
	describe(snapshot, ns, count, &zombie, finding);
	advise(snapshot, ns, &zombie, finding);
	return 0;
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
	finding->weight = count;
	snprintf(finding->message, sizeof(finding->message),
		 "%s%s came from outside, and who brought %s is gone",
		 finding_who(snapshot, first->pid, who), more, count > 1 ? "them" : "it");
	snprintf(finding->remedy, sizeof(finding->remedy),
		 "end %s if nobody needs %s: kill %" PRId32, count > 1 ? "them" : "it",
		 count > 1 ? "them" : "it", first->pid);
	return 0;
}
