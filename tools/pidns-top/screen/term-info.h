/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * term-info.h - what the terminal's description (terminfo(5)) says, apart from term.c because
 * <term.h> takes words like `columns` and `lines` away.
 */
#ifndef PIDNS_TOP_TERM_INFO_H
#define PIDNS_TOP_TERM_INFO_H

#include <stddef.h>

/*
 * Can a viewer use this terminal? 0; or an exit code, with one sentence in `why`. Needed before any
 * of the others, which speak of the terminal opened last: this one, or that of newterm(3).
 */
int term_info_open(char *why, size_t why_len);
/* What that took is given back; newterm() takes its own. */
void term_info_close(void);

/* Its size by description; 0: it does not say. */
void term_info_size(long *ret_rows, long *ret_columns);

/* Write the capabilities of that NULL-ended list, those the terminal has. Returns the length. */
size_t term_info_bytes(const char *const *names, char *out, size_t size);

/* One capability as it is, NULL where the terminal has none. */
const char *term_info_string(const char *name);

/* The bytes that leave the screen with the cursor below all of it, if the terminal has no other
 * screen to go back to; else 0 of them. */
size_t term_info_bottom(unsigned int rows, char *out, size_t size);

#endif /* PIDNS_TOP_TERM_INFO_H */
