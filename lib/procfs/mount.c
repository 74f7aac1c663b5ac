// SPDX-License-Identifier: LGPL-2.1-or-later
/* mount.c - how a procfs is mounted: does it hide tasks from this reader? */
#include "procfs.h"
#include "base/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool text_is(struct proc_text text, const char *s)
{
	return text.len == strlen(s) && !memcmp(text.text, s, text.len);
}

/* The mount option that hides tasks altogether, proc(5): hidepid=2 or 4, also by name. */
static bool option_hides(struct proc_text options)
{
	static const char *const hiding[] = {"hidepid=2", "hidepid=invisible", "hidepid=4",
					     "hidepid=ptraceable"};
	const char *end = options.text + options.len, *stop;
	size_t i;

	for (; options.text < end; options.text = stop + 1) {
		stop = memchr(options.text, ',', (size_t)(end - options.text));
		stop = stop ? stop : end;
		options.len = (size_t)(stop - options.text);
		for (i = 0; i < ARRAY_SIZE(hiding); i++)
			if (text_is(options, hiding[i]))
				return true;
	}
	return false;
}

/* "mnt_id:\t28" in fdinfo, proc_pid_fdinfo(5). */
static int32_t mount_id_of(int fd)
{
	char name[64], text[512], *at;

	snprintf(name, sizeof(name), "self/fdinfo/%d", fd);
	if (file_read(fd, name, text, sizeof(text)) < 0)
		return -1;
	at = strstr(text, "mnt_id:");
	return at ? (int32_t)strtol(at + 7, NULL, 10) : -1;
}

/* The reader may look into any task all the same: CAP_SYS_PTRACE where the mount belongs, which
 * shows in that the first task, somebody else's, is there. */
static bool sees_through(int root)
{
	char text[4096], *at;

	if (file_read(root, "self/status", text, sizeof(text)) < 0)
		return false;
	at = strstr(text, "\nCapEff:");
	return at && strtoull(at + 8, NULL, 16) & (1u << 19) && !faccessat(root, "1", F_OK, 0);
}

bool procfs_mount_hides(int root)
{
	_cleanup_free_ char *line = NULL;
	int32_t id = mount_id_of(root);
	struct proc_mount mount;
	size_t room = 0;
	bool hides = false;
	int fd = file_open(root, "self/mountinfo");
	FILE *mounts = fd < 0 ? NULL : fdopen(fd, "r");
	ssize_t len;

	if (!mounts) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while ((len = getline(&line, &room, mounts)) > 0) {
		const char *cursor = line;

		if (proc_next_mount(&cursor, line + len, &mount) && mount.id == id)
			hides = option_hides(mount.super_options);
	}
	fclose(mounts);
	return hides && !sees_through(root);
}
