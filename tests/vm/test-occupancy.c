// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-occupancy.c - how many numbers are taken, against a count that knows nothing of the counters:
 * every number /proc has for a task, a process group or a session.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm.h"

enum { MAX_PID = 4194304, BLOCK = 32768, BLOCKS = MAX_PID / BLOCK };

static unsigned char taken[MAX_PID];

static void take_stat(const char *pid, const char *tid)
{
	int own, parent, group, session;
	char path[600], line[512] = "";
	FILE *file;
	char *end;

	snprintf(path, sizeof(path), "/proc/%s/task/%s/stat", pid, tid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(line, sizeof(line), file) && (end = strrchr(line, ')')) &&
	    sscanf(line, "%d", &own) == 1 &&
	    sscanf(end + 2, "%*c %d %d %d", &parent, &group, &session) == 3) {
		taken[own] = taken[group] = taken[session] = 1;
		taken[0] = 0;
	}
	fclose(file);
}

/* All numbers this namespace has for anything. */
static void take_all(void)
{
	struct dirent *process, *thread;
	DIR *proc = opendir("/proc"), *tasks;
	char path[300];

	memset(taken, 0, sizeof(taken));
	vm_must(proc, "/proc");
	while ((process = readdir(proc))) {
		if (process->d_name[0] < '1' || process->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task", process->d_name);
		tasks = opendir(path);
		while (tasks && (thread = readdir(tasks)))
			if (thread->d_name[0] != '.')
				take_stat(process->d_name, thread->d_name);
		if (tasks)
			closedir(tasks);
	}
	closedir(proc);
}

struct pidmap {
	uint64_t block_size, used[BLOCKS];
	int blocks;
};

static void parse_pidmap(const struct genl_message *message, void *data)
{
	struct pidmap *map = data;

	map->block_size = genl_uint(message->attrs[PIDNS_A_PIDMAP_BLOCK_SIZE]);
	map->blocks = genl_repeated(message, PIDNS_A_PIDMAP_USED, map->used, BLOCKS);
}

static void pidmap_get(struct pidmap *map)
{
	struct genl_request request;
	int fd = vm_socket();

	memset(map, 0, sizeof(*map));
	genl_begin(&request, vm_family(), PIDNS_CMD_PIDMAP_GET, 0);
	check_eq(genl_ask(fd, &request, parse_pidmap, map, NULL), 0);
	close(fd);
}

/* A child that was reaped gives its number back at once, one that exits by itself a moment later. */
static bool is_settled(void *data)
{
	uint64_t total = 0;
	struct vm_ns ns;

	(void)data;
	take_all();
	for (int nr = 0; nr < MAX_PID; nr++)
		total += taken[nr];
	return !vm_ns_get(0, &ns) && ns.used == total;
}

static void check_occupancy(void)
{
	struct pidmap map;
	struct vm_ns ns;
	uint64_t total = 0;

	check(vm_wait(is_settled, NULL));
	pidmap_get(&map);
	check_eq(map.block_size, BLOCK);
	for (int block = 0; block < BLOCKS; block++) {
		uint64_t count = 0;

		for (int nr = block * BLOCK; nr < (block + 1) * BLOCK; nr++)
			count += taken[nr];
		check_eq(map.used[block], count);
		total += count;
	}
	check_eq(vm_ns_get(0, &ns), 0);
	check_eq(ns.used, total);
	check(ns.peak >= ns.used);
}

static void *wait_in_thread(void *data)
{
	(void)data;
	pause();
	return NULL;
}

static int make_threads(void *data)
{
	pthread_t thread;

	for (int i = 0; i < 5; i++)
		vm_must(!pthread_create(&thread, NULL, wait_in_thread, NULL), "thread");
	vm_gate_open(data, 1);
	return pause();
}

/* Leads a session and a group, leaves a member behind, and exits: its number stays taken. */
static int leave_orphan(void *data)
{
	pid_t pid;

	setsid();
	pid = fork();
	if (pid == 0) {
		vm_gate_open(data, 1);
		pause();
	}
	return 0;
}

static void churn(int rounds)
{
	for (int i = 0; i < rounds; i++) {
		vm_kill(vm_sleeper(0));
		vm_kill(vm_sleeper(CLONE_NEWPID));
	}
}

static int count_numbers(void *data)
{
	struct vm_gate gate;
	struct vm_ns before, after;
	pid_t pids[50];

	(void)data;
	vm_must(!mount("proc", "/proc", "proc", 0, NULL), "mount proc");
	vm_gate_init(&gate);
	check_occupancy();
	check_eq(vm_reap(vm_child(0, leave_orphan, &gate)), 0);
	vm_gate_wait(&gate);
	check_occupancy();
	check_eq(vm_ns_get(0, &after), 0);
	check_eq(after.used, 3);
	check_eq(after.threads, 2);
	vm_child(0, make_threads, &gate);
	vm_gate_wait(&gate);
	check_occupancy();

	check_eq(vm_ns_get(0, &before), 0);
	for (int i = 0; i < 50; i++)
		pids[i] = vm_sleeper(i % 5 ? 0 : CLONE_NEWPID);
	check_occupancy();
	for (int i = 0; i < 50; i++)
		vm_kill(pids[i]);
	check_occupancy();
	check_eq(vm_ns_get(0, &after), 0);
	check_eq(after.used, before.used);
	check_eq(after.peak, before.used + 50);
	churn(100);
	check_occupancy();

	for (int nr = 70000; nr < 4000000; nr += 500000) {
		char text[16];

		snprintf(text, sizeof(text), "%d", nr);
		check(vm_write("/proc/sys/kernel/ns_last_pid", text));
		check_eq(vm_sleeper(0), nr + 1);
		check_eq(vm_ns_get(0, &after), 0);
		check_eq(after.last_pid, nr + 1);
	}
	check_occupancy();
	return 0;
}

static void with_pid_max(const char *pid_max, int (*fn)(void *), void *data)
{
	char before[16];

	snprintf(before, sizeof(before), "%lld", vm_read_number("/proc/sys/kernel/pid_max"));
	check(vm_write("/proc/sys/kernel/pid_max", pid_max));
	check_eq(vm_reap(vm_child(CLONE_NEWPID | CLONE_NEWNS, fn, data)), 0);
	check(vm_write("/proc/sys/kernel/pid_max", before));
}

static void test_count(void)
{
	with_pid_max("4194304", count_numbers, NULL);
}

/* Fork until there is no number any more. */
static int exhaust(int expected_errno)
{
	int count = 0;
	pid_t pid;

	while ((pid = fork()) >= 0) {
		if (pid == 0)
			pause();
		count++;
	}
	check_eq(errno, expected_errno);
	return count;
}

/* The child's numbers are 302 to 399 once its cursor has passed the reserved ones. */
static int exhaust_own(void *data)
{
	struct vm_ns ns;
	int count;

	(void)data;
	/* Since Linux 6.14 each namespace has a limit of its own. */
	check(vm_write("/proc/sys/kernel/pid_max", "400"));
	check(vm_write("/proc/sys/kernel/ns_last_pid", "300"));
	count = exhaust(EAGAIN);
	check(count >= 98 && count <= 100);
	check_eq(vm_ns_get(0, &ns), 0);
	check_eq(ns.failures, 1);
	check_eq(ns.used, count + 1);
	check_eq(fork(), -1);
	check_eq(vm_ns_get(0, &ns), 0);
	check_eq(ns.failures, 2);
	return 0;
}

/* Room for all of them here, but the parent has none. */
static int exhaust_parent(void *data)
{
	struct vm_ns ns;

	(void)data;
	check(exhaust(EAGAIN) > 10);
	check_eq(vm_ns_get(0, &ns), 0);
	check_eq(ns.failures, 0);
	return 0;
}

static void test_failures_own(void)
{
	struct vm_ns before, after;

	check_eq(vm_ns_get(0, &before), 0);
	check(vm_write("/proc/sys/kernel/ns_last_pid", "60"));
	with_pid_max("400", exhaust_own, NULL);
	check_eq(vm_ns_get(0, &after), 0);
	check_eq(after.failures, before.failures);
}

static void test_failures_parent(void)
{
	struct vm_ns before, after;

	check_eq(vm_ns_get(0, &before), 0);
	check(vm_write("/proc/sys/kernel/ns_last_pid", "350"));
	with_pid_max("400", exhaust_parent, NULL);
	check_eq(vm_ns_get(0, &after), 0);
	check_eq(after.failures, before.failures + 1);
}

/* Of its own it sees what it has set; of one below, which has set nothing, the same, as less is in force. */
static int limit_below(void *data)
{
	struct vm_ns ns;
	pid_t init;

	(void)data;
	vm_must(!mount("proc", "/proc", "proc", 0, NULL), "mount proc");
	check(vm_write("/proc/sys/kernel/pid_max", "5000"));
	check_eq(vm_ns_get(0, &ns), 0);
	check_eq(ns.pid_max, 5000);
	check_eq(vm_read_number("/sys/kernel/pidns/self/pid_max"), 5000);
	init = vm_sleeper(CLONE_NEWPID);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	check_eq(ns.pid_max, 5000);
	vm_kill(init);
	return 0;
}

static void test_limit(void)
{
	with_pid_max("6000", limit_below, NULL);
}

static const struct vm_test tests[] = {
	{"used, peak and each block are what /proc has numbers for", test_count},
	{"a failure is charged to the namespace that was full", test_failures_own},
	{"which may be an ancestor", test_failures_parent},
	{"the limit is the least of those that are in force", test_limit},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
