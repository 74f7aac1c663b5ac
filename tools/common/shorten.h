/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shorten.h - long paths on narrow lines: ids to their first digits, then the middle. Implemented in
 * shorten.c. */
#ifndef PIDNS_SHORTEN_H
#define PIDNS_SHORTEN_H

#include <stddef.h>

/* As many digits of an id as engines show. */
#define SHORTEN_ID 12

/*
 * Write text that is escaped already and has no blanks at its ends to `out`, in up to `width` columns if it can
 * be so: the rest of hexadecimal ids is left out first, then what is in the middle. Text with blanks,
 * backslashes or bytes beyond ASCII stays as it is: it is no plain path. Returns the length.
 */
size_t shorten(const char *text, size_t width, char *out, size_t size);

#endif /* PIDNS_SHORTEN_H */
