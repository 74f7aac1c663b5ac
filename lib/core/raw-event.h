/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * raw-event.h - what a kernel says has happened, and the few functions of a source of it.
 *
 * Like facts, events are plain values of one kernel; core/mirror.c makes of them what differs.
 */
#ifndef PIDNS_RAW_EVENT_H
#define PIDNS_RAW_EVENT_H

#include "provider.h"

enum raw_event_type {
	RAW_BORN = 1, /* task; where it is an init, ns, too */
	RAW_RENAMED,  /* task: pid, start_ns and comm */
	RAW_EXECED,   /* task */
	RAW_ENDS,     /* task: it has exited, and with an init its namespace goes down */
	RAW_REAPED,   /* task: pid, start_ns and comm */
	RAW_NS_BORN,  /* ns, without an init yet */
	RAW_NS_FREED, /* ns.ino: nothing has it any more */
	RAW_REFUSED,  /* task: the caller, and refused */
};

struct raw_event {
	enum raw_event_type type;
	uint64_t time_ns;
	struct raw_task task; /* its texts and PIDs live until the next event is asked for */
	struct raw_ns ns;     /* ino 0: none */
	const char *parent_comm;
	struct pidns_refused refused;
};

/* What a watch wants of a source. */
enum {
	EVENTS_TASKS = 1 << 0,	 /* every process, not only inits */
	EVENTS_REFUSED = 1 << 1, /* forks, clones and unshares that fail */
};

struct event_source {
	/* 0, or -Exxx and why. */
	int (*open)(uint32_t wants, const struct why *why, void **ret_state);
	/* After the first snapshot, which has these inits; before, too much is reported. */
	void (*know)(void *state, const int32_t *inits, size_t nr);
	/* Readable once there are events. */
	int (*fd)(const void *state);
	/* 1: *ret_event is the next; 0: there is none now; -EPROTO: the kernel says what cannot be. */
	int (*next)(void *state, struct raw_event *ret_event);
	/* How many events there was no room for so far. */
	uint64_t (*lost)(const void *state);
	/* PIDNS_WATCH_*: what it reports here. */
	uint32_t (*flags)(const void *state);
	/* What it does not report of what was wanted, a sentence; NULL: nothing. */
	const char *(*missing)(const void *state);
	void (*close)(void *state);
};

extern const struct event_source bpf_event_source;

#endif /* PIDNS_RAW_EVENT_H */
