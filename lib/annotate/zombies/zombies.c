// SPDX-License-Identifier: LGPL-2.1-or-later
/* zombies.c - the annotator that says who leaves zombies. */
#include "annotate/annotate.h"
#include "base/util.h"
#include "base/file.h"
#include "base/proc.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

/* The one that started first, or NULL; *ret_sees_all: the state of everyone was known. */
static const struct pidns_task *find_oldest(const struct pidns_ns *ns, bool *ret_sees_all)
{
	const struct pidns_task *const *list, *oldest = NULL;
	size_t nr = pidns_ns_tasks(ns, &list);

	*ret_sees_all = true;
	for (size_t i = 0; i < nr; i++) {
		if (!(list[i]->known & PIDNS_TASK_STATE))
			*ret_sees_all = false;
		if (pidns_task_is_zombie(list[i]) &&
		    (!oldest || list[i]->start_ns < oldest->start_ns))
			oldest = list[i];
	}
	return oldest;
}

/* What a task does about SIGCHLD: PIDNS_SIGCHLD_*, or 0. */
static uint32_t sigchld_of(const char *text, size_t len)
{
	const uint64_t bit = UINT64_C(1) << (SIGCHLD - 1);
	const uint32_t both = PROC_STATUS_IGNORED | PROC_STATUS_HANDLED;
	struct proc_status status;

	if (proc_parse_status(text, len, &status) < 0 || (status.known & both) != both)
		return 0;
	if (status.handled & bit)
		return PIDNS_SIGCHLD_HANDLED;
	return status.ignored & bit ? PIDNS_SIGCHLD_IGNORED : PIDNS_SIGCHLD_DEFAULT;
}

/* A file of the task's memory is none of this: status never waits for that. */
static int ask_parent(struct annotation *a, struct pidns_zombie *zombie)
{
	_cleanup_free_ char *text = NULL;
	char name[32];
	size_t len;
	int r;

	if (!zombie->parent)
		return 0;
	snprintf(name, sizeof(name), "%d/status", zombie->parent);
	r = file_read_whole(a->procfs, name, ANNOTATE_READ_MAX, &text, &len);
	if (r >= 0)
		zombie->sigchld = sigchld_of(text, len);
	return r == -ENOMEM ? r : 0;
}

static int note_zombie(struct annotation *a, struct pidns_notes *notes,
		       const struct pidns_task *task)
{
	struct pidns_zombie *zombie = annotate_store(a, sizeof(*zombie));

	if (!zombie)
		return -ENOMEM;
	zombie->pid = task->pid;
	zombie->start_ns = task->start_ns;
	if (task->known & PIDNS_TASK_PPID)
		zombie->parent = task->ppid;
	zombie->parent_is_reaper = zombie->parent && task->ns->known & PIDNS_NS_REAPER &&
				   task->ns->reaper == zombie->parent;
	notes->zombie = zombie;
	notes->known |= PIDNS_NOTE_ZOMBIE;
	return ask_parent(a, zombie);
}

int annotate_zombies(struct annotation *a)
{
	const uint32_t flags = pidns_snapshot_flags(a->snapshot);
	const bool has_all = !(flags & PIDNS_SNAPSHOT_SUBSET) &&
			     !(pidns_snapshot_cannot_see(a->snapshot) & PIDNS_UNSEEN_TASKS);
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(a->snapshot, &list);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < nr; i++) {
		bool sees_all;
		const struct pidns_task *oldest;
		struct pidns_notes *notes;

		if (!annotate_is_meant(a, list[i]))
			continue;
		oldest = find_oldest(list[i], &sees_all);
		if (!oldest && (!sees_all || !has_all))
			continue;
		notes = annotate_notes(a, list[i]);
		if (!notes)
			return -ENOMEM;
		if (oldest)
			r = note_zombie(a, notes, oldest);
		else
			notes->known |= PIDNS_NOTE_ZOMBIE;
	}
	return r;
}
