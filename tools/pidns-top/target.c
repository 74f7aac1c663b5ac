// SPDX-License-Identifier: GPL-2.0-or-later
/* target.c - a namespace as it is named on the command line. */
#include "target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Above this a number is no pid on any kernel (PID_MAX_LIMIT). */
#define PID_MAX_LIMIT 4194304

static int parse_number(const char *text, const char *tail, uint64_t max, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || strcmp(end, tail) != 0 || !value || value > max)
		return -EINVAL;
	*ret = value;
	return 0;
}

int target_parse(const char *text, struct target *ret)
{
	struct target target = {0};
	uint64_t pid = 0;
	int r;

	if (text[0] == '@')
		r = parse_number(text + 1, "", PID_MAX_LIMIT, &pid);
	else if (strncmp(text, "pid:[", 5) == 0)
		r = parse_number(text + 5, "]", UINT64_MAX, &target.ino);
	else
		r = parse_number(text, "", UINT64_MAX, &target.ino);
	if (r < 0 || (text[0] >= '0' && text[0] <= '9' && target.ino <= PID_MAX_LIMIT))
		return -EINVAL;
	target.pid = (int32_t)pid;
	*ret = target;
	return 0;
}

const struct pidns_ns *target_find(const struct target *target,
				   const struct pidns_snapshot *snapshot)
{
	const struct pidns_task *task;

	if (target->ino)
		return pidns_ns_find(snapshot, target->ino);
	task = pidns_task_find(snapshot, NULL, target->pid);
	return task ? task->ns : NULL;
}
