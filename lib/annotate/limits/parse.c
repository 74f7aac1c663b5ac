// SPDX-License-Identifier: LGPL-2.1-or-later
/* parse.c - what the files of a cgroup say that limits are read from. */
#include "parse.h"

#include <errno.h>

int limits_below_root(struct text path, struct text root, struct text *ret)
{
	struct text up = path;

	/* Above the root of the reader's cgroup namespace names go up, not down. */
	if (text_is(root, "/") && text_strip_start(&up, "/..") && (!up.len || up.text[0] == '/'))
		return -ENOENT;
	text_strip_end(&root, "/");
	if (path.len < root.len || !text_is_same((struct text){path.text, root.len}, root))
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

static struct text first_line(const char *buf, size_t len)
{
	struct text text = {buf, len}, line = {buf, 0};

	text_next(&text, '\n', &line);
	return line;
}

int limits_parse_number(const char *buf, size_t len, uint64_t *ret)
{
	struct text line = first_line(buf, len);

	return text_parse_u64(line.text, line.len, ret);
}

int limits_parse_max(const char *buf, size_t len, uint64_t *ret)
{
	if (text_is(first_line(buf, len), "max"))
		return 0;
	return limits_parse_number(buf, len, ret) < 0 ? -EPROTO : 1;
}

int limits_parse_events(const char *buf, size_t len, uint64_t *ret)
{
	struct text number;

	if (!text_find_line((struct text){buf, len}, "max ", &number))
		return limits_parse_number(buf, len, ret);
	return text_parse_u64(number.text, number.len, ret);
}
