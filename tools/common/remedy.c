// SPDX-License-Identifier: GPL-2.0-or-later
/* remedy.c - what a limit makes fork fail with, and what to do about it. */
#include "remedy.h"

#include <errno.h>
#include <pidnsinfo.h>
#include <stddef.h>

#define RAISE " with sysctl in that user namespace, or let go of namespaces"

static const char *const remedies[] = {
	[PIDNS_LIMIT_CGROUP_PIDS] = "raise it there (systemd calls it TasksMax=, container engines "
				    "--pids-limit), or end tasks of that cgroup",
	[PIDNS_LIMIT_PID_MAX] = "raise kernel.pid_max with sysctl in that namespace, or end "
				"processes; zombies have numbers, too",
	[PIDNS_LIMIT_THREADS_MAX] =
		"raise kernel.threads-max with sysctl, or end tasks anywhere on "
		"the machine",
	[PIDNS_LIMIT_NPROC] =
		"raise it with prlimit --nproc (systemd calls it LimitNPROC=), or end "
		"tasks of that user, who may have some in other namespaces",
	[PIDNS_LIMIT_PID_NAMESPACES] = "raise user.max_pid_namespaces" RAISE ": pidns list --all",
	[PIDNS_LIMIT_USER_NAMESPACES] = "raise user.max_user_namespaces" RAISE,
	[PIDNS_LIMIT_MNT_NAMESPACES] = "raise user.max_mnt_namespaces" RAISE,
	[PIDNS_LIMIT_NET_NAMESPACES] = "raise user.max_net_namespaces" RAISE,
	[PIDNS_LIMIT_IPC_NAMESPACES] = "raise user.max_ipc_namespaces" RAISE,
	[PIDNS_LIMIT_UTS_NAMESPACES] = "raise user.max_uts_namespaces" RAISE,
	[PIDNS_LIMIT_CGROUP_NAMESPACES] = "raise user.max_cgroup_namespaces" RAISE,
	[PIDNS_LIMIT_TIME_NAMESPACES] = "raise user.max_time_namespaces" RAISE,
	[PIDNS_LIMIT_USER_LEVEL] = "make the namespace from one that is less deep: the kernel "
				   "allows no more levels",
	[PIDNS_LIMIT_LEVEL] = "make the namespace from one that is less deep: the kernel allows no "
			      "more levels",
	[PIDNS_LIMIT_INIT] = "use another namespace: nothing will ever be born in this one again",
};

const char *remedy_for_limit(uint32_t kind)
{
	return kind < sizeof(remedies) / sizeof(remedies[0]) ? remedies[kind] : NULL;
}

const char *limit_error_name(int32_t error)
{
	switch (error) {
	case EAGAIN:
		return "EAGAIN";
	case ENOMEM:
		return "ENOMEM";
	case ENOSPC:
		return "ENOSPC";
	default:
		return NULL;
	}
}
