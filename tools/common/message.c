// SPDX-License-Identifier: GPL-2.0-or-later
/* message.c - what a tool says when things go wrong. */
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "escape.h"

/* A sentence longer than this quotes an absurd argument; it is cut. */
#define SENTENCE_SIZE 1024

static const char *program_name = "pidns";

void message_init(const char *program)
{
	program_name = program;
	for (int fd = 0; fd <= 2; fd++) {
		/* "/" exists in any root, and reading or writing an O_PATH one gives EBADF. */
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/", O_PATH | O_CLOEXEC) != fd)
			_exit(EXIT_FAILED);
	}
}

static void __attribute__((format(printf, 1, 0))) message_list(const char *format, va_list ap)
{
	char raw[SENTENCE_SIZE], sentence[ESCAPE_TEXT_SIZE(SENTENCE_SIZE)];

	if (vsnprintf(raw, sizeof(raw), format, ap) < 0)
		return;
	escape_text(raw, strlen(raw), sentence, sizeof(sentence));
	fprintf(stderr, "%s: %s\n", program_name, sentence);
}

void message(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message_list(format, ap);
	va_end(ap);
}

int message_exit(int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	message_list(format, ap);
	va_end(ap);
	return code;
}

static int reader_is_gone(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) == 1 && (p.revents & POLLERR);
}

int message_close_stdout(int code)
{
	/* An earlier write may have failed and its errno be long gone: then ask the pipe. */
	int failed = ferror(stdout), fd = dup(STDOUT_FILENO);

	errno = 0;
	if (fclose(stdout))
		failed = 1;
	if (!failed) {
		if (fd >= 0)
			close(fd);
		return code;
	}
	if (errno != EPIPE && !reader_is_gone(fd))
		message("standard output: %s", errno ? strerror(errno) : "write error");
	return code > EXIT_ANSWER_NO ? code : EXIT_FAILED;
}
