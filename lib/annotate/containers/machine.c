// SPDX-License-Identifier: LGPL-2.1-or-later
/* machine.c - a parser of the files in which systemd-machined keeps its machines. */
#include "containers.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * A value as machined writes it: quoted where it need be, with a backslash before whatever is
 * special; "\xHH" is a byte. What does not fit is no value of this field.
 */
static void copy_value(char *to, size_t size, const char *from, size_t len)
{
	const char *end = from + len;
	size_t nr = 0;

	if (len >= 2 && *from == '"' && end[-1] == '"') {
		from++;
		end--;
	}
	for (; from < end && nr < size; nr++) {
		if (*from != '\\' || from + 1 == end) {
			to[nr] = *from++;
		} else if (end - from >= 4 && from[1] == 'x' && hex_of(from[2]) >= 0 &&
			   hex_of(from[3]) >= 0) {
			to[nr] = (char)(hex_of(from[2]) * 16 + hex_of(from[3]));
			from += 4;
		} else {
			to[nr] = from[1];
			from += 2;
		}
	}
	to[nr < size ? nr : 0] = '\0';
}

static bool has_key(const char **line, size_t *len, const char *key)
{
	size_t nr = strlen(key);

	if (*len < nr || memcmp(*line, key, nr))
		return false;
	*line += nr;
	*len -= nr;
	return true;
}

static void parse_line(const char *line, size_t len, struct machine *ret)
{
	char class[16];
	uint64_t number;

	if (has_key(&line, &len, "NAME="))
		copy_value(ret->name, sizeof(ret->name), line, len);
	else if (has_key(&line, &len, "SERVICE="))
		copy_value(ret->service, sizeof(ret->service), line, len);
	else if (has_key(&line, &len, "SCOPE=")) /* a service, too: the key has kept its name */
		copy_value(ret->unit, sizeof(ret->unit), line, len);
	else if (has_key(&line, &len, "ID="))
		copy_value(ret->id, sizeof(ret->id), line, len);
	else if (has_key(&line, &len, "LEADER=") && !proc_parse_u64(line, len, &number) &&
		 number <= INT32_MAX)
		ret->leader = (int32_t)number;
	else if (has_key(&line, &len, "UID=") && !proc_parse_u64(line, len, &number) &&
		 number <= UINT32_MAX)
		ret->uid = (uint32_t)number;
	else if (has_key(&line, &len, "CLASS=")) {
		copy_value(class, sizeof(class), line, len);
		ret->is_container = !strcmp(class, "container");
	}
}

int containers_parse_machine(const char *buf, size_t len, struct machine *ret)
{
	const char *end = buf + len, *line = buf, *next;
	struct machine machine = {0};

	for (; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (!next)
			next = end;
		parse_line(line, (size_t)(next - line), &machine);
		if (next == end)
			break;
	}
	if (!*machine.name || !*machine.unit || machine.leader <= 0)
		return -EPROTO;
	*ret = machine;
	return 0;
}
