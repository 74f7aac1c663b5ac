// SPDX-License-Identifier: LGPL-2.1-or-later
/* mount.c - how a procfs is mounted: does it hide tasks from this reader? */
#include "procfs.h"
#include "base/file.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The mount option that hides tasks altogether, proc(5): hidepid=2 or 4, also by name. */
static bool option_hides(struct text options)
{
	static const char *const hiding[] = {"hidepid=2", "hidepid=invisible", "hidepid=4",
					     "hidepid=ptraceable"};

	for (size_t i = 0; i < ARRAY_SIZE(hiding); i++)
		if (text_list_has(options, hiding[i]))
			return true;
	return false;
}

static int32_t mount_id_of(int fd)
{
	struct proc_fdinfo info;
	char name[64], text[512];
	ssize_t len;

	snprintf(name, sizeof(name), "self/fdinfo/%d", fd);
	len = file_read(fd, name, text, sizeof(text));
	return len > 0 && proc_parse_fdinfo(text, (size_t)len, &info) == 0 ? info.mount_id : -1;
}

/* The reader may look into any task all the same: CAP_SYS_PTRACE where the mount belongs, which
 * shows in that the first task, another user's, is there. */
static bool sees_through(int root)
{
	struct proc_status status;
	char text[8192];
	ssize_t len = file_read(root, "self/status", text, sizeof(text));

	return len > 0 && proc_parse_status(text, (size_t)len, &status) == 0 &&
	       status.known & PROC_STATUS_CAPS && status.caps & (1u << CAP_SYS_PTRACE) &&
	       !faccessat(root, "1", F_OK, 0);
}

/* Does a path lead through the directory of a task, which alone has a number for a name? */
static bool has_number(struct text path)
{
	struct text name;
	uint64_t number;

	while (text_next(&path, '/', &name))
		if (text_parse_u64(name.text, name.len, &number) == 0)
			return true;
	return false;
}

void procfs_mount_look(int root, bool *ret_hides, bool *ret_covers_tasks)
{
	_cleanup_free_ char *line = NULL;
	int32_t id = mount_id_of(root);
	struct proc_mount mount;
	size_t room = 0;
	bool hides = false, covers = false;
	int fd = file_open(root, "self/mountinfo");
	FILE *mounts = fd < 0 ? NULL : fdopen(fd, "r");
	ssize_t len;

	if (!mounts) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((len = getline(&line, &room, mounts)) > 0) {
		const char *cursor = line;

		if (!proc_next_mount(&cursor, line + len, &mount))
			continue;
		if (mount.id == id)
			hides = option_hides(mount.super_options);
		if (mount.parent == id && has_number(mount.mount_point))
			covers = true;
	}
	fclose(mounts);
	*ret_hides = hides && !sees_through(root);
	*ret_covers_tasks = covers;
}
