// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/stat, in which a task chooses a part: its name. */
#include "fuzz.h"
#include "base/proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct proc_stat s, again;
	const char *name;
	size_t len;

	if (proc_parse_stat(text, size, &s) < 0)
		return 0;
	must(s.pid > 0 && s.ppid >= 0);
	name = memchr(text, '(', size);
	len = strnlen(s.comm, sizeof(s.comm));
	must(name && len < sizeof(s.comm));
	must(!memcmp(name + 1, s.comm, len) && name[len + 1] == ')');
	/* Nothing after the name can be taken for its end. */
	must(!memchr(name + len + 2, ')', size - (size_t)(name + len + 2 - text)));
	/* What is there in one piece does not change for being followed by more. */
	must(proc_parse_stat(text, size, &again) == 0 && !strcmp(s.comm, again.comm));
	return 0;
}
