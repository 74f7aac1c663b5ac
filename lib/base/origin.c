// SPDX-License-Identifier: LGPL-2.1-or-later
/* origin.c - of which machine, and when, something was read. */
#include "origin.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "proc.h"
#include "util.h"

/* The first line of a file; empty where it cannot be read. */
static void read_line(int procfs, const char *name, char *line, size_t size)
{
	if (file_read(procfs, name, line, size) < 0)
		*line = '\0';
	line[strcspn(line, "\n")] = '\0';
}

static uint64_t read_time_ns_ino(int procfs)
{
	char text[64];
	ssize_t len = readlinkat(procfs, "self/ns/time", text, sizeof(text));
	uint64_t ino;

	return len > 0 && !proc_parse_ns_link(text, (size_t)len, "time", &ino) ? ino : 0;
}

void origin_read(int procfs, struct origin *ret)
{
	_cleanup_close_ int own = procfs < 0 ? open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	struct timespec now;

	if (procfs < 0)
		procfs = own;
	*ret = (struct origin){0};
	if (clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec >= 0)
		ret->wall_time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	read_line(procfs, "sys/kernel/hostname", ret->host, sizeof(ret->host));
	read_line(procfs, "sys/kernel/random/boot_id", ret->boot_id, sizeof(ret->boot_id));
	ret->time_ns_ino = read_time_ns_ino(procfs);
}
