/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event.h - the records of the ring between the attached programs (events.bpf.c, probe.bpf.c) and
 * bpf/events/parse.c: what happened to one task, with all that was true of it at that moment.
 *
 * A record is as long as its kind says, or, of a task that few namespaces see, cut off after its
 * first BPF_EVENT_FEW PIDs. All layouts are the same for the two compilers. PIDs are those of the
 * initial PID namespace and of the namespaces below it, in order; users those of the initial user
 * namespace; times those of the initial time namespace.
 */
#ifndef PIDNS_BPF_EVENT_H
#define PIDNS_BPF_EVENT_H

#include "record.h"

enum {
	BPF_EVENT_FEW = 4,
	BPF_RING_SIZE = 1 << 20, /* of 5,000 births, execs and ends a second: half a second */
};

/* bpf_event.kind */
enum {
	BPF_EVENT_FORK = 1, /* the new task; of an init also its namespace */
	BPF_EVENT_NAME = 2, /* it has another name: execve(2), prctl(2) */
	BPF_EVENT_EXEC = 3,
	BPF_EVENT_EXIT = 4, /* its last thread exits */
	BPF_EVENT_FREE = 5, /* reaped; only pid, tgid, start and comm are known */
};

struct bpf_event {
	uint64_t time_ns;
	uint64_t start_ns;
	uint32_t kind;
	int32_t tid;
	int32_t tgid;
	int32_t ppid;
	uint32_t euid;
	uint32_t uid;
	uint32_t ns_ino;
	uint32_t level;
	char comm[BPF_COMM];
	char parent_comm[BPF_COMM];
	int32_t vpids[BPF_EVENT_FEW]; /* level + 1 of them */
};

/* Of an init, or of a task that many namespaces see. */
struct bpf_event_full {
	struct bpf_event head;
	int32_t more_vpids[BPF_VPIDS - BPF_EVENT_FEW];
	struct bpf_ns_record ns; /* ino 0: not said */
};

/* bpf_event_state.wants */
enum {
	BPF_WANTS_TASKS = 1 << 0, /* all processes, not only inits */
};

/* A bit for each PID that an init has: bpf_event inits. */
enum { BPF_INIT_WORDS = (BPF_NUMBER_MAX + 1) / 64 };

/* Shared with the programs. */
struct bpf_event_state {
	uint32_t wants;
	uint32_t pad;
	uint64_t lost; /* records that the ring had no room for: added to */
};

_Static_assert(sizeof(struct bpf_event) == 96, "one layout for both sides");
_Static_assert(sizeof(struct bpf_event_full) == 96 + 128 + 64, "one layout for both sides");

#endif /* PIDNS_BPF_EVENT_H */
