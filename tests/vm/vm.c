// SPDX-License-Identifier: GPL-2.0-or-later
/* vm.c - what the tests that run in the guest share. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

/* Far more than anything here takes, also where the guest has a small part of a busy machine. */
enum { WAIT_MS = 120000 };

static int failed_checks;

bool vm_check(bool ok, const char *what, const char *file, int line)
{
	if (ok)
		return true;
	failed_checks++;
	printf("    %s:%d: not so: %s\n", file, line, what);
	fflush(stdout);
	return false;
}

bool vm_check_eq(long long a, long long b, const char *what, const char *file, int line)
{
	if (vm_check(a == b, what, file, line))
		return true;
	printf("        but %lld and %lld\n", a, b);
	fflush(stdout);
	return false;
}

bool vm_has_failed(void)
{
	return failed_checks > 0;
}

void vm_must(bool ok, const char *what)
{
	if (ok)
		return;
	printf("cannot go on: %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(1);
}

int vm_main(int argc, char **argv, const struct vm_test *tests, int count)
{
	int failed = 0, ran = 0;

	for (int i = 0; i < count; i++) {
		if (argc > 1 && strncmp(tests[i].name, argv[1], strlen(argv[1])))
			continue;
		failed_checks = 0;
		tests[i].run();
		printf("%s %s\n", failed_checks ? "FAILED" : "ok    ", tests[i].name);
		fflush(stdout);
		failed += failed_checks != 0;
		ran++;
	}
	printf("%d passed, %d failed\n", ran - failed, failed);
	return failed || !ran;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

bool vm_wait(bool (*condition)(void *data), void *data)
{
	long long end = now_ms() + WAIT_MS;

	while (!condition(data)) {
		if (now_ms() > end)
			return false;
		poll(NULL, 0, 1);
	}
	return true;
}

pid_t vm_child(int flags, int (*fn)(void *), void *data)
{
	pid_t parent = getpid(), pid;

	fflush(stdout);
	pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	vm_must(pid >= 0, "clone");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!(flags & CLONE_NEWPID) && getppid() != parent && getppid())
		_exit(99);
	failed_checks = 0;
	_exit(fn(data) | (failed_checks ? 1 : 0));
}

static int sleep_for_ever(void *data)
{
	(void)data;
	while (pause() < 0)
		;
	return 0;
}

pid_t vm_sleeper(int flags)
{
	return vm_child(flags, sleep_for_ever, NULL);
}

int vm_reap(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void vm_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	vm_reap(pid);
}

void vm_wait_exit(pid_t pid)
{
	siginfo_t info;

	waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
}

void vm_gate_init(struct vm_gate *gate)
{
	vm_must(!pipe2(gate->fds, O_CLOEXEC), "pipe");
}

void vm_gate_open(struct vm_gate *gate, uint64_t value)
{
	vm_must(write(gate->fds[1], &value, sizeof(value)) == sizeof(value), "gate");
}

uint64_t vm_gate_wait(struct vm_gate *gate)
{
	uint64_t value = 0;

	vm_must(read(gate->fds[0], &value, sizeof(value)) == sizeof(value), "gate");
	return value;
}

void vm_gate_empty(struct vm_gate *gate)
{
	struct pollfd ready = {.fd = gate->fds[0], .events = POLLIN};

	while (poll(&ready, 1, 0) > 0)
		vm_gate_wait(gate);
}

uint64_t vm_ino(pid_t pid, const char *name)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	return stat(path, &st) ? 0 : st.st_ino;
}

int vm_ns_fd(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

long long vm_read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	long long value = -1;

	if (file && fscanf(file, "%lld", &value) != 1)
		value = -1;
	if (file)
		fclose(file);
	return value;
}

bool vm_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

int vm_socket(void)
{
	int fd = genl_open();

	vm_must(fd >= 0, "netlink socket");
	return fd;
}

int vm_family(void)
{
	static int family;
	int fd;

	if (!family) {
		fd = vm_socket();
		family = genl_family(fd, PIDNS_FAMILY_NAME);
		vm_must(family > 0, "the family pidns");
		close(fd);
	}
	return family;
}

void vm_ns_parse(const struct genl_message *message, struct vm_ns *ns)
{
	const struct nlattr *const *attrs = message->attrs;

	*ns = (struct vm_ns){
		.cookie = genl_uint(attrs[PIDNS_A_NS_COOKIE]),
		.ino = genl_uint(attrs[PIDNS_A_NS_INO]),
		.parent = genl_uint(attrs[PIDNS_A_NS_PARENT]),
		.parent_ino = genl_uint(attrs[PIDNS_A_NS_PARENT_INO]),
		.level = genl_uint(attrs[PIDNS_A_NS_LEVEL]),
		.reaper = genl_uint(attrs[PIDNS_A_NS_REAPER]),
		.reaper_start = genl_uint(attrs[PIDNS_A_NS_REAPER_START]),
		.used = genl_uint(attrs[PIDNS_A_NS_USED]),
		.peak = genl_uint(attrs[PIDNS_A_NS_PEAK]),
		.failures = genl_uint(attrs[PIDNS_A_NS_FAILURES]),
		.last_pid = genl_uint(attrs[PIDNS_A_NS_LAST_PID]),
		.pid_max = genl_uint(attrs[PIDNS_A_NS_PID_MAX]),
		.owner_uid = genl_uint(attrs[PIDNS_A_NS_OWNER_UID]),
		.owner_ns = genl_uint(attrs[PIDNS_A_NS_OWNER_NS]),
		.processes = genl_uint(attrs[PIDNS_A_NS_PROCESSES]),
		.threads = genl_uint(attrs[PIDNS_A_NS_THREADS]),
		.zombies = genl_uint(attrs[PIDNS_A_NS_ZOMBIES]),
		.state = attrs[PIDNS_A_NS_STATE] ? (int)genl_uint(attrs[PIDNS_A_NS_STATE]) : -1,
		.has_parent = attrs[PIDNS_A_NS_PARENT],
		.has_owner = attrs[PIDNS_A_NS_OWNER_UID],
	};
}

static void take_ns(const struct genl_message *message, void *data)
{
	vm_ns_parse(message, data);
}

static int ns_get_by(int attr, uint64_t value, struct vm_ns *ns)
{
	struct genl_request request;
	int fd = vm_socket(), err;

	memset(ns, 0, sizeof(*ns));
	genl_begin(&request, vm_family(), PIDNS_CMD_NS_GET, 0);
	if (attr)
		genl_put_uint(&request, attr, value);
	genl_put(&request, PIDNS_A_NS_COUNT, NULL, 0);
	err = genl_ask(fd, &request, take_ns, ns, NULL);
	close(fd);
	return err;
}

int vm_ns_get(uint64_t ino, struct vm_ns *ns)
{
	return ns_get_by(ino ? PIDNS_A_NS_INO : 0, ino, ns);
}

int vm_ns_get_cookie(uint64_t cookie, struct vm_ns *ns)
{
	return ns_get_by(PIDNS_A_NS_COOKIE, cookie, ns);
}

bool vm_is_gone(void *cookie)
{
	struct vm_ns ns;

	return vm_ns_get_cookie(*(uint64_t *)cookie, &ns) == -ENOENT;
}

void vm_task_parse(const struct genl_message *message, struct vm_task *task)
{
	const struct nlattr *const *attrs = message->attrs;

	*task = (struct vm_task){
		.ns = genl_uint(attrs[PIDNS_A_TASK_NS]),
		.ns_ino = genl_uint(attrs[PIDNS_A_TASK_NS_INO]),
		.children_ns = genl_uint(attrs[PIDNS_A_TASK_CHILDREN_NS]),
		.children_ns_ino = genl_uint(attrs[PIDNS_A_TASK_CHILDREN_NS_INO]),
		.tid = genl_uint(attrs[PIDNS_A_TASK_TID]),
		.tgid = genl_uint(attrs[PIDNS_A_TASK_TGID]),
		.ppid = genl_uint(attrs[PIDNS_A_TASK_PPID]),
		.vpgid = genl_uint(attrs[PIDNS_A_TASK_VPGID]),
		.vsid = genl_uint(attrs[PIDNS_A_TASK_VSID]),
		.uid = genl_uint(attrs[PIDNS_A_TASK_UID]),
		.ruid = genl_uint(attrs[PIDNS_A_TASK_RUID]),
		.start = genl_uint(attrs[PIDNS_A_TASK_START]),
		.cpu = genl_uint(attrs[PIDNS_A_TASK_CPU]),
		.group_cpu = genl_uint(attrs[PIDNS_A_TASK_GROUP_CPU]),
		.rss = genl_uint(attrs[PIDNS_A_TASK_RSS]),
		.threads = genl_uint(attrs[PIDNS_A_TASK_THREADS]),
		.state = genl_uint(attrs[PIDNS_A_TASK_STATE]),
		.has_rss = attrs[PIDNS_A_TASK_RSS],
	};
	task->levels = genl_repeated(message, PIDNS_A_TASK_VPID, task->vpids, VM_LEVELS);
	snprintf(task->comm, sizeof(task->comm), "%s", genl_string(attrs[PIDNS_A_TASK_COMM]));
}

static void take_task(const struct genl_message *message, void *data)
{
	vm_task_parse(message, data);
}

int vm_task_get(uint64_t tid, struct vm_task *task)
{
	struct genl_request request;
	int fd = vm_socket(), err;

	memset(task, 0, sizeof(*task));
	genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, 0);
	genl_put_uint(&request, PIDNS_A_TASK_TID, tid);
	err = genl_ask(fd, &request, take_task, task, NULL);
	close(fd);
	return err;
}

/* A list of either kind that grows. */
struct list {
	char *items;
	size_t size;
	int count, room;
	void (*parse)(const struct genl_message *message, void *item);
};

static void take_item(const struct genl_message *message, void *data)
{
	struct list *list = data;

	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		list->items = realloc(list->items, list->room * list->size);
		vm_must(list->items, "memory");
	}
	list->parse(message, list->items + list->count++ * list->size);
}

static int dump(int cmd, int flag, struct list *list)
{
	struct genl_request request;
	int fd = vm_socket(), err;

	genl_begin(&request, vm_family(), cmd, NLM_F_DUMP);
	if (flag)
		genl_put(&request, flag, NULL, 0);
	err = genl_ask(fd, &request, take_item, list, NULL);
	close(fd);
	return err;
}

int vm_ns_dump(struct vm_ns **ret_list, int *ret_count)
{
	struct list list = {.size = sizeof(struct vm_ns), .parse = take_ns};
	int err = dump(PIDNS_CMD_NS_GET, PIDNS_A_NS_COUNT, &list);

	*ret_list = (struct vm_ns *)list.items;
	*ret_count = list.count;
	return err;
}

int vm_task_dump(struct vm_task **ret_list, int *ret_count)
{
	struct list list = {.size = sizeof(struct vm_task), .parse = take_task};
	int err = dump(PIDNS_CMD_TASK_GET, 0, &list);

	*ret_list = (struct vm_task *)list.items;
	*ret_count = list.count;
	return err;
}
