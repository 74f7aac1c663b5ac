// SPDX-License-Identifier: GPL-2.0-or-later
/* Hundreds of containers of LXC whose cgroups may be called otherwise, and thousands of sockets: what an
 * ordinary user can make costs little. */
#include "unit.h"
#include "machine.h"

#include <inttypes.h>
#include <time.h>

#define CONTAINERS 300
#define SOCKETS	   18000
#define FIRST_PID  1000
#define FIRST_INO  UINT64_C(4026533000)

static char *add(char *at, const char *format, ...) __attribute__((format(printf, 2, 3)));

static char *add(char *at, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	at += vsprintf(at, format, list);
	va_end(list);
	return at;
}

static char *add_snapshot(char *at)
{
	at = add(at, "snapshot time_ns=9000000000000 provider=procfs flags=- cannot_see=- "
		     "root=4026531836\n"
		     "ns ino=4026531836 level=0 depth=0 state=alive reaper=1 "
		     "reaper_start_ns=100000000\n");
	for (int i = 0; i < CONTAINERS; i++)
		at = add(at,
			 "ns ino=%" PRIu64 " parent=4026531836 depth=1 state=alive reaper=%d "
			 "reaper_start_ns=200000000000\n",
			 FIRST_INO + (uint64_t)i, FIRST_PID + 2 * i + 1);
	at = add(at, "task pid=1 tid=1 ns=4026531836 vpids=1 ppid=0 start_ns=100000000 "
		     "comm=systemd\n");
	for (int i = 0; i < CONTAINERS; i++) {
		int pid = FIRST_PID + 2 * i;

		at = add(at,
			 "task pid=%d tid=%d ns=4026531836 vpids=%d ppid=1 "
			 "start_ns=199000000000 comm=lxc-start\n",
			 pid, pid, pid);
		at = add(at,
			 "task pid=%d tid=%d ns=%" PRIu64 " vpids=%d,1 ppid=%d "
			 "start_ns=200000000000 comm=init\n",
			 pid + 1, pid + 1, FIRST_INO + (uint64_t)i, pid + 1, pid);
	}
	return at;
}

/* The monitor, the init, and the cgroup of container `i`. */
static void put_container(int i)
{
	int pid = FIRST_PID + 2 * i;
	char text[128], path[128];

	sprintf(text, "%d 1 19900 %d lxc-start", pid, pid);
	machine_put_task(text);
	sprintf(text, "%d %d 20000 %d,1 init", pid + 1, pid, pid + 1);
	machine_put_task(text);
	sprintf(path, "proc/%d/fd/3", pid);
	sprintf(text, "socket:[%d]", 500000 + i);
	machine_put_link(path, text);
	sprintf(path, "proc/%d/cgroup", pid + 1);
	sprintf(text, "0::/lxc.payload.c%d-1\n", i);
	machine_put_file(path, text);
	sprintf(path, "sys/fs/cgroup/lxc.payload.c%d-1/cgroup.procs", i);
	sprintf(text, "%d\n", pid + 1);
	machine_put_file(path, text);
}

static void put_sockets(char *text)
{
	char *at = add(text, "Num       RefCount Protocol Flags    Type St Inode Path\n");

	for (int i = 0; i < SOCKETS; i++)
		at = add(at,
			 "0000000000000000: 00000002 00000000 00010000 0001 01 %d "
			 "@/var/lib/lxc/c%d/command\n",
			 500000 + i, i);
	machine_put_file("proc/net/unix", text);
}

static void test_c3_sockets_are_read_once(void **state)
{
	char *text = malloc(4 << 20), name[32];
	struct pidns_snapshot *snapshot;
	clock_t before, used;

	(void)state;
	assert_non_null(text);
	machine_new();
	add_snapshot(text);
	snapshot = snapshot_of(text, 0);
	for (int i = 0; i < CONTAINERS; i++)
		put_container(i);
	put_sockets(text);
	before = clock();
	assert_int_equal(machine_annotate(snapshot), 0);
	used = clock() - before;
	print_message("%.3f s\n", (double)used / CLOCKS_PER_SEC);
	assert_true(used < CLOCKS_PER_SEC);
	for (int i = 0; i < CONTAINERS; i++) {
		const struct pidns_ns *ns = pidns_ns_find(snapshot, FIRST_INO + (uint64_t)i);

		sprintf(name, "c%d", i);
		assert_string_equal(ns->notes->container->name, name);
	}
	pidns_snapshot_unref(snapshot);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_c3_sockets_are_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
