/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * term.h - the terminal: cells out, keys in, and always given back as it was found. Only the files
 * term*.c know how.
 *
 * There is one terminal, and signals may end us at any moment, so this room has state of its own.
 */
#ifndef PIDNS_TOP_TERM_H
#define PIDNS_TOP_TERM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pidns-top/view.h"

/* A terminal may claim to be of any size; no larger one is ever believed. */
#define TERM_ROWS_MAX	 512
#define TERM_COLUMNS_MAX 1024

struct term_opts {
	bool has_colour;
	bool has_cursor; /* keep the cursor visible, on the selected row */
	bool has_mouse;	 /* ask for reports of the mouse, if the terminal has one */
	enum theme theme;
};

/*
 * Take the terminal of stdin and stdout over. 0; or an exit code, with one sentence in `why`:
 * EXIT_CANNOT_SERVE for one that cannot do what a viewer needs.
 */
int term_open(const struct term_opts *opts, char *why, size_t why_len);
/* Give it back. */
void term_close(void);

void term_size(unsigned int *ret_rows, unsigned int *ret_columns);

/* The next key that has been typed (keys.h); TOP_KEY_NONE: none. Never waits. */
int term_key(void);
/* When there may be a key although nothing more is typed, on the monotonic clock. */
uint64_t term_keys_wake_ns(void);
/* False: the terminal is gone, and we should be too. */
bool term_is_there(void);
/* False: it takes no output just now; drawing would wait. */
bool term_is_ready(void);

/* Begin a frame with an empty screen; with `is_anew`, forget what the screen is thought to show. */
void term_begin(bool is_anew);
/* Clean text (text.h) at that place; what does not fit is cut. Returns the column after it. */
unsigned int term_put(unsigned int y, unsigned int x, const char *text, enum style style);
/* End the frame, with the cursor there. */
void term_end(unsigned int y, unsigned int x);
/* Other colours from the next frame on, which is to be drawn anew. Without colours nothing. */
void term_set_theme(enum theme theme);
bool term_has_colour(void);
/* Is STYLE_SELECTED different to look at? */
bool term_can_mark(void);

/* ---- Signals: blocked outside of poll(2), so that these happen between two frames. ---- */

/* The mask for ppoll(2). */
const sigset_t *term_signal_mask(void);
/* Do what the signals that came meanwhile asked for. True: the whole screen must be drawn anew. */
bool term_obey_signals(void);

#endif /* PIDNS_TOP_TERM_H */
