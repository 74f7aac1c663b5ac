// SPDX-License-Identifier: LGPL-2.1-or-later
/* file.c - the directory of a task, and its links to namespaces. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "core/snapshot.h"

uint64_t limits_read_link(int dir, const char *name, const char *type)
{
	char text[64];
	uint64_t ino;
	ssize_t len = readlinkat(dir, name, text, sizeof(text));

	return len > 0 && proc_parse_ns_link(text, (size_t)len, type, &ino) == 0 ? ino : 0;
}

bool limits_is_gone(ssize_t error)
{
	return error == -ENOENT || error == -ESRCH;
}

struct limits_subject limits_subject(const struct limits *l, const struct pidns_task *task)
{
	return (struct limits_subject){.pid = task->pid,
				       .task = task,
				       .extra = snapshot_extra(l->a->snapshot, task->pid),
				       .dir = -1};
}

int limits_subject_dir(const struct limits *l, struct limits_subject *of)
{
	if (of->dir < 0)
		of->dir = limits_open_task(l, of->pid);
	return of->dir < 0 ? -ENOENT : of->dir;
}

void limits_subject_close(struct limits_subject *of)
{
	util_closep(&of->dir);
}

int limits_open_task(const struct limits *l, int32_t pid)
{
	char name[16];

	snprintf(name, sizeof(name), "%" PRId32, pid);
	return file_open_as(l->a->procfs, name, O_DIRECTORY | O_PATH);
}
