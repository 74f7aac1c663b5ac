// SPDX-License-Identifier: LGPL-2.1-or-later
/* text.c - pieces of a text, cut off and compared where they lie. */
#include "text.h"

#include <errno.h>
#include <string.h>

bool text_is(struct text text, const char *word)
{
	return text.len == strlen(word) && !memcmp(text.text, word, text.len);
}

bool text_is_same(struct text a, struct text b)
{
	return a.len == b.len && !memcmp(a.text, b.text, a.len);
}

bool text_strip_start(struct text *text, const char *start)
{
	size_t len = strlen(start);

	if (text->len < len || memcmp(text->text, start, len))
		return false;
	text->text += len;
	text->len -= len;
	return true;
}

bool text_strip_end(struct text *text, const char *end)
{
	size_t len = strlen(end);

	if (text->len < len || memcmp(text->text + text->len - len, end, len))
		return false;
	text->len -= len;
	return true;
}

bool text_cut(struct text *rest, char separator, struct text *ret)
{
	const char *stop = rest->len ? memchr(rest->text, separator, rest->len) : NULL;
	size_t len = stop ? (size_t)(stop - rest->text) : 0;

	if (!stop)
		return false;
	*ret = (struct text){rest->text, len};
	rest->text += len + 1;
	rest->len -= len + 1;
	return true;
}

bool text_next(struct text *rest, char separator, struct text *ret)
{
	if (!rest->len)
		return false;
	if (text_cut(rest, separator, ret))
		return true;
	*ret = *rest;
	*rest = (struct text){rest->text + rest->len, 0};
	return true;
}

struct text text_next_word(struct text *rest)
{
	const char *end = rest->text + rest->len, *start = rest->text, *stop;

	while (start < end && (*start == ' ' || *start == '\t'))
		start++;
	for (stop = start; stop < end && *stop != ' ' && *stop != '\t';)
		stop++;
	*rest = (struct text){stop, (size_t)(end - stop)};
	return (struct text){start, (size_t)(stop - start)};
}

bool text_find_line(struct text text, const char *start, struct text *ret)
{
	struct text line;

	while (text_cut(&text, '\n', &line))
		if (text_strip_start(&line, start)) {
			*ret = line;
			return true;
		}
	return false;
}

bool text_list_has(struct text list, const char *word)
{
	struct text item;

	while (text_next(&list, ',', &item))
		if (text_is(item, word))
			return true;
	return false;
}

bool text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int text_hex_digit(char c)
{
	if (text_is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int text_parse_u64(const char *text, size_t len, uint64_t *ret)
{
	uint64_t value = 0;
	size_t i;

	if (!len)
		return -EPROTO;
	for (i = 0; i < len; i++) {
		unsigned int digit = (unsigned char)text[i] - (unsigned int)'0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return -EPROTO;
		value = value * 10 + digit;
	}
	*ret = value;
	return 0;
}

int text_parse_hex(struct text text, uint64_t *ret)
{
	uint64_t value = 0;

	if (!text.len || text.len > 16)
		return -EPROTO;
	for (size_t i = 0; i < text.len; i++) {
		int digit = text_hex_digit(text.text[i]);

		if (digit < 0)
			return -EPROTO;
		value = value << 4 | (unsigned int)digit;
	}
	*ret = value;
	return 0;
}

bool text_parse_range(struct text text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value;

	if (text_parse_u64(text.text, text.len, &value) < 0 || value < min || value > max)
		return false;
	*ret = value;
	return true;
}

static bool is_octal(const char *at, size_t len)
{
	return len > 3 && at[0] == '\\' && at[1] >= '0' && at[1] <= '3' && at[2] >= '0' &&
	       at[2] <= '7' && at[3] >= '0' && at[3] <= '7';
}

int text_unescape(struct text field, char *buf, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < field.len; i++) {
		const char *at = field.text + i;
		char c = *at;

		if (is_octal(at, field.len - i)) {
			c = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
			i += 3;
		}
		if (used + 1 >= size)
			return -ENAMETOOLONG;
		buf[used++] = c;
	}
	if (!size)
		return -ENAMETOOLONG;
	buf[used] = '\0';
	return 0;
}
