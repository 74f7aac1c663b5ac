// SPDX-License-Identifier: GPL-2.0-or-later
/* test-agree.c - the family, /proc and the ioctls of nsfs tell one story. */
#include <errno.h>
#include <fcntl.h>
#include <linux/ioctl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

/* Since 6.11, and so not in every <linux/nsfs.h>. */
#define GET_PID_FROM_PIDNS  _IOR(0xb7, 0x6, int)
#define GET_TGID_FROM_PIDNS _IOR(0xb7, 0x7, int)
#define GET_PID_IN_PIDNS    _IOR(0xb7, 0x8, int)
#define GET_TGID_IN_PIDNS   _IOR(0xb7, 0x9, int)

/* init, its thread, a sleeper, the other user, the one that unshared, its child, a zombie. */
enum { PLANTED = 7 };
/* The thread, the other user and the one that unshared say when they are there; the init when all are. */
enum { GATES = 4 };

static void *wait_in_thread(void *data)
{
	prctl(PR_SET_NAME, "a thread");
	vm_gate_open(data, 1);
	pause();
	return NULL;
}

/* A namespace with some of everything, and another one inside. */
static int plant(void *data)
{
	pthread_t thread;
	pid_t pid;

	prctl(PR_SET_NAME, "odd ) R 1\nname");
	vm_must(!pthread_create(&thread, NULL, wait_in_thread, data), "thread");
	pid = vm_sleeper(0);
	setpgid(pid, pid);
	pid = fork();
	if (pid == 0) {
		setsid();
		vm_must(!setresuid(1000, 1001, 1002), "setresuid");
		vm_gate_open(data, 1);
		pause();
	}
	pid = fork();
	if (pid == 0) {
		vm_must(!unshare(CLONE_NEWPID), "unshare");
		vm_sleeper(0);
		vm_gate_open(data, 1);
		pause();
	}
	if (fork() == 0)
		_exit(0);
	vm_gate_open(data, 1);
	return pause();
}

static void wait_for_planted(struct vm_gate *gate)
{
	for (int i = 0; i < GATES; i++)
		vm_gate_wait(gate);
}

static bool read_file(const struct vm_task *task, const char *name, char *text, size_t size)
{
	char path[80];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", (int)task->tgid, (int)task->tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = 0;
	return got > 0;
}

/* The numbers after "\nKEY:", and how many there are. */
static int numbers_of(const char *status, const char *key, uint64_t *values, int room)
{
	char start[32], *end;
	const char *at;
	int count = 0;

	snprintf(start, sizeof(start), "\n%s:", key);
	at = strstr(status, start);
	if (!at)
		return 0;
	for (at += strlen(start); count < room; at = end, count++) {
		while (*at == '\t' || *at == ' ')
			at++;
		values[count] = strtoull(at, &end, 10);
		if (end == at)
			break;
	}
	return count;
}

static void check_status(const struct vm_task *task)
{
	static char status[8192];
	uint64_t values[VM_LEVELS];
	int count;

	if (!check(read_file(task, "status", status, sizeof(status))))
		return;
	count = numbers_of(status, "NSpid", values, VM_LEVELS);
	check_eq(count, task->levels);
	for (int i = 0; i < count; i++)
		check_eq(values[i], task->vpids[i]);
	count = numbers_of(status, "NSpgid", values, VM_LEVELS);
	check_eq(count ? values[count - 1] : 0, task->vpgid);
	count = numbers_of(status, "NSsid", values, VM_LEVELS);
	check_eq(count ? values[count - 1] : 0, task->vsid);
	check_eq(numbers_of(status, "Tgid", values, 1), 1);
	check_eq(values[0], task->tgid);
	check_eq(numbers_of(status, "PPid", values, 1), 1);
	check_eq(values[0], task->ppid);
	check_eq(numbers_of(status, "Uid", values, 4), 4);
	check_eq(values[0], task->ruid);
	check_eq(values[1], task->uid);
}

/* utime + stime are rounded down each, so they may be two ticks less. */
static void check_cpu(const struct vm_task *task, unsigned long long ticks)
{
	uint64_t tick = 1000000000 / sysconf(_SC_CLK_TCK);
	uint64_t cpu = task->tid == task->tgid ? task->group_cpu : task->cpu;

	check(cpu + tick >= ticks * tick && cpu <= (ticks + 2) * tick);
}

static void check_stat(const struct vm_task *task)
{
	unsigned long long utime, stime, start, threads, rss;
	uint64_t tick = 1000000000 / sysconf(_SC_CLK_TCK);
	char text[1024], path[64], *end, state;
	FILE *file;

	/* Of the whole process, unless it is a thread. */
	if (task->tid == task->tgid) {
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)task->tid);
		file = fopen(path, "re");
		text[file ? fread(text, 1, sizeof(text) - 1, file) : 0] = 0;
		if (file)
			fclose(file);
	} else {
		read_file(task, "stat", text, sizeof(text));
	}
	end = strrchr(text, ')');
	if (!check(end && sscanf(end + 2,
				 "%c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d "
				 "%*d %*d %llu %*d %llu %*u %llu",
				 &state, &utime, &stime, &threads, &start, &rss) == 6))
		return;
	check_eq(state, task->state);
	check_eq(task->start / tick, start);
	check_cpu(task, utime + stime);
	if (task->has_rss)
		check_eq(rss * sysconf(_SC_PAGESIZE), task->rss);
	else
		check_eq(rss, 0);
	check_eq(threads, task->threads);
	/* The name is what is between the first and the last parenthesis. */
	*end = 0;
	check(!strcmp(strchr(text, '(') + 1, task->comm));
}

static void check_links(const struct vm_task *task)
{
	int fd = vm_ns_fd(task->tid, "pid"), nr = task->vpids[task->levels - 1];

	if (task->state == 'Z')
		return;
	check_eq(vm_ino(task->tid, "pid"), task->ns_ino);
	if (task->children_ns_ino)
		check_eq(vm_ino(task->tid, "pid_for_children"), task->children_ns_ino);
	check_eq(ioctl(fd, GET_PID_FROM_PIDNS, nr), task->tid);
	check_eq(ioctl(fd, GET_TGID_FROM_PIDNS, nr), task->tgid);
	check_eq(ioctl(fd, GET_PID_IN_PIDNS, (int)task->tid), nr);
	close(fd);
}

/* Asked for one by one it must be the same, by our number and by its own. */
static void check_alone(const struct vm_task *task)
{
	struct vm_task alone;

	check_eq(vm_task_get(task->tid, &alone), 0);
	check_eq(alone.ns, task->ns);
	check_eq(alone.start, task->start);
	check_eq(alone.levels, task->levels);
	check(!strcmp(alone.comm, task->comm));
}

/* A process that has said so is about to sleep, and the one that only exits to be a zombie. */
static bool is_quiet(void *data)
{
	struct vm_task *tasks;
	int count, settled = 0;

	check_eq(vm_task_dump(&tasks, &count), 0);
	for (int i = 0; i < count; i++)
		settled += tasks[i].ns_ino != *(uint64_t *)data &&
			   (tasks[i].state == 'S' || tasks[i].state == 'Z');
	free(tasks);
	return settled == PLANTED;
}

static void test_tasks(void)
{
	struct vm_gate gate;
	struct vm_task *tasks;
	int count, checked = 0;
	uint64_t own = vm_ino(getpid(), "pid");
	pid_t pid;

	vm_gate_init(&gate);
	pid = vm_child(CLONE_NEWPID, plant, &gate);
	wait_for_planted(&gate);
	check(vm_wait(is_quiet, &own));
	check_eq(vm_task_dump(&tasks, &count), 0);
	for (int i = 0; i < count; i++) {
		if (tasks[i].ns_ino == own)
			continue;
		checked++;
		check_status(&tasks[i]);
		check_stat(&tasks[i]);
		check_links(&tasks[i]);
		check_alone(&tasks[i]);
	}
	check_eq(checked, PLANTED);
	free(tasks);
	vm_kill(pid);
}

static void test_last_pid(void)
{
	struct vm_ns ns;

	check_eq(vm_ns_get(0, &ns), 0);
	check_eq(ns.last_pid, vm_read_number("/proc/sys/kernel/ns_last_pid"));
	check_eq(ns.pid_max, vm_read_number("/proc/sys/kernel/pid_max"));
}

static void count_one(const struct genl_message *message, void *data)
{
	(void)message;
	++*(int *)data;
}

static int count_tasks(uint64_t ino, int flag, int flag2)
{
	struct genl_request request;
	int fd = vm_socket(), count = 0;

	genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, NLM_F_DUMP);
	genl_put_uint(&request, PIDNS_A_TASK_NS_INO, ino);
	if (flag)
		genl_put(&request, flag, NULL, 0);
	if (flag2)
		genl_put(&request, flag2, NULL, 0);
	check_eq(genl_ask(fd, &request, count_one, &count, NULL), 0);
	close(fd);
	return count;
}

static void test_one_namespace(void)
{
	struct vm_gate gate;
	uint64_t ino;
	pid_t pid;

	vm_gate_init(&gate);
	pid = vm_child(CLONE_NEWPID, plant, &gate);
	wait_for_planted(&gate);
	ino = vm_ino(pid, "pid");
	check_eq(count_tasks(ino, 0, 0), 6);
	check_eq(count_tasks(ino, PIDNS_A_TASK_LEADERS, 0), 5);
	check_eq(count_tasks(ino, PIDNS_A_TASK_DESCEND, 0), 7);
	check_eq(count_tasks(ino, PIDNS_A_TASK_DESCEND, PIDNS_A_TASK_LEADERS), 6);
	vm_kill(pid);
}

static void find_tid(const struct genl_message *message, void *data)
{
	*(uint64_t *)data = genl_uint(message->attrs[PIDNS_A_TASK_TID]);
}

/* Number 1 over there is the init as we know it. */
static void test_translate(void)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	struct genl_request request;
	uint64_t tid = 0;
	int fd = vm_socket();

	genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, 0);
	genl_put_uint(&request, PIDNS_A_TASK_NS_INO, vm_ino(init, "pid"));
	genl_put_uint(&request, PIDNS_A_TASK_TID, 1);
	check_eq(genl_ask(fd, &request, find_tid, &tid, NULL), 0);
	check_eq(tid, init);
	close(fd);
	vm_kill(init);
}

static const struct vm_test tests[] = {
	{"K18 each task is what status, stat, the links and the ioctls say", test_tasks},
	{"K18 the last number and the highest are the sysctls'", test_last_pid},
	{"a dump of one namespace, with and without what is below", test_one_namespace},
	{"a number of another namespace is translated", test_translate},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
