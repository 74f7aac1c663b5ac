// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-move-races.c - what others do to a process while it moves. All the time one process reads /proc,
 * and another lists tasks and namespaces over netlink. Each race gets a tenth
 * of the moves that PIDNS_MOVES in the environment says.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "move.h"
#include "vm.h"

/* ORPHAN is what vm_child makes of a child whose parent is gone before it has begun. */
enum { MOVED = 42, ORPHAN = 99 };

/* Each race takes a few processes a move, and an audience. */
static int rounds(void)
{
	return move_rounds() / 10 + 1;
}

static volatile sig_atomic_t is_over;

static void be_over(int sig)
{
	(void)sig;
	is_over = 1;
}

/* As many numbers as there are levels, or none; -EAGAIN where it is neither. */
static int look_at(pid_t pid)
{
	pid_t numbers[MOVE_LEVELS];
	int count = move_numbers_of(pid, "NSpid:", numbers);

	if (count == -ENOENT || count == -ESRCH)
		return 0;
	if (count < 1 || count > 2 || numbers[0] != pid || (count == 2 && numbers[1] <= 0))
		return -EAGAIN;
	return 0;
}

static bool looks_right(void *data)
{
	return !look_at(*(const pid_t *)data);
}

/*
 * Who is reaped while it is looked at has zeros among its numbers, and a thread that calls exec gets
 * its leader's. Neither lasts, but as long as the process that does it may be kept from going on.
 */
static void check_status(pid_t pid)
{
	check(vm_wait(looks_right, &pid));
}

static int read_proc(void *data)
{
	char newest[64];
	pid_t last;
	FILE *file;

	(void)data;
	signal(SIGTERM, be_over);
	while (!is_over) {
		file = fopen("/proc/loadavg", "re");
		vm_must(file, "/proc/loadavg");
		last = fgets(newest, sizeof(newest), file) ? atoi(strrchr(newest, ' ')) : 0;
		fclose(file);
		for (pid_t pid = 1; pid <= last; pid += pid < last - 10 ? last - 10 - pid : 1)
			check_status(pid);
	}
	return 0;
}

static void check_tasks(void)
{
	struct vm_task *list;
	int count;

	check_eq(vm_task_dump(&list, &count), 0);
	for (int i = 0; i < count; i++) {
		check_eq(list[i].vpids[0], list[i].tid);
		check(list[i].levels == 1 || list[i].levels == 2);
		for (int level = 0; level < list[i].levels; level++)
			check(list[i].vpids[level] > 0);
	}
	free(list);
}

static void check_namespaces(void)
{
	struct vm_ns *list;
	int count;

	check_eq(vm_ns_dump(&list, &count), 0);
	for (int i = 0; i < count; i++) {
		check(list[i].used <= list[i].peak || list[i].used <= 3);
		check_eq(list[i].failures, 0);
		check(list[i].state >= PIDNS_NS_STATE_ALIVE &&
		      list[i].state <= PIDNS_NS_STATE_ZOMBIE_INIT);
	}
	free(list);
}

static int list_all(void *data)
{
	(void)data;
	signal(SIGTERM, be_over);
	while (!is_over) {
		check_tasks();
		check_namespaces();
	}
	return 0;
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

/* One race, with its audience. */
static int with_audience(void *data)
{
	int (*race)(void *) = data;
	pid_t reader = vm_child(0, read_proc, NULL), lister = vm_child(0, list_all, NULL);
	int result = race(NULL);

	kill(reader, SIGTERM);
	kill(lister, SIGTERM);
	check_eq(vm_reap(reader), 0);
	check_eq(vm_reap(lister), 0);
	check(vm_wait(has_one_namespace, NULL));
	return result;
}

static void run(int (*race)(void *))
{
	check_eq(move_apart(with_audience, race), 0);
}

/* Move as soon as told, and again where another process was in the way for a moment. */
static int try_when_told(struct vm_gate *gate)
{
	int got;

	vm_gate_wait(gate);
	vm_must(setsid() == getpid(), "setsid");
	do
		got = move_in(0);
	while (got == -EBUSY);
	return got;
}

static int move_when_told(void *data)
{
	check_eq(try_when_told(data), 0);
	check_eq(getpid(), 1);
	check_eq(getsid(0), 1);
	return MOVED;
}

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/* A moment that differs from one try to the next, up to twice what a move takes. */
static void linger(int i, long long takes_us)
{
	long long end = now_us() + i % 20 * takes_us / 10;

	while (now_us() < end)
		;
}

/* It has been there all the time: there is no ESRCH before its parent has waited for it. */
static bool kill_mover(struct vm_gate *gate, int sig, int i, long long takes_us)
{
	pid_t pid = vm_child(0, move_when_told, gate);
	int status;

	vm_gate_open(gate, 1);
	linger(i, takes_us);
	check_eq(kill(pid, sig), 0);
	check_eq(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status))
		check_eq(WTERMSIG(status), sig);
	else
		check_eq(WEXITSTATUS(status), MOVED);
	/* Who had no time to read what it was told has left it to the next one. */
	if (WIFSIGNALED(status))
		vm_gate_empty(gate);
	return WIFSIGNALED(status);
}

/* What one takes that is not killed: the quickest of a few. */
static long long time_move(struct vm_gate *gate)
{
	long long start, best = 1000000;

	for (int i = 0; i < 10; i++) {
		pid_t pid = vm_child(0, move_when_told, gate);

		start = now_us();
		vm_gate_open(gate, 1);
		check_eq(vm_reap(pid), MOVED);
		if (now_us() - start < best)
			best = now_us() - start;
	}
	return best;
}

static int race_kill(void *data)
{
	struct vm_gate gate;
	long long takes_us;
	int killed = 0;

	(void)data;
	vm_gate_init(&gate);
	takes_us = time_move(&gate);
	for (int i = 0; i < rounds(); i++)
		killed += kill_mover(&gate, i & 1 ? SIGTERM : SIGKILL, i, takes_us);
	printf("    %d killed of %d\n", killed, rounds());
	fflush(stdout);
	return 0;
}

static void test_kill(void)
{
	run(race_kill);
}

/* What a race does while `pid` moves, until it has ended. */
static int race_with(void (*meddle)(pid_t pid))
{
	struct vm_gate gate;
	pid_t pid;

	vm_gate_init(&gate);
	for (int i = 0; i < rounds(); i++) {
		pid = vm_child(0, move_when_told, &gate);
		vm_gate_open(&gate, 1);
		meddle(pid);
		if (!check_eq(vm_reap(pid), MOVED))
			return 1;
	}
	return 0;
}

static void only_wait(pid_t pid)
{
	(void)pid;
}

static int race_wait(void *data)
{
	(void)data;
	return race_with(only_wait);
}

static void test_wait(void)
{
	run(race_wait);
}

static uint64_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

static void open_pidfds(pid_t pid)
{
	struct pollfd first = {.fd = syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};

	check(first.fd >= 0);
	while (poll(&first, 1, 0) == 0) {
		int next = syscall(SYS_pidfd_open, pid, 0);

		if (!check(next >= 0))
			break;
		check_eq(inode_of(next), inode_of(first.fd));
		check_eq(syscall(SYS_pidfd_send_signal, next, 0, NULL, 0), 0);
		close(next);
	}
	close(first.fd);
}

static int race_pidfd(void *data)
{
	(void)data;
	return race_with(open_pidfds);
}

static void test_pidfd(void)
{
	run(race_pidfd);
}

static bool is_zombie(pid_t pid)
{
	siginfo_t info = {0};

	return !waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid == pid;
}

/* A session's leader has its own group for ever, and others are not let in from outside. */
static int move_among_groups(void *data)
{
	int got;

	vm_gate_wait(data);
	while (setsid() < 0)
		check_eq(errno, EPERM);
	got = move_in(0);
	check_eq(got, 0);
	check_eq(getpgrp(), 1);
	return MOVED;
}

static int race_setpgid(void *data)
{
	pid_t sibling = vm_sleeper(0), pid;
	struct vm_gate gate;

	(void)data;
	vm_gate_init(&gate);
	/* A group that has a number in this namespace, to put the child back into. */
	check_eq(setpgid(0, 0), 0);
	for (int i = 0; i < rounds(); i++) {
		pid = vm_child(0, move_among_groups, &gate);
		vm_gate_open(&gate, 1);
		while (!is_zombie(pid)) {
			setpgid(pid, pid);
			setpgid(pid, getpgrp());
			if (getsid(pid) == pid)
				check_eq(setpgid(sibling, pid), -1);
		}
		check_eq(vm_reap(pid), MOVED);
	}
	vm_kill(sibling);
	return 0;
}

static void test_setpgid(void)
{
	run(race_setpgid);
}

/* Attaches and lets go, again and again, until the process has ended. */
static int trace_process(void *data)
{
	pid_t pid = *(pid_t *)data;
	int status;

	while (!ptrace(PTRACE_SEIZE, pid, 0, 0)) {
		ptrace(PTRACE_INTERRUPT, pid, 0, 0);
		if (waitpid(pid, &status, __WALL) < 0 || !WIFSTOPPED(status))
			return 0;
		check_eq(ptrace(PTRACE_DETACH, pid, 0, 0), 0);
		sched_yield();
	}
	return 0;
}

static int race_ptrace(void *data)
{
	struct vm_gate gate;
	pid_t pid, tracer;

	(void)data;
	vm_gate_init(&gate);
	for (int i = 0; i < rounds(); i++) {
		pid = vm_child(0, move_when_told, &gate);
		tracer = vm_child(0, trace_process, &pid);
		vm_gate_open(&gate, 1);
		check_eq(vm_reap(tracer), 0);
		check_eq(vm_reap(pid), MOVED);
	}
	return 0;
}

static void test_ptrace(void)
{
	run(race_ptrace);
}

/* It may outlive the process that made it. */
static int move_alone_when_told(void *data)
{
	prctl(PR_SET_PDEATHSIG, 0);
	return move_when_told(data);
}

/* Says so when it does: until then it would die with the thread that made it. */
struct survivor {
	struct vm_gate told, survives;
};

static int survive_and_move(void *data)
{
	struct survivor *survivor = data;

	prctl(PR_SET_PDEATHSIG, 0);
	vm_gate_open(&survivor->survives, 1);
	return move_when_told(&survivor->told);
}

static char pid_text[16];

static void *exec_in_thread(void *data)
{
	linger(*(int *)data, 1000);
	execl("/proc/self/exe", "test-move-races", "--reap", pid_text, NULL);
	return NULL;
}

/* The parent becomes another program while the child moves, by a thread that is not its first. */
static int exec_parent(void *data)
{
	struct survivor survivor;
	pthread_t thread;

	vm_gate_init(&survivor.told);
	vm_gate_init(&survivor.survives);
	snprintf(pid_text, sizeof(pid_text), "%d", vm_child(0, survive_and_move, &survivor));
	vm_gate_wait(&survivor.survives);
	vm_gate_open(&survivor.told, 1);
	vm_must(!pthread_create(&thread, NULL, exec_in_thread, data), "thread");
	pthread_join(thread, NULL);
	return 1;
}

static int race_exec(void *data)
{
	(void)data;
	for (int i = 0; i < rounds(); i++)
		check_eq(vm_reap(vm_child(0, exec_parent, &i)), MOVED);
	return 0;
}

static void test_exec(void)
{
	run(race_exec);
}

/* The parent is gone before the child knows it. */
static int leave_mover(void *data)
{
	struct vm_gate *gate = data;

	vm_child(0, move_alone_when_told, gate);
	vm_gate_open(gate, 1);
	return 0;
}

static int race_exit(void *data)
{
	struct vm_gate gate;
	int status;

	(void)data;
	vm_gate_init(&gate);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < rounds(); i++) {
		vm_reap(vm_child(0, leave_mover, &gate));
		check(waitpid(-1, &status, 0) > 0);
		check(status == MOVED << 8 || status == SIGKILL || status == ORPHAN << 8);
	}
	return 0;
}

static void test_exit(void)
{
	run(race_exit);
}

/* Too late it is refused as a fork is. */
static int move_or_not(void *data)
{
	int got;

	prctl(PR_SET_PDEATHSIG, 0);
	got = try_when_told(data);
	check(got == 0 || got == -ENOMEM);
	check_eq(getpid() == 1, got == 0);
	return MOVED;
}

/* The namespace it leaves ends at that moment: it is killed, here or there. */
static int end_namespace(void *data)
{
	struct vm_gate gate;

	vm_gate_init(&gate);
	vm_child(0, move_or_not, &gate);
	vm_gate_open(&gate, 1);
	linger(*(int *)data, 1000);
	return MOVED;
}

static int race_end(void *data)
{
	(void)data;
	for (int i = 0; i < rounds(); i++)
		check_eq(vm_reap(vm_child(CLONE_NEWPID, end_namespace, &i)), MOVED);
	return 0;
}

static int list_only(void *data)
{
	int (*race)(void *) = data;
	int result = race(NULL);

	check(vm_wait(has_one_namespace, NULL));
	return result;
}

static void test_end(void)
{
	check_eq(move_apart(list_only, race_end), 0);
}

/* Goes where the mover is, before or after it has moved, with a child of its own. */
static int join_process(void *data)
{
	int fd = vm_ns_fd(*(pid_t *)data, "pid");
	pid_t child;

	if (fd < 0 || setns(fd, CLONE_NEWPID))
		return 0;
	child = fork();
	if (child == 0)
		_exit(0);
	/* Its init may be gone already. */
	check(child > 0 || errno == ENOMEM);
	if (child > 0)
		waitpid(child, NULL, 0);
	return 0;
}

static int race_join(void *data)
{
	struct vm_gate gate;
	pid_t pid, joiner;

	(void)data;
	vm_gate_init(&gate);
	for (int i = 0; i < rounds(); i++) {
		pid = vm_child(0, move_when_told, &gate);
		joiner = vm_child(0, join_process, &pid);
		vm_gate_open(&gate, 1);
		check_eq(vm_reap(pid), MOVED);
		check_eq(vm_reap(joiner), 0);
	}
	return 0;
}

static void test_join(void)
{
	run(race_join);
}

enum { SIGNALS = 20 };

static volatile sig_atomic_t handled;

static void count_signal(int sig)
{
	(void)sig;
	handled++;
}

/* Of two that are queued the one with the lower number comes first: none is left after the last. */
static int move_and_count(void *data)
{
	int result = move_when_told(data);

	while (!is_over)
		sched_yield();
	check_eq(handled, SIGNALS);
	return result;
}

static int race_signals(void *data)
{
	const union sigval nothing = {0};
	struct vm_gate gate;
	long long takes_us;
	pid_t pid;

	(void)data;
	vm_gate_init(&gate);
	takes_us = time_move(&gate);
	signal(SIGRTMIN, count_signal);
	signal(SIGRTMIN + 1, be_over);
	for (int i = 0; i < rounds(); i++) {
		pid = vm_child(0, move_and_count, &gate);
		vm_gate_open(&gate, 1);
		for (int k = 0; k < SIGNALS; k++) {
			check_eq(sigqueue(pid, SIGRTMIN, nothing), 0);
			linger(i, takes_us / SIGNALS);
		}
		check_eq(sigqueue(pid, SIGRTMIN + 1, nothing), 0);
		check_eq(vm_reap(pid), MOVED);
	}
	return 0;
}

static void test_signals(void)
{
	run(race_signals);
}

#define CGROUP "/sys/fs/cgroup/move-races"

static int move_in_cgroup(void *data)
{
	check(vm_write(CGROUP "/cgroup.procs", "0"));
	return move_when_told(data);
}

static int race_freezer(void *data)
{
	struct vm_gate gate;
	pid_t pid;

	(void)data;
	vm_gate_init(&gate);
	check_eq(mkdir(CGROUP, 0755), 0);
	for (int i = 0; i < rounds(); i++) {
		pid = vm_child(0, move_in_cgroup, &gate);
		vm_gate_open(&gate, 1);
		while (!is_zombie(pid)) {
			check(vm_write(CGROUP "/cgroup.freeze", "1"));
			check(vm_write(CGROUP "/cgroup.freeze", "0"));
			sched_yield();
		}
		check_eq(vm_reap(pid), MOVED);
	}
	check_eq(rmdir(CGROUP), 0);
	return 0;
}

static void test_freezer(void)
{
	run(race_freezer);
}

static const struct vm_test tests[] = {
	{"kill", test_kill},
	{"signals that are handled", test_signals},
	{"a freezer of a cgroup", test_freezer},
	{"a parent that waits", test_wait},
	{"pidfd_open", test_pidfd},
	{"setpgid, and others who would be in its group", test_setpgid},
	{"ptrace attach and detach", test_ptrace},
	{"exec in the parent", test_exec},
	{"the parent's exit", test_exit},
	{"the end of the namespace it comes from", test_end},
	{"setns to where it is, and fork", test_join},
};

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--reap"))
		return vm_reap(atoi(argv[2]));
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
