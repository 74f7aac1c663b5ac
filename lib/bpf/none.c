// SPDX-License-Identifier: LGPL-2.1-or-later
/* none.c - stands in for bpf/load.c in a build without clang, bpftool or libbpf's headers. */
#include "internal.h"

#include <errno.h>

int bpf_programs_load(struct bpf_programs **ret_programs)
{
	(void)ret_programs;
	return -EOPNOTSUPP;
}

struct bpf_programs *bpf_programs_unload(struct bpf_programs *programs)
{
	(void)programs;
	return NULL;
}

int bpf_programs_run(void *programs, enum bpf_job job)
{
	(void)programs;
	(void)job;
	return -EOPNOTSUPP;
}

struct bpf_sheet *bpf_programs_sheet(const struct bpf_programs *programs)
{
	(void)programs;
	return NULL;
}
