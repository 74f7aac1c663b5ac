/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* extra.h - what a provider may know of a process that annotators would else read in files of it. */
#ifndef PIDNS_EXTRA_H
#define PIDNS_EXTRA_H

#include <stdint.h>

struct task_extra {
	int32_t pid;
	uint32_t user_ns; /* the inode */
	uint64_t cgroup;  /* the id, given once only, of that which counts its PIDs; 0: not known */
	uint64_t nproc;	  /* RLIMIT_NPROC; UINT64_MAX: unlimited */
};

/* The namespaces that a process is in, by inode; 0: not known. */
struct task_namespaces {
	int32_t pid;
	uint32_t mnt, net, ipc, uts, cgroup, time, time_for_children;
};

/* holder.kind */
enum {
	HOLDER_BY_LINK, /* value: nothing; what the descriptor's link says, or all that the process has if fd < 0 */
	HOLDER_NS,    /* the inode of a PID namespace */
	HOLDER_PIDFD, /* the process it is of; 0: not to be seen; < 0: reaped */
};

/* What a process holds that keeps a PID namespace. */
struct holder {
	int32_t pid, fd;
	int32_t kind;
	int64_t value;
};

#endif /* PIDNS_EXTRA_H */
