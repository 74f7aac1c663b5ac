/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * noted.h - the newest snapshot that has notes: what annotators found out about each namespace.
 *
 * Notes cost more than all the rest of a snapshot, so not every one has them: a namespace of a later
 * snapshot is looked up here, by its identity.
 */
#ifndef PIDNS_TOP_NOTED_H
#define PIDNS_TOP_NOTED_H

#include <stdbool.h>
#include <stdint.h>

#include <pidnsinfo.h>

struct noted {
	struct pidns_snapshot *snapshot;    /* a reference; NULL: none so far */
	uint32_t flags;			    /* PIDNS_TAKE_*: what was asked for */
	uint64_t wall_ns;		    /* when; 0: not known */
	const struct pidns_limit **nearest; /* by place in it; NULL: none */
};

/* What a screen of namespaces shows of them. */
#define NOTED_FLAGS (PIDNS_TAKE_CONTAINERS | PIDNS_TAKE_LIMITS)

/* Keep these from now on. Without memory nothing is known of limits. */
void noted_keep(struct noted *noted, struct pidns_snapshot *snapshot, uint32_t flags);
/* Of the same snapshot; noted_clear() it. */
void noted_copy(struct noted *noted, const struct noted *from);
void noted_clear(struct noted *noted);

/* That namespace of any snapshot in the one that has notes, or NULL. */
const struct pidns_ns *noted_ns(const struct noted *noted, const struct pidns_ns *ns);
/* The notes on that namespace of any snapshot, if that (PIDNS_NOTE_*) is known of it; else NULL. */
const struct pidns_notes *noted_find(const struct noted *noted, const struct pidns_ns *ns,
				     uint64_t note);
const struct pidns_container *noted_container(const struct noted *noted, const struct pidns_ns *ns);

/*
 * The nearest limit of that namespace: of its own, unless one that is the whole machine's is both near and
 * nearer. Without notes, how many of its PIDs are in use, which goes to `room`. NULL: none is known.
 */
const struct pidns_limit *noted_limit(const struct noted *noted, const struct pidns_ns *ns,
				      struct pidns_limit *room);

/* What can be wrong with a namespace at a glance: bits, in the order they are shown. */
enum health {
	HEALTH_FULL, /* a limit is reached */
	HEALTH_NEAR, /* one will be soon */
	HEALTH_ZOMBIES,
	HEALTH_DEAD, /* or its init is ending, or has not been reaped */
	HEALTH_UNBORN,
	NR_HEALTH,
};

/* "FULL", "near a limit", …; or one word of it. */
const char *health_name(enum health health, bool is_short);
unsigned int noted_health(const struct noted *noted, const struct pidns_ns *ns);

#endif /* PIDNS_TOP_NOTED_H */
