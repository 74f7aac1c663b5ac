// SPDX-License-Identifier: GPL-2.0-or-later
/* The short ones: a link of /proc/PID/ns, a name in /proc, loadavg, fdinfo, pidns. What is accepted is what printf
 * would make of the value, to the byte. */
#include <inttypes.h>
#include <stdio.h>

#include "fuzz.h"
#include "base/proc.h"

static void try_link(const char *text, size_t size)
{
	char again[64];
	uint64_t ino;

	if (proc_parse_ns_link(text, size, "pid", &ino) < 0)
		return;
	must(ino);
	/* Leading zeros are harmless: the length may differ, the ends may not. */
	must(size >= (size_t)snprintf(again, sizeof(again), "pid:[%" PRIu64 "]", ino));
	must(text[size - 1] == ']');
}

static void try_pid(const char *text, size_t size)
{
	char name[32], again[16];
	int32_t pid;

	if (size >= sizeof(name))
		return;
	memcpy(name, text, size);
	name[size] = '\0';
	if (proc_parse_pid(name, &pid) < 0)
		return;
	snprintf(again, sizeof(again), "%" PRId32, pid);
	must(pid > 0 && !strcmp(name, again));
}

static void try_loadavg(const char *text, size_t size)
{
	struct proc_loadavg load;

	if (proc_parse_loadavg(text, size, &load) == 0)
		must(load.last_pid >= 0 && memchr(text, '\n', size));
}

static void try_fdinfo(const char *text, size_t size)
{
	struct proc_fdinfo info;

	if (proc_parse_fdinfo(text, size, &info) == 0)
		must(info.pid >= -1 && info.mount_id >= -1 && (info.is_pidfd || info.pid < 0));
}

static void try_pidns(const char *text, size_t size)
{
	uint64_t ino;

	if (proc_parse_pidns(text, size, &ino) == 0)
		must(ino);
}

static void try_path(const char *text, size_t size)
{
	char *out = malloc(size + 1);

	must(out);
	must(text_unescape((struct text){text, size}, out, size + 1) == 0);
	must(memchr(text, '\\', size) || !memcmp(out, text, size));
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	uint64_t value;
	size_t i;

	try_link(text, size);
	try_pid(text, size);
	try_loadavg(text, size);
	try_fdinfo(text, size);
	try_pidns(text, size);
	try_path(text, size);
	if (text_parse_u64(text, size, &value) < 0)
		return 0;
	must(size);
	for (i = 0; i < size; i++)
		must(text[i] >= '0' && text[i] <= '9');
	return 0;
}
