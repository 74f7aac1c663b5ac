// SPDX-License-Identifier: GPL-2.0-or-later
/* shell.c - a shell in the namespaces of a process. */
#include "shell.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/enter.h"

/* Not ours while it runs: the keys of the terminal, and stops for using it. */
static const int keys[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTOU};

#define NR_KEYS (sizeof(keys) / sizeof(keys[0]))

/* As a program expects to be started. */
static int run(int pidfd, int32_t pid, const struct sigaction *before)
{
	sigset_t none;

	for (size_t i = 0; i < NR_KEYS; i++)
		sigaction(keys[i], &before[i], NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	return enter_run(pidfd, pid, NULL);
}

int shell_run(int pidfd, int32_t pid)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction before[NR_KEYS];
	int status, r = 0;
	pid_t child;

	for (size_t i = 0; i < NR_KEYS; i++)
		sigaction(keys[i], &ignore, &before[i]);
	child = fork();
	if (child == 0)
		_exit(run(pidfd, pid, before));
	if (child < 0)
		r = -errno;
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	/* Whatever it made the foreground of the terminal. */
	tcsetpgrp(STDIN_FILENO, getpgrp());
	for (size_t i = 0; i < NR_KEYS; i++)
		sigaction(keys[i], &before[i], NULL);
	return r;
}
