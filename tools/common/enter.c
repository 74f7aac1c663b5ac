// SPDX-License-Identifier: GPL-2.0-or-later
/* enter.c - run a program in all namespaces of a process. */
#include "enter.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "execute.h"
#include "handle.h"
#include "message.h"
#include "own.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static const struct {
	const char *name;
	int flag;
} kinds[] = {
	{"user", CLONE_NEWUSER},     {"mnt", CLONE_NEWNS},    {"pid", CLONE_NEWPID},
	{"net", CLONE_NEWNET},	     {"ipc", CLONE_NEWIPC},   {"uts", CLONE_NEWUTS},
	{"cgroup", CLONE_NEWCGROUP}, {"time", CLONE_NEWTIME},
};

/* Does /proc number processes as we do? Else /proc/PID is another one. */
static bool proc_is_ours(void)
{
	char text[24] = "";

	return readlink("/proc/self", text, sizeof(text) - 1) > 0 && atoi(text) == getpid();
}

/* CLONE_NEW* of those namespaces of the process that are not ours; or -Exxx. To join one's own user
 * namespace is refused. */
static int other_namespaces(int32_t pid)
{
	char name[32];
	_cleanup_fd_ int own = own_proc_open("self/ns", O_PATH | O_DIRECTORY), other = -1;
	int flags = 0;

	snprintf(name, sizeof(name), "%d/ns", pid);
	other = own_proc_open(name, O_PATH | O_DIRECTORY);
	if (own < 0 || other < 0)
		return own < 0 ? own : other;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct stat a, b;

		if (fstatat(own, kinds[i].name, &a, 0) < 0)
			continue; /* this kernel has no such */
		if (fstatat(other, kinds[i].name, &b, 0) < 0)
			return -errno;
		if (a.st_dev != b.st_dev || a.st_ino != b.st_ino)
			flags |= kinds[i].flag;
	}
	return flags;
}

/* Our user outside need not exist inside. */
static int become_root_inside(void)
{
	/* Where setgroups is denied, user_namespaces(7), the groups stay. */
	if (setgroups(0, NULL) < 0 && errno != EPERM)
		return -errno;
	return setgid(0) < 0 || setuid(0) < 0 ? -errno : 0;
}

static int join(int pidfd, int flags)
{
	if (flags && setns(pidfd, flags) < 0)
		return -errno;
	return flags & CLONE_NEWUSER ? become_root_inside() : 0;
}

/* The caller's own, if it is there too. */
static int run_shell(void)
{
	const char *own = getenv("SHELL");
	const char *path = own && own[0] == '/' && access(own, X_OK) == 0 ? own : "/bin/sh";
	const char *name = strrchr(path, '/') + 1;

	execl(path, name, (char *)NULL);
	return message_exit(errno == ENOENT ? 127 : 126, "%s: %s", path, strerror(errno));
}

static int run(char *const *argv)
{
	return argv ? execute(argv) : run_shell();
}

static pid_t child;

static void pass_on(int sig)
{
	int error = errno;

	kill(child, sig);
	errno = error;
}

/* The keys of the terminal go to its foreground, which the child is part of; what is sent to us alone is
 * passed on. */
static void set_signals(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	const struct sigaction pass = {.sa_handler = pass_on, .sa_flags = SA_RESTART};

	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	sigaction(SIGTERM, &pass, NULL);
	sigaction(SIGHUP, &pass, NULL);
}

static int wait_for_child(void)
{
	int status;

	for (;;) {
		if (waitpid(child, &status, WUNTRACED) < 0) {
			if (errno != EINTR)
				return message_exit(EXIT_FAILED, "wait: %s", strerror(errno));
		} else if (WIFSTOPPED(status)) {
			/* Our caller's shell sees only us. */
			raise(SIGSTOP);
			kill(child, SIGCONT);
		} else {
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		}
	}
}

static int run_as_child(char *const *argv)
{
	sigset_t all, found;

	/* Until the handlers know whom to pass them on to. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &found);
	child = fork();
	if (child < 0) {
		sigprocmask(SIG_SETMASK, &found, NULL);
		return message_exit(EXIT_FAILED, "fork: %s", strerror(errno));
	}
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &found, NULL);
		_exit(run(argv));
	}
	set_signals();
	sigprocmask(SIG_SETMASK, &found, NULL);
	return wait_for_child();
}

static int refuse(int error)
{
	if (error == EINVAL || error == ENOSYS || error == EBADF)
		return message_exit(EXIT_CANNOT_SERVE,
				    "enter: this kernel cannot join namespaces through a pidfd "
				    "(Linux 5.8), or refuses these: %s",
				    strerror(error));
	if (error == ESRCH || error == ENOENT)
		return message_exit(EXIT_FAILED, "enter: the process has ended");
	if (error == EXDEV || error == ENOTDIR)
		return message_exit(EXIT_FAILED,
				    "enter: something is mounted over the process in /proc");
	return message_exit(EXIT_FAILED, "enter: %s", strerror(error));
}

int enter_run(int pidfd, int32_t pid, char *const *argv)
{
	int flags, r;

	if (!proc_is_ours())
		return message_exit(EXIT_CANNOT_SERVE,
				    "enter: /proc is that of another PID namespace");
	flags = other_namespaces(pid);
	if (flags < 0)
		return refuse(-flags);
	if (!handle_is_there(pidfd)) /* or those were the namespaces of a later one */
		return refuse(ESRCH);
	r = join(pidfd, flags);
	if (r < 0)
		return refuse(-r);
	return flags & CLONE_NEWPID ? run_as_child(argv) : run(argv);
}
