// SPDX-License-Identifier: GPL-2.0-or-later
/* cmdline-helper.c - the process that reads command lines, and may hang for it. */
#include "cmdline-helper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* All the arguments one process can have are a quarter of its stack limit, which is 8 MiB. */
#define BYTES_MAX ((size_t)4 << 20)

#define NS_PER_S UINT64_C(1000000000)

struct helper {
	int socket;
	int proc;
	size_t max;
	char *bytes; /* max of them, and the answer's head before */
};

/* Nothing of the tool's may be kept open by us: its terminal, its pipes, its files. */
static void close_all_but(int fd)
{
	struct rlimit limit;

	dup2(fd, STDIN_FILENO);
	if (close_range(STDIN_FILENO + 1, ~0U, 0) == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > 65536)
		limit.rlim_cur = 65536;
	for (int i = STDIN_FILENO + 1; i < (int)limit.rlim_cur; i++)
		close(i);
}

/* The terminal's signals are the tool's business. */
static void leave_terminal(void)
{
	static const int ignored[] = {SIGINT,  SIGQUIT, SIGHUP,	 SIGTSTP,
				      SIGTTIN, SIGTTOU, SIGPIPE, SIGWINCH};
	static const int fatal[] = {SIGTERM, SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};
	sigset_t none;

	setsid();
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		signal(fatal[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Only what is procfs's own, where the kernel can tell (Linux 5.6). */
static int open_own(int dir, const char *name, int flags)
{
	const struct open_how how = {
		.flags = (unsigned int)(flags | O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW),
		.resolve = RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(dir, name, (int)how.flags);
	return fd < 0 ? -errno : fd;
}

static ssize_t read_all(int dir, const char *name, char *buf, size_t size)
{
	int fd = open_own(dir, name, 0);
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return fd;
	while (len < size) {
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	close(fd);
	return n < 0 ? -errno : (ssize_t)len;
}

/* Field 22 of /proc/PID/stat, in clock ticks; the name before it may hold anything. */
static bool has_started_at(int dir, uint64_t start_ns)
{
	char buf[4096], *at;
	ssize_t len = read_all(dir, "stat", buf, sizeof(buf) - 1);
	uint64_t hertz = (uint64_t)sysconf(_SC_CLK_TCK);
	uint64_t ticks,
		wanted = start_ns / NS_PER_S * hertz + start_ns % NS_PER_S * hertz / NS_PER_S;

	if (len <= 0)
		return false;
	buf[len] = '\0';
	at = strrchr(buf, ')');
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return false;
	ticks = strtoull(at + 1, NULL, 10);
	return ticks <= wanted + 1 && wanted <= ticks + 1;
}

/* The length of the command line now in `bytes`; negative: not to be had. */
static ssize_t read_cmdline(const struct helper *helper, const struct cmdline_question *question)
{
	char name[16];
	ssize_t len = -ESRCH;
	int dir;

	snprintf(name, sizeof(name), "%d", question->pid);
	dir = open_own(helper->proc, name, O_DIRECTORY);
	if (dir < 0)
		return dir;
	if (!question->start_ns || has_started_at(dir, question->start_ns))
		len = read_all(dir, "cmdline", helper->bytes + sizeof(struct cmdline_answer),
			       helper->max);
	close(dir);
	return len;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

static bool answer_one(const struct helper *helper)
{
	struct cmdline_question question;
	struct cmdline_answer answer = {0};
	ssize_t len = recv(helper->socket, &question, sizeof(question), MSG_WAITALL);

	if (len < 0 && errno == EINTR)
		return true;
	if (len != (ssize_t)sizeof(question))
		return false;
	len = read_cmdline(helper, &question);
	answer.place = question.place;
	answer.is_there = len >= 0;
	answer.len = len > 0 ? (uint32_t)len : 0;
	memcpy(helper->bytes, &answer, sizeof(answer));
	return write_all(helper->socket, helper->bytes, sizeof(answer) + answer.len);
}

void cmdline_helper_run(int socket, const char *proc, size_t max)
{
	struct helper helper = {.socket = STDIN_FILENO, .max = max ? max : BYTES_MAX};

	close_all_but(socket);
	leave_terminal();
	prctl(PR_SET_NAME, "pidns-cmdline");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	helper.proc = open(proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	helper.bytes = malloc(sizeof(struct cmdline_answer) + helper.max);
	while (helper.bytes && answer_one(&helper))
		continue;
	_exit(0);
}
