// SPDX-License-Identifier: LGPL-2.1-or-later
/* annotate.c - where annotators keep their notes, and what they share. */
#include "annotate.h"
#include "core/snapshot.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *annotate_store(struct annotation *a, size_t size)
{
	void *p = snapshot_store(a->snapshot, size, alignof(max_align_t));

	return p ? memset(p, 0, size) : NULL;
}

const char *annotate_text(struct annotation *a, const char *bytes, size_t len)
{
	char *text = snapshot_store(a->snapshot, len + 1, 1);

	if (text) {
		memcpy(text, bytes, len);
		text[len] = '\0';
	}
	return text;
}

const struct pidns_ns *annotate_one(const struct annotation *a)
{
	const struct pidns_task *task;

	if (a->of_ns)
		return pidns_ns_find(a->snapshot, a->of_ns);
	task = pidns_task_find(a->snapshot, NULL, a->of_pid ? a->of_pid : a->limits_of);
	if (!task)
		return NULL;
	return !a->of_pid && task->ns_for_children ? task->ns_for_children : task->ns;
}

bool annotate_is_wanted(const struct annotation *a, const struct pidns_ns *ns)
{
	const struct pidns_ns *at;

	if (!(a->flags & PIDNS_TAKE_OF_ONE))
		return true;
	at = annotate_one(a);
	while (at && at != ns)
		at = pidns_ns_parent(at);
	return at;
}

bool annotate_is_meant(const struct annotation *a, const struct pidns_ns *ns)
{
	return !(a->flags & PIDNS_TAKE_OF_ONE) || annotate_one(a) == ns;
}

struct pidns_notes *annotate_notes(struct annotation *a, const struct pidns_ns *ns)
{
	/* The snapshot has not been handed out yet: its records may still be written. */
	struct ns_entry *entry = (struct ns_entry *)(uintptr_t)ns;

	if (!(entry->pub.known & PIDNS_NS_NOTES)) {
		entry->pub.notes = annotate_store(a, sizeof(*entry->pub.notes));
		if (!entry->pub.notes)
			return NULL;
		entry->pub.known |= PIDNS_NS_NOTES;
	}
	return (struct pidns_notes *)(uintptr_t)entry->pub.notes;
}

void annotate_task_limits(struct annotation *a, const struct pidns_limit *const *limits, size_t nr)
{
	a->snapshot->limits = limits;
	a->snapshot->nr_limits = nr;
}
