// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/mountinfo, most of which is chosen by the user that mounts. */
#include "fuzz.h"
#include "base/proc.h"

static void must_lie_in(struct text text, const char *start, const char *end)
{
	must(text.text >= start && text.text <= end);
	must(text.len <= (size_t)(end - text.text));
	must(!memchr(text.text, '\n', text.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *end = size ? text + size : text, *cursor = text,
		   *before = text;
	struct proc_mount m;

	while (proc_next_mount(&cursor, end, &m)) {
		must(cursor > before && cursor <= end);
		must(m.id >= 0);
		must_lie_in(m.root, before, cursor);
		must_lie_in(m.mount_point, before, cursor);
		must_lie_in(m.options, before, cursor);
		must_lie_in(m.type, before, cursor);
		must_lie_in(m.source, before, cursor);
		must_lie_in(m.super_options, before, cursor);
		before = cursor;
	}
	must(cursor == end);
	return 0;
}
