/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record.h - the buffer shared by the kernel's half (pidns.bpf.c) and ours (bpf/take.c): a
 * question, and the part of the answer that one run of a program has written.
 *
 * One map, whose single value this is, mapped into our memory. All layouts are the same for the two
 * compilers: sizes are asserted below. Numbers of processes are the caller's.
 */
#ifndef PIDNS_BPF_RECORD_H
#define PIDNS_BPF_RECORD_H

#include <stdint.h>

enum {
	BPF_TASKS = 256,      /* a run tells of no more; each takes about a microsecond, … */
	BPF_NAMESPACES = 256, /* … in which the processor can do nothing else */
	BPF_VPIDS = 36,	      /* MAX_PID_NS_LEVEL + 1, and to a multiple of four */
	BPF_BLOCK_SHIFT = 15, /* numbers of one block of occupancy: 32768 */
	BPF_BLOCKS = 128,     /* up to PID_MAX_LIMIT */
	BPF_EXTENTS = 340,    /* UID_GID_MAP_MAX_EXTENTS */
	BPF_COMM = 16,	      /* TASK_COMM_LEN */
	BPF_NUMBER_MAX = (1 << 22) - 1, /* PID_MAX_LIMIT */
	BPF_HOLDINGS = 256,		/* processes whose namespaces a run tells of, … */
	BPF_HELD = 512,			/* … and files that may keep a PID namespace */
};

/* bpf_shared.flags */
enum {
	BPF_ASK_CALLER = 1 << 0,     /* who asks: bpf_caller */
	BPF_ASK_TASKS = 1 << 1,	     /* else only namespaces */
	BPF_ASK_THREADS = 1 << 2,    /* each thread, not only leaders */
	BPF_ASK_NAMESPACES = 1 << 3, /* those met on the way */
	BPF_ASK_EMPTY = 1 << 4, /* also those without tasks where only pid_for_children leads */
};

/* Facts that cost something: bpf_shared.task_facts, .reaper_facts, and what a record has of them. */
enum {
	BPF_FACTS_BASIC = 1 << 0, /* state, start, parent, number of threads */
	BPF_FACTS_GROUPS = 1 << 1,
	BPF_FACTS_CREDS = 1 << 2,
	BPF_FACTS_COMM = 1 << 3,
	BPF_FACTS_CPU = 1 << 4,
	BPF_FACTS_MEMORY = 1 << 5,
	BPF_FACTS_CHILDREN = 1 << 6,
	BPF_FACTS_EXTRA = 1 << 7, /* what annotators would else read of each: struct task_extra */
};

struct bpf_task_record {
	uint64_t start_ns; /* without the caller's time namespace */
	uint64_t cpu_ns;
	uint64_t rss_pages;
	uint64_t pidfd_ino; /* 0: none */
	uint64_t cgroup;    /* the id of that which counts its PIDs; 0: not known */
	uint64_t nproc;	    /* RLIMIT_NPROC */
	uint32_t facts;	    /* BPF_FACTS_* that are told */
	uint32_t nr_vpids;  /* from the caller's level on */
	uint32_t ns_ino;
	uint32_t children_ino;
	uint32_t user_ino; /* of its user namespace */
	uint32_t pad;
	int32_t pid;
	int32_t ppid;
	int32_t vpgid;
	int32_t vsid;
	uint32_t euid; /* as the initial user namespace has it; so has .uid */
	uint32_t uid;
	uint32_t state; /* task_struct.__state */
	uint32_t exit_state;
	uint32_t flags;
	uint32_t threads;
	char comm[BPF_COMM];
	int32_t vpids[BPF_VPIDS];
};

/* bpf_ns_record.told */
enum {
	BPF_NS_COOKIE = 1 << 0,
	BPF_NS_OWNER = 1 << 1,
	BPF_NS_PID_MAX = 1 << 2,
	BPF_NS_INIT = 1 << 3, /* number 1 has a task */
};

struct bpf_ns_record {
	uint64_t cookie;
	uint64_t init_start_ns;
	uint32_t told; /* BPF_NS_* */
	uint32_t ino;
	uint32_t parent_ino; /* 0: the caller's own, above which nothing is told */
	uint32_t level;
	uint32_t owner_ino;
	uint32_t owner_uid; /* as the initial user namespace has it */
	uint32_t allocated; /* pid_namespace.pid_allocated: a count, and whether more may come */
	uint32_t next_number;
	uint32_t pid_max; /* the least of its own and its ancestors' */
	int32_t init;	  /* number 1, as the caller calls it */
	uint32_t init_exit_state;
	uint32_t init_threads;
};

struct bpf_extent {
	uint32_t first, lower_first, count;
};

/* Who asks, and what numbers of users and times have to be translated to. */
struct bpf_caller {
	int64_t boot_offset_ns; /* of the time namespace */
	uint32_t ns_ino;
	uint32_t
		has_list; /* the kernel keeps a list of namespaces, that of the empty ones included */
	uint32_t nr_extents;
	struct bpf_extent extents[BPF_EXTENTS];
	uint32_t pad;
};

/* Of a process: the inodes of the namespaces it is in; 0: not known. */
struct bpf_holding {
	int32_t pid;
	uint32_t mnt, net, ipc, uts, cgroup, time, time_for_children;
};

/* bpf_held.kind */
enum {
	BPF_HELD_UNKNOWN = 0, /* to be looked at by its link */
	BPF_HELD_NS = 1,      /* value: the inode of a PID namespace */
	BPF_HELD_PIDFD = 2,   /* value: the process, as the caller calls it; 0: not to be seen */
	BPF_HELD_GONE = 3,    /* a pidfd of a process that has been reaped */
	BPF_HELD_APART = 4,   /* no file: a thread has files or namespaces of its own */
};

struct bpf_held {
	int32_t pid;
	int32_t fd;
	uint32_t kind;
	uint32_t value;
};

struct bpf_shared {
	/* The question. */
	uint32_t flags; /* BPF_ASK_* */
	uint32_t task_facts;
	uint32_t reaper_facts;
	int32_t init;	/* of the namespace whose occupancy is asked for; 1: the caller's own */
	uint64_t after; /* of the list: only cookies above this one */
	uint32_t last;	/* numbers up to this one … */
	/* … and from this one on: a run moves it, and has got everywhere once it is above. */
	uint32_t next;
	/* The answer. */
	uint32_t nr_tasks;
	uint32_t nr_namespaces;
	uint32_t nr_vanished; /* ended while they were looked at */
	uint32_t ino;	      /* of occupancy: of which namespace; 0: of none */
	struct bpf_caller caller;
	uint32_t blocks[BPF_BLOCKS]; /* added to */
	struct bpf_ns_record namespaces[BPF_NAMESPACES];
	struct bpf_task_record tasks[BPF_TASKS];
	/* Of "held": from which file on of number `next`; and how many files were looked at in all. */
	uint32_t next_fd;
	uint32_t nr_files;
	uint32_t nr_holdings;
	uint32_t nr_held;
	struct bpf_holding holdings[BPF_HOLDINGS];
	struct bpf_held held[BPF_HELD];
};

_Static_assert(sizeof(struct bpf_task_record) == 272, "one layout for both sides");
_Static_assert(sizeof(struct bpf_ns_record) == 64, "one layout for both sides");
_Static_assert(sizeof(struct bpf_caller) == 20 + 12 * BPF_EXTENTS + 4, "no hole in it");
_Static_assert(sizeof(struct bpf_shared) == 48 + sizeof(struct bpf_caller) + 4 * BPF_BLOCKS +
						    64 * BPF_NAMESPACES + 272 * BPF_TASKS + 16 +
						    32 * BPF_HOLDINGS + 16 * BPF_HELD,
	       "no hole in it");

#endif /* PIDNS_BPF_RECORD_H */
