// SPDX-License-Identifier: GPL-2.0-or-later
/* test-move-works.c - what unshare(CLONE_NEWPIDS) makes of its caller, from inside and from outside. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "move.h"
#include "vm.h"

enum { MAX_LEVEL = 32 };

/* Two children that tell and are told when. */
struct pair {
	struct vm_gate in, out;
};

static void pair_init(struct pair *pair)
{
	vm_gate_init(&pair->in);
	vm_gate_init(&pair->out);
}

/* Moves, says so, and goes on when told. */
static int move_and_wait(void *data)
{
	struct pair *pair = data;

	check_eq(move_alone(0), 0);
	vm_gate_open(&pair->out, 1);
	vm_gate_wait(&pair->in);
	return 0;
}

static int look_inside(void *data)
{
	(void)data;
	check_eq(move_alone(0), 0);
	check_eq(getpid(), 1);
	check_eq(gettid(), 1);
	check_eq(getpgrp(), 1);
	check_eq(getsid(0), 1);
	check_eq(getppid(), 0);
	check_eq(getpgid(1), 1);
	check_eq(kill(1, 0), 0);
	check_eq(move_ns("pid"), move_ns("pid_for_children"));
	return 0;
}

static void test_inside(void)
{
	check_eq(vm_reap(vm_child(0, look_inside, NULL)), 0);
}

static void check_status(pid_t pid)
{
	static const char *const names[] = {"NStgid:", "NSpid:", "NSpgid:", "NSsid:"};
	pid_t numbers[MOVE_LEVELS];

	for (int i = 0; i < 4; i++) {
		check_eq(move_numbers_of(pid, names[i], numbers), 2);
		check_eq(numbers[0], pid);
		check_eq(numbers[1], 1);
	}
}

static void check_exporter(pid_t pid, const struct vm_ns *parent)
{
	struct vm_task task;
	struct vm_ns ns;

	check_eq(vm_ns_get(vm_ino(pid, "pid"), &ns), 0);
	check_eq(ns.state, PIDNS_NS_STATE_ALIVE);
	check_eq(ns.parent, parent->cookie);
	check_eq(ns.level, parent->level + 1);
	check_eq(ns.reaper, pid);
	check_eq(ns.used, 1);
	check_eq(ns.peak, 1);
	check_eq(ns.failures, 0);
	check_eq(ns.last_pid, 1);
	check_eq(ns.processes, 1);
	check_eq(ns.threads, 1);
	check_eq(ns.zombies, 0);
	check_eq(vm_task_get(pid, &task), 0);
	check_eq(task.ns, ns.cookie);
	check_eq(task.start, ns.reaper_start);
	check_eq(task.levels, 2);
	check_eq(task.vpids[0], pid);
	check_eq(task.vpids[1], 1);
	check_eq(task.vpgid, 1);
	check_eq(task.vsid, 1);
	check_eq(task.ppid, getpid());
	check_eq(task.children_ns, 0);
}

static int look_outside(void *data)
{
	struct vm_ns before, after;
	struct pair pair;
	uint64_t cookie;
	pid_t pid;

	(void)data;
	pair_init(&pair);
	check_eq(vm_ns_get(0, &before), 0);
	pid = vm_child(0, move_and_wait, &pair);
	vm_gate_wait(&pair.out);
	check_status(pid);
	check(vm_ino(pid, "pid") != vm_ino(getpid(), "pid"));
	check_exporter(pid, &before);
	check_eq(vm_ns_get(0, &after), 0);
	check_eq(after.used, before.used + 1);
	check_eq(after.peak, before.used + 1);
	check_eq(after.threads, before.threads);
	check_eq(vm_ns_get(vm_ino(pid, "pid"), &after), 0);
	cookie = after.cookie;
	vm_gate_open(&pair.in, 1);
	check_eq(vm_reap(pid), 0);
	check(vm_wait(vm_is_gone, &cookie));
	check_eq(vm_ns_get(0, &after), 0);
	check_eq(after.used, before.used);
	return 0;
}

static void test_outside(void)
{
	check_eq(move_apart(look_outside, NULL), 0);
}

static bool has_parent_1(void *data)
{
	(void)data;
	return getppid() == 1;
}

/* Number 3: its parent, number 2, ends at once, and the moved process takes it over. */
static int be_orphan(void *data)
{
	check_eq(getpid(), 3);
	check(vm_wait(has_parent_1, NULL));
	vm_gate_open(data, 1);
	return 7;
}

static int leave_orphan(void *data)
{
	pid_t pid;

	check_eq(getpid(), 2);
	check_eq(getppid(), 1);
	pid = fork();
	if (pid == 0)
		_exit(be_orphan(data));
	check_eq(pid, 3);
	return 0;
}

static int be_reaper(void *data)
{
	struct vm_gate gate;

	(void)data;
	vm_gate_init(&gate);
	check_eq(move_alone(0), 0);
	check_eq(vm_reap(vm_child(0, leave_orphan, &gate)), 0);
	vm_gate_wait(&gate);
	check_eq(vm_reap(3), 7);
	errno = 0;
	check_eq(waitpid(-1, NULL, 0), -1);
	check_eq(errno, ECHILD);
	return 0;
}

static void test_reaper(void)
{
	check_eq(vm_reap(vm_child(0, be_reaper, NULL)), 0);
}

static int kill_init(void *data)
{
	static const int signals[] = {SIGKILL, SIGSTOP, SIGTERM, SIGHUP, SIGSEGV};

	(void)data;
	for (int i = 0; i < 5; i++)
		check_eq(kill(1, signals[i]), 0);
	return 0;
}

static int ignore_signals(void *data)
{
	struct pair *pair = data;

	check_eq(move_alone(0), 0);
	kill_init(NULL);
	check_eq(vm_reap(vm_child(0, kill_init, NULL)), 0);
	vm_gate_open(&pair->out, 1);
	pause();
	return 1;
}

static void test_signals(void)
{
	struct pair pair;
	int status;
	pid_t pid;

	pair_init(&pair);
	pid = vm_child(0, ignore_signals, &pair);
	vm_gate_wait(&pair.out);
	check_eq(kill(pid, SIGTERM), 0);
	check_eq(waitpid(pid, NULL, WNOHANG), 0);
	check_eq(kill(pid, SIGSTOP), 0);
	check_eq(waitpid(pid, &status, WUNTRACED), pid);
	check(WIFSTOPPED(status));
	check_eq(kill(pid, SIGKILL), 0);
	check_eq(waitpid(pid, &status, 0), pid);
	check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static int move_with_children(void *data)
{
	struct pair *pair = data;

	check_eq(move_alone(0), 0);
	for (int i = 0; i < 5; i++)
		if (fork() == 0)
			for (;;)
				pause();
	if (fork() == 0) {
		setsid();
		for (;;)
			pause();
	}
	vm_gate_open(&pair->out, 1);
	vm_gate_wait(&pair->in);
	return 3;
}

static int end_namespace(void *data)
{
	struct vm_ns before, ns, after;
	struct pair pair;
	pid_t pid;

	(void)data;
	pair_init(&pair);
	check_eq(vm_ns_get(0, &before), 0);
	pid = vm_child(0, move_with_children, &pair);
	vm_gate_wait(&pair.out);
	check_eq(vm_ns_get(vm_ino(pid, "pid"), &ns), 0);
	check_eq(ns.used, 7);
	check_eq(ns.processes, 7);
	check_eq(vm_ns_get(0, &after), 0);
	check_eq(after.used, before.used + 7);
	vm_gate_open(&pair.in, 1);
	vm_wait_exit(pid);
	check_eq(vm_ns_get_cookie(ns.cookie, &after), 0);
	check_eq(after.state, PIDNS_NS_STATE_ZOMBIE_INIT);
	check_eq(after.used, 1);
	check_eq(vm_reap(pid), 3);
	check(vm_wait(vm_is_gone, &ns.cookie));
	check_eq(vm_ns_get(0, &after), 0);
	check_eq(after.used, before.used);
	return 0;
}

static void test_exit(void)
{
	check_eq(move_apart(end_namespace, NULL), 0);
}

/* Each moves, and its child, born in there, moves again; who is as deep as it gets is refused. */
static int nest(void *data)
{
	long level = (long)data;

	check_eq(setsid(), getpid());
	if (level == MAX_LEVEL) {
		check_refused(0, -ENOSPC);
		return 0;
	}
	check_eq(move_in(0), 0);
	check_eq(getpid(), 1);
	check_eq(move_in(0), -EINVAL);
	return vm_reap(vm_child(0, nest, (void *)(level + 1)));
}

static void test_nesting(void)
{
	check_eq(vm_reap(vm_child(0, nest, (void *)0L)), 0);
}

static int move_with(unsigned long long flags, const char *const *changed, int count)
{
	uint64_t before[8];

	for (int i = 0; i < count; i++)
		before[i] = move_ns(changed[i]);
	check_eq(move_alone(flags), 0);
	check_eq(getpid(), 1);
	for (int i = 0; i < count; i++)
		check(move_ns(changed[i]) != before[i]);
	return 0;
}

static int move_with_all(void *data)
{
	static const char *const names[] = {
		"pid",	  "pid_for_children", "mnt", "uts", "ipc", "net",
		"cgroup", "time_for_children"};

	(void)data;
	return move_with(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
				 CLONE_NEWCGROUP | 0x80 | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM,
			 names, 8);
}

/* An ordinary user, with a new user namespace, as unshare -Ur does it. */
static int move_with_user(void *data)
{
	static const char *const names[] = {"pid", "user"};

	(void)data;
	vm_must(!setresgid(65534, 65534, 65534) && !setresuid(65534, 65534, 65534), "setuid");
	prctl(PR_SET_DUMPABLE, 1);
	check_eq(move_with(CLONE_NEWUSER, names, 2), 0);
	return 0;
}

static int mount_proc(void *data)
{
	struct stat st;

	(void)data;
	check_eq(move_alone(CLONE_NEWNS), 0);
	check_eq(mount("proc", "/proc", "proc", 0, NULL), 0);
	check_eq(stat("/proc/1/ns", &st), 0);
	check_eq(stat("/proc/2", &st), -1);
	check_eq(vm_reap(vm_child(0, kill_init, NULL)), 0);
	return 0;
}

static void test_flags(void)
{
	check_eq(vm_reap(vm_child(0, move_with_all, NULL)), 0);
	check_eq(vm_reap(vm_child(0, move_with_user, NULL)), 0);
	check_eq(vm_reap(vm_child(0, mount_proc, NULL)), 0);
}

static void write_number(const char *path, long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", number);
	check(vm_write(path, text));
}

static int move_in_cgroup(void *data)
{
	struct pair *pair = data;

	vm_gate_wait(&pair->in);
	return move_and_wait(data);
}

static void test_cgroup(void)
{
	static const char dir[] = "/sys/fs/cgroup/move";
	struct pair pair;
	pid_t pid;

	pair_init(&pair);
	check(vm_write("/sys/fs/cgroup/cgroup.subtree_control", "+pids"));
	check_eq(mkdir(dir, 0755), 0);
	pid = vm_child(0, move_in_cgroup, &pair);
	write_number("/sys/fs/cgroup/move/cgroup.procs", pid);
	check_eq(vm_read_number("/sys/fs/cgroup/move/pids.current"), 1);
	vm_gate_open(&pair.in, 1);
	vm_gate_wait(&pair.out);
	check_eq(vm_read_number("/sys/fs/cgroup/move/pids.current"), 1);
	check_eq(vm_read_number("/sys/fs/cgroup/move/cgroup.procs"), pid);
	vm_gate_open(&pair.in, 1);
	check_eq(vm_reap(pid), 0);
	check_eq(vm_read_number("/sys/fs/cgroup/move/pids.current"), 0);
	check_eq(rmdir(dir), 0);
}

/* Only children are affected, as it was and is. */
static int unshare_children(void *data)
{
	pid_t self = getpid(), child;
	uint64_t ns = move_ns("pid");

	(void)data;
	check_eq(unshare(CLONE_NEWPID), 0);
	check_eq(getpid(), self);
	check_eq(move_ns("pid"), ns);
	child = vm_sleeper(0);
	check_eq(move_ns("pid"), ns);
	check(move_ns("pid_for_children") != ns);
	check_eq(vm_ino(child, "pid"), move_ns("pid_for_children"));
	vm_kill(child);
	errno = 0;
	check_eq(fork(), -1);
	check_eq(errno, ENOMEM);
	return 0;
}

static int be_one(void *data)
{
	(void)data;
	check_eq(getpid(), 1);
	check_eq(getsid(0), 0);
	return 0;
}

static void test_plain(void)
{
	check_eq(vm_reap(vm_child(0, unshare_children, NULL)), 0);
	check_eq(vm_reap(vm_child(CLONE_NEWPID, be_one, NULL)), 0);
}

static int move_and_fork(void *data)
{
	(void)data;
	check_eq(move_alone(0), 0);
	check_eq(getpid(), 1);
	check_eq(vm_reap(vm_child(0, kill_init, NULL)), 0);
	return 5;
}

static bool has_one_namespace(void *data)
{
	struct vm_ns *list;
	int count = 0;

	(void)data;
	if (vm_ns_dump(&list, &count))
		return false;
	free(list);
	return count == 1;
}

static int move_many(void *data)
{
	struct vm_ns before, after;
	int rounds = move_rounds();

	(void)data;
	check_eq(vm_ns_get(0, &before), 0);
	for (int i = 0; i < rounds; i++)
		if (!check_eq(vm_reap(vm_child(0, move_and_fork, NULL)), 5))
			break;
	check(vm_wait(has_one_namespace, NULL));
	check_eq(vm_ns_get(0, &after), 0);
	check_eq(after.used, before.used);
	check_eq(after.failures, before.failures);
	check_eq(after.peak, before.used + 2);
	return 0;
}

static void test_many(void)
{
	check_eq(move_apart(move_many, NULL), 0);
}

static const struct vm_test tests[] = {
	{"inside it is 1, alone in its group and session, without a parent", test_inside},
	{"outside it has the number it had, and a namespace more", test_outside},
	{"orphans are its own", test_reaper},
	{"U14: its own signals are ignored, those from outside as any init's", test_signals},
	{"U15: with it the namespace ends", test_exit},
	{"moves nest as deep as namespaces do", test_nesting},
	{"other namespaces come along", test_flags},
	{"cgroups do not notice", test_cgroup},
	{"U16: CLONE_NEWPID is what it was", test_plain},
	{"many moves, and nothing is left of them", test_many},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
