/* SPDX-License-Identifier: GPL-2.0-or-later */
/* terminal.h - the caller's terminal: lent to a relay, and given back as it was found. */
#ifndef PIDNS_TERMINAL_H
#define PIDNS_TERMINAL_H

#include <stdbool.h>
#include <sys/ioctl.h>
#include <termios.h>

/* There is one, as there is one set of fatal signals. */
struct terminal {
	int fd;		      /* our own; -1: there is none */
	struct termios found; /* as it was before, or when last continued */
	volatile bool is_raw; /* read by the handlers of fatal signals */
};

/* The first of stdin, stdout and stderr that is a terminal. 0, also where there is none, or -errno. */
int terminal_open(struct terminal *terminal);
void terminal_close(struct terminal *terminal);

/* Whether it is ours to read and to change: the shell has not put us in the background. */
bool terminal_is_ours(const struct terminal *terminal);
bool terminal_is_gone(const struct terminal *terminal);

/* Every byte as it is typed and as it is written; only where it is ours. From then on faults of this
 * program give it back, too. */
void terminal_take(struct terminal *terminal);
void terminal_give_back(struct terminal *terminal);

/* 0, or -errno where it has no size. */
int terminal_size(const struct terminal *terminal, struct winsize *ret);

#endif /* PIDNS_TERMINAL_H */
