// SPDX-License-Identifier: GPL-2.0-or-later
/* findings-zombies.c - zombies that are not reaped: a finding for each parent that should. */
#include "findings-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Those with one parent: it is the one to reap them. */
struct group {
	const struct pidns_task *const *list; /* the oldest first */
	size_t nr;
};

static int32_t parent_of(const struct pidns_task *task)
{
	return task->known & PIDNS_TASK_PPID ? task->ppid : 0;
}

static int compare(const void *a, const void *b)
{
	const struct pidns_task *x = *(const struct pidns_task *const *)a;
	const struct pidns_task *y = *(const struct pidns_task *const *)b;

	if (parent_of(x) != parent_of(y))
		return parent_of(x) < parent_of(y) ? -1 : 1;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

/* By parent, to be freed; *ret_nr may be 0. NULL: no memory. */
static const struct pidns_task **collect(const struct pidns_ns *ns, size_t *ret_nr)
{
	const struct pidns_task *const *list, **zombies;
	size_t nr = pidns_ns_tasks(ns, &list), kept = 0;

	for (size_t i = 0; i < nr; i++)
		kept += pidns_task_is_zombie(list[i]);
	zombies = malloc((kept + 1) * sizeof(*zombies));
	if (!zombies)
		return NULL;
	*ret_nr = kept;
	for (size_t i = 0, at = 0; at < kept; i++)
		if (pidns_task_is_zombie(list[i]))
			zombies[at++] = list[i];
	if (kept)
		qsort(zombies, kept, sizeof(*zombies), compare);
	return zombies;
}

/* The oldest as its note has it, or what the snapshot alone shows of it. */
static struct pidns_zombie describe_oldest(const struct pidns_ns *ns, const struct group *group)
{
	const struct pidns_zombie *note = NULL;
	struct pidns_zombie zombie = {
		.pid = group->list[0]->pid,
		.parent = parent_of(group->list[0]),
		.start_ns = group->list[0]->start_ns,
	};

	if (ns->known & PIDNS_NS_NOTES && ns->notes->known & PIDNS_NOTE_ZOMBIE)
		note = ns->notes->zombie;
	if (note && note->parent == zombie.parent)
		return *note;
	zombie.parent_is_reaper = zombie.parent && ns->known & PIDNS_NS_REAPER &&
				  ns->reaper == zombie.parent;
	return zombie;
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

/* ", started 3 h ago": when it ended is unknown. */
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

static bool is_init(const struct pidns_ns *ns, const struct pidns_zombie *zombie)
{
	return ns->known & PIDNS_NS_REAPER && zombie->pid == ns->reaper;
}

static void advise(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		   const struct pidns_zombie *zombie, struct finding *ret)
{
	if (!zombie->parent)
		snprintf(ret->remedy, sizeof(ret->remedy),
			 "find the parent from the namespace above");
	else if (zombie->parent_is_reaper)
		snprintf(ret->remedy, sizeof(ret->remedy),
			 "run it under an init that reaps, such as tini (docker and podman: "
			 "--init)");
	else if (is_init_above(snapshot, ns, zombie->parent))
		snprintf(ret->remedy, sizeof(ret->remedy),
			 "PID %" PRId32 " is an init that does not reap: run one there that does, "
			 "such as tini",
			 zombie->parent);
	else if (is_init(ns, zombie))
		snprintf(ret->remedy, sizeof(ret->remedy),
			 "have PID %" PRId32 " wait for it, or end PID %" PRId32
			 ": its new parent reaps it",
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
	if (is_init(ns, zombie))
		is = ", its init, has exited";
	age_of(snapshot, zombie, age);
	if (zombie->parent)
		snprintf(ret->message, sizeof(ret->message),
			 "%sPID %" PRId32 "%s%s; %s%s%s has not reaped %s", many, zombie->pid, is,
			 age, finding_whose(snapshot, ns, zombie->parent, who),
			 zombie->parent_is_reaper ? ", the init here," : "", words_for(zombie),
			 count > 1 ? "them" : "it");
	else
		snprintf(ret->message, sizeof(ret->message),
			 "%sPID %" PRId32 "%s%s; the parent is not visible", many, zombie->pid, is,
			 age);
}

static uint32_t rank_of(const struct pidns_ns *ns, size_t count, const struct pidns_zombie *zombie)
{
	if (count > 1)
		return RANK_ZOMBIES;
	return is_init(ns, zombie) ? RANK_ZOMBIE_INIT : RANK_ZOMBIE;
}

static int add_group(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		     const struct group *group, struct findings *findings)
{
	struct pidns_zombie zombie = describe_oldest(ns, group);
	struct finding *finding =
		findings_add(findings, FINDING_ZOMBIES, rank_of(ns, group->nr, &zombie), ns);

	if (!finding)
		return -ENOMEM;
	finding->pid = zombie.pid;
	finding->parent = zombie.parent;
	finding->weight = finding->count = group->nr;
	describe(snapshot, ns, (uint32_t)group->nr, &zombie, finding);
	advise(snapshot, ns, &zombie, finding);
	return 0;
}

int findings_zombies(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		     struct findings *findings)
{
	size_t nr = 0;
	const struct pidns_task **zombies = collect(ns, &nr);
	struct group group = {.list = zombies};
	int r = zombies ? 0 : -ENOMEM;

	while (r >= 0 && group.list < zombies + nr) {
		const int32_t parent = parent_of(group.list[0]);

		group.nr = 1;
		while (group.list + group.nr < zombies + nr &&
		       parent_of(group.list[group.nr]) == parent)
			group.nr++;
		r = add_group(snapshot, ns, &group, findings);
		group.list += group.nr;
	}
	free(zombies);
	return r;
}
