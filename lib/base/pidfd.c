// SPDX-License-Identifier: LGPL-2.1-or-later
/* pidfd.c - what only a pidfd leads to. */
#include "pidfd.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* pidfd_open(2), ioctl_pidfd(2); the headers of an older system lack what the kernel may have. */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif
#ifndef PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE
#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xff, 6)
#endif
#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

int pidfd_open_task(int32_t tid)
{
	int fd = (int)syscall(SYS_pidfd_open, tid, PIDFD_THREAD);

	return fd < 0 ? -errno : fd;
}

/* Before pidfs all pidfds are one inode; and one of 32 bits is used again (fs/pidfs.c). */
int pidfd_read_ino(int pidfd, uint64_t *ret_ino)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(pidfd, &fs) < 0 || fstat(pidfd, &st) < 0)
		return -errno;
	if (sizeof(long) < sizeof(uint64_t) || fs.f_type != PID_FS_MAGIC)
		return -EOPNOTSUPP;
	*ret_ino = st.st_ino;
	return 0;
}

bool pidfd_has_inos(void)
{
	_cleanup_close_ int pidfd = pidfd_open_task(getpid());
	uint64_t ino;

	return pidfd >= 0 && pidfd_read_ino(pidfd, &ino) == 0;
}

bool pidfd_is_there(int pidfd)
{
	return syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) == 0 || errno == EPERM;
}

int pidfd_open_ns_for_children(int32_t tid)
{
	_cleanup_close_ int pidfd = pidfd_open_task(tid);
	int fd = pidfd < 0 ? pidfd : ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0);

	return fd < 0 && pidfd >= 0 ? -errno : fd;
}
