// SPDX-License-Identifier: GPL-2.0-or-later
/* forest-task.c - the tasks of a forest: what each does from its first to its last moment. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "forest.h"

/* Touched pages count only, so this costs a sleeper 4 KB. */
#define STACK_SIZE 16384

static char *arena;
static size_t arena_slots;
static atomic_size_t arena_used;

int task_arena(size_t tasks)
{
	arena_slots = tasks;
	arena = mmap(NULL, tasks * STACK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return arena == MAP_FAILED ? -errno : 0;
}

pid_t task_start(int (*entry)(void *), const void *arg, size_t len, uint64_t flags, int *ret_pidfd)
{
	size_t slot = atomic_fetch_add(&arena_used, 1);
	char *top;
	pid_t pid;

	if (slot >= arena_slots)
		return -ENOMEM;
	top = arena + (slot + 1) * STACK_SIZE - ((len + 63) & ~(size_t)63);
	memcpy(top, arg, len);
	if (!(flags & CLONE_THREAD))
		flags |= SIGCHLD;
	if (ret_pidfd)
		flags |= CLONE_PIDFD;
	pid = clone(entry, top, (int)flags, top, ret_pidfd);
	return pid < 0 ? -errno : pid;
}

_Noreturn void task_sleep(void)
{
	for (;;)
		syscall(SYS_pause);
}

/* SIGKILL ends an init too when it comes from above; a builder that is gone sends none. */
void task_follow(int builder_pidfd)
{
	struct pollfd builder = {.fd = builder_pidfd, .events = POLLIN};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (poll(&builder, 1, 0) != 0)
		_exit(1);
}

void task_set_name(const char *comm)
{
	prctl(PR_SET_NAME, comm);
}

void node_name(const struct spec *spec, uint32_t index, uint32_t level, char ret_name[FOREST_COMM])
{
	snprintf(ret_name, FOREST_COMM, "%s-%u.%u", spec->name, index % 10000, level % 100);
}

void task_keep_files(const int *fds, size_t count)
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	int last = STDERR_FILENO;

	dup2(nowhere, STDIN_FILENO);
	dup2(nowhere, STDOUT_FILENO);
	for (;;) {
		int next = INT_MAX;

		for (size_t i = 0; i < count; i++)
			if (fds[i] > last && fds[i] < next)
				next = fds[i];
		if (next > last + 1)
			syscall(SYS_close_range, last + 1, next == INT_MAX ? ~0u : next - 1u, 0);
		if (next == INT_MAX)
			return;
		last = next;
	}
}

static void task_report(const struct node *node, char state, bool is_init)
{
	struct report report = {.kind = REPORT_TASK, .ns = node->ns, .nr = 1, .state = state};
	struct sender self = {.uid = geteuid(), .gid = getegid()};
	struct stat st;

	self.pid = (pid_t)syscall(SYS_gettid);
	report.numbers[0] = self.pid;
	report.pid = getpid();
	report.ppid = getppid();
	report.pgid = getpgrp();
	report.sid = getsid(0);
	memcpy(report.comm, node->comm, sizeof(report.comm));
	if (is_init) {
		if (stat("/proc/self/ns/pid", &st) == 0)
			report.ino = st.st_ino;
		if (stat("/proc/self/ns/user", &st) == 0)
			report.owner_ns = st.st_ino;
	}
	if (report_send(node->up, &report, &self) < 0)
		syscall(SYS_exit_group, 1);
}

static void task_fail(const struct node *node, int error)
{
	struct report report = {.kind = REPORT_FAILED, .ns = node->ns, .error = (uint32_t)-error};
	struct sender self = {.pid = getpid(), .uid = geteuid(), .gid = getegid()};

	report_send(node->up, &report, &self);
	task_sleep();
}

static void use_processor(unsigned int ms)
{
	struct timespec used = {0};

	while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms)
		syscall(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &used);
}

static int task_thread(void *arg)
{
	const struct node *node = arg;

	task_set_name(node->comm);
	use_processor(node->spec->busy_ms);
	task_report(node, 'S', false);
	task_sleep();
}

static void start_threads(const struct node *node, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		pid_t tid = task_start(task_thread, node, sizeof(*node),
				       CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
					       CLONE_THREAD | CLONE_SYSVSEM,
				       NULL);

		if (tid < 0)
			task_fail(node, tid);
	}
}

int task_member(void *arg)
{
	const struct node *node = arg;

	task_follow(node->builder);
	task_set_name(node->comm);
	if (node->state == 'L') {
		task_report(node, 'Z', false);
		start_threads(node, 1);
		syscall(SYS_exit, 0); /* this thread only */
	}
	task_report(node, node->state, false);
	if (node->state == 'Z')
		return 0;
	if (node->state == 'T')
		kill(getpid(), SIGSTOP);
	start_threads(node, node->spec->threads - 1);
	task_sleep();
}

/* Start `count` members, and see them reach the state they are meant for. */
static void start_members(const struct node *init, char state, unsigned int count)
{
	struct node node = *init;
	siginfo_t info;

	node.state = state;
	for (unsigned int i = 0; i < count; i++) {
		pid_t pid = task_start(task_member, &node, sizeof(node),
				       CLONE_VM | CLONE_FS | CLONE_FILES, NULL);

		if (pid < 0)
			task_fail(init, pid);
		if (state == 'Z' && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0)
			task_fail(init, -errno);
		if (state == 'T' && waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT) < 0)
			task_fail(init, -errno);
	}
}

/* An init of its own user namespace is root in it; one with a uid gives up all else. Either change
 * makes a process undumpable, which would hide its ns links from its own user. */
static void take_identity(const struct spec *spec)
{
	uid_t uid = spec->user ? 0 : (uid_t)spec->uid;

	if (!spec->user && spec->uid < 0)
		return;
	syscall(SYS_setgroups, 0, NULL);
	syscall(SYS_setresgid, uid, uid, uid);
	syscall(SYS_setresuid, uid, uid, uid);
	prctl(PR_SET_DUMPABLE, 1);
}

/* Depth 33 is asked for to get as deep as the kernel goes: ENOSPC is then the end, as promised. */
static pid_t start_child_init(const struct node *node, int up)
{
	struct node child = *node;
	uint64_t shared = node->spec->shared ? CLONE_VM | CLONE_FS : 0;
	pid_t pid;

	if (node->level + 1 >= node->spec->depth)
		return 0;
	child.ns++;
	child.level++;
	if (!node->spec->comm)
		node_name(node->spec, child.index, child.level, child.comm);
	child.up = up;
	child.go = -1;
	pid = task_start(task_init, &child, sizeof(child), CLONE_NEWPID | shared, NULL);
	return pid == -ENOSPC && node->spec->depth >= FOREST_LEVELS ? 0 : pid;
}

static _Noreturn void relay(int from, int up)
{
	struct report report;
	struct sender sender;

	while (report_receive(from, &report, &sender) == 0 && report.nr < FOREST_LEVELS) {
		report.numbers[report.nr++] = sender.pid;
		if (report_send(up, &report, &sender) < 0)
			break;
	}
	task_sleep();
}

static void settle(const struct node *node, bool has_child)
{
	struct report report = {.kind = REPORT_SETTLED, .ns = node->ns, .has_child = has_child};
	struct sender self = {.pid = getpid(), .uid = geteuid(), .gid = getegid()};

	report_send(node->up, &report, &self);
}

int task_init(void *arg)
{
	const struct node *node = arg;
	const struct spec *spec = node->spec;
	int below[2] = {-1, -1};
	char byte;
	pid_t child;

	task_keep_files((const int[]){node->up, node->go, node->builder}, 3);
	if (node->go >= 0 && read(node->go, &byte, 1) != 1)
		_exit(1);
	setsid();
	take_identity(spec);
	task_follow(node->builder);
	task_set_name(node->comm);
	task_report(node, 'S', true);
	start_threads(node, spec->threads - 1);
	start_members(node, 'S', spec->tasks - 1);
	start_members(node, 'Z', spec->zombies);
	start_members(node, 'T', spec->stopped);
	start_members(node, 'L', spec->leaderless);
	if (report_pipe(below) < 0)
		task_fail(node, -EMFILE);
	child = start_child_init(node, below[1]);
	if (child < 0)
		task_fail(node, child);
	settle(node, child > 0);
	if (spec->restless)
		spec->restless->run(node);
	if (child > 0)
		relay(below[0], node->up);
	task_sleep();
}
