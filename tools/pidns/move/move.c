// SPDX-License-Identifier: GPL-2.0-or-later
/* move.c - unshare(CLONE_NEWPIDS): this very process becomes PID 1 of a new PID namespace. */
#include "move.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/own.h"

/* Of a kernel with CONFIG_PID_NS_MOVE; glibc's unshare(3) takes an int, which has no room for it. */
#define CLONE_NEWPIDS (1ULL << 40)

#define SYSCTL "/proc/sys/kernel/pid_ns_move"

#define NR_CAP_WORDS _LINUX_CAPABILITY_U32S_3

struct capabilities {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[NR_CAP_WORDS];
};

static int capabilities_get(struct capabilities *ret)
{
	*ret = (struct capabilities){.header = {.version = _LINUX_CAPABILITY_VERSION_3}};
	return syscall(SYS_capget, &ret->header, ret->data) < 0 ? -errno : 0;
}

static int capabilities_set(struct capabilities *c)
{
	return syscall(SYS_capset, &c->header, c->data) < 0 ? -errno : 0;
}

int move_into_new_namespace(void)
{
	/* Elsewhere the flag would be cut off, and nothing at all unshared. */
	if (sizeof(long) < sizeof(uint64_t))
		return -EINVAL;
	return syscall(SYS_unshare, CLONE_NEWPIDS) < 0 ? -errno : 0;
}

/*
 * EINVAL may mean a kernel without the flag, or a process that cannot be moved. But who has no right
 * to move is told EPERM before anything else by a kernel that knows the flag, and EINVAL by one that
 * does not. So ask without the right, which is only laid down for that moment.
 */
bool move_is_known(void)
{
	struct capabilities had, none;
	int r;

	if (capabilities_get(&had) < 0)
		return !access(SYSCTL, F_OK);
	none = had;
	for (size_t i = 0; i < NR_CAP_WORDS; i++)
		none.data[i].effective = 0;
	if (capabilities_set(&none) < 0)
		return !access(SYSCTL, F_OK);
	r = move_into_new_namespace();
	capabilities_set(&had);
	return r != -EINVAL;
}

static bool has_capability(int capability)
{
	struct capabilities c;

	if (capabilities_get(&c) < 0)
		return false;
	return c.data[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability);
}

static bool sysctl_is_off(void)
{
	/* A FIFO in its place has no writer; any other file there is not the kernel's. */
	_cleanup_fd_ int fd = open(SYSCTL, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct statfs fs;
	char c;

	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC &&
	       read(fd, &c, 1) == 1 && c == '0';
}

/* unshare(2) or setns(2) was here before, and only children would notice. */
static bool children_go_elsewhere(void)
{
	struct stat own, children;

	/* Where the first child is still to come, the link leads nowhere. */
	if (stat("/proc/self/ns/pid", &own) < 0)
		return false;
	if (stat("/proc/self/ns/pid_for_children", &children) < 0)
		return errno == ENOENT && !access("/proc/self/ns/net", F_OK);
	return own.st_ino != children.st_ino;
}

/* The program that became this one by exec may have left it children. */
static bool has_children(void)
{
	siginfo_t info;

	return !waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT);
}

static bool is_traced(void)
{
	FILE *file = own_proc_fopen("self/status");
	char line[256];
	int tracer = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "TracerPid: %d", &tracer) == 1)
			break;
	if (file)
		fclose(file);
	return tracer != 0;
}

void move_explain(int error, struct refusal *ret)
{
	*ret = (struct refusal){
		.error = error,
		.has_right = has_capability(CAP_SYS_ADMIN),
		.is_switched_off = sysctl_is_off(),
		.is_init = getpid() == 1,
		.children_go_elsewhere = children_go_elsewhere(),
		.has_children = has_children(),
		.is_traced = is_traced(),
		.leads_session = getsid(0) == getpid() && getpgrp() == getpid(),
	};
}
