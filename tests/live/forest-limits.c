// SPDX-License-Identifier: GPL-2.0-or-later
/* forest-limits.c - room for a large forest: pid_max raised and put back, other limits looked at. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forest.h"

#define PID_MAX_FILE	 "/proc/sys/kernel/pid_max"
#define THREADS_MAX_FILE "/proc/sys/kernel/threads-max"
#define OTHERS		 20000 /* numbers left to all other processes */

static pid_t guard_pid;
static int guard_pipe = -1;

static long read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	long number = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

static int write_number(const char *path, long number)
{
	FILE *file = fopen(path, "we");
	int r = 0;

	if (!file)
		return -errno;
	if (fprintf(file, "%ld\n", number) < 0)
		r = -EIO;
	if (fclose(file) != 0)
		r = -errno;
	return r;
}

/*
 * The guard: sleeps until the builder's end of the pipe is closed, be it by SIGKILL, and puts the
 * limit back unless another process has changed it since.
 */
static _Noreturn void guard(int builder, long before, long raised)
{
	char byte;

	setsid();
	prctl(PR_SET_NAME, "forest-guard");
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
	while (read(builder, &byte, 1) < 0 && errno == EINTR)
		;
	if (read_number(PID_MAX_FILE) == raised && write_number(PID_MAX_FILE, before) < 0)
		_exit(1);
	_exit(0);
}

/* No pipe of a caller who waits for our output may stay open in the guard. */
static void start_guard(long before, long raised)
{
	int ends[2];
	sigset_t all, old;

	if (pipe2(ends, O_CLOEXEC) < 0)
		fail(errno, "pipe");
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	guard_pid = fork();
	if (guard_pid < 0)
		fail(errno, "fork");
	if (guard_pid == 0) {
		task_keep_files(&ends[0], 1);
		close(STDERR_FILENO);
		guard(ends[0], before, raised);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(ends[0]);
	guard_pipe = ends[1];
}

/* pids.max of every cgroup above us, where this kernel's hierarchy has one. */
static void check_cgroup(const char *root, const char *path, size_t tasks)
{
	char file[4200];
	size_t len = strlen(path);

	for (;;) {
		long max, now;

		snprintf(file, sizeof(file), "%s%.*s/pids.max", root, (int)len, path);
		max = read_number(file);
		snprintf(file, sizeof(file), "%s%.*s/pids.current", root, (int)len, path);
		now = read_number(file);
		if (max >= 0 && now >= 0 && (size_t)(max - now) < tasks)
			fail(EAGAIN, "%zu tasks: pids.max of cgroup %.*s is %ld", tasks, (int)len,
			     path, max);
		if (!len)
			return;
		while (len && path[--len] != '/')
			;
	}
}

static void check_cgroups(size_t tasks)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096];

	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		char *path = strchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (!path)
			continue;
		if (strstr(line, ":pids:"))
			check_cgroup("/sys/fs/cgroup/pids", path, tasks);
		else if (strncmp(line, "0::", 3) == 0)
			check_cgroup("/sys/fs/cgroup", path, tasks);
	}
	fclose(file);
}

void limits_make_room(size_t tasks)
{
	long pid_max = read_number(PID_MAX_FILE);
	long threads_max = read_number(THREADS_MAX_FILE);
	long wanted = (long)tasks + OTHERS;
	int r;

	if (threads_max >= 0 && threads_max < wanted)
		fail(EAGAIN, "%zu tasks: kernel.threads-max is %ld", tasks, threads_max);
	check_cgroups(tasks);
	if (pid_max < 0 || pid_max >= wanted)
		return;
	start_guard(pid_max, wanted);
	r = write_number(PID_MAX_FILE, wanted);
	if (r < 0)
		fail(-r, "%s", PID_MAX_FILE);
}

void limits_restore(void)
{
	if (guard_pipe < 0)
		return;
	close(guard_pipe);
	guard_pipe = -1;
	waitpid(guard_pid, NULL, 0);
}
