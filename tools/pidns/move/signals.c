// SPDX-License-Identifier: GPL-2.0-or-later
/* signals.c - signals that one process gets for another: held, read from a file, passed on. */
#include "signals.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/own.h"

static const int not_held[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGTTOU};
static const int harmless[] = {SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU};

int signals_open(struct signals *signals)
{
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	sigset_t held;

	sigfillset(&held);
	for (size_t i = 0; i < sizeof(not_held) / sizeof(not_held[0]); i++)
		sigdelset(&held, not_held[i]);
	signals->fd = signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals->fd < 0)
		return -errno;
	/* Where the caller ignores it, the kernel would reap the child before we hear of it. */
	sigaction(SIGCHLD, &by_default, &signals->child_found);
	sigprocmask(SIG_SETMASK, &held, &signals->mask_found);
	return 0;
}

void signals_close(struct signals *signals)
{
	cleanup_fd(&signals->fd);
	signals->fd = -1;
	sigaction(SIGCHLD, &signals->child_found, NULL);
	sigprocmask(SIG_SETMASK, &signals->mask_found, NULL);
}

int signals_next(const struct signals *signals)
{
	struct signalfd_siginfo info;

	if (read(signals->fd, &info, sizeof(info)) != sizeof(info))
		return 0;
	return (int)info.ssi_signo;
}

/* The number it has in the /proc that is mounted, which may be another namespace's; 0 where it has none
 * there. */
static int number_in_proc(pid_t pid)
{
	_cleanup_fd_ int pidfd = pidfd_open(pid, 0);
	char path[64], line[256];
	int number = 0;
	FILE *file;

	snprintf(path, sizeof(path), "self/fdinfo/%d", pidfd);
	file = own_proc_fopen(path);
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Pid: %d", &number) == 1)
			break;
	if (file)
		fclose(file);
	return number;
}

/* What a process handles, ignores or holds, from its status; all where that cannot be read. */
static uint64_t handled_signals(pid_t pid)
{
	char path[64], line[256];
	uint64_t set, handled = 0;
	unsigned int found = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%d/status", number_in_proc(pid));
	file = own_proc_fopen(path);
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "SigBlk: %" SCNx64, &set) != 1 &&
		    sscanf(line, "SigIgn: %" SCNx64, &set) != 1 &&
		    sscanf(line, "SigCgt: %" SCNx64, &set) != 1)
			continue;
		handled |= set;
		found++;
	}
	if (file)
		fclose(file);
	return found == 3 ? handled : UINT64_MAX;
}

static bool is_harmless(int sig)
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (sig == harmless[i])
			return true;
	return false;
}

bool signals_reach(pid_t child, int sig)
{
	return is_harmless(sig) || handled_signals(child) >> (sig - 1) & 1;
}

int signals_pass(pid_t child, int sig)
{
	if (signals_reach(child, sig)) {
		kill(child, sig);
		return 0;
	}
	kill(child, SIGKILL);
	return sig;
}

void signals_stop_here(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	/* Where no shell could continue us, the kernel drops it. */
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, NULL);
	sigprocmask(SIG_BLOCK, &stop, NULL);
}
