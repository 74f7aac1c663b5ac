// SPDX-License-Identifier: GPL-2.0-or-later
/* machine-reader.c - the machine's own figures, as libproc2 reads them. */
#include "machine-reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/own.h"

#include <libproc2/meminfo.h>
#include <libproc2/stat.h>

struct machine_reader {
	int proc; /* /proc, if that is a procfs; else -1 */
	struct meminfo_info *memory;
	struct stat_info *stat;
};

struct machine_reader *machine_reader_open(void)
{
	struct machine_reader *reader = calloc(1, sizeof(*reader));

	if (reader)
		reader->proc = own_proc();
	return reader;
}

struct machine_reader *machine_reader_close(struct machine_reader *reader)
{
	if (reader) {
		if (reader->memory)
			procps_meminfo_unref(&reader->memory);
		if (reader->stat)
			procps_stat_unref(&reader->stat);
		if (reader->proc >= 0)
			close(reader->proc);
		free(reader);
	}
	return NULL;
}

/* Is that file or folder the kernel's own, if it is there? libproc2 opens it by its path. */
static bool is_own(int dir, const char *name)
{
	int fd = dir < 0 ? -EBADF : own_open(dir, name, O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || fd == -ENOENT;
}

/* What else it opens for the figures of CPUs, and what the C library does to count them. */
static bool cpus_are_own(const struct machine_reader *reader)
{
	_cleanup_fd_ int sys = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (!is_own(reader->proc, "stat") || !is_own(reader->proc, "cpuinfo"))
		return false;
	return sys < 0 || (is_own(sys, "devices/system/cpu/online") &&
			   is_own(sys, "devices/system/cpu/possible") &&
			   is_own(sys, "devices/system/node/online"));
}

static void read_memory(struct machine_reader *reader, struct machine_reading *ret)
{
	enum meminfo_item items[] = {MEMINFO_MEM_USED, MEMINFO_MEM_TOTAL};
	struct meminfo_stack *stack;

	if (!is_own(reader->proc, "meminfo"))
		return;
	if (!reader->memory && procps_meminfo_new(&reader->memory) < 0)
		reader->memory = NULL;
	stack = reader->memory ? procps_meminfo_select(reader->memory, items, 2) : NULL;
	if (!stack)
		return;
	ret->memory_used = (uint64_t)stack->head[0].result.ul_int * 1024;
	ret->memory_total = (uint64_t)stack->head[1].result.ul_int * 1024;
	ret->has_memory = ret->memory_total != 0;
}

static void read_stat(struct machine_reader *reader, struct machine_reading *ret)
{
	enum stat_item items[] = {STAT_TIC_SUM_BUSY, STAT_TIC_SUM_TOTAL};
	struct stat_reaped *reaped;

	if (!cpus_are_own(reader))
		return;
	if (!reader->stat && procps_stat_new(&reader->stat) < 0)
		reader->stat = NULL;
	reaped = reader->stat ? procps_stat_reap(reader->stat, STAT_REAP_CPUS_ONLY, items, 2)
			      : NULL;
	if (!reaped)
		return;
	ret->busy = reaped->summary->head[0].result.ull_int;
	ret->total = reaped->summary->head[1].result.ull_int;
	ret->has_ticks = true;
	ret->cpus = reaped->cpus->total > 0 ? (unsigned int)reaped->cpus->total : 0;
}

void machine_read(struct machine_reader *reader, struct machine_reading *ret)
{
	*ret = (struct machine_reading){0};
	read_memory(reader, ret);
	read_stat(reader, ret);
}
