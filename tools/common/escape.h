/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * escape.h - the one escape for names that others chose.
 *
 * In text each byte of a control, a character that hides or reorders what stands around it, or
 * invalid UTF-8, and each backslash, becomes \ooo: three octal digits, as in /proc/mounts. All else
 * stays, so a text that has no such byte is its own escape, and undoing \ooo gives the bytes back.
 *
 * In a JSON string only invalid bytes and backslashes become \ooo (written \\ooo, for JSON has its
 * own use of the backslash); the characters above keep their value and are written \uXXXX, so that
 * a document is as safe to look at on a terminal as any text.
 */
#ifndef PIDNS_ESCAPE_H
#define PIDNS_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room that escaping `len` bytes can never exceed, the final NUL included. */
#define ESCAPE_TEXT_SIZE(len) ((len)*4 + 1)
#define ESCAPE_JSON_SIZE(len) ((len)*6 + 1)

/* The most one character can become, in either form. */
#define ESCAPE_CHAR_SIZE 16

/*
 * Write the escape of in[0 … len) to `out`, NUL-terminated. What does not fit into `size` (at least
 * 1) is left out by whole characters. Returns the length written, never size or more.
 */
size_t escape_text(const char *in, size_t len, char *out, size_t size);
/* The same for what stands between the quotes of a JSON string. */
size_t escape_json(const char *in, size_t len, char *out, size_t size);

/*
 * Escape the one character, or the one byte that is none, at in[0 … len), len > 0. Writes up to
 * ESCAPE_CHAR_SIZE bytes without a NUL, says how many in *ret_len, and returns how many it used.
 */
size_t escape_text_char(const char *in, size_t len, char *out, size_t *ret_len);
size_t escape_json_char(const char *in, size_t len, char *out, size_t *ret_len);

/* Is the text, in either form, its own escape byte for byte, plain ASCII? */
bool escape_is_plain(const char *in, size_t len);

/*
 * Decode the UTF-8 character at in[0 … len), len > 0: its length, with the code point in
 * *ret_code; or 0 where the first byte begins no valid one (overlong, surrogate, past U+10FFFF,
 * cut short).
 */
size_t escape_decode(const char *in, size_t len, uint32_t *ret_code);

/* Is this code point one that text must not show as it is? */
bool escape_is_unsafe(uint32_t code);

#endif /* PIDNS_ESCAPE_H */
