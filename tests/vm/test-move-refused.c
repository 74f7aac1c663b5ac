// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * test-move-refused.c - every reason there is to refuse a move, and that nothing has changed then; no
 * memory is test-move-memory.c.
 */
#include <errno.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "move.h"
#include "vm.h"

static void apart(int (*fn)(void *))
{
	check_eq(move_apart(fn, NULL), 0);
}

static void *sleep_in_thread(void *data)
{
	(void)data;
	pause();
	return NULL;
}

static void *move_in_thread(void *data)
{
	(void)data;
	check_refused(0, -EBUSY);
	return NULL;
}

static int with_threads(void *data)
{
	pthread_t sleeper, mover;

	(void)data;
	vm_must(setsid() == getpid(), "setsid");
	vm_must(!pthread_create(&sleeper, NULL, sleep_in_thread, NULL), "thread");
	check_refused(0, -EBUSY);
	check_refused(CLONE_NEWUSER, -EBUSY);
	vm_must(!pthread_create(&mover, NULL, move_in_thread, NULL), "thread");
	pthread_join(mover, NULL);
	return 0;
}

static void *end_thread(void *data)
{
	return data;
}

/*
 * A thread that was joined is on its way out for a moment, and until it is gone the answer is to ask
 * again, not that it never can. Without a namespace left no process moves, so it is asked many times.
 */
static int with_ended_threads(void *data)
{
	enum { THREADS = 3000 };
	int busy = 0, got;

	(void)data;
	vm_must(setsid() == getpid() && !unshare(CLONE_NEWUSER), "unshare");
	check(vm_write("/proc/sys/user/max_pid_namespaces", "0"));
	for (int i = 0; i < THREADS && !vm_has_failed(); i++) {
		pthread_t thread;

		vm_must(!pthread_create(&thread, NULL, end_thread, NULL), "thread");
		pthread_join(thread, NULL);
		while ((got = move_in(0)) == -EBUSY)
			busy++;
		check_eq(got, -ENOSPC);
	}
	printf("    %d times too early\n", busy);
	fflush(stdout);
	return 0;
}

static void test_threads(void)
{
	apart(with_threads);
	apart(with_ended_threads);
}

static int no_leader(void *data)
{
	(void)data;
	check_refused(0, -EBUSY);
	check_eq(setpgid(0, 0), 0);
	check_refused(0, -EBUSY);
	return 0;
}

/* The group and the session of a process that is no more, and no other process in them. */
static int last_member(void *data)
{
	struct vm_gate *gate = data;

	vm_gate_wait(gate);
	check(getsid(0) != getpid());
	check_refused(0, -EBUSY);
	check_eq(setpgid(0, 0), 0);
	check_refused(0, -EBUSY);
	vm_gate_open(gate, 1);
	return 0;
}

static int leave_member(void *data)
{
	vm_must(setsid() == getpid(), "setsid");
	if (fork() == 0)
		_exit(last_member(data));
	return 0;
}

static int without_leader(void *data)
{
	struct vm_gate gate;
	int status;

	(void)data;
	vm_gate_init(&gate);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	check_eq(vm_reap(vm_child(0, leave_member, &gate)), 0);
	vm_gate_open(&gate, 1);
	check(wait(&status) > 0);
	check_eq(status, 0);
	return 0;
}

static int sleep_in_group(void *data)
{
	vm_gate_open(data, 1);
	return pause();
}

static int sleep_in_session(void *data)
{
	check_eq(setpgid(0, 0), 0);
	return sleep_in_group(data);
}

/* A member that is no process's child here: its parent has ended. */
static void add_member(int (*fn)(void *), struct vm_gate *gate)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (fork() == 0)
			_exit(fn(gate));
		_exit(0);
	}
	vm_reap(pid);
	vm_gate_wait(gate);
}

static int with_member(void *data)
{
	struct vm_gate gate;

	vm_gate_init(&gate);
	vm_must(setsid() == getpid(), "setsid");
	add_member(data, &gate);
	check_refused(0, -EBUSY);
	return 0;
}

static int in_group(void *data)
{
	(void)data;
	return with_member(sleep_in_group);
}

static int in_session(void *data)
{
	(void)data;
	return with_member(sleep_in_session);
}

static void test_group(void)
{
	apart(no_leader);
	apart(without_leader);
	apart(in_group);
	apart(in_session);
}

static char stack[65536] __attribute__((aligned(16)));

static int sharing(void *data)
{
	(void)data;
	vm_must(setsid() == getpid(), "setsid");
	check_refused(0, -EINVAL);
	return 0;
}

static int with_shared(void *data)
{
	static const int flags[] = {CLONE_VM, CLONE_VM | CLONE_SIGHAND, CLONE_VM | CLONE_VFORK};
	int status;
	pid_t pid;

	(void)data;
	for (int i = 0; i < 3; i++) {
		pid = clone(sharing, stack + sizeof(stack), flags[i] | SIGCHLD, NULL);
		vm_must(pid > 0, "clone");
		check_eq(waitpid(pid, &status, 0), pid);
		check_eq(status, 0);
	}
	return 0;
}

static void test_shared(void)
{
	apart(with_shared);
}

static int with_children(void *data)
{
	pid_t child = vm_sleeper(0);

	(void)data;
	vm_must(setsid() == getpid(), "setsid");
	check_refused(0, -EBUSY);
	kill(child, SIGKILL);
	vm_wait_exit(child);
	check_refused(0, -EBUSY);
	vm_reap(child);
	check_eq(move_in(0), 0);
	return 0;
}

static void test_children(void)
{
	apart(with_children);
}

static int be_traced(void *data)
{
	struct vm_gate *gates = data;

	vm_must(setsid() == getpid(), "setsid");
	vm_gate_wait(&gates[0]);
	check_refused(0, -EBUSY);
	vm_gate_open(&gates[1], 1);
	vm_gate_wait(&gates[0]);
	check_eq(move_in(0), 0);
	return 0;
}

static int stop_traced(pid_t pid)
{
	int status;

	check_eq(ptrace(PTRACE_INTERRUPT, pid, 0, 0), 0);
	check_eq(waitpid(pid, &status, 0), pid);
	return ptrace(PTRACE_DETACH, pid, 0, 0);
}

static int trace(void *data)
{
	struct vm_gate gates[2];
	pid_t pid;

	(void)data;
	vm_gate_init(&gates[0]);
	vm_gate_init(&gates[1]);
	pid = vm_child(0, be_traced, gates);
	check_eq(ptrace(PTRACE_SEIZE, pid, 0, 0), 0);
	vm_gate_open(&gates[0], 1);
	vm_gate_wait(&gates[1]);
	check_eq(stop_traced(pid), 0);
	vm_gate_open(&gates[0], 1);
	check_eq(vm_reap(pid), 0);
	return 0;
}

/* It traces a process that is not its child. */
static int be_tracer(void *data)
{
	pid_t sibling = *(pid_t *)data;

	vm_must(setsid() == getpid(), "setsid");
	check_eq(ptrace(PTRACE_SEIZE, sibling, 0, 0), 0);
	check_refused(0, -EBUSY);
	check_eq(stop_traced(sibling), 0);
	check_eq(move_in(0), 0);
	return 0;
}

static int with_tracer(void *data)
{
	pid_t sibling = vm_sleeper(0);

	(void)data;
	check_eq(vm_reap(vm_child(0, be_tracer, &sibling)), 0);
	vm_kill(sibling);
	return 0;
}

static void test_trace(void)
{
	apart(trace);
	apart(with_tracer);
}

static int be_init(void *data)
{
	(void)data;
	check_eq(setsid(), 1);
	check_refused(0, -EINVAL);
	return 0;
}

static int move_twice(void *data)
{
	(void)data;
	check_eq(move_alone(0), 0);
	check_refused(0, -EINVAL);
	return 0;
}

static int with_init(void *data)
{
	(void)data;
	check_eq(vm_reap(vm_child(CLONE_NEWPID, be_init, NULL)), 0);
	check_eq(vm_reap(vm_child(0, move_twice, NULL)), 0);
	return 0;
}

static void test_init(void)
{
	apart(with_init);
}

static int with_unshared(void *data)
{
	(void)data;
	vm_must(setsid() == getpid() && !unshare(CLONE_NEWPID), "unshare");
	check_refused(0, -EINVAL);
	return 0;
}

static int with_other(void *data)
{
	int fd = vm_ns_fd(*(pid_t *)data, "pid");

	vm_must(setsid() == getpid() && !setns(fd, CLONE_NEWPID), "setns");
	check_refused(0, -EINVAL);
	return 0;
}

static int with_for_children(void *data)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);

	(void)data;
	check_eq(vm_reap(vm_child(0, with_unshared, NULL)), 0);
	check_eq(vm_reap(vm_child(0, with_other, &init)), 0);
	vm_kill(init);
	return 0;
}

static void test_for_children(void)
{
	apart(with_for_children);
}

/* Whatever else is wrong, that one may not is all one is told. */
static int without_right(void *data)
{
	pthread_t thread;

	(void)data;
	vm_must(setsid() == getpid(), "setsid");
	vm_must(!setresgid(65534, 65534, 65534) && !setresuid(65534, 65534, 65534), "setuid");
	prctl(PR_SET_DUMPABLE, 1);
	check_refused(0, -EPERM);
	check_refused(CLONE_NEWPID, -EPERM);
	vm_must(!pthread_create(&thread, NULL, sleep_in_thread, NULL), "thread");
	vm_sleeper(0);
	check_refused(0, -EPERM);
	check_refused(CLONE_NEWPID | CLONE_THREAD, -EPERM);
	return 0;
}

static int switched_off(void *data)
{
	static const char path[] = "/proc/sys/kernel/pid_ns_move";

	(void)data;
	vm_must(setsid() == getpid(), "setsid");
	check_eq(vm_read_number(path), 1);
	check(!vm_write(path, "2"));
	check(vm_write(path, "0"));
	check_refused(0, -EPERM);
	check_refused(CLONE_NEWUSER, -EPERM);
	check_refused(CLONE_NEWPID, -EPERM);
	check(vm_write(path, "1"));
	check_eq(move_in(0), 0);
	return 0;
}

static void test_right(void)
{
	apart(without_right);
	apart(switched_off);
}

/* Returned only after a grace period, as with all namespaces: ask until the answer is another. */
static bool is_not_full(void *data)
{
	*(int *)data = move_in(0);
	return *(int *)data != -ENOSPC;
}

static int with_limit(void *data)
{
	static const char path[] = "/proc/sys/user/max_pid_namespaces";
	int got;

	(void)data;
	vm_must(setsid() == getpid() && !unshare(CLONE_NEWUSER), "unshare");
	check(vm_write(path, "0"));
	check_refused(0, -ENOSPC);
	check(vm_write(path, "1"));
	vm_kill(vm_sleeper(CLONE_NEWPID));
	check(vm_wait(is_not_full, &got));
	check_eq(got, 0);
	return 0;
}

/* That 32 is the deepest level is seen in test-move-works.c. */
static void test_limit(void)
{
	apart(with_limit);
}

static int with_bad_flags(void *data)
{
	struct clone_args args = {.flags = CLONE_NEWPIDS, .exit_signal = SIGCHLD};
	struct move_world *world;

	(void)data;
	vm_must(setsid() == getpid(), "setsid");
	check_refused(CLONE_NEWPID, -EINVAL);
	check_refused(CLONE_NEWPID | CLONE_NEWUSER | CLONE_NEWNS, -EINVAL);
	check_refused(CLONE_PARENT, -EINVAL);
	check_refused(1ULL << 41, -EINVAL);
	check_refused(1ULL << 63, -EINVAL);
	check_refused(SIGCHLD, -EINVAL);

	world = move_world_take();
	errno = 0;
	check_eq(syscall(SYS_clone, CLONE_NEWPIDS | SIGCHLD, 0, 0, 0, 0), -1);
	check_eq(errno, EINVAL);
	errno = 0;
	check_eq(syscall(SYS_clone, CLONE_NEWPIDS | CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0), -1);
	check_eq(errno, EINVAL);
	errno = 0;
	check_eq(syscall(SYS_clone3, &args, sizeof(args)), -1);
	check_eq(errno, EINVAL);
	move_world_check(world);
	return 0;
}

/* As an int that was extended has it, and other bits that no kernel has looked at. */
static void check_ignored(unsigned long flags)
{
	pid_t pid = syscall(SYS_clone, flags, 0, 0, 0, 0);

	if (pid == 0)
		_exit(7);
	check(pid > 0);
	check_eq(pid > 0 ? vm_reap(pid) : -1, 7);
}

static void check_all_ignored(void)
{
	check_ignored((unsigned long)(int)(CLONE_IO | SIGCHLD));
	check_ignored(~0UL << 32 | SIGCHLD);
	check_ignored(CLONE_NEWPIDS | 1UL << 41 | SIGCHLD);
	check_ignored(1UL << 63 | SIGCHLD);
}

static int refuse_unknown(void *data)
{
	(void)data;
	vm_must(setsid() == getpid() && !setuid(65534), "setuid");
	check_eq(syscall(SYS_unshare, (unsigned long)(int)CLONE_IO), -1);
	check_eq(errno, EINVAL);
	return 0;
}

/* clone() has always ignored the upper half, and unshare() always refused it. */
static void test_upper_half(void)
{
	check_all_ignored();
	check(vm_write("/proc/sys/kernel/pid_ns_move", "0"));
	check_all_ignored();
	check(vm_write("/proc/sys/kernel/pid_ns_move", "1"));
	check_eq(vm_reap(vm_child(0, refuse_unknown, NULL)), 0);
}

static void test_flags(void)
{
	apart(with_bad_flags);
}

static const struct vm_test tests[] = {
	{"U1: threads, also one that is about to be gone", test_threads},
	{"U2: others in the group or the session, or no leader", test_group},
	{"U3: shared memory or signal handlers", test_shared},
	{"U4: children, also dead ones", test_children},
	{"U5: traced or tracing", test_trace},
	{"U6: an init, also one that has moved", test_init},
	{"U7: children go elsewhere already", test_for_children},
	{"U8: no right, before anything else is told", test_right},
	{"U9: no namespace left", test_limit},
	{"U17: flags that do not go together, and clone", test_flags},
	{"an upper half of the flags that is not just this one is what it was", test_upper_half},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
