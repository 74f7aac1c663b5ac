/* SPDX-License-Identifier: GPL-2.0-or-later */
/* term-keys.h - keys in; term.h declares term_key(). */
#ifndef PIDNS_TOP_TERM_KEYS_H
#define PIDNS_TOP_TERM_KEYS_H

#include <stdbool.h>

/* Take the keys of the terminal's description over; it has been opened (term-info.h). */
void term_keys_open(void);
/* Whether what a mouse does is a key. */
void term_keys_mouse(bool has_mouse);

#endif /* PIDNS_TOP_TERM_KEYS_H */
