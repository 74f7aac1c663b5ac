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
#include <pidns.lskel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct bpf_programs {
	struct pidns_bpf *skeleton;
	struct bpf_sheet *sheet;
};

struct bpf_programs *bpf_programs_unload(struct bpf_programs *programs)
{
	if (!programs)
		return NULL;
	if (programs->sheet)
		munmap(programs->sheet, sizeof(*programs->sheet));
	pidns_bpf__destroy(programs->skeleton);
	free(programs);
	return NULL;
}

static int load(struct bpf_programs *programs)
{
	void *sheet;
	int r;

	programs->skeleton = pidns_bpf__open();
	if (!programs->skeleton)
		return -ENOMEM;
	r = pidns_bpf__load(programs->skeleton);
	if (r < 0)
		return r;
	sheet = mmap(NULL, sizeof(*programs->sheet), PROT_READ | PROT_WRITE, MAP_SHARED,
		     programs->skeleton->maps.sheet.map_fd, 0);
	if (sheet == MAP_FAILED)
		return -errno;
	programs->sheet = sheet;
	return 0;
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

static int descriptor_of(const struct pidns_bpf *skeleton, enum bpf_job job)
{
	switch (job) {
	case BPF_WALK:
		return skeleton->progs.walk.prog_fd;
	case BPF_LIST:
		return skeleton->progs.list.prog_fd;
	default:
		return skeleton->progs.count.prog_fd;
	}
}

int bpf_programs_run(void *arg, enum bpf_job job)
{
	const struct bpf_programs *programs = arg;
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (__u32)descriptor_of(programs->skeleton, job);
	if (skel_sys_bpf(BPF_PROG_RUN, &attr, offsetofend(union bpf_attr, test)) < 0)
		return -errno;
	return attr.test.retval ? -EIO : 0;
}

struct bpf_sheet *bpf_programs_sheet(const struct bpf_programs *programs)
{
	return programs->sheet;
}
