/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * term-signals.h - whatever ends or stops us, the terminal is given back first, with calls that are
 * safe in a signal handler alone: bytes prepared beforehand, and tcsetattr(3).
 */
#ifndef PIDNS_TOP_TERM_SIGNALS_H
#define PIDNS_TOP_TERM_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

struct term_modes {
	struct termios cooked, raw;
	char leave[512]; /* what brings the screen back as it was … */
	size_t leave_len;
	char enter[512]; /* … and takes it over again */
	size_t enter_len;
};

/* Remember the terminal's modes as they are, and handle signals from now on. 0 or -Exxx. */
int term_signals_open(void);
/* The terminal has been taken over, in these modes. */
void term_signals_arm(const struct term_modes *modes);
/* Give the terminal back, now. */
void term_signals_restore(void);
/* Back to the handlers that were. */
void term_signals_close(void);

const struct termios *term_signals_cooked(void);
const sigset_t *term_signals_mask(void);

/* What came since the last call. Stops the process here and now if it is to be stopped. */
struct term_news {
	bool has_resized;
	bool has_continued; /* the terminal is taken over again, and shows who knows what */
};

struct term_news term_signals_news(void);

#endif /* PIDNS_TOP_TERM_SIGNALS_H */
