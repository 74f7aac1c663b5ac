// SPDX-License-Identifier: GPL-2.0-or-later
/* test-move-seen.c - what is seen of a move while it happens, and what is left of one that restarts. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "move.h"
#include "vm.h"

enum { MOVED = 42, SIGNALS = 5 };

static const char *const lists[] = {"NStgid:", "NSpid:", "NSpgid:", "NSsid:"};

static int move_when_told(void *data)
{
	vm_gate_wait(data);
	check_eq(move_alone(0), 0);
	return MOVED;
}

/* How many numbers a line of `text` has. */
static int count_numbers(const char *text, const char *name)
{
	const char *at = strstr(text, name), *end = at ? strchr(at, '\n') : NULL;
	int count = 0;

	for (; at && at < end; at++)
		count += *at == '\t';
	return count;
}

/* Whether the status file, as it is now, shows the process moved; its four lists are of one time. */
static bool shows_moved(int status)
{
	char text[4096];
	ssize_t len = pread(status, text, sizeof(text) - 1, 0);
	int counts[4];

	vm_must(len > 0, "status");
	text[len] = '\0';
	for (int i = 0; i < 4; i++)
		counts[i] = count_numbers(text, lists[i]);
	for (int i = 1; i < 4; i++)
		if (!check_eq(counts[i], counts[0]))
			return true;
	return counts[0] == 2 || strstr(text, "State:\tZ");
}

static int watch_status(void *data)
{
	struct vm_gate gate;
	char path[64];

	(void)data;
	vm_gate_init(&gate);
	for (int i = 0; i < move_rounds() && !vm_has_failed(); i++) {
		pid_t pid = vm_child(0, move_when_told, &gate);
		int status;

		snprintf(path, sizeof(path), "/proc/%d/status", pid);
		status = open(path, O_RDONLY | O_CLOEXEC);
		vm_gate_open(&gate, 1);
		while (!shows_moved(status))
			;
		close(status);
		check_eq(vm_reap(pid), MOVED);
	}
	return 0;
}

static void test_status(void)
{
	check_eq(move_apart(watch_status, NULL), 0);
}

/* The children's namespace is the own one all the time, so none is named. */
static int watch_task(void *data)
{
	struct vm_gate gate;
	struct vm_task task;

	(void)data;
	vm_gate_init(&gate);
	for (int i = 0; i < move_rounds() && !vm_has_failed(); i++) {
		pid_t pid = vm_child(0, move_when_told, &gate);

		vm_gate_open(&gate, 1);
		do {
			check_eq(vm_task_get(pid, &task), 0);
			check_eq(task.children_ns, 0);
			check_eq(task.levels == 2, task.vsid == 1 && task.vpgid == 1);
		} while (task.levels == 1 && task.state != 'Z' && !vm_has_failed());
		check_eq(vm_reap(pid), MOVED);
	}
	return 0;
}

static void test_children(void)
{
	check_eq(move_apart(watch_task, NULL), 0);
}

static void count_signal(int sig)
{
	(void)sig;
}

/* One namespace is all it may have, and that of a move that restarts is given back at once. */
static int move_limited(void *data)
{
	struct vm_gate *gates = data;

	vm_must(!unshare(CLONE_NEWUSER), "unshare");
	check(vm_write("/proc/sys/user/max_pid_namespaces", "1"));
	vm_must(setsid() == getpid(), "setsid");
	vm_gate_open(&gates[1], 1);
	vm_gate_wait(&gates[0]);
	check_eq(move_in(0), 0);
	return MOVED;
}

static void linger(int turns)
{
	for (volatile int i = 0; i < turns; i++)
		;
}

static int interrupt_moves(void *data)
{
	const union sigval nothing = {0};
	struct vm_gate gates[2];

	(void)data;
	vm_gate_init(&gates[0]);
	vm_gate_init(&gates[1]);
	signal(SIGRTMIN, count_signal);
	for (int i = 0; i < move_rounds() && !vm_has_failed(); i++) {
		pid_t pid = vm_child(0, move_limited, gates);

		vm_gate_wait(&gates[1]);
		vm_gate_open(&gates[0], 1);
		for (int k = 0; k < SIGNALS; k++) {
			check_eq(sigqueue(pid, SIGRTMIN, nothing), 0);
			linger(i % 50 * 400);
		}
		check_eq(vm_reap(pid), MOVED);
	}
	return 0;
}

static void test_restart(void)
{
	check_eq(move_apart(interrupt_moves, NULL), 0);
}

#define TRACING "/sys/kernel/tracing/"

static int move_and_say(void *data)
{
	struct vm_gate *gate = data;

	check_eq(move_alone(0), 0);
	vm_gate_open(gate, move_ns("pid"));
	return MOVED;
}

/* The line of the trace that begins with this, or NULL. */
static char *find_record(const char *record)
{
	static char text[65536];
	int fd = open(TRACING "trace", O_RDONLY | O_CLOEXEC);
	ssize_t len, size = 0;

	while (fd >= 0 && (len = read(fd, text + size, sizeof(text) - 1 - size)) > 0)
		size += len;
	close(fd);
	text[size] = '\0';
	return strstr(text, record);
}

static void test_trace(void)
{
	struct vm_gate gate;
	char record[128];
	uint64_t ino;
	pid_t pid;

	vm_gate_init(&gate);
	mount("tracefs", TRACING, "tracefs", 0, NULL);
	check(vm_write(TRACING "events/pid_ns/pid_ns_move/enable", "1"));
	pid = vm_child(0, move_and_say, &gate);
	ino = vm_gate_wait(&gate);
	check_eq(vm_reap(pid), MOVED);
	check(vm_write(TRACING "events/pid_ns/pid_ns_move/enable", "0"));
	snprintf(record, sizeof(record),
		 "pid_ns_move: pid=%d comm=test-move-seen from=%llu to=%llu level=1\n", pid,
		 (unsigned long long)vm_ino(getpid(), "pid"), (unsigned long long)ino);
	check(find_record(record));
}

static const struct vm_test tests[] = {
	{"the lists of status are all from before the move or all from after it", test_status},
	{"the numbers of one answer are, too, and no namespace of children is named",
	 test_children},
	{"a signal during the move costs nothing of a limit", test_restart},
	{"a move leaves a record in the trace", test_trace},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
