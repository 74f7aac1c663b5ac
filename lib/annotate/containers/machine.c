// SPDX-License-Identifier: LGPL-2.1-or-later
/* machine.c - a parser of the files in which systemd-machined keeps its machines. */
#include "containers.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/*
 * A value as machined writes it: quoted where it need be, with a backslash before whatever is
 * special; "\xHH" is a byte. What does not fit is no value of this field.
 */
static void copy_value(char *to, size_t size, struct text value)
{
	const char *from = value.text, *end = from + value.len;
	size_t nr = 0;

	if (value.len >= 2 && *from == '"' && end[-1] == '"') {
		from++;
		end--;
	}
	for (; from < end && nr < size; nr++) {
		if (*from != '\\' || from + 1 == end) {
			to[nr] = *from++;
		} else if (end - from >= 4 && from[1] == 'x' && text_hex_digit(from[2]) >= 0 &&
			   text_hex_digit(from[3]) >= 0) {
			to[nr] = (char)(text_hex_digit(from[2]) * 16 + text_hex_digit(from[3]));
			from += 4;
		} else {
			to[nr] = from[1];
			from += 2;
		}
	}
	to[nr < size ? nr : 0] = '\0';
}

static void parse_line(struct text line, struct machine *ret)
{
	char class[16];
	uint64_t number;

	if (text_strip_start(&line, "NAME="))
		copy_value(ret->name, sizeof(ret->name), line);
	else if (text_strip_start(&line, "SERVICE="))
		copy_value(ret->service, sizeof(ret->service), line);
	else if (text_strip_start(&line, "SCOPE=")) /* a service, too: the key has kept its name */
		copy_value(ret->unit, sizeof(ret->unit), line);
	else if (text_strip_start(&line, "ID="))
		copy_value(ret->id, sizeof(ret->id), line);
	else if (text_strip_start(&line, "LEADER=") &&
		 text_parse_range(line, 0, INT32_MAX, &number))
		ret->leader = (int32_t)number;
	else if (text_strip_start(&line, "UID=") && text_parse_range(line, 0, UINT32_MAX, &number))
		ret->uid = (uint32_t)number;
	else if (text_strip_start(&line, "CLASS=")) {
		copy_value(class, sizeof(class), line);
		ret->is_container = !strcmp(class, "container");
	}
}

int containers_parse_machine(const char *buf, size_t len, struct machine *ret)
{
	struct text text = {buf, len}, line;
	struct machine machine = {0};

	while (text_next(&text, '\n', &line))
		parse_line(line, &machine);
	if (!*machine.name || !*machine.unit || machine.leader <= 0)
		return -EPROTO;
	*ret = machine;
	return 0;
}
