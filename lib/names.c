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
	X(PIDNS_UNSEEN_NS_LINKS, "ns-links")

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
	X(PIDNS_EVENT_LOST, "lost")

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
