// SPDX-License-Identifier: GPL-2.0-or-later
/* proc-mount.c - a /proc that shows the namespace one has moved into, to oneself alone. */
#include "proc-mount.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "common/message.h"

int proc_mount_prepare(void)
{
	struct stat proc;

	if (stat("/proc", &proc) < 0)
		return message_exit(EXIT_FAILED, "unshare: /proc: %s", strerror(errno));
	if (!S_ISDIR(proc.st_mode))
		return message_exit(EXIT_FAILED, "unshare: /proc: %s", strerror(ENOTDIR));
	if (unshare(CLONE_NEWNS) < 0)
		return message_exit(EXIT_FAILED, "unshare: a new mount namespace: %s",
				    strerror(errno));
	/* Else a shared /proc would be covered for every process. */
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return message_exit(EXIT_FAILED, "unshare: making mounts private: %s",
				    errno == EINVAL ? "/ is not a mount point" : strerror(errno));
	return 0;
}

int proc_mount(void)
{
	if (!mount("proc", "/proc", "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL))
		return 0;
	return message_exit(
		EXIT_FAILED,
		"unshare: mounting /proc: %s; the move is done and cannot be undone, so "
		"this process ends without running CMD",
		strerror(errno));
}
