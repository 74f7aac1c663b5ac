/* SPDX-License-Identifier: GPL-2.0-or-later */
/* term-theme.h - how each style looks in each theme. */
#ifndef PIDNS_TOP_TERM_THEME_H
#define PIDNS_TOP_TERM_THEME_H

#include "pidns-top/view.h"

/* Colours of curses and 1 more; 0: as the terminal has it. */
struct term_look {
	short foreground, background;
	unsigned int attributes;
};

/* By enum style. */
const struct term_look *term_looks(enum theme theme);

#endif /* PIDNS_TOP_TERM_THEME_H */
