// SPDX-License-Identifier: GPL-2.0-or-later
/* ident.c - who a row is, across snapshots. */
#include "ident.h"

#include <stddef.h>

/* Two sources may round one start time to neighbouring clock ticks. */
#define TICK_NS UINT64_C(10000000)

struct ident ident_of_ns(const struct pidns_ns *ns)
{
	struct ident ident = {.is_set = true};

	if (ns->known & PIDNS_NS_INO)
		ident.ino = ns->ino;
	else if (ns->known & PIDNS_NS_REAPER)
		ident.reaper = ns->reaper;
	if (ns->known & PIDNS_NS_COOKIE)
		ident.cookie = ns->cookie;
	if (ns->known & PIDNS_NS_REAPER_START)
		ident.start_ns = ns->reaper_start_ns;
	return ident;
}

struct ident ident_of_task(const struct pidns_task *task)
{
	struct ident ident = {.is_set = true, .pid = task->tid};

	if (task->known & PIDNS_TASK_START)
		ident.start_ns = task->start_ns;
	return ident;
}

static bool is_same_start(uint64_t a, uint64_t b)
{
	if (!a || !b)
		return true;
	return (a > b ? a - b : b - a) <= TICK_NS;
}

bool ident_is_same(const struct ident *a, const struct ident *b)
{
	if (!a->is_set || !b->is_set || a->pid != b->pid)
		return false;
	if (a->pid)
		return is_same_start(a->start_ns, b->start_ns);
	if (a->cookie && b->cookie)
		return a->cookie == b->cookie;
	return a->ino == b->ino && a->reaper == b->reaper &&
	       is_same_start(a->start_ns, b->start_ns);
}

static const struct pidns_ns *find_unidentified(const struct ident *ident,
						const struct pidns_snapshot *snapshot)
{
	const struct pidns_ns *const *list;
	size_t count = pidns_snapshot_namespaces(snapshot, &list);

	for (size_t i = 0; i < count; i++) {
		struct ident found = ident_of_ns(list[i]);

		if (!found.ino && ident_is_same(ident, &found))
			return list[i];
	}
	return NULL;
}

const struct pidns_ns *ident_find_ns(const struct ident *ident,
				     const struct pidns_snapshot *snapshot)
{
	const struct pidns_ns *ns;
	struct ident found;

	if (!ident->is_set || !snapshot)
		return NULL;
	if (!ident->ino)
		return find_unidentified(ident, snapshot);
	ns = pidns_ns_find(snapshot, ident->ino);
	if (!ns)
		return NULL;
	found = ident_of_ns(ns);
	return ident_is_same(ident, &found) ? ns : NULL;
}
