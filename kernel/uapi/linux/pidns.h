/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/pidns.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_PIDNS_H
#define _UAPI_LINUX_PIDNS_H

#define PIDNS_FAMILY_NAME	"pidns"
#define PIDNS_FAMILY_VERSION	1

/**
 * enum pidns_ns_state - What can be expected of a PID namespace.
 * @PIDNS_NS_STATE_ALIVE: Has an init, and takes new processes.
 * @PIDNS_NS_STATE_UNBORN: Created by unshare(2), and no process has been
 *   forked into it yet.
 * @PIDNS_NS_STATE_DYING: Its init is exiting, the rest is being killed.
 * @PIDNS_NS_STATE_DEAD: Its init is gone, something still pins it, forking
 *   into it fails.
 * @PIDNS_NS_STATE_ZOMBIE_INIT: Its init has exited, and has not been reaped.
 */
enum pidns_ns_state {
	PIDNS_NS_STATE_ALIVE,
	PIDNS_NS_STATE_UNBORN,
	PIDNS_NS_STATE_DYING,
	PIDNS_NS_STATE_DEAD,
	PIDNS_NS_STATE_ZOMBIE_INIT,
};

/**
 * enum pidns_task_facts - Groups of attributes of a task that cost something
 *   to find out.
 * @PIDNS_TASK_FACTS_GROUPS: vpgid and vsid.
 * @PIDNS_TASK_FACTS_CREDS: uid and ruid.
 * @PIDNS_TASK_FACTS_COMM: comm.
 * @PIDNS_TASK_FACTS_CPU: cpu and group-cpu.
 * @PIDNS_TASK_FACTS_MEMORY: rss.
 * @PIDNS_TASK_FACTS_CHILDREN: children-ns and children-ns-ino.
 */
enum pidns_task_facts {
	PIDNS_TASK_FACTS_GROUPS = 1,
	PIDNS_TASK_FACTS_CREDS = 2,
	PIDNS_TASK_FACTS_COMM = 4,
	PIDNS_TASK_FACTS_CPU = 8,
	PIDNS_TASK_FACTS_MEMORY = 16,
	PIDNS_TASK_FACTS_CHILDREN = 32,
};

/**
 * enum pidns_event_type - Why a listener should look again. New types may be
 *   added, and a type that is not known is to be taken like lost.
 * @PIDNS_EVENT_TYPE_LOST: There were more events than could be kept or sent.
 * @PIDNS_EVENT_TYPE_NS_NEW: A namespace was created.
 * @PIDNS_EVENT_TYPE_NS_GONE: A namespace is no more.
 * @PIDNS_EVENT_TYPE_REAPER: A namespace got its init, or its init was
 *   replaced, begins to exit, has exited, or was reaped.
 * @PIDNS_EVENT_TYPE_EXHAUSTED: A fork failed, because a namespace had no
 *   number left.
 */
enum pidns_event_type {
	PIDNS_EVENT_TYPE_LOST,
	PIDNS_EVENT_TYPE_NS_NEW,
	PIDNS_EVENT_TYPE_NS_GONE,
	PIDNS_EVENT_TYPE_REAPER,
	PIDNS_EVENT_TYPE_EXHAUSTED,
};

enum {
	PIDNS_A_NS_COOKIE = 1,
	PIDNS_A_NS_INO,
	PIDNS_A_NS_PARENT,
	PIDNS_A_NS_PARENT_INO,
	PIDNS_A_NS_LEVEL,
	PIDNS_A_NS_STATE,
	PIDNS_A_NS_REAPER,
	PIDNS_A_NS_REAPER_START,
	PIDNS_A_NS_USED,
	PIDNS_A_NS_PEAK,
	PIDNS_A_NS_FAILURES,
	PIDNS_A_NS_LAST_PID,
	PIDNS_A_NS_PID_MAX,
	PIDNS_A_NS_OWNER_UID,
	PIDNS_A_NS_OWNER_NS,
	PIDNS_A_NS_PROCESSES,
	PIDNS_A_NS_THREADS,
	PIDNS_A_NS_ZOMBIES,
	PIDNS_A_NS_COUNT,

	__PIDNS_A_NS_MAX,
	PIDNS_A_NS_MAX = (__PIDNS_A_NS_MAX - 1)
};

enum {
	PIDNS_A_TASK_NS = 1,
	PIDNS_A_TASK_NS_INO,
	PIDNS_A_TASK_CHILDREN_NS,
	PIDNS_A_TASK_CHILDREN_NS_INO,
	PIDNS_A_TASK_TID,
	PIDNS_A_TASK_TGID,
	PIDNS_A_TASK_PPID,
	PIDNS_A_TASK_VPID,
	PIDNS_A_TASK_VPGID,
	PIDNS_A_TASK_VSID,
	PIDNS_A_TASK_STATE,
	PIDNS_A_TASK_UID,
	PIDNS_A_TASK_RUID,
	PIDNS_A_TASK_COMM,
	PIDNS_A_TASK_START,
	PIDNS_A_TASK_CPU,
	PIDNS_A_TASK_GROUP_CPU,
	PIDNS_A_TASK_RSS,
	PIDNS_A_TASK_THREADS,
	PIDNS_A_TASK_FACTS,
	PIDNS_A_TASK_LEADERS,
	PIDNS_A_TASK_DESCEND,

	__PIDNS_A_TASK_MAX,
	PIDNS_A_TASK_MAX = (__PIDNS_A_TASK_MAX - 1)
};

enum {
	PIDNS_A_PIDMAP_NS = 1,
	PIDNS_A_PIDMAP_NS_INO,
	PIDNS_A_PIDMAP_BLOCK_SIZE,
	PIDNS_A_PIDMAP_USED,

	__PIDNS_A_PIDMAP_MAX,
	PIDNS_A_PIDMAP_MAX = (__PIDNS_A_PIDMAP_MAX - 1)
};

enum {
	PIDNS_A_EVENT_TYPE = 1,
	PIDNS_A_EVENT_NS,

	__PIDNS_A_EVENT_MAX,
	PIDNS_A_EVENT_MAX = (__PIDNS_A_EVENT_MAX - 1)
};

enum {
	PIDNS_CMD_NS_GET = 1,
	PIDNS_CMD_TASK_GET,
	PIDNS_CMD_PIDMAP_GET,
	PIDNS_CMD_CHANGED,

	__PIDNS_CMD_MAX,
	PIDNS_CMD_MAX = (__PIDNS_CMD_MAX - 1)
};

#define PIDNS_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_PIDNS_H */
