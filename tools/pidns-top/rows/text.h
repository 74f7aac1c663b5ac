/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - text that has to fit a screen: made harmless, measured, and cut by columns.
 *
 * A column is what one ASCII character takes; wide characters take two. Where the locale is not
 * UTF-8, nothing but ASCII is ever shown.
 */
#ifndef PIDNS_TOP_TEXT_H
#define PIDNS_TOP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

enum text_align {
	TEXT_LEFT,
	TEXT_RIGHT,
};

/* Does the locale's character set let us show more than ASCII? */
bool text_is_utf8(void);

/*
 * The escape of escape.h, and the same \ooo for what this locale cannot show or measure, for a
 * combining character with nothing to combine with, and for more than a few of them on one
 * character. The result is NUL-terminated, fits `size`, and every character of it has a width.
 * Returns its length.
 */
size_t text_clean(const char *in, size_t len, char *out, size_t size);

/* Columns that a clean text takes. */
size_t text_width(const char *text);

/* Bytes of the longest start of a clean text that takes no more than `columns`; *ret_width says
 * how many it takes: one less where a wide character would have been cut in half. */
size_t text_cut(const char *text, size_t columns, size_t *ret_width);

/*
 * A clean text in exactly `columns`: cut, or padded with spaces on the side that `align` leaves
 * free. `size` must have room for the text's bytes and the padding; what has none is left out.
 * Returns the length.
 */
size_t text_fit(const char *text, size_t columns, enum text_align align, char *out, size_t size);

#endif /* PIDNS_TOP_TEXT_H */
