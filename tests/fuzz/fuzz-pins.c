// SPDX-License-Identifier: GPL-2.0-or-later
/* What /proc says of pins: fdinfo of a pidfd, /proc/pidns, a path of mountinfo. */
#include "fuzz.h"
#include "annotate/pins/parse.h"

static void try_path(const char *text, size_t size)
{
	char *out = malloc(size + 1);
	size_t len;

	must(out);
	len = pins_unescape(text, size, out);
	must(len <= size);
	must(memchr(text, '\\', size) || (len == size && !memcmp(out, text, size)));
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	uint64_t ino;
	int32_t pid;

	if (pins_parse_pidfd(text, size, &pid) == 0)
		must(pid >= -1);
	if (pins_parse_own_ns(text, size, &ino) == 0)
		must(ino);
	must(!pins_link_is_pidfd(text, size) || text[0] != '/');
	try_path(text, size);
	return 0;
}
