// SPDX-License-Identifier: GPL-2.0-or-later
/* terminal.c - the caller's terminal: lent to a relay, and given back as it was found. */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "common/cleanup.h"

/* Signals of a fault of our own, not sent by another process; all others a session passes on. */
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};

/* A signal handler has nothing but globals. */
static struct terminal *taken;

/*
 * A description of our own does not block, and O_NONBLOCK on the caller's would trouble all
 * processes that share it. Only the controlling terminal can be had so without any right to its
 * file; another one is used as it is.
 */
static int open_description(int fd)
{
	int controlling = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	unsigned int ours, theirs;

	if (controlling >= 0 && !ioctl(controlling, TIOCGDEV, &ours) &&
	    !ioctl(fd, TIOCGDEV, &theirs) && ours == theirs)
		return controlling;
	cleanup_fd(&controlling);
	fd = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return fd < 0 ? -errno : fd;
}

int terminal_open(struct terminal *terminal)
{
	int fd = STDIN_FILENO, r;

	*terminal = (struct terminal){.fd = -1};
	while (fd <= STDERR_FILENO && !isatty(fd))
		fd++;
	if (fd > STDERR_FILENO)
		return 0;
	r = open_description(fd);
	if (r < 0)
		return r;
	terminal->fd = r;
	if (tcgetattr(terminal->fd, &terminal->found) < 0)
		return -errno;
	return 0;
}

void terminal_close(struct terminal *terminal)
{
	terminal_give_back(terminal);
	cleanup_fd(&terminal->fd);
	terminal->fd = -1;
}

bool terminal_is_ours(const struct terminal *terminal)
{
	pid_t group = tcgetpgrp(terminal->fd);

	/* A terminal that is not the controlling one knows no background. */
	return group < 0 ? errno == ENOTTY : group == getpgrp();
}

bool terminal_is_gone(const struct terminal *terminal)
{
	struct termios modes;

	return tcgetattr(terminal->fd, &modes) < 0;
}

/* In the background it is the shell's, which has given it other modes already. */
void terminal_give_back(struct terminal *terminal)
{
	if (!terminal->is_raw)
		return;
	terminal->is_raw = false;
	if (terminal_is_ours(terminal))
		tcsetattr(terminal->fd, TCSANOW, &terminal->found);
}

/* Once, by SA_RESETHAND: raise() ends us by this very signal. */
static void on_fault(int sig)
{
	terminal_give_back(taken);
	raise(sig);
}

static void guard(struct terminal *terminal)
{
	struct sigaction action = {
		.sa_handler = on_fault,
		.sa_flags = (int)SA_RESETHAND | SA_NODEFER,
	};

	sigemptyset(&action.sa_mask);
	taken = terminal;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &action, NULL);
}

void terminal_take(struct terminal *terminal)
{
	struct termios raw;

	if (terminal->fd < 0 || !terminal_is_ours(terminal))
		return;
	/* Another process may have changed it meanwhile. After SIGSTOP the modes may still be our
	 * own: those are none to give back. */
	if (!terminal->is_raw && tcgetattr(terminal->fd, &terminal->found) < 0)
		return;
	guard(terminal);
	raw = terminal->found;
	cfmakeraw(&raw);
	terminal->is_raw = true;
	tcsetattr(terminal->fd, TCSANOW, &raw);
}

int terminal_size(const struct terminal *terminal, struct winsize *ret)
{
	return ioctl(terminal->fd, TIOCGWINSZ, ret) < 0 ? -errno : 0;
}
