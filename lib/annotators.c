// SPDX-License-Identifier: LGPL-2.1-or-later
/* annotators.c - the one table of annotators, and the procfs they read. */
#include "annotate/annotate.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/util.h"

#define PROC_MAGIC 0x9fa0 /* PROC_SUPER_MAGIC, statfs(2) */

/* In the order they run; the last entry has none. */
static const struct {
	uint32_t flag;
	annotator *run;
} annotators[] = {
	{PIDNS_TAKE_CONTAINERS, annotate_containers},
	{PIDNS_TAKE_LIMITS, annotate_limits},
	{PIDNS_TAKE_PINS, annotate_pins},
	{PIDNS_TAKE_ZOMBIES, annotate_zombies},
	{0, NULL},
};

/* The machine's own, if its numbers are the reader's: then "self" is the reader's number, too. */
static int open_proc(void)
{
	_cleanup_close_ int fd = open("/proc", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	struct statfs fs;
	char text[16];
	ssize_t len;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fs.f_type != PROC_MAGIC)
		return -1;
	len = readlinkat(fd, "self", text, sizeof(text) - 1);
	if (len < 0)
		return -1;
	text[len] = '\0';
	return strtol(text, NULL, 10) == getpid() ? steal_fd(&fd) : -1;
}

int annotate_machine(struct annotation *a)
{
	_cleanup_close_ int ours = a->procfs < 0 ? open_proc() : -1;
	int r = 0;

	if (a->procfs < 0)
		a->procfs = ours;
	for (size_t i = 0; r >= 0 && a->procfs >= 0 && annotators[i].run; i++)
		if (a->flags & annotators[i].flag)
			r = annotators[i].run(a);
	return r;
}

int annotate(struct pidns_snapshot *snapshot, int procfs, uint32_t flags, int32_t limits_of)
{
	struct annotation a = {.snapshot = snapshot,
			       .procfs = procfs,
			       .root = -1,
			       .flags = flags,
			       .limits_of = limits_of};

	return annotate_machine(&a);
}
