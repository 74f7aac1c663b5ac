// SPDX-License-Identifier: GPL-2.0-or-later
/* test-states.c - namespaces that are not simply alive, and those nested as deep as it gets. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

enum { MAX_LEVEL = 32 };

static uint64_t boottime_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void expect_gone(uint64_t cookie)
{
	check(vm_wait(vm_is_gone, &cookie));
}

static void test_alive(void)
{
	uint64_t before = boottime_ns();
	pid_t init = vm_sleeper(CLONE_NEWPID);
	struct vm_ns own, ns;

	check_eq(vm_ns_get(0, &own), 0);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	check_eq(own.state, PIDNS_NS_STATE_ALIVE);
	check(!own.has_parent);
	check_eq(own.ino, vm_ino(getpid(), "pid"));
	check_eq(ns.state, PIDNS_NS_STATE_ALIVE);
	check_eq(ns.parent, own.cookie);
	check_eq(ns.parent_ino, own.ino);
	check_eq(ns.level, own.level + 1);
	check_eq(ns.reaper, init);
	check(ns.reaper_start >= before - 10000000 && ns.reaper_start <= boottime_ns());
	check_eq(ns.used, 1);
	check_eq(ns.peak, 1);
	check_eq(ns.last_pid, 1);
	check_eq(ns.processes, 1);
	check_eq(ns.threads, 1);
	check_eq(ns.zombies, 0);
	check_eq(ns.owner_uid, 0);
	check_eq(ns.owner_ns, vm_ino(getpid(), "user"));
	vm_kill(init);
	expect_gone(ns.cookie);
}

/* The namespace whose parent is ours, and that was not there before. */
static bool find_unborn(struct vm_ns *ret_ns)
{
	struct vm_ns *list, own;
	int count;
	bool found = false;

	check_eq(vm_ns_get(0, &own), 0);
	check_eq(vm_ns_dump(&list, &count), 0);
	for (int i = 0; i < count; i++) {
		if (list[i].parent != own.cookie || list[i].state != PIDNS_NS_STATE_UNBORN)
			continue;
		found = true;
		*ret_ns = list[i];
	}
	free(list);
	return found;
}

static int unshare_and_sleep(void *data)
{
	vm_must(!unshare(CLONE_NEWPID), "unshare");
	vm_gate_open(data, 1);
	return pause();
}

static void test_unborn(void)
{
	struct vm_gate gate;
	struct vm_task task;
	struct vm_ns ns = {0};
	pid_t pid;

	vm_gate_init(&gate);
	pid = vm_child(0, unshare_and_sleep, &gate);
	vm_gate_wait(&gate);
	if (!check(find_unborn(&ns)))
		return;
	check_eq(ns.reaper, 0);
	check_eq(ns.used, 0);
	check_eq(ns.last_pid, 0);
	check_eq(vm_task_get(pid, &task), 0);
	check_eq(task.children_ns, ns.cookie);
	check_eq(task.children_ns_ino, ns.ino);
	check_eq(task.ns_ino, vm_ino(getpid(), "pid"));
	vm_kill(pid);
	expect_gone(ns.cookie);
}

/* Another process than the creator enters it, and forks its init. */
static int fork_init(void *data)
{
	check_eq(setns(*(int *)data, CLONE_NEWPID), 0);
	vm_sleeper(0);
	return pause();
}

static bool is_alive(void *cookie)
{
	struct vm_ns ns;

	return !vm_ns_get_cookie(*(uint64_t *)cookie, &ns) && ns.state == PIDNS_NS_STATE_ALIVE;
}

static void test_foreign_init(void)
{
	struct vm_gate gate;
	struct vm_ns ns;
	pid_t creator, other;
	char path[64];
	int fd;

	vm_gate_init(&gate);
	creator = vm_child(0, unshare_and_sleep, &gate);
	vm_gate_wait(&gate);
	snprintf(path, sizeof(path), "/proc/%d/ns/pid_for_children", creator);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		puts("before Linux 7.1 only its creator gives a namespace its init");
		vm_kill(creator);
		return;
	}
	check(find_unborn(&ns));
	other = vm_child(0, fork_init, &fd);
	vm_kill(creator);
	close(fd);
	check(vm_wait(is_alive, &ns.cookie));
	check_eq(vm_ns_get_cookie(ns.cookie, &ns), 0);
	check(ns.reaper > 0 && ns.reaper != (uint64_t)other);
	check_eq(ns.used, 1);
	vm_kill(other); /* and with it the init */
	expect_gone(ns.cookie);
}

static int fork_and_exit(void *data)
{
	(void)data;
	vm_sleeper(0);
	return 0;
}

static void test_zombie_init(void)
{
	struct vm_ns ns;
	pid_t init;
	int fd;

	init = vm_child(CLONE_NEWPID, fork_and_exit, NULL);
	fd = vm_ns_fd(init, "pid");
	vm_wait_exit(init);
	/* Of a zombie there is no link any more; so the file must have been opened before. */
	if (fd >= 0) {
		struct stat st;

		check(!fstat(fd, &st));
		check_eq(vm_ns_get(st.st_ino, &ns), 0);
		check_eq(ns.state, PIDNS_NS_STATE_ZOMBIE_INIT);
		check_eq(ns.reaper, init);
		check_eq(ns.processes, 1);
		check_eq(ns.zombies, 1);
		vm_reap(init);
		check_eq(vm_ns_get(st.st_ino, &ns), 0);
		check_eq(ns.state, PIDNS_NS_STATE_DEAD);
		check_eq(ns.reaper, 0);
		check_eq(ns.used, 0);
		close(fd);
		expect_gone(ns.cookie);
	} else {
		check(fd >= 0);
		vm_reap(init);
	}
}

/* An exited member that a process outside has not reaped keeps the init from exiting. */
static void test_dying(void)
{
	pid_t init = vm_sleeper(CLONE_NEWPID), joined;
	int own = vm_ns_fd(getpid(), "pid"), fd = vm_ns_fd(init, "pid");
	uint64_t ino = vm_ino(init, "pid");
	struct vm_ns ns;

	check(!setns(fd, CLONE_NEWPID));
	joined = vm_sleeper(0);
	check(!setns(own, CLONE_NEWPID));
	check_eq(vm_ns_get(ino, &ns), 0);
	check_eq(ns.processes, 2);
	kill(init, SIGKILL);
	vm_wait_exit(joined);
	check_eq(vm_ns_get(ino, &ns), 0);
	check_eq(ns.state, PIDNS_NS_STATE_DYING);
	check_eq(ns.reaper, init);
	check_eq(ns.zombies, 1);
	vm_reap(joined);
	vm_reap(init);
	check_eq(vm_ns_get(ino, &ns), 0);
	check_eq(ns.state, PIDNS_NS_STATE_DEAD);
	close(fd);
	close(own);
	expect_gone(ns.cookie);
}

/* What may keep a namespace when all of its processes are gone. */
static void test_pins(void)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	int pidfd = syscall(SYS_pidfd_open, init, 0), fd;
	struct vm_ns ns;

	check(pidfd >= 0);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	vm_kill(init);
	check_eq(vm_ns_get_cookie(ns.cookie, &ns), 0);
	check_eq(ns.state, PIDNS_NS_STATE_DEAD);
	close(pidfd);
	expect_gone(ns.cookie);

	init = vm_sleeper(CLONE_NEWPID);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	fd = vm_ns_fd(init, "pid");
	vm_kill(init);
	check_eq(vm_ns_get_cookie(ns.cookie, &ns), 0);
	check_eq(ns.state, PIDNS_NS_STATE_DEAD);
	close(fd);
	expect_gone(ns.cookie);
}

static int mount_proc_and_exit(void *data)
{
	(void)data;
	return mount("proc", "/tmp/proc", "proc", 0, NULL) != 0;
}

static void test_procfs_pin(void)
{
	struct vm_ns *list, own;
	uint64_t cookie = 0;
	int count;

	check_eq(vm_ns_get(0, &own), 0);
	mkdir("/tmp/proc", 0755);
	check_eq(vm_reap(vm_child(CLONE_NEWPID, mount_proc_and_exit, NULL)), 0);
	check_eq(vm_ns_dump(&list, &count), 0);
	for (int i = 0; i < count; i++)
		if (list[i].parent == own.cookie && list[i].state == PIDNS_NS_STATE_DEAD)
			cookie = list[i].cookie;
	free(list);
	check(cookie);
	check(!umount("/tmp/proc"));
	expect_gone(cookie);
}

/* Open, and in the middle of what they have to tell. */
static void test_open_files(void)
{
	pid_t init = vm_sleeper(CLONE_NEWPID), other = vm_sleeper(CLONE_NEWPID);
	int proc = open("/proc/pidns", O_RDONLY | O_CLOEXEC), sock = vm_socket();
	struct genl_request request;
	struct vm_ns ns, ns2;
	char bytes[100];

	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	check_eq(vm_ns_get(vm_ino(other, "pid"), &ns2), 0);
	genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, NLM_F_DUMP);
	genl_put_uint(&request, PIDNS_A_TASK_NS, ns.cookie);
	check_eq(genl_send(sock, &request), 0);
	check(read(proc, bytes, sizeof(bytes)) > 0);
	vm_kill(init);
	vm_kill(other);
	close(sock);
	close(proc);
	expect_gone(ns.cookie);
	expect_gone(ns2.cookie);
}

/* Each level starts the next one, and the last one cannot. */
static int dive(void *data)
{
	struct vm_gate *gate = data;
	pid_t pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(dive(data));
	}
	if (pid < 0)
		vm_gate_open(gate, errno);
	return pause();
}

static void check_vpids(const struct vm_task *task)
{
	char path[64], line[1024] = "";
	FILE *status;
	char *at;
	int count = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)task->tid);
	status = fopen(path, "re");
	while (status && fgets(line, sizeof(line), status))
		if (!strncmp(line, "NSpid:", 6))
			break;
	if (status)
		fclose(status);
	at = line + 6;
	for (char *end = at;; at = end) {
		unsigned long value = strtoul(at, &end, 10);

		if (end == at)
			break;
		check_eq(value, task->vpids[count]);
		count++;
	}
	check_eq(count, task->levels);
}

static void test_levels(void)
{
	struct vm_ns *namespaces, own;
	struct vm_task *tasks;
	int count, deepest = 0;
	struct vm_gate gate;
	pid_t pid;

	check_eq(vm_ns_get(0, &own), 0);
	vm_gate_init(&gate);
	pid = vm_child(0, dive, &gate);
	check_eq(vm_gate_wait(&gate), ENOSPC);
	check_eq(vm_ns_dump(&namespaces, &count), 0);
	/* Parents come before their children. */
	for (int i = 0, level = own.level; i < count; i++)
		if ((int)namespaces[i].level > level)
			check_eq(namespaces[i].level, ++level);
	check_eq(namespaces[count - 1].level, MAX_LEVEL);
	free(namespaces);
	check_eq(vm_task_dump(&tasks, &count), 0);
	for (int i = 0; i < count; i++) {
		deepest = tasks[i].levels > deepest ? tasks[i].levels : deepest;
		if (tasks[i].levels > 1)
			check_vpids(&tasks[i]);
	}
	check_eq(deepest, MAX_LEVEL + 1 - own.level);
	free(tasks);
	/* Its child dies with it, and is the init that takes all others along. */
	vm_kill(pid);
}

/* A filesystem without a server: a process that looks into it waits for ever. */
static int mount_fuse(void)
{
	char options[80];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	mkdir("/tmp/fuse", 0755);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	vm_must(fd >= 0 && !mount("unserved", "/tmp/fuse", "fuse", 0, options), "mount fuse");
	return fd;
}

static int look_into_fuse(void *data)
{
	struct stat st;

	vm_gate_open(data, 1);
	return stat("/tmp/fuse/file", &st);
}

static bool is_blocked(void *data)
{
	struct vm_task task;

	return !vm_task_get(*(pid_t *)data, &task) && task.state != 'R';
}

static void test_fuse(void)
{
	int fd = mount_fuse(), count;
	struct vm_gate gate;
	struct vm_task *tasks;
	bool found = false;
	pid_t pid;

	vm_gate_init(&gate);
	pid = vm_child(0, look_into_fuse, &gate);
	vm_gate_wait(&gate);
	check(vm_wait(is_blocked, &pid));
	check_eq(vm_task_dump(&tasks, &count), 0);
	for (int i = 0; i < count; i++)
		found |= tasks[i].tid == (uint64_t)pid && tasks[i].has_rss;
	check(found);
	free(tasks);
	close(fd);
	umount2("/tmp/fuse", MNT_DETACH);
	vm_kill(pid);
}

static const struct vm_test tests[] = {
	{"a namespace that is alive, in all its facts", test_alive},
	{"K12 unborn: unshared, and no process forked into it", test_unborn},
	{"K12 an init that another process has forked", test_foreign_init},
	{"K12 zombie-init, and then dead", test_zombie_init},
	{"K12 dying: the init waits for a member that another process must reap", test_dying},
	{"K12 dead, and kept by a pidfd or an open file", test_pins},
	{"K12 dead, and kept by a mounted procfs", test_procfs_pin},
	{"K13 thirty-two levels, and no more", test_levels},
	{"K16 teardown with open files leaves no reference", test_open_files},
	{"K17 a dump does not wait for a task that hangs", test_fuse},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
