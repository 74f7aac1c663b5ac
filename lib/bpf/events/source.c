// SPDX-License-Identifier: LGPL-2.1-or-later
/* source.c - attached programs and their ring as a source of events. */
#include "events.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/util.h"

/* The initial PID namespace: PROC_PID_INIT_INO, include/linux/proc_ns.h. */
#define INITIAL_PID_NS_INO 0xEFFFFFFCu
#define MOUNTS_MAX	   (4u << 20)

struct bpf_events {
	struct event_programs *programs;
	struct event_ring ring;
	struct event_reader reader;
	uint32_t wants;
};

/* time_namespaces(7): "boottime", seconds, nanoseconds. */
static int64_t read_boot_offset(void)
{
	_cleanup_close_ int dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char text[256];
	const char *line;
	long long s, ns;

	if (dir < 0 || file_read(dir, "timens_offsets", text, sizeof(text)) <= 0)
		return 0;
	line = strstr(text, "boottime");
	if (!line || sscanf(line, "boottime %lld %lld", &s, &ns) != 2)
		return 0;
	return s * 1000000000 + ns;
}

static uint32_t read_setting(const char *name)
{
	_cleanup_close_ int dir = open("/proc/sys/kernel", O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t value;

	return dir >= 0 && file_read_number(dir, name, &value) == 0 && value <= UINT32_MAX
		       ? (uint32_t)value
		       : 0;
}

static void read_settings(struct event_reader *reader)
{
	reader->threads_max = read_setting("threads-max");
	reader->kernel.pid_max = read_setting("pid_max");
}

/* Where pids.max is: a hierarchy of its own (v1), or the one of all. */
static void find_cgroups(char *path, size_t size)
{
	_cleanup_close_ int dir = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	struct proc_mount mount;
	const char *cursor;
	size_t len;

	if (dir < 0 || file_read_whole(dir, "mountinfo", MOUNTS_MAX, &text, &len) < 0)
		return;
	cursor = text;
	while (proc_next_mount(&cursor, text + len, &mount)) {
		bool is_v1 = text_is(mount.type, "cgroup") &&
			     text_list_has(mount.super_options, "pids");

		if ((is_v1 || (!*path && text_is(mount.type, "cgroup2"))) &&
		    text_unescape(mount.mount_point, path, size) < 0)
			*path = '\0';
		if (is_v1)
			return;
	}
}

/* Once a task is reaped only its PID in the initial namespace is known. */
static int check_namespace(const struct why *why)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == INITIAL_PID_NS_INO)
		return 0;
	return why_set(why, -EOPNOTSUPP, "bpf: events are of the initial PID namespace only");
}

static void bpf_events_close(void *state)
{
	struct bpf_events *events = state;

	event_ring_unmap(&events->ring);
	event_programs_close(events->programs);
	free(events);
}

static int bpf_events_open(uint32_t wants, const struct why *why, void **ret_state)
{
	struct bpf_events *events;
	int r = check_namespace(why);

	if (r < 0)
		return r;
	events = calloc(1, sizeof(*events));
	if (!events)
		return why_set(why, -ENOMEM, "out of memory");
	events->wants = wants;
	event_reader_init(&events->reader, read_boot_offset(), read_setting("pid_max"));
	read_settings(&events->reader);
	find_cgroups(events->reader.cgroups, sizeof(events->reader.cgroups));
	r = event_programs_open(wants, why, &events->programs);
	if (r >= 0) {
		r = event_ring_map(event_programs_ring(events->programs), BPF_RING_SIZE,
				   &events->ring);
		if (r < 0)
			why_set(why, r, "bpf: %s", strerror(-r));
	}
	if (r < 0) {
		bpf_events_close(events);
		return r;
	}
	events->reader.unknown = event_programs_unknown(events->programs);
	*ret_state = events;
	return 0;
}

static void bpf_events_know(void *state, const int32_t *inits, size_t nr)
{
	struct bpf_events *events = state;

	event_programs_know(events->programs, inits, nr);
}

static int bpf_events_fd(const void *state)
{
	const struct bpf_events *events = state;

	return event_programs_ring(events->programs);
}

static int bpf_events_next(void *state, struct raw_event *ret_event)
{
	struct bpf_events *events = state;
	const void *record;
	size_t len;
	int r = event_ring_next(&events->ring, &record, &len);

	if (r <= 0)
		return r;
	/* They may have been changed since. */
	if (len == sizeof(struct bpf_event_refused)) {
		struct event_reader *reader = &events->reader;

		reader->least_threads_max = reader->threads_max;
		reader->least_pid_max = reader->kernel.pid_max;
		read_settings(reader);
		if (reader->threads_max < reader->least_threads_max)
			reader->least_threads_max = reader->threads_max;
		if (reader->kernel.pid_max < reader->least_pid_max)
			reader->least_pid_max = reader->kernel.pid_max;
	}
	r = event_parse(&events->reader, record, len, ret_event);
	return r < 0 ? r : 1;
}

static uint64_t bpf_events_lost(const void *state)
{
	const struct bpf_events *events = state;

	return event_programs_lost(events->programs);
}

static const char *bpf_events_missing(const void *state)
{
	const struct bpf_events *events = state;
	uint32_t flags = event_programs_flags(events->programs);

	if (!(events->wants & EVENTS_REFUSED) || flags & PIDNS_WATCH_LIMITS)
		return NULL;
	if (!(flags & PIDNS_WATCH_REFUSED))
		return "bpf: this kernel does not report what is refused";
	return "bpf: functions of this kernel cannot be traced: which limit refused is said where "
	       "only one is reached";
}

static uint32_t bpf_events_flags(const void *state)
{
	const struct bpf_events *events = state;

	return event_programs_flags(events->programs);
}

const struct event_source bpf_event_source = {
	.open = bpf_events_open,
	.know = bpf_events_know,
	.fd = bpf_events_fd,
	.next = bpf_events_next,
	.lost = bpf_events_lost,
	.flags = bpf_events_flags,
	.missing = bpf_events_missing,
	.close = bpf_events_close,
};
