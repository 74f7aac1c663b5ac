// SPDX-License-Identifier: GPL-2.0-or-later
/* The files that limits are read from: whatever they hold, what is cut out of them lies in them. */
#include <errno.h>

#include "fuzz.h"
#include "annotate/limits/parse.h"
#include "base/proc.h"

static bool lies_in(struct text part, const char *text, size_t size)
{
	return part.text >= text && part.text + part.len <= text + size;
}

static void try_path(struct text path, struct text root)
{
	struct text below;

	if (limits_below_root(path, root, &below) == 0) {
		must(lies_in(below, path.text, path.len));
		must(!below.len || below.text[0] == '/');
		must(below.text + below.len == path.text + path.len || !below.len);
	}
}

static void try_cgroups(const char *text, size_t size)
{
	const char *cursor = text, *before = text;
	struct proc_cgroup cgroup, last = {.path = {"/", 1}};
	int r;

	while ((r = proc_next_cgroup(&cursor, text + size, &cgroup)) > 0) {
		must(cursor > before && cursor <= text + size);
		must(lies_in(cgroup.path, text, size) && cgroup.path.len);
		must(lies_in(cgroup.controllers, text, size));
		must(cgroup.path.text[0] == '/' &&
		     !memchr(cgroup.path.text, '\n', cgroup.path.len));
		text_list_has(cgroup.controllers, "pids");
		try_path(cgroup.path, last.path);
		last = cgroup;
		before = cursor;
	}
	must(cursor == (r < 0 ? before : text + size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of just that size, so that a byte too far is noticed. */
	char *text = malloc(size + !size);
	uint64_t value = 42;
	uint32_t uid;

	must(text);
	if (size)
		memcpy(text, data, size);
	try_cgroups(text, size);
	if (limits_parse_number(text, size, &value) < 0)
		must(value == 42);
	if (limits_parse_max(text, size, &value) == 1)
		must(limits_parse_number(text, size, &value) == 0);
	limits_parse_events(text, size, &value);
	proc_parse_nproc(text, size, &value);
	proc_parse_uid_map(text, size, &uid);
	free(text);
	return 0;
}
