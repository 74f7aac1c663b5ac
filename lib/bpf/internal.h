/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * internal.h - asking any kernel that has BTF, through programs of our own.
 *
 * The kernel's half fills in a shared buffer (bpf/record.h), one run of a program after the other. Here are
 * the runs that make a snapshot (bpf/take.c), what a record in the shared buffer says (bpf/facts.c), and how
 * the programs get into the kernel (bpf/load.c).
 */
#ifndef PIDNS_BPF_H
#define PIDNS_BPF_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/programs/record.h"
#include "core/provider.h"
#include "base/util.h"

/* ---- programs -------------------------------------------------------------------------------- */

enum bpf_job { BPF_WALK, BPF_LIST, BPF_COUNT, BPF_HOLD };

/* What can be run, and where it writes to; the unit tests have a kernel that lies. */
struct bpf_kernel {
	/* 0 or -Exxx. */
	int (*run)(void *arg, enum bpf_job job);
	void *arg;
	struct bpf_shared *shared;
	/* That of the job BPF_HOLD, whose program is loaded when it is first needed; NULL: it cannot be. */
	struct bpf_shared *(*hold)(void *arg);
	const struct bpf_caller *caller; /* NULL: that in the shared buffer */
	/* What no program can see. */
	uint32_t pid_max;      /* of all namespaces, where none has its own; 0: not known */
	uint32_t overflow_uid; /* of users without a uid in the caller's user namespace */
	uint32_t page_size;
};

/*
 * bpf/load.c: the programs in the kernel, held by descriptors only: they go with the process. 0, or
 * what the kernel said: bpf/reason.c knows why.
 */
struct bpf_programs;
int bpf_programs_load(struct bpf_programs **ret_programs);
struct bpf_programs *bpf_programs_unload(struct bpf_programs *programs);
int bpf_programs_run(void *programs, enum bpf_job job);
struct bpf_shared *bpf_programs_shared(const struct bpf_programs *programs);
struct bpf_shared *bpf_programs_hold(void *programs);

/* ---- whose fault it is ----------------------------------------------------------------------- */

/* Has the caller the rights that loading needs? 0; -EPERM with a sentence. */
int bpf_may_load(const struct why *why);
/* A sentence for what bpf_programs_load() returned; the error that stands for it is returned. */
int bpf_explain(int error, const struct why *why);

/* ---- records --------------------------------------------------------------------------------- */

/* What a record says as facts, or -EPROTO; what is pointed to lies in the record. */
int bpf_read_task(const struct bpf_kernel *kernel, const struct bpf_task_record *record,
		  struct raw_task *ret_raw);
int bpf_read_ns(const struct bpf_kernel *kernel, const struct bpf_ns_record *record,
		struct raw_ns *ret_raw);

/* ---- takes ----------------------------------------------------------------------------------- */

int bpf_take(const struct bpf_kernel *kernel, const struct request *request, struct builder *b);
/* bpf/held.c: what processes hold, for annotators. 0 or -Exxx. */
int bpf_take_held(const struct bpf_kernel *kernel, const struct request *request,
		  struct builder *b);

#endif /* PIDNS_BPF_H */
