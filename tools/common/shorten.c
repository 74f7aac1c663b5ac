// SPDX-License-Identifier: GPL-2.0-or-later
/* shorten.c - long paths on narrow lines: ids to their first digits, then the middle. */
#include "shorten.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define CUT	"..."
#define CUT_LEN (sizeof(CUT) - 1)
#define ID_MIN	32 /* digits: no one's own name is so long */

static bool is_plain_path(const char *text)
{
	if (!strchr(text, '/'))
		return false;
	for (; *text; text++)
		if (*text <= ' ' || *text >= 127 || *text == '\\')
			return false;
	return true;
}

static size_t shorten_ids(const char *text, char *out, size_t size)
{
	size_t len = 0;

	while (*text && len + 1 < size) {
		size_t digits = strspn(text, "0123456789abcdef");
		size_t kept = digits < ID_MIN ? digits : SHORTEN_ID;
		int n = digits ? snprintf(out + len, size - len, "%.*s%s", (int)kept, text,
					  digits > kept ? CUT : "")
			       : snprintf(out + len, size - len, "%c", *text);

		len += (size_t)n < size - len ? (size_t)n : size - len - 1;
		text += digits + !digits;
	}
	out[len] = '\0';
	return len;
}

size_t shorten(const char *text, size_t width, char *out, size_t size)
{
	size_t len = strlen(text), tail;

	if (len <= width || !is_plain_path(text)) {
		len = (size_t)snprintf(out, size, "%s", text);
		return len < size ? len : size - 1;
	}
	len = shorten_ids(text, out, size);
	if (len <= width || width < 4 * CUT_LEN)
		return len;
	tail = (width - CUT_LEN) / 2;
	memmove(out + width - tail, out + len - tail, tail + 1);
	memcpy(out + width - tail - CUT_LEN, CUT, CUT_LEN);
	return width;
}
