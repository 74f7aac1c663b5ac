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
	BPF_EVENT_EXIT = 4,    /* its last thread exits */
	BPF_EVENT_FREE = 5,    /* reaped; only pid, tgid, start and comm are known */
	BPF_EVENT_REFUSED = 6, /* bpf_event_refused, of the caller */
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

enum { BPF_REFUSED_NAMES = 10, BPF_REFUSED_NAME = 64 };

/* Kinds of limits, as PIDNS_LIMIT_* of the public header has them. */
enum {
	BPF_LIMIT_CGROUP_PIDS = 1,
	BPF_LIMIT_PID_MAX = 2,
	BPF_LIMIT_THREADS_MAX = 3,
	BPF_LIMIT_NPROC = 4,
	BPF_LIMIT_PID_NAMESPACES = 5,
	BPF_LIMIT_LEVEL = 6,
	BPF_LIMIT_INIT = 7,
	BPF_LIMIT_USER_NAMESPACES = 8,
	BPF_LIMIT_MNT_NAMESPACES = 9,
	BPF_LIMIT_NET_NAMESPACES = 10,
	BPF_LIMIT_IPC_NAMESPACES = 11,
	BPF_LIMIT_UTS_NAMESPACES = 12,
	BPF_LIMIT_CGROUP_NAMESPACES = 13,
	BPF_LIMIT_TIME_NAMESPACES = 14,
	BPF_LIMIT_USER_LEVEL = 15,
	BPF_LIMIT_END = 16,
};

/* Which limit it was, and what is known of it. */
struct bpf_limit {
	uint64_t used;
	uint64_t max;	/* 0 of PID_MAX: the kernel has but one */
	uint64_t id;	/* of the cgroup; the inode of the PID or user namespace */
	uint32_t kind;	/* BPF_LIMIT_*; 0: none found */
	uint32_t kinds; /* 1 << BPF_LIMIT_* of each that it may have been */
	uint32_t uid;	/* of NPROC and *_NAMESPACES */
	uint32_t nr_names;
	char names[BPF_REFUSED_NAMES][BPF_REFUSED_NAME]; /* of the cgroup, innermost first */
};

struct bpf_event_refused {
	struct bpf_event_full full;
	struct bpf_limit limit;
	uint64_t flags;	    /* CLONE_* */
	uint64_t root_used; /* PIDs in use in the initial namespace: no fewer than threads */
	int32_t error;
	uint32_t call; /* PIDNS_CALL_* */
	uint32_t
		is_traced; /* the functions that refuse have said so; else it was looked for after */
	uint32_t pad;
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
_Static_assert(sizeof(struct bpf_limit) == 40 + 640, "one layout for both sides");
_Static_assert(sizeof(struct bpf_event_refused) == 288 + 680 + 32, "one layout for both sides");
_Static_assert(sizeof(struct bpf_event_full) == 96 + 128 + 64, "one layout for both sides");

#endif /* PIDNS_BPF_EVENT_H */
