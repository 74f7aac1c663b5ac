// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hold.c - hold WAY [PATH]: make a PID namespace that one thing alone keeps, say "READY INODE PID",
 * PID being who holds it, and keep it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vm.h"

static struct vm_gate gate;

static uint64_t hold_alive(const char *path)
{
	(void)path;
	return vm_ino(vm_sleeper(CLONE_NEWPID), "pid");
}

static int exit_when_told(void *data)
{
	(void)data;
	vm_gate_wait(&gate);
	return 0;
}

static uint64_t hold_zombie(const char *path)
{
	pid_t init = vm_child(CLONE_NEWPID, exit_when_told, NULL);
	uint64_t ino = vm_ino(init, "pid");

	(void)path;
	vm_gate_open(&gate, 1);
	vm_wait_exit(init);
	return ino;
}

static uint64_t hold_children(const char *path)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	uint64_t ino = vm_ino(init, "pid");
	int fd = vm_ns_fd(init, "pid");

	(void)path;
	vm_must(!setns(fd, CLONE_NEWPID), "setns");
	close(fd);
	vm_kill(init);
	return ino;
}

static uint64_t hold_unborn(const char *path)
{
	struct vm_task task;

	(void)path;
	vm_must(!unshare(CLONE_NEWPID), "unshare");
	vm_must(!vm_task_get((uint64_t)getpid(), &task), "task-get");
	return task.children_ns_ino;
}

static uint64_t hold_fd(const char *path)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	uint64_t ino = vm_ino(init, "pid");

	(void)path;
	vm_ns_fd(init, "pid");
	vm_kill(init);
	return ino;
}

static uint64_t hold_bind(const char *path)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	uint64_t ino = vm_ino(init, "pid");
	char from[64];

	snprintf(from, sizeof(from), "/proc/%d/ns/pid", init);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	vm_must(!mount(from, path, NULL, MS_BIND, NULL), "mount");
	vm_kill(init);
	return ino;
}

static uint64_t hold_pidfd(const char *path)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	uint64_t ino = vm_ino(init, "pid");

	(void)path;
	vm_must(syscall(SYS_pidfd_open, init, 0) >= 0, "pidfd_open");
	vm_kill(init);
	return ino;
}

static int mount_procfs(void *path)
{
	mkdir(path, 0755);
	vm_gate_open(&gate, !mount("proc", path, "proc", 0, NULL));
	pause();
	return 0;
}

static uint64_t hold_procfs(const char *path)
{
	pid_t init = vm_child(CLONE_NEWPID, mount_procfs, (void *)(uintptr_t)path);
	uint64_t ino = vm_ino(init, "pid");

	vm_must(vm_gate_wait(&gate) == 1, "mount proc");
	vm_kill(init);
	return ino;
}

static int begin_another(void *data)
{
	(void)data;
	vm_must(!unshare(CLONE_NEWPID), "unshare");
	vm_sleeper(0);
	vm_gate_open(&gate, 1);
	pause();
	return 0;
}

/* The one below is kept by a file, and keeps this one. */
static uint64_t hold_below(const char *path)
{
	pid_t init = vm_child(CLONE_NEWPID, begin_another, NULL);
	uint64_t ino = vm_ino(init, "pid");

	(void)path;
	vm_gate_wait(&gate);
	vm_ns_fd(init, "pid_for_children");
	vm_kill(init);
	return ino;
}

static const struct {
	const char *name;
	uint64_t (*hold)(const char *path);
} ways[] = {
	{"alive", hold_alive},	 {"zombie", hold_zombie}, {"children", hold_children},
	{"unborn", hold_unborn}, {"fd", hold_fd},	  {"bind", hold_bind},
	{"pidfd", hold_pidfd},	 {"procfs", hold_procfs}, {"below", hold_below},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name))
			continue;
		vm_gate_init(&gate);
		printf("READY %" PRIu64 " %d\n", ways[i].hold(argc > 2 ? argv[2] : NULL), getpid());
		fflush(stdout);
		for (;;)
			pause();
	}
	fprintf(stderr, "usage: hold WAY [PATH]\n");
	return 2;
}
