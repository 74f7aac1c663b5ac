// SPDX-License-Identifier: GPL-2.0-or-later
/* text.c - text that has to fit a screen. */
#include "text.h"

#include <langinfo.h>
#include <stdint.h>
#include <string.h>
#include <wchar.h>

#include "common/escape.h"

/* Marks one character may carry. More would paint over the lines above and below. */
#define MARKS_MAX 3

bool text_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* The width of the character at text[0 … len), whose bytes go to *ret_used; -1: it has none. */
static int char_width(const char *text, size_t len, size_t *ret_used)
{
	uint32_t code;
	size_t used = escape_decode(text, len, &code);

	*ret_used = used ? used : 1;
	if (!used)
		return -1;
	if (code < 0x80)
		return code >= 0x20 && code != 0x7f ? 1 : -1;
	return text_is_utf8() ? wcwidth((wchar_t)code) : -1;
}

static size_t put_octal(const char *bytes, size_t len, char *out)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		*out++ = '\\';
		*out++ = (char)('0' + (byte >> 6));
		*out++ = (char)('0' + (byte >> 3 & 7));
		*out++ = (char)('0' + (byte & 7));
	}
	return len * 4;
}

size_t text_clean(const char *in, size_t len, char *out, size_t size)
{
	size_t done = 0;
	int marks = MARKS_MAX;

	while (len) {
		char piece[ESCAPE_CHAR_SIZE];
		size_t piece_len, width_len;
		size_t used = escape_text_char(in, len, piece, &piece_len);
		int width = char_width(piece, piece_len, &width_len);

		marks = width == 0 ? marks + 1 : 0;
		if (width < 0 || marks > MARKS_MAX)
			piece_len = put_octal(in, used, piece);
		if (done + piece_len + 1 > size)
			break;
		memcpy(out + done, piece, piece_len);
		done += piece_len;
		in += used;
		len -= used;
	}
	if (size)
		out[done] = '\0';
	return done;
}

size_t text_width(const char *text)
{
	size_t width;

	text_cut(text, SIZE_MAX, &width);
	return width;
}

size_t text_cut(const char *text, size_t columns, size_t *ret_width)
{
	size_t len = strlen(text), at = 0, width = 0;

	while (at < len) {
		size_t used;
		int wide = char_width(text + at, len - at, &used);

		if (wide < 0 || (size_t)wide > columns - width)
			break;
		width += (size_t)wide;
		at += used;
	}
	*ret_width = width;
	return at;
}

size_t text_fit(const char *text, size_t columns, enum text_align align, char *out, size_t size)
{
	size_t width;
	size_t bytes = text_cut(text, columns, &width);
	size_t pad = columns - width;

	if (!size)
		return 0;
	if (bytes > size - 1)
		bytes = 0;
	if (pad > size - 1 - bytes)
		pad = size - 1 - bytes;
	memset(out, ' ', bytes + pad);
	memcpy(align == TEXT_RIGHT ? out + pad : out, text, bytes);
	out[bytes + pad] = '\0';
	return bytes + pad;
}
