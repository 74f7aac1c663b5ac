// SPDX-License-Identifier: LGPL-2.1-or-later
/* parse.c - pure parsers of what /proc says of pins. */
#include "parse.h"
#include "base/pidfd.h"
#include "base/proc.h"

#include <errno.h>
#include <string.h>

bool pins_link_is_pidfd(const char *text, size_t len)
{
	return len == sizeof(PIDFD_LINK) - 1 && !memcmp(text, PIDFD_LINK, len);
}

/* The line that begins with `key`, without it; NULL: there is none that is whole. */
static const char *find_line(const char *buf, size_t len, const char *key, size_t *ret_len)
{
	const char *end = buf + len, *stop;
	size_t head = strlen(key);

	for (; buf < end && (stop = memchr(buf, '\n', (size_t)(end - buf))); buf = stop + 1) {
		if ((size_t)(stop - buf) < head || memcmp(buf, key, head))
			continue;
		*ret_len = (size_t)(stop - buf) - head;
		return buf + head;
	}
	return NULL;
}

int pins_parse_pidfd(const char *buf, size_t len, int32_t *ret_pid)
{
	size_t size;
	const char *text = find_line(buf, len, "Pid:\t", &size);
	uint64_t pid;

	if (text && size == 2 && !memcmp(text, "-1", 2)) {
		*ret_pid = -1;
		return 0;
	}
	if (!text || proc_parse_u64(text, size, &pid) < 0 || pid > INT32_MAX)
		return -EPROTO;
	*ret_pid = (int32_t)pid;
	return 0;
}

int pins_parse_own_ns(const char *buf, size_t len, uint64_t *ret_ino)
{
	const char *end = buf + len, *stop;
	uint64_t ino;

	while (buf < end && *buf == '#') {
		stop = memchr(buf, '\n', (size_t)(end - buf));
		buf = stop ? stop + 1 : end;
	}
	stop = memchr(buf, ' ', (size_t)(end - buf));
	if (!stop || proc_parse_u64(buf, (size_t)(stop - buf), &ino) < 0 || !ino)
		return -EPROTO;
	*ret_ino = ino;
	return 0;
}

static bool is_octal(const char *at, const char *end)
{
	if (end - at < 4 || at[0] != '\\' || at[1] < '0' || at[1] > '3')
		return false;
	return at[2] >= '0' && at[2] <= '7' && at[3] >= '0' && at[3] <= '7';
}

size_t pins_unescape(const char *text, size_t len, char *out)
{
	const char *end = text + len;
	size_t nr = 0;

	while (text < end) {
		if (is_octal(text, end)) {
			out[nr++] = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 |
					   (text[3] - '0'));
			text += 4;
		} else {
			out[nr++] = *text++;
		}
	}
	return nr;
}
