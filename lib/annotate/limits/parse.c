// SPDX-License-Identifier: LGPL-2.1-or-later
/* parse.c - what the files say that limits are read from. */
#include "parse.h"

#include <errno.h>
#include <string.h>

#define NO_TEXT ((struct proc_text){"", 0})

/* What is before the first `end` in the text, or all of it; *text is moved past that. */
static struct proc_text cut(struct proc_text *text, char end)
{
	const char *at = text->len ? memchr(text->text, end, text->len) : NULL;
	size_t len = at ? (size_t)(at - text->text) : text->len;
	struct proc_text part = {text->text, len};

	text->text += at ? len + 1 : len;
	text->len -= at ? len + 1 : len;
	return part;
}

static bool is_word(struct proc_text text, const char *word)
{
	return text.len == strlen(word) && !memcmp(text.text, word, text.len);
}

static bool begins_with(struct proc_text text, const char *head)
{
	return text.len >= strlen(head) && !memcmp(text.text, head, strlen(head));
}

/* Past blanks, and the word up to the next one. */
static struct proc_text next_word(struct proc_text *line)
{
	size_t start = 0, end;

	while (start < line->len && (line->text[start] == ' ' || line->text[start] == '\t'))
		start++;
	end = start;
	while (end < line->len && line->text[end] != ' ' && line->text[end] != '\t')
		end++;
	line->text += start;
	line->len -= start;
	return (struct proc_text){line->text, end - start};
}

static struct proc_text first_line(const char *buf, size_t len)
{
	struct proc_text text = {buf, len};

	return cut(&text, '\n');
}

/* The rest of the line that begins so; without text: there is none. */
static struct proc_text find_line(const char *buf, size_t len, const char *head)
{
	struct proc_text text = {buf, len};

	while (text.len) {
		struct proc_text line = cut(&text, '\n');

		if (begins_with(line, head))
			return (struct proc_text){line.text + strlen(head),
						  line.len - strlen(head)};
	}
	return NO_TEXT;
}

/* ---- cgroups --------------------------------------------------------------------------------- */

int limits_next_cgroup(const char **cursor, const char *end, struct limits_cgroup *ret)
{
	while (*cursor < end) {
		struct proc_text rest = {*cursor, (size_t)(end - *cursor)};
		struct proc_text line = cut(&rest, '\n'), number = cut(&line, ':');
		struct limits_cgroup cgroup;

		*cursor = rest.text;
		if (proc_parse_u64(number.text, number.len, &cgroup.hierarchy) < 0)
			continue;
		cgroup.controllers = cut(&line, ':');
		cgroup.path = line; /* which may hold colons */
		if (!line.len || line.text[0] != '/')
			continue;
		*ret = cgroup;
		return 1;
	}
	return 0;
}

bool limits_list_has(struct proc_text list, const char *word)
{
	while (list.len)
		if (is_word(cut(&list, ','), word))
			return true;
	return false;
}

int limits_below_root(struct proc_text path, struct proc_text root, struct proc_text *ret)
{
	/* Above the root of the reader's cgroup namespace names go up, not down. */
	if (is_word(root, "/") && begins_with(path, "/..") &&
	    (path.len == 3 || path.text[3] == '/'))
		return -ENOENT;
	if (root.len && root.text[root.len - 1] == '/')
		root.len--;
	if (path.len < root.len || (root.len && memcmp(path.text, root.text, root.len) != 0))
		return -ENOENT;
	path.text += root.len;
	path.len -= root.len;
	if (path.len && path.text[0] != '/')
		return -ENOENT;
	if (path.len == 1)
		path.len = 0;
	*ret = path;
	return 0;
}

static bool is_octal(const char *digits)
{
	return digits[0] >= '0' && digits[0] <= '3' && digits[1] >= '0' && digits[1] <= '7' &&
	       digits[2] >= '0' && digits[2] <= '7';
}

int limits_unescape(struct proc_text field, char *buf, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < field.len; i++) {
		char c = field.text[i];

		if (c == '\\' && field.len - i > 3 && is_octal(field.text + i + 1)) {
			c = (char)((field.text[i + 1] - '0') << 6 | (field.text[i + 2] - '0') << 3 |
				   (field.text[i + 3] - '0'));
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

/* ---- numbers --------------------------------------------------------------------------------- */

int limits_parse_number(const char *buf, size_t len, uint64_t *ret)
{
	struct proc_text line = first_line(buf, len);

	return proc_parse_u64(line.text, line.len, ret);
}

int limits_parse_max(const char *buf, size_t len, uint64_t *ret)
{
	if (is_word(first_line(buf, len), "max"))
		return 0;
	return limits_parse_number(buf, len, ret) < 0 ? -EPROTO : 1;
}

int limits_parse_events(const char *buf, size_t len, uint64_t *ret)
{
	struct proc_text number = find_line(buf, len, "max ");

	if (!number.len)
		return limits_parse_number(buf, len, ret);
	return proc_parse_u64(number.text, number.len, ret);
}

/* "0.20 0.18 0.12 1/80 11206" */
int limits_parse_loadavg(const char *buf, size_t len, uint64_t *ret)
{
	struct proc_text line = first_line(buf, len), word = NO_TEXT;

	for (int i = 0; i < 4; i++) {
		word = next_word(&line);
		line.text += word.len;
		line.len -= word.len;
	}
	cut(&word, '/');
	return proc_parse_u64(word.text, word.len, ret);
}

int limits_parse_nproc(const char *buf, size_t len, uint64_t *ret)
{
	struct proc_text line = find_line(buf, len, "Max processes ");
	struct proc_text soft = next_word(&line);

	if (is_word(soft, "unlimited"))
		return 0;
	return proc_parse_u64(soft.text, soft.len, ret) < 0 ? -EPROTO : 1;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int limits_parse_capabilities(const char *buf, size_t len, uint64_t *ret)
{
	struct proc_text line = find_line(buf, len, "CapEff:");
	struct proc_text digits = next_word(&line);
	uint64_t bits = 0;

	if (!digits.len || digits.len > 16)
		return -EPROTO;
	for (size_t i = 0; i < digits.len; i++) {
		int value = hex_value(digits.text[i]);

		if (value < 0)
			return -EPROTO;
		bits = bits << 4 | (uint64_t)value;
	}
	*ret = bits;
	return 0;
}
