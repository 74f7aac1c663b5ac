// SPDX-License-Identifier: LGPL-2.1-or-later
/* provider.c - a kernel with BTF, asked by a caller that may load programs: exact, and no patch
 * needed. */
#include "internal.h"
#include "base/file.h"
#include "core/raw-event.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#define DEFAULT_OVERFLOW_UID 65534 /* DEFAULT_OVERFLOWUID, include/linux/highuid.h */

/* A procfs of another namespace speaks of other PIDs: limits and containers could not be read there. */
static bool proc_is_foreign(void)
{
	_cleanup_close_ int dir = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	char text[16];
	ssize_t len;

	if (dir < 0 || fstatfs(dir, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return false;
	len = readlinkat(dir, "self", text, sizeof(text) - 1);
	if (len < 0)
		return true;
	text[len] = '\0';
	return strtol(text, NULL, 10) != getpid();
}

static int bpf_provider_may(const struct why *why)
{
	if (proc_is_foreign())
		return why_set(why, -EACCES, "bpf: /proc is of another PID namespace");
	return bpf_may_load(why);
}

static int bpf_provider_open(const char *source, const struct why *why, void **ret_state)
{
	struct bpf_programs *programs;
	int r;

	if (source)
		return why_set(why, -EINVAL, "bpf: asks the running kernel, and no \"%s\"", source);
	r = bpf_may_load(why);
	if (r < 0)
		return r;
	r = bpf_programs_load(&programs);
	if (r < 0)
		return bpf_explain(r, why);
	*ret_state = programs;
	return 0;
}

static void bpf_provider_close(void *state)
{
	bpf_programs_unload(state);
}

static int bpf_provider_probe(const struct why *why)
{
	void *state = NULL;
	int r = bpf_provider_open(NULL, why, &state);

	if (r >= 0)
		bpf_provider_close(state);
	return r;
}

/* A number of /proc/sys/kernel. */
static uint32_t read_setting(const char *name, uint32_t otherwise)
{
	_cleanup_close_ int dir = open("/proc/sys/kernel", O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t value;

	return dir >= 0 && file_read_number(dir, name, &value) == 0 && value <= UINT32_MAX
		       ? (uint32_t)value
		       : otherwise;
}

static int bpf_provider_take(void *state, const struct request *request, struct builder *b)
{
	const struct bpf_kernel kernel = {
		.run = bpf_programs_run,
		.arg = state,
		.shared = bpf_programs_shared(state),
		.hold = bpf_programs_hold,
		/* One for all, or, since Linux 6.14, the caller's: then programs know each. */
		.pid_max = read_setting("pid_max", 0),
		.overflow_uid = read_setting("overflowuid", DEFAULT_OVERFLOW_UID),
		.page_size = (uint32_t)sysconf(_SC_PAGESIZE),
	};

	return bpf_take(&kernel, request, b);
}

const struct provider provider_bpf = {
	.name = "bpf",
	.flags = PIDNS_PROVIDER_COUNTS_PIDS,
	.start_is_costly = true,
	.lacks_kept = true, /* before Linux 6.18, which has no list of namespaces */
	.may = bpf_provider_may,
	.probe = bpf_provider_probe,
	.open = bpf_provider_open,
	.take = bpf_provider_take,
	.close = bpf_provider_close,
	.events = &bpf_event_source,
};
