// SPDX-License-Identifier: GPL-2.0-or-later
/* handle.c - a process held by a pidfd. */
#include "handle.h"

#include <errno.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Of linux/magic.h, which older headers lack: before it all pidfds have one inode. */
#define PIDFS_SUPER_MAGIC 0x50494446

int handle_open(int32_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	if (fd >= 0)
		return (int)fd;
	/* Of a thread that leads no group: EINVAL, or ENOENT since Linux 6.15. */
	return errno == ENOENT ? -EINVAL : -errno;
}

bool handle_ino(int fd, uint64_t *ret_ino)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0 || fs.f_type != PIDFS_SUPER_MAGIC || fstat(fd, &st) < 0)
		return false;
	*ret_ino = st.st_ino;
	return true;
}

int handle_signal(int fd, int sig)
{
	return syscall(SYS_pidfd_send_signal, fd, sig, NULL, 0) < 0 ? -errno : 0;
}

bool handle_is_there(int fd)
{
	int r = handle_signal(fd, 0);

	return r == 0 || r == -EPERM;
}
