/* SPDX-License-Identifier: GPL-2.0-or-later */
/* help.h - the help screen, made of the table of requests and the tables of columns. */
#ifndef PIDNS_TOP_HELP_H
#define PIDNS_TOP_HELP_H

#include <stddef.h>

/* How many lines there are, whatever the width. */
size_t help_lines(void);
/* The i-th line, clean; "" past the last. */
void help_line(size_t i, char *out, size_t size);

#endif /* PIDNS_TOP_HELP_H */
