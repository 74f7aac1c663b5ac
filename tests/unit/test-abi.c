// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The binary interface, pinned: a line here is only ever added, at the end of its group. A change
 * of one breaks every program and binding that is already built.
 */
#include "unit.h"

#include "core/facts.h"

struct field {
	const char *name;
	size_t offset, size, want_offset, want_size;
};

#define FIELD(type, member, want_offset, want_size)                                \
	{                                                                          \
#type "." #member, offsetof(struct type, member),                  \
			sizeof(((struct type *)0)->member), want_offset, want_size \
	}

/* Where pointers have eight bytes. */
static const struct field fields[] = {
	FIELD(pidns_ns, known, 0, 8),
	FIELD(pidns_ns, ino, 8, 8),
	FIELD(pidns_ns, cookie, 16, 8),
	FIELD(pidns_ns, owner_ns, 24, 8),
	FIELD(pidns_ns, reaper_start_ns, 32, 8),
	FIELD(pidns_ns, alloc_failures, 40, 8),
	FIELD(pidns_ns, depth, 48, 4),
	FIELD(pidns_ns, level, 52, 4),
	FIELD(pidns_ns, state, 56, 4),
	FIELD(pidns_ns, reaper, 60, 4),
	FIELD(pidns_ns, owner_uid, 64, 4),
	FIELD(pidns_ns, pids_used, 68, 4),
	FIELD(pidns_ns, pids_used_exact, 72, 4),
	FIELD(pidns_ns, pids_peak, 76, 4),
	FIELD(pidns_ns, last_pid, 80, 4),
	FIELD(pidns_ns, pids_max, 84, 4),
	FIELD(pidns_ns, processes, 88, 4),
	FIELD(pidns_ns, threads, 92, 4),
	FIELD(pidns_ns, zombies, 96, 4),
	FIELD(pidns_ns, joined, 100, 4),
	FIELD(pidns_ns, processes_below, 104, 4),
	FIELD(pidns_ns, threads_below, 108, 4),
	FIELD(pidns_ns, zombies_below, 112, 4),
	FIELD(pidns_ns, pidmap_block, 116, 4),
	FIELD(pidns_ns, pidmap, 120, 8),
	FIELD(pidns_ns, nr_pidmap, 128, 4),
	FIELD(pidns_ns, notes, 136, 8),

	FIELD(pidns_task, known, 0, 8),
	FIELD(pidns_task, ns, 8, 8),
	FIELD(pidns_task, ns_for_children, 16, 8),
	FIELD(pidns_task, vpids, 24, 8),
	FIELD(pidns_task, comm, 32, 8),
	FIELD(pidns_task, start_ns, 40, 8),
	FIELD(pidns_task, cpu_ns, 48, 8),
	FIELD(pidns_task, rss_bytes, 56, 8),
	FIELD(pidns_task, nr_vpids, 64, 4),
	FIELD(pidns_task, pid, 68, 4),
	FIELD(pidns_task, tid, 72, 4),
	FIELD(pidns_task, ppid, 76, 4),
	FIELD(pidns_task, vpgid, 80, 4),
	FIELD(pidns_task, vsid, 84, 4),
	FIELD(pidns_task, uid, 88, 4),
	FIELD(pidns_task, ruid, 92, 4),
	FIELD(pidns_task, state, 96, 4),
	FIELD(pidns_task, threads, 100, 4),
	FIELD(pidns_task, has_joined, 104, 4),

	FIELD(pidns_open_opts, size, 0, 8),
	FIELD(pidns_open_opts, provider, 8, 8),
	FIELD(pidns_open_opts, source, 16, 8),
	FIELD(pidns_open_opts, why, 24, 8),
	FIELD(pidns_open_opts, why_len, 32, 8),
	FIELD(pidns_open_opts, flags, 40, 4),
	FIELD(pidns_open_opts, reserved, 44, 4),
	FIELD(pidns_open_opts, root, 48, 8),
	FIELD(pidns_open_opts, at, 56, 8),

	FIELD(pidns_take_opts, size, 0, 8),
	FIELD(pidns_take_opts, ns_fields, 8, 8),
	FIELD(pidns_take_opts, task_fields, 16, 8),
	FIELD(pidns_take_opts, reaper_fields, 24, 8),
	FIELD(pidns_take_opts, pids, 32, 8),
	FIELD(pidns_take_opts, nr_pids, 40, 8),
	FIELD(pidns_take_opts, flags, 48, 4),
	FIELD(pidns_take_opts, reserved, 52, 4),
	FIELD(pidns_take_opts, why, 56, 8),
	FIELD(pidns_take_opts, why_len, 64, 8),
	FIELD(pidns_take_opts, limits_of, 72, 4),
	FIELD(pidns_take_opts, reserved_2, 76, 4),
	FIELD(pidns_take_opts, of_ns, 80, 8),
	FIELD(pidns_take_opts, of_pid, 88, 4),
	FIELD(pidns_take_opts, reserved_3, 92, 4),

	FIELD(pidns_notes, known, 0, 8),
	FIELD(pidns_notes, container, 8, 8),
	FIELD(pidns_notes, limits, 16, 8),
	FIELD(pidns_notes, pins, 24, 8),
	FIELD(pidns_notes, zombie, 32, 8),
	FIELD(pidns_notes, nr_limits, 40, 4),
	FIELD(pidns_notes, nr_pins, 44, 4),

	FIELD(pidns_container, name, 0, 8),
	FIELD(pidns_container, id, 8, 8),
	FIELD(pidns_container, runtime, 16, 8),
	FIELD(pidns_container, source, 24, 8),
	FIELD(pidns_container, pod, 32, 8),
	FIELD(pidns_container, is_users, 40, 4),
	FIELD(pidns_container, owner_uid, 44, 4),

	FIELD(pidns_limit, known, 0, 4),
	FIELD(pidns_limit, kind, 4, 4),
	FIELD(pidns_limit, used, 8, 8),
	FIELD(pidns_limit, max, 16, 8),
	FIELD(pidns_limit, hits, 24, 8),
	FIELD(pidns_limit, source, 32, 8),
	FIELD(pidns_limit, error, 40, 4),
	FIELD(pidns_limit, is_fork, 44, 4),
	FIELD(pidns_limit, flags, 48, 4),
	FIELD(pidns_limit, holders, 56, 8),

	FIELD(pidns_pin, kind, 0, 4),
	FIELD(pidns_pin, pid, 4, 4),
	FIELD(pidns_pin, fd, 8, 4),
	FIELD(pidns_pin, parent, 12, 4),
	FIELD(pidns_pin, path, 16, 8),
	FIELD(pidns_pin, ns, 24, 8),
	FIELD(pidns_pin, count, 32, 8),

	FIELD(pidns_zombie, pid, 0, 4),
	FIELD(pidns_zombie, parent, 4, 4),
	FIELD(pidns_zombie, start_ns, 8, 8),
	FIELD(pidns_zombie, sigchld, 16, 4),
	FIELD(pidns_zombie, parent_is_reaper, 20, 4),

	FIELD(pidns_event, type, 0, 4),
	FIELD(pidns_event, reserved, 4, 4),
	FIELD(pidns_event, time_ns, 8, 8),
	FIELD(pidns_event, ns, 16, 8),
	FIELD(pidns_event, was, 24, 8),
	FIELD(pidns_event, task, 32, 8),

	FIELD(pidns_watch_opts, size, 0, 8),
	FIELD(pidns_watch_opts, ns_fields, 8, 8),
	FIELD(pidns_watch_opts, task_fields, 16, 8),
	FIELD(pidns_watch_opts, interval_ns, 24, 8),
	FIELD(pidns_watch_opts, flags, 32, 4),
	FIELD(pidns_watch_opts, wants, 36, 4),
	FIELD(pidns_watch_opts, why, 40, 8),
	FIELD(pidns_watch_opts, why_len, 48, 8),
};

struct value {
	const char *name;
	uint64_t value, want;
};

#define VALUE(name, want)         \
	{                         \
#name, name, want \
	}

static const struct value values[] = {
	VALUE(PIDNS_LEVEL_MAX, 0x20),
	VALUE(PIDNS_NS_INO, 1),
	VALUE(PIDNS_NS_COOKIE, 2),
	VALUE(PIDNS_NS_PARENT, 4),
	VALUE(PIDNS_NS_LEVEL, 8),
	VALUE(PIDNS_NS_STATE, 0x10),
	VALUE(PIDNS_NS_REAPER, 0x20),
	VALUE(PIDNS_NS_REAPER_START, 0x40),
	VALUE(PIDNS_NS_OWNER_UID, 0x80),
	VALUE(PIDNS_NS_OWNER_NS, 0x100),
	VALUE(PIDNS_NS_PIDS_USED, 0x200),
	VALUE(PIDNS_NS_PIDS_PEAK, 0x400),
	VALUE(PIDNS_NS_ALLOC_FAILURES, 0x800),
	VALUE(PIDNS_NS_LAST_PID, 0x1000),
	VALUE(PIDNS_NS_PIDS_MAX, 0x2000),
	VALUE(PIDNS_NS_PROCESSES, 0x4000),
	VALUE(PIDNS_NS_THREADS, 0x8000),
	VALUE(PIDNS_NS_ZOMBIES, 0x10000),
	VALUE(PIDNS_NS_JOINED, 0x20000),
	VALUE(PIDNS_NS_PIDMAP, 0x40000),
	VALUE(PIDNS_NS_NOTES, 0x80000),
	VALUE(PIDNS_STATE_ALIVE, 1),
	VALUE(PIDNS_STATE_UNBORN, 2),
	VALUE(PIDNS_STATE_DYING, 3),
	VALUE(PIDNS_STATE_DEAD, 4),
	VALUE(PIDNS_STATE_ZOMBIE_INIT, 5),
	VALUE(PIDNS_TASK_VPIDS, 1),
	VALUE(PIDNS_TASK_PPID, 2),
	VALUE(PIDNS_TASK_STATE, 4),
	VALUE(PIDNS_TASK_UID, 8),
	VALUE(PIDNS_TASK_RUID, 0x10),
	VALUE(PIDNS_TASK_COMM, 0x20),
	VALUE(PIDNS_TASK_START, 0x40),
	VALUE(PIDNS_TASK_CPU, 0x80),
	VALUE(PIDNS_TASK_RSS, 0x100),
	VALUE(PIDNS_TASK_THREADS, 0x200),
	VALUE(PIDNS_TASK_VPGID, 0x400),
	VALUE(PIDNS_TASK_VSID, 0x800),
	VALUE(PIDNS_TASK_NS_FOR_CHILDREN, 0x1000),
	VALUE(PIDNS_TASK_HAS_JOINED, 0x2000),
	VALUE(PIDNS_FIELDS_ALL, UINT64_MAX),
	VALUE(PIDNS_OPEN_LONG_LIVED, 1),
	VALUE(PIDNS_OPEN_ALL, 2),
	VALUE(PIDNS_TAKE_THREADS, 1),
	VALUE(PIDNS_TAKE_ALL, 2),
	VALUE(PIDNS_TAKE_LIMITS, 4),
	VALUE(PIDNS_TAKE_CONTAINERS, 8),
	VALUE(PIDNS_TAKE_PINS, 16),
	VALUE(PIDNS_TAKE_ZOMBIES, 32),
	VALUE(PIDNS_TAKE_NAMESPACES, 64),
	VALUE(PIDNS_TAKE_OF_ONE, 128),
	VALUE(PIDNS_SNAPSHOT_PARTIAL, 1),
	VALUE(PIDNS_SNAPSHOT_RACED, 2),
	VALUE(PIDNS_SNAPSHOT_SUBSET, 4),
	VALUE(PIDNS_SNAPSHOT_THREADS, 8),
	VALUE(PIDNS_UNSEEN_UNBORN, 1),
	VALUE(PIDNS_UNSEEN_DEAD, 2),
	VALUE(PIDNS_UNSEEN_FD, 4),
	VALUE(PIDNS_UNSEEN_BIND, 8),
	VALUE(PIDNS_UNSEEN_PIDFD, 0x10),
	VALUE(PIDNS_UNSEEN_PROCFS_MOUNT, 0x20),
	VALUE(PIDNS_UNSEEN_TASKS, 0x40),
	VALUE(PIDNS_UNSEEN_NS_LINKS, 0x80),
	VALUE(PIDNS_UNSEEN_PINS, 0x100),
	VALUE(PIDNS_EVENT_NS_NEW, 1),
	VALUE(PIDNS_EVENT_NS_GONE, 2),
	VALUE(PIDNS_EVENT_REAPER, 3),
	VALUE(PIDNS_EVENT_LIMIT, 4),
	VALUE(PIDNS_EVENT_EXHAUSTED, 5),
	VALUE(PIDNS_EVENT_TASK_NEW, 6),
	VALUE(PIDNS_EVENT_TASK_GONE, 7),
	VALUE(PIDNS_EVENT_LOST, 8),
	VALUE(PIDNS_WATCH_PROMPT, 1),
	VALUE(PIDNS_PROVIDER_RECORDED, 1),
	VALUE(PIDNS_PROVIDER_PROCFS, 2),
	VALUE(PIDNS_PROVIDER_COUNTS_PIDS, 4),
};

/* What facts.h declares is where it says, and its bits are those of the header. */
static void test_facts(void **state)
{
	(void)state;
	if (sizeof(void *) != 8)
		skip_because("pointers have another size here");
#define AT(record, prefix, type, member, at, name, bit)                                \
	assert_int_equal(offsetof(struct record, member), at);                         \
	assert_int_equal(sizeof(((struct record *)0)->member), sizeof(FACT_C_##type)); \
	assert_true((prefix##_##name & ~(UINT64_C(1) << (bit))) == 0);
#define NS(type, member, at, name, bit, help)			AT(pidns_ns, PIDNS_NS, type, member, at, name, bit)
#define NS_SPECIAL(type, key, member, raw, at, name, bit, help) NS(type, member, at, name, bit, )
#define NS_LINK(type, key, member, raw, name, bit, help) \
	assert_true(PIDNS_NS_##name == UINT64_C(1) << (bit));
#define TASK(type, member, at, name, bit, help) \
	AT(pidns_task, PIDNS_TASK, type, member, at, name, bit)
#define TASK_SPECIAL(type, key, member, raw, at, name, bit, help) \
	TASK(type, member, at, name, bit, )
	PIDNS_NS_FACTS(NS, NS, NS, NS_SPECIAL, NS_LINK, NS)
	PIDNS_TASK_FACTS(TASK, TASK, TASK, TASK_SPECIAL, FACT_SKIP, TASK)
}

static void test_fields(void **state)
{
	size_t i;

	(void)state;
	if (sizeof(void *) != 8)
		skip_because("pointers have another size here");
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].offset != fields[i].want_offset ||
		    fields[i].size != fields[i].want_size)
			fail_msg("%s is at %zu with %zu bytes, was at %zu with %zu", fields[i].name,
				 fields[i].offset, fields[i].size, fields[i].want_offset,
				 fields[i].want_size);
}

static void test_values(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (values[i].value != values[i].want)
			fail_msg("%s is %#jx, was %#jx", values[i].name, (uintmax_t)values[i].value,
				 (uintmax_t)values[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
