// SPDX-License-Identifier: LGPL-2.1-or-later
/* names.c - the words for states, events and what cannot be seen: one table each. */
#include "pidnsinfo.h"

#define UNSEEN_NAMES(X)                              \
	X(PIDNS_UNSEEN_UNBORN, "unborn")             \
	X(PIDNS_UNSEEN_DEAD, "dead")                 \
	X(PIDNS_UNSEEN_FD, "fd")                     \
	X(PIDNS_UNSEEN_BIND, "bind")                 \
	X(PIDNS_UNSEEN_PIDFD, "pidfd")               \
	X(PIDNS_UNSEEN_PROCFS_MOUNT, "procfs-mount") \
	X(PIDNS_UNSEEN_TASKS, "tasks")               \
	X(PIDNS_UNSEEN_NS_LINKS, "ns-links")         \
	X(PIDNS_UNSEEN_PINS, "pins")

#define STATE_NAMES(X)                  \
	X(PIDNS_STATE_ALIVE, "alive")   \
	X(PIDNS_STATE_UNBORN, "unborn") \
	X(PIDNS_STATE_DYING, "dying")   \
	X(PIDNS_STATE_DEAD, "dead")     \
	X(PIDNS_STATE_ZOMBIE_INIT, "zombie-init")

#define EVENT_NAMES(X)                        \
	X(PIDNS_EVENT_NS_NEW, "ns-new")       \
	X(PIDNS_EVENT_NS_GONE, "ns-gone")     \
	X(PIDNS_EVENT_REAPER, "reaper")       \
	X(PIDNS_EVENT_LIMIT, "limit")         \
	X(PIDNS_EVENT_EXHAUSTED, "exhausted") \
	X(PIDNS_EVENT_TASK_NEW, "task-new")   \
	X(PIDNS_EVENT_TASK_GONE, "task-gone") \
	X(PIDNS_EVENT_LOST, "lost")           \
	X(PIDNS_EVENT_TASK_EXEC, "task-exec") \
	X(PIDNS_EVENT_REFUSED, "refused")

#define CALL_NAMES(X)                  \
	X(PIDNS_CALL_FORK, "fork")     \
	X(PIDNS_CALL_CLONE, "clone")   \
	X(PIDNS_CALL_CLONE3, "clone3") \
	X(PIDNS_CALL_UNSHARE, "unshare")

#define LIMIT_NAMES(X)                                        \
	X(PIDNS_LIMIT_CGROUP_PIDS, "cgroup-pids")             \
	X(PIDNS_LIMIT_PID_MAX, "pid-max")                     \
	X(PIDNS_LIMIT_THREADS_MAX, "threads-max")             \
	X(PIDNS_LIMIT_NPROC, "nproc")                         \
	X(PIDNS_LIMIT_PID_NAMESPACES, "pid-namespaces")       \
	X(PIDNS_LIMIT_LEVEL, "level")                         \
	X(PIDNS_LIMIT_INIT, "init")                           \
	X(PIDNS_LIMIT_USER_NAMESPACES, "user-namespaces")     \
	X(PIDNS_LIMIT_MNT_NAMESPACES, "mnt-namespaces")       \
	X(PIDNS_LIMIT_NET_NAMESPACES, "net-namespaces")       \
	X(PIDNS_LIMIT_IPC_NAMESPACES, "ipc-namespaces")       \
	X(PIDNS_LIMIT_UTS_NAMESPACES, "uts-namespaces")       \
	X(PIDNS_LIMIT_CGROUP_NAMESPACES, "cgroup-namespaces") \
	X(PIDNS_LIMIT_TIME_NAMESPACES, "time-namespaces")     \
	X(PIDNS_LIMIT_USER_LEVEL, "user-level")

#define PIN_NAMES(X)                              \
	X(PIDNS_PIN_TASK, "task")                 \
	X(PIDNS_PIN_ZOMBIE, "zombie")             \
	X(PIDNS_PIN_FD, "fd")                     \
	X(PIDNS_PIN_BIND, "bind")                 \
	X(PIDNS_PIN_FOR_CHILDREN, "for-children") \
	X(PIDNS_PIN_DESCENDANT, "descendant")     \
	X(PIDNS_PIN_PROCFS, "procfs-mount")       \
	X(PIDNS_PIN_PIDFD, "pidfd")               \
	X(PIDNS_PIN_UNSEEN, "unseen")

#define NAME_CASE(value, name) \
	case value:            \
		return name;

const char *pidns_unseen_name(uint32_t bit)
{
	switch (bit) {
		UNSEEN_NAMES(NAME_CASE)
	default:
		return NULL;
	}
}

const char *pidns_state_name(uint32_t state)
{
	switch (state) {
		STATE_NAMES(NAME_CASE)
	default:
		return NULL;
	}
}

const char *pidns_event_name(uint32_t type)
{
	switch (type) {
		EVENT_NAMES(NAME_CASE)
	default:
		return NULL;
	}
}

const char *pidns_call_name(uint32_t call)
{
	switch (call) {
		CALL_NAMES(NAME_CASE)
	default:
		return NULL;
	}
}

const char *pidns_limit_name(uint32_t kind)
{
	switch (kind) {
		LIMIT_NAMES(NAME_CASE)
	default:
		return NULL;
	}
}

const char *pidns_pin_name(uint32_t kind)
{
	switch (kind) {
		PIN_NAMES(NAME_CASE)
	default:
		return NULL;
	}
}
