// SPDX-License-Identifier: GPL-2.0-or-later
/* cmdline.c - command lines of other processes: the asking side; cmdline-helper.c answers. */
#include "cmdline.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmdline-helper.h"

/* Questions on their way at once. They fit any socket's buffer, so that asking never waits. */
#define WINDOW 64

struct cmdline_helper {
	pid_t pid;
	int fd;	   /* -1 once it is abandoned */
	int error; /* why it was */
	char *bytes;
	size_t len, room;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int cmdline_open(const char *proc, size_t max, struct cmdline_helper **ret_helper)
{
	struct cmdline_helper *helper;
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	helper = calloc(1, sizeof(*helper));
	if (!helper) {
		r = -ENOMEM;
		goto close_pair;
	}
	helper->fd = pair[0];
	helper->pid = fork();
	if (helper->pid < 0) {
		r = -errno;
		goto free_helper;
	}
	if (!helper->pid)
		cmdline_helper_run(pair[1], proc ? proc : "/proc", max);
	close(pair[1]);
	*ret_helper = helper;
	return 0;

free_helper:
	free(helper);
close_pair:
	close(pair[0]);
	close(pair[1]);
	return r;
}

/*
 * It is our child and not yet waited for, so the pid is still its own. Killed it may be or not (it
 * may hang where no signal reaches it); then init inherits it.
 */
static int helper_abandon(struct cmdline_helper *helper, int error)
{
	if (helper->fd >= 0) {
		close(helper->fd);
		helper->fd = -1;
		kill(helper->pid, SIGKILL);
		waitpid(helper->pid, NULL, WNOHANG);
	}
	helper->error = error;
	return error;
}

struct cmdline_helper *cmdline_close(struct cmdline_helper *helper)
{
	if (helper) {
		helper_abandon(helper, -EPIPE);
		free(helper->bytes);
		free(helper);
	}
	return NULL;
}

/* 0, -EAGAIN, or -EPIPE. */
static int send_question(struct cmdline_helper *helper, const struct cmdline_query *query, size_t i)
{
	struct cmdline_question question = {
		.start_ns = query->start_ns,
		.pid = query->pid,
		.place = (uint32_t)i,
	};
	ssize_t n = send(helper->fd, &question, sizeof(question), MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n == (ssize_t)sizeof(question))
		return 0;
	/* A stream socket may in theory take half of it; that one is of no use any more. */
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	return -EPIPE;
}

/* Read what is there: 0, or -EPIPE at the end, or -ENOMEM. */
static int receive(struct cmdline_helper *helper)
{
	ssize_t n;

	if (helper->len == helper->room) {
		size_t room = helper->room ? helper->room * 2 : 65536;
		char *bytes = realloc(helper->bytes, room);

		if (!bytes)
			return -ENOMEM;
		helper->bytes = bytes;
		helper->room = room;
	}
	n = recv(helper->fd, helper->bytes + helper->len, helper->room - helper->len, MSG_DONTWAIT);
	if (n > 0)
		helper->len += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		return -EPIPE;
	return 0;
}

/* Tell of every answer that is whole, and say how many there were. */
static size_t tell_answers(struct cmdline_helper *helper, size_t count, cmdline_got *got, void *arg)
{
	size_t at = 0, answers = 0;
	struct cmdline_answer answer;

	while (helper->len - at >= sizeof(answer)) {
		memcpy(&answer, helper->bytes + at, sizeof(answer));
		if (helper->len - at - sizeof(answer) < answer.len)
			break;
		at += sizeof(answer);
		if (answer.is_there && answer.place < count)
			got(arg, answer.place, helper->bytes + at, answer.len);
		at += answer.len;
		answers++;
	}
	if (at)
		memmove(helper->bytes, helper->bytes + at, helper->len - at);
	helper->len -= at;
	return answers;
}

/* Wait until the helper says something: 0, or why it is to be abandoned. */
static int wait_for_answer(struct cmdline_helper *helper)
{
	int64_t deadline = now_ms() + CMDLINE_PATIENCE_MS;
	struct pollfd poller = {.fd = helper->fd, .events = POLLIN};

	for (;;) {
		int64_t left = deadline - now_ms();
		int n = poll(&poller, 1, left > 0 ? (int)left : 0);

		if (n > 0)
			return receive(helper);
		if (n == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

int cmdline_ask(struct cmdline_helper *helper, const struct cmdline_query *queries, size_t count,
		cmdline_got *got, void *arg)
{
	size_t sent = 0, answered = 0;

	if (!helper)
		return -EPIPE;
	if (helper->fd < 0)
		return helper->error;
	while (answered < count) {
		int r = 0;

		while (sent < count && sent - answered < WINDOW && r == 0) {
			r = send_question(helper, &queries[sent], sent);
			if (r == 0)
				sent++;
		}
		if (r != -EPIPE)
			r = wait_for_answer(helper);
		if (r < 0)
			return helper_abandon(helper, r);
		answered += tell_answers(helper, count, got, arg);
	}
	return 0;
}
