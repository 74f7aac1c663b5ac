/* SPDX-License-Identifier: GPL-2.0-or-later */
/* message.h - what a tool says when things go wrong, and the exit code it says it with. */
#ifndef PIDNS_MESSAGE_H
#define PIDNS_MESSAGE_H

/* Exit codes, a promise to scripts. */
enum {
	EXIT_DONE = 0,	       /* also when a list is incomplete */
	EXIT_ANSWER_NO = 1,    /* map: not found; diff: they differ; why: a limit is near */
	EXIT_USAGE = 2,	       /* the command line makes no sense */
	EXIT_FAILS_NOW = 3,    /* why: fork(2) fails */
	EXIT_CANNOT_SERVE = 4, /* the provider or the kernel cannot */
	EXIT_FAILED = 5,       /* anything else: I/O, permission, no such namespace */
};

/*
 * Call first: names the program in its messages, and fills whatever of stdin, stdout and stderr the
 * caller has closed with a descriptor that can be neither read nor written. Otherwise the next file
 * opened would be stdout, and output would go into it.
 */
void message_init(const char *program);

/* One sentence on stderr, "program: what: why". Names in it are escaped here, so pass them raw. */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, and return `code`, so that a failure is one line. */
int message_exit(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Call last: flush stdout and return the exit code, which is EXIT_FAILED where `code` promised
 * something that could not be written. A reader that went away (EPIPE) gets no message.
 */
int message_close_stdout(int code);

#endif /* PIDNS_MESSAGE_H */
