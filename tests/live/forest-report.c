// SPDX-License-Identifier: GPL-2.0-or-later
/* forest-report.c - reports between namespaces: the kernel translates the sender's number. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "forest.h"

union control {
	char bytes[CMSG_SPACE(sizeof(struct ucred))];
	struct cmsghdr align;
};

int report_pipe(int ret_fds[2])
{
	int on = 1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ret_fds) < 0)
		return -errno;
	if (setsockopt(ret_fds[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0)
		return -errno;
	return 0;
}

/*
 * A thread names itself, and an init the sender it passes on: both need CAP_SYS_ADMIN over their
 * PID namespace, which they have. The plain system call, since tasks may share their TLS.
 */
int report_send(int fd, const struct report *report, const struct sender *from)
{
	union control control;
	struct iovec iov = {.iov_base = (void *)report, .iov_len = sizeof(*report)};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct ucred cred = {.pid = from->pid, .uid = from->uid, .gid = from->gid};
	struct cmsghdr *cmsg;

	memset(&control, 0, sizeof(control));
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_CREDENTIALS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(cred));
	memcpy(CMSG_DATA(cmsg), &cred, sizeof(cred));
	return syscall(SYS_sendmsg, fd, &msg, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int report_receive(int fd, struct report *ret_report, struct sender *ret_from)
{
	union control control;
	struct iovec iov = {.iov_base = ret_report, .iov_len = sizeof(*ret_report)};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct ucred cred;
	struct cmsghdr *cmsg;
	long got;

	got = syscall(SYS_recvmsg, fd, &msg, 0);
	if (got < 0)
		return -errno;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (got != sizeof(*ret_report) || !cmsg || cmsg->cmsg_type != SCM_CREDENTIALS)
		return -EPROTO;
	memcpy(&cred, CMSG_DATA(cmsg), sizeof(cred));
	ret_from->pid = cred.pid;
	ret_from->uid = cred.uid;
	ret_from->gid = cred.gid;
	return 0;
}
