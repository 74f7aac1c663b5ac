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

#endif /* PIDNS_EXTRA_H */
