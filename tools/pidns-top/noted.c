// SPDX-License-Identifier: GPL-2.0-or-later
/* noted.c - the newest snapshot that has notes. */
#include "noted.h"

#include <stdlib.h>
#include <string.h>

#include "common/describe.h"
#include "common/limit.h"
#include "pidns-top/rows/ident.h"
#include "usage.h"

/* ---- The nearest limit ---- */

static const struct pidns_ns *root_of(const struct pidns_ns *ns)
{
	const struct pidns_ns *parent;

	while ((parent = pidns_ns_parent(ns)))
		ns = parent;
	return ns;
}

static bool is_same_limit(const struct pidns_limit *a, const struct pidns_limit *b)
{
	if (a->kind != b->kind)
		return false;
	return a->source && b->source ? strcmp(a->source, b->source) == 0 : a->source == b->source;
}

/* Does it bind the root as well? Then it is the whole machine's. */
static bool is_machines(const struct pidns_limit *limit, const struct pidns_ns *root)
{
	const struct pidns_limit *const *list;
	size_t nr = describe_limits(root, &list);

	for (size_t i = 0; i < nr; i++)
		if (is_same_limit(limit, list[i]))
			return true;
	return false;
}

/* What stops fork(2), and what stops new namespaces once it is reached. */
static bool counts(const struct pidns_limit *limit)
{
	return limit->kind != PIDNS_LIMIT_INIT && limit_has_share(limit) &&
	       (limit->is_fork || limit_is_full(limit));
}

static const struct pidns_limit *choose(const struct pidns_ns *ns)
{
	const struct pidns_ns *root = root_of(ns);
	const struct pidns_limit *const *list, *own = NULL, *machines = NULL;
	size_t nr = describe_limits(ns, &list);

	for (size_t i = 0; i < nr && !own; i++) {
		if (!counts(list[i]))
			continue;
		if (ns == root || !is_machines(list[i], root))
			own = list[i];
		else if (!machines)
			machines = list[i];
	}
	if (machines &&
	    (!own || (limit_is_near(machines) && limit_share(machines) > limit_share(own))))
		return machines;
	return own;
}

void noted_keep(struct noted *noted, struct pidns_snapshot *snapshot, uint32_t flags)
{
	const struct pidns_ns *const *list;
	size_t count = pidns_snapshot_namespaces(snapshot, &list);

	pidns_snapshot_ref(snapshot);
	noted_clear(noted);
	noted->snapshot = snapshot;
	noted->flags = flags;
	noted->wall_ns = pidns_snapshot_wall_time(snapshot);
	noted->nearest = calloc(count + 1, sizeof(*noted->nearest));
	for (size_t i = 0; noted->nearest && i < count; i++)
		noted->nearest[i] = choose(list[i]);
}

void noted_copy(struct noted *noted, const struct noted *from)
{
	const struct pidns_ns *const *list;
	size_t size;

	*noted = (struct noted){0};
	if (!from->snapshot)
		return;
	*noted = *from;
	pidns_snapshot_ref(noted->snapshot);
	size = pidns_snapshot_namespaces(noted->snapshot, &list) * sizeof(*noted->nearest);
	noted->nearest = size && from->nearest ? malloc(size) : NULL;
	if (noted->nearest)
		memcpy(noted->nearest, from->nearest, size);
}

void noted_clear(struct noted *noted)
{
	pidns_snapshot_unref(noted->snapshot);
	free(noted->nearest);
	*noted = (struct noted){0};
}

/* ---- Look-ups ---- */

const struct pidns_ns *noted_ns(const struct noted *noted, const struct pidns_ns *ns)
{
	struct ident ident;

	if (!noted->snapshot)
		return NULL;
	if (ns->known & PIDNS_NS_NOTES)
		return ns; /* of that very snapshot */
	if (!(ns->known & PIDNS_NS_INO))
		return NULL;
	ident = ident_of_ns(ns);
	return ident_find_ns(&ident, noted->snapshot);
}

const struct pidns_notes *noted_find(const struct noted *noted, const struct pidns_ns *ns,
				     uint64_t note)
{
	const struct pidns_ns *found = noted_ns(noted, ns);

	return found && describe_has(found, note) ? found->notes : NULL;
}

const struct pidns_container *noted_container(const struct noted *noted, const struct pidns_ns *ns)
{
	const struct pidns_notes *notes = noted_find(noted, ns, PIDNS_NOTE_CONTAINER);

	return notes ? notes->container : NULL;
}

/* What the namespace itself tells. */
static const struct pidns_limit *limit_of_pids(const struct pidns_ns *ns, struct pidns_limit *room)
{
	const uint64_t needed = PIDNS_NS_PIDS_USED | PIDNS_NS_PIDS_MAX;

	if ((ns->known & needed) != needed || !ns->pids_max)
		return NULL;
	*room = (struct pidns_limit){
		.known = PIDNS_LIMIT_USED | PIDNS_LIMIT_MAX,
		.kind = PIDNS_LIMIT_PID_MAX,
		.used = ns->pids_used,
		.max = ns->pids_max,
		.is_fork = 1,
	};
	return room;
}

const struct pidns_limit *noted_limit(const struct noted *noted, const struct pidns_ns *ns,
				      struct pidns_limit *room)
{
	const struct pidns_ns *found = noted_ns(noted, ns);
	const struct pidns_limit *limit = NULL;

	if (found && noted->nearest && describe_has(found, PIDNS_NOTE_LIMITS))
		limit = noted->nearest[usage_ns_place(noted->snapshot, found)];
	return limit ? limit : limit_of_pids(ns, room);
}

/* ---- Health ---- */

const char *health_name(enum health health, bool is_short)
{
	static const char *const names[NR_HEALTH][2] = {
		[HEALTH_FULL] = {"FULL", "FULL"},
		[HEALTH_NEAR] = {"near a limit", "near"},
		[HEALTH_ZOMBIES] = {"with zombies", "zombies"},
		[HEALTH_DEAD] = {"dead", "dead"},
		[HEALTH_UNBORN] = {"unborn", "unborn"},
	};

	return names[health][is_short];
}

unsigned int noted_health(const struct noted *noted, const struct pidns_ns *ns)
{
	const struct pidns_limit *limit;
	struct pidns_limit room;
	unsigned int health = 0;

	if (ns->known & PIDNS_NS_ZOMBIES && ns->zombies)
		health |= 1u << HEALTH_ZOMBIES;
	if (ns->known & PIDNS_NS_STATE && ns->state == PIDNS_STATE_UNBORN)
		return health | 1u << HEALTH_UNBORN;
	if (ns->known & PIDNS_NS_STATE && ns->state != PIDNS_STATE_ALIVE)
		return health | 1u << HEALTH_DEAD;
	limit = noted_limit(noted, ns, &room);
	if (limit && limit_is_full(limit))
		health |= 1u << HEALTH_FULL;
	else if (limit && limit_is_near(limit))
		health |= 1u << HEALTH_NEAR;
	return health;
}
