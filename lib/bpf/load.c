// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * load.c - the programs of bpf/pidns.bpf.c in the kernel, over the skeleton bpftool makes.
 *
 * It is a light one: a loader that is a program itself, run once, so that the kernel finds out where
 * its members lie from the BTF it has in memory anyway. libbpf would read all of that BTF into ours:
 * half as much time again, and 13 MiB. Nor is libbpf needed at run time then.
 */
#include "internal.h"

#include <errno.h>
#include <held.lskel.h>
#include <pidns.lskel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct bpf_programs {
	struct pidns_bpf *skeleton;
	struct bpf_shared *shared;
	struct pidns_held *held;
	struct bpf_shared *held_shared;
	bool has_tried_held;
};

struct bpf_programs *bpf_programs_unload(struct bpf_programs *programs)
{
	if (!programs)
		return NULL;
	if (programs->shared)
		munmap(programs->shared, sizeof(*programs->shared));
	if (programs->held_shared)
		munmap(programs->held_shared, sizeof(*programs->held_shared));
	pidns_bpf__destroy(programs->skeleton);
	pidns_held__destroy(programs->held);
	free(programs);
	return NULL;
}

static int map_shared(int fd, struct bpf_shared **ret_shared)
{
	void *shared = mmap(NULL, sizeof(**ret_shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (shared == MAP_FAILED)
		return -errno;
	*ret_shared = shared;
	return 0;
}

static int load(struct bpf_programs *programs)
{
	int r;

	programs->skeleton = pidns_bpf__open();
	if (!programs->skeleton)
		return -ENOMEM;
	r = pidns_bpf__load(programs->skeleton);
	return r < 0 ? r : map_shared(programs->skeleton->maps.shared.map_fd, &programs->shared);
}

int bpf_programs_load(struct bpf_programs **ret_programs)
{
	struct bpf_programs *programs = calloc(1, sizeof(*programs));
	int r;

	if (!programs)
		return -ENOMEM;
	r = load(programs);
	if (r < 0)
		bpf_programs_unload(programs);
	else
		*ret_programs = programs;
	return r;
}

struct bpf_shared *bpf_programs_hold(void *arg)
{
	struct bpf_programs *programs = arg;

	if (programs->has_tried_held)
		return programs->held_shared;
	programs->has_tried_held = true;
	programs->held = pidns_held__open();
	if (programs->held && pidns_held__load(programs->held) >= 0)
		map_shared(programs->held->maps.shared.map_fd, &programs->held_shared);
	return programs->held_shared;
}

static int descriptor_of(const struct bpf_programs *programs, enum bpf_job job)
{
	switch (job) {
	case BPF_WALK:
		return programs->skeleton->progs.walk.prog_fd;
	case BPF_LIST:
		return programs->skeleton->progs.list.prog_fd;
	case BPF_HOLD:
		return programs->held->progs.held.prog_fd;
	default:
		return programs->skeleton->progs.count.prog_fd;
	}
}

int bpf_programs_run(void *arg, enum bpf_job job)
{
	const struct bpf_programs *programs = arg;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (__u32)descriptor_of(programs, job);
	if (skel_sys_bpf(BPF_PROG_RUN, &attr, offsetofend(union bpf_attr, test)) < 0)
		return -errno;
	return attr.test.retval ? -EIO : 0;
}

struct bpf_shared *bpf_programs_shared(const struct bpf_programs *programs)
{
	return programs->shared;
}
