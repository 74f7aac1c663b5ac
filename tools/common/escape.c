// SPDX-License-Identifier: GPL-2.0-or-later
/* escape.c - the one escape for names that others chose. */
#include "escape.h"

#include <string.h>

struct range {
	uint32_t first, last;
};

/*
 * What must not reach a terminal as it is, in order. Zero-width means what Unicode calls
 * Default_Ignorable_Code_Point (DerivedCoreProperties.txt): characters whose purpose is to be
 * invisible, which make two names look alike. Combining marks are not among them: they show.
 */
static const struct range unsafe[] = {
	{0x0000, 0x001f},   /* C0 */
	{0x007f, 0x009f},   /* DEL and C1 */
	{0x00ad, 0x00ad},   /* soft hyphen */
	{0x034f, 0x034f},   /* combining grapheme joiner */
	{0x061c, 0x061c},   /* bidi: Arabic letter mark */
	{0x115f, 0x1160},   /* Hangul fillers */
	{0x17b4, 0x17b5},   /* Khmer inherent vowels */
	{0x180b, 0x180f},   /* Mongolian variation selectors, vowel separator */
	{0x200b, 0x200f},   /* zero-width space, joiners; bidi: LRM, RLM */
	{0x2028, 0x2029},   /* line and paragraph separator */
	{0x202a, 0x202e},   /* bidi: embeddings and overrides */
	{0x2060, 0x206f},   /* word joiner, invisible operators; bidi: isolates */
	{0x3164, 0x3164},   /* Hangul filler */
	{0xfdd0, 0xfdef},   /* noncharacters */
	{0xfe00, 0xfe0f},   /* variation selectors */
	{0xfeff, 0xfeff},   /* zero-width no-break space */
	{0xffa0, 0xffa0},   /* halfwidth Hangul filler */
	{0xfff0, 0xfffb},   /* reserved ignorables; interlinear annotation marks */
	{0x1bca0, 0x1bca3}, /* shorthand format controls */
	{0x1d173, 0x1d17a}, /* musical format controls */
	{0xe0000, 0xe0fff}, /* tags, variation selectors, reserved ignorables */
};

bool escape_is_unsafe(uint32_t code)
{
	size_t low = 0, high = sizeof(unsafe) / sizeof(unsafe[0]);

	if ((code & 0xfffe) == 0xfffe) /* the last two of every plane: noncharacters */
		return true;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (code > unsafe[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sizeof(unsafe) / sizeof(unsafe[0]) && code >= unsafe[low].first;
}

size_t escape_decode(const char *in, size_t len, uint32_t *ret_code)
{
	/* The least code point that needs so many bytes: anything below it is overlong. */
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *b = (const unsigned char *)in;
	uint32_t code;
	size_t need;

	if (b[0] < 0x80) {
		*ret_code = b[0];
		return 1;
	}
	need = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
	if (b[0] < 0xc2 || b[0] > 0xf4 || len < need)
		return 0;
	code = b[0] & (0x7fu >> need);
	for (size_t i = 1; i < need; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (b[i] & 0x3f);
	}
	if (code < least[need] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return need;
}

static size_t put_octal(char *out, unsigned char byte)
{
	out[0] = '\\';
	out[1] = (char)('0' + (byte >> 6));
	out[2] = (char)('0' + (byte >> 3 & 7));
	out[3] = (char)('0' + (byte & 7));
	return 4;
}

static size_t put_u(char *out, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";

	out[0] = '\\';
	out[1] = 'u';
	for (int i = 0; i < 4; i++)
		out[2 + i] = hex[unit >> (12 - 4 * i) & 15];
	return 6;
}

size_t escape_text_char(const char *in, size_t len, char *out, size_t *ret_len)
{
	uint32_t code = 0;
	size_t used = escape_decode(in, len, &code);

	if (used && code != '\\' && !escape_is_unsafe(code)) {
		memcpy(out, in, used);
		*ret_len = used;
		return used;
	}
	if (!used)
		used = 1;
	for (size_t i = 0; i < used; i++)
		put_octal(out + 4 * i, (unsigned char)in[i]);
	*ret_len = 4 * used;
	return used;
}

size_t escape_json_char(const char *in, size_t len, char *out, size_t *ret_len)
{
	uint32_t code = 0;
	size_t used = escape_decode(in, len, &code);

	if (!used || code == '\\') {
		out[0] = '\\';
		*ret_len = 1 + put_octal(out + 1, (unsigned char)in[0]);
		return 1;
	}
	if (code == '"') {
		memcpy(out, "\\\"", 2);
		*ret_len = 2;
	} else if (!escape_is_unsafe(code)) {
		memcpy(out, in, used);
		*ret_len = used;
	} else if (code < 0x10000) {
		*ret_len = put_u(out, code);
	} else {
		*ret_len = put_u(out, 0xd800 + ((code - 0x10000) >> 10));
		*ret_len += put_u(out + *ret_len, 0xdc00 + ((code - 0x10000) & 0x3ff));
	}
	return used;
}

static size_t escape_all(const char *in, size_t len, char *out, size_t size,
			 size_t (*escape_char)(const char *, size_t, char *, size_t *))
{
	char piece[ESCAPE_CHAR_SIZE];
	size_t written = 0;

	while (len) {
		size_t n, used = escape_char(in, len, piece, &n);

		if (n >= size - written)
			break;
		memcpy(out + written, piece, n);
		written += n;
		in += used;
		len -= used;
	}
	out[written] = '\0';
	return written;
}

size_t escape_text(const char *in, size_t len, char *out, size_t size)
{
	return escape_all(in, len, out, size, escape_text_char);
}

size_t escape_json(const char *in, size_t len, char *out, size_t size)
{
	return escape_all(in, len, out, size, escape_json_char);
}

bool escape_is_plain(const char *in, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)in[i];

		if (byte < ' ' || byte > '~' || byte == '\\' || byte == '"')
			return false;
	}
	return true;
}
