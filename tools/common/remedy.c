// SPDX-License-Identifier: GPL-2.0-or-later
/* remedy.c - what a limit makes fork fail with, and what to do about it. */
#include "remedy.h"

#include <errno.h>
#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define RAISE " with sysctl in that user namespace, or release namespaces"

static const char *const remedies[] = {
	[PIDNS_LIMIT_CGROUP_PIDS] = "raise it there (systemd calls it TasksMax=, container engines "
				    "--pids-limit), or end tasks of that cgroup",
	[PIDNS_LIMIT_PID_MAX] = "raise kernel.pid_max with sysctl inside of that namespace, or end "
				"processes; zombies use PIDs, too",
	[PIDNS_LIMIT_THREADS_MAX] =
		"raise kernel.threads-max with sysctl, or end tasks anywhere on "
		"the machine",
	[PIDNS_LIMIT_NPROC] =
		"raise it with prlimit --nproc (systemd calls it LimitNPROC=, docker and podman "
		"--ulimit nproc, pam_limits nproc), or end "
		"tasks of that user, also in other namespaces",
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
	[PIDNS_LIMIT_INIT] = "use another namespace: no process can start in this one any more",
};

const char *remedy_for_limit(uint32_t kind)
{
	return kind < sizeof(remedies) / sizeof(remedies[0]) ? remedies[kind] : NULL;
}

/* ---- what turns it there ---------------------------------------------------------------------- */

/* What people call it; NULL: it has no name. */
static const char *name_of(const struct pidns_container *container)
{
	return container->name ? container->name : container->id;
}

static bool is_engine(const struct pidns_container *container, const char *runtime)
{
	return container && container->runtime && !strcmp(container->runtime, runtime);
}

/* The last folder of ".../UNIT/pids.max", where systemd would call it a unit. */
static bool unit_of(const char *source, char unit[REMEDY_MAX])
{
	const char *end = strrchr(source, '/'), *start = end;
	size_t len;

	while (start && start > source && start[-1] != '/')
		start--;
	len = end ? (size_t)(end - start) : 0;
	if (!len || len >= REMEDY_MAX / 2)
		return false;
	memcpy(unit, start, len);
	unit[len] = '\0';
	end = strrchr(unit, '.');
	return end &&
	       (!strcmp(end, ".slice") || !strcmp(end, ".scope") || !strcmp(end, ".service"));
}

static bool is_of_container(const char *source, const struct pidns_container *container)
{
	return container && container->id && container->id[0] && strstr(source, container->id);
}

/* A cgroup is the container's own, its pod's, a unit of systemd's, or one that something else made. */
static int remedy_cgroup(const struct pidns_limit *limit, const struct pidns_container *container,
			 char *text)
{
	const char *source = limit->source ? limit->source : "", *name;
	char unit[REMEDY_MAX];

	if (strstr(source, "kubepods") ||
	    (container && container->pod && is_of_container(source, container)))
		return snprintf(
			text, REMEDY_MAX,
			"raise podPidsLimit in the kubelet's configuration%s%.200s, or end tasks "
			"of that pod",
			container && container->pod ? " for pods such as " : "",
			container && container->pod ? container->pod : "");
	if (is_of_container(source, container)) {
		name = name_of(container);
		if (is_engine(container, "docker") || is_engine(container, "podman"))
			return snprintf(text, REMEDY_MAX,
					"%s update --pids-limit N %.200s, or end tasks in it",
					container->runtime, name);
		if (is_engine(container, "containerd"))
			return snprintf(text, REMEDY_MAX,
					"nerdctl update --pids-limit N %.200s, or end tasks in it",
					name);
	}
	if (is_engine(container, "incus") || is_engine(container, "lxd"))
		return snprintf(text, REMEDY_MAX,
				"%s config set %.200s limits.processes N, or end tasks in it",
				is_engine(container, "lxd") ? "lxc" : "incus",
				name_of(container) ? name_of(container) : "NAME");
	if (is_engine(container, "lxc") && strstr(source, "lxc"))
		return snprintf(
			text, REMEDY_MAX,
			"raise lxc.cgroup2.pids.max in the container's configuration, or end "
			"tasks in it");
	if (unit_of(source, unit))
		return snprintf(
			text, REMEDY_MAX,
			"systemctl set-property %.200s TasksMax=N, or end tasks of that unit",
			unit);
	return 0;
}

static int remedy_nproc(const struct pidns_container *container, char *text)
{
	if (is_engine(container, "docker") || is_engine(container, "podman"))
		return snprintf(
			text, REMEDY_MAX,
			"start the container with --ulimit nproc=N, or end tasks of that user, "
			"also in other containers");
	if (is_engine(container, "lxc"))
		return snprintf(
			text, REMEDY_MAX,
			"raise lxc.prlimit.nproc in the container's configuration, or end tasks "
			"of that user");
	return 0;
}

const char *remedy_of_limit(const struct pidns_limit *limit,
			    const struct pidns_container *container, char text[REMEDY_MAX])
{
	int len = 0;

	if (limit->kind == PIDNS_LIMIT_CGROUP_PIDS)
		len = remedy_cgroup(limit, container, text);
	else if (limit->kind == PIDNS_LIMIT_NPROC)
		len = remedy_nproc(container, text);
	return len > 0 ? text : remedy_for_limit(limit->kind);
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
