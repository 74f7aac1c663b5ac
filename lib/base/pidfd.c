// SPDX-License-Identifier: LGPL-2.1-or-later
/* pidfd.c - what only a pidfd leads to. */
#include "pidfd.h"
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* pidfd_open(2), ioctl_pidfd(2); the headers of an older system lack what the kernel may have. */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif
#ifndef PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE
#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xff, 6)
#endif

int pidfd_open_ns_for_children(int32_t tid)
{
	_cleanup_close_ int pidfd = (int)syscall(SYS_pidfd_open, tid, PIDFD_THREAD);
	int fd = pidfd < 0 ? -1 : ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0);

	return fd < 0 ? -errno : fd;
}
