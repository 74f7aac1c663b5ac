/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.h - pieces of a text, cut off and compared where they lie: nothing is allocated, copied or
 * assumed to end in NUL. What /proc, cgroups and state files hold is parsed with these. Implemented in
 * text.c.
 */
#ifndef PIDNS_TEXT_H
#define PIDNS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	const char *text;
	size_t len;
};

bool text_is(struct text text, const char *word);
bool text_is_same(struct text a, struct text b);
/* Cut it off, if the text begins or ends so. */
bool text_strip_start(struct text *text, const char *start);
bool text_strip_end(struct text *text, const char *end);

/* The field up to `separator`, which is eaten; false where the rest has none. */
bool text_cut(struct text *rest, char separator, struct text *ret);
/* The same, or all of the rest; false where there is none. */
bool text_next(struct text *rest, char separator, struct text *ret);
/* The next word between blanks; "": there is none. */
struct text text_next_word(struct text *rest);
/* The rest of the first line that begins with `start`; false: there is none that ends in a newline. */
bool text_find_line(struct text text, const char *start, struct text *ret);
/* Is that word among those that commas separate? */
bool text_list_has(struct text list, const char *word);

bool text_is_digit(char c);
/* The value of a lower-case hexadecimal digit, or -1. */
int text_hex_digit(char c);
/* A number that fills the whole text: decimal, or up to 16 lower-case hexadecimal digits. 0 or -EPROTO
 * with the result untouched. */
int text_parse_u64(const char *text, size_t len, uint64_t *ret);
int text_parse_hex(struct text text, uint64_t *ret);
/* A decimal number from min to max. */
bool text_parse_range(struct text text, uint64_t min, uint64_t max, uint64_t *ret);

/* A field of mountinfo without its \ooo escapes, NUL-terminated. 0; -ENAMETOOLONG: no room. */
int text_unescape(struct text field, char *buf, size_t size);

#endif /* PIDNS_TEXT_H */
