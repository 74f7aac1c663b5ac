// SPDX-License-Identifier: LGPL-2.1-or-later
/* refused.c - what a record says of a refusal: which limit it was, where that is certain, else which it
 * may have been. */
#include "events.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BIT(kind) (1u << (kind))
/* Threads come and go between the refusal and the reading of the maximum. */
#define THREADS_MARGIN 64
#define RESERVED_PIDS  300

/* By kind of limit: the words of limits/ for where it is set, %u the uid; and what it says no with. */
static const struct {
	const char *source;
	int error;
	bool is_of_user;
} kinds[BPF_LIMIT_END] = {
	[BPF_LIMIT_CGROUP_PIDS] = {NULL, EAGAIN, false},
	[BPF_LIMIT_PID_MAX] = {"/proc/sys/kernel/pid_max", EAGAIN, false},
	[BPF_LIMIT_THREADS_MAX] = {"/proc/sys/kernel/threads-max", EAGAIN, false},
	[BPF_LIMIT_NPROC] = {"RLIMIT_NPROC", EAGAIN, true},
	[BPF_LIMIT_PID_NAMESPACES] = {"/proc/sys/user/max_pid_namespaces", ENOSPC, true},
	[BPF_LIMIT_LEVEL] = {"the kernel's MAX_PID_NS_LEVEL", ENOSPC, false},
	[BPF_LIMIT_INIT] = {NULL, ENOMEM, false},
	[BPF_LIMIT_USER_NAMESPACES] = {"/proc/sys/user/max_user_namespaces", ENOSPC, true},
	[BPF_LIMIT_MNT_NAMESPACES] = {"/proc/sys/user/max_mnt_namespaces", ENOSPC, true},
	[BPF_LIMIT_NET_NAMESPACES] = {"/proc/sys/user/max_net_namespaces", ENOSPC, true},
	[BPF_LIMIT_IPC_NAMESPACES] = {"/proc/sys/user/max_ipc_namespaces", ENOSPC, true},
	[BPF_LIMIT_UTS_NAMESPACES] = {"/proc/sys/user/max_uts_namespaces", ENOSPC, true},
	[BPF_LIMIT_CGROUP_NAMESPACES] = {"/proc/sys/user/max_cgroup_namespaces", ENOSPC, true},
	[BPF_LIMIT_TIME_NAMESPACES] = {"/proc/sys/user/max_time_namespaces", ENOSPC, true},
	[BPF_LIMIT_USER_LEVEL] = {"how deep user namespaces may be nested", ENOSPC, false},
};

static_assert((int)BPF_LIMIT_CGROUP_PIDS == PIDNS_LIMIT_CGROUP_PIDS, "as the public header");
static_assert((int)BPF_LIMIT_INIT == PIDNS_LIMIT_INIT, "as the public header");
static_assert((int)BPF_LIMIT_USER_LEVEL == PIDNS_LIMIT_USER_LEVEL, "as the public header");

/* "/sys/fs/cgroup/outer/inner/pids.max" */
static void name_cgroup(struct event_reader *reader)
{
	const struct bpf_limit *limit = &reader->record.limit;
	size_t size = sizeof(reader->source), at;
	uint32_t i;

	at = (size_t)snprintf(reader->source, size, "%s%s", reader->cgroups,
			      limit->nr_names == BPF_REFUSED_NAMES ? "/..." : "");
	for (i = limit->nr_names; i-- && at < size;)
		at += (size_t)snprintf(reader->source + at, size - at, "/%s", limit->names[i]);
	if (at < size)
		snprintf(reader->source + at, size - at, "/pids.max");
}

static void name_source(struct event_reader *reader, uint32_t kind)
{
	const struct bpf_limit *limit = &reader->record.limit;
	size_t size = sizeof(reader->source);

	if (kind == BPF_LIMIT_CGROUP_PIDS)
		name_cgroup(reader);
	else if (kind == BPF_LIMIT_INIT)
		snprintf(reader->source, size, "pid:[%" PRIu64 "]", limit->id);
	else if (kinds[kind].is_of_user)
		snprintf(reader->source, size, "%s of uid %" PRIu32 " in user:[%" PRIu64 "]",
			 kinds[kind].source, limit->uid, limit->id);
	else
		snprintf(reader->source, size, "%s", kinds[kind].source);
}

static int check(const struct bpf_event_refused *r)
{
	uint32_t i;

	if (r->error <= 0 || r->error >= 512 || !pidns_call_name(r->call) ||
	    r->limit.kind >= BPF_LIMIT_END || r->limit.kinds >= BIT(BPF_LIMIT_END) ||
	    r->limit.nr_names > BPF_REFUSED_NAMES)
		return -EPROTO;
	for (i = 0; i < r->limit.nr_names; i++)
		if (!memchr(r->limit.names[i], '\0', BPF_REFUSED_NAME))
			return -EPROTO;
	return 0;
}

/* All limits that say no with this errno. */
static uint32_t kinds_of(int error)
{
	uint32_t bits = 0, kind;

	for (kind = 1; kind < BPF_LIMIT_END; kind++)
		if (kinds[kind].error == error)
			bits |= BIT(kind);
	return bits;
}

/* Not by a maximum that is far away. */
static uint32_t possible(const struct event_reader *reader, uint32_t bits)
{
	const struct bpf_event_refused *r = &reader->record;

	/* Both when the last record was read and now: they may have been raised since. */
	if (reader->least_threads_max && r->root_used + THREADS_MARGIN < reader->least_threads_max)
		bits &= ~BIT(BPF_LIMIT_THREADS_MAX);
	if (reader->least_pid_max &&
	    r->root_used + RESERVED_PIDS + THREADS_MARGIN < reader->least_pid_max &&
	    (r->limit.kind != BPF_LIMIT_PID_MAX || !r->limit.max))
		bits &= ~BIT(BPF_LIMIT_PID_MAX);
	return bits;
}

/* A function said so; or all others that could have done can be traced, and none did. */
static uint32_t traced_kinds(const struct event_reader *reader)
{
	const struct bpf_event_refused *r = &reader->record;
	uint32_t bits = reader->unknown & kinds_of(r->error);

	if (r->limit.kind && kinds[r->limit.kind].error == r->error)
		return BIT(r->limit.kind);
	if (r->error == EAGAIN && r->call != PIDNS_CALL_UNSHARE)
		bits |= BIT(BPF_LIMIT_THREADS_MAX);
	return bits;
}

static uint32_t only_kind(uint32_t bits)
{
	uint32_t kind = 0;

	while (bits >> kind > 1)
		kind++;
	return bits == BIT(kind) && bits ? kind : 0;
}

static void read_figures(const struct event_reader *reader, uint32_t kind,
			 struct pidns_refused *ret)
{
	const struct bpf_limit *limit = &reader->record.limit;

	/* Read after the event: not where it has been changed meanwhile. */
	if (kind == BPF_LIMIT_THREADS_MAX) {
		ret->max = reader->threads_max;
		if (ret->max && ret->max <= reader->record.root_used)
			ret->known |= PIDNS_REFUSED_MAX;
		return;
	}
	if (kind == BPF_LIMIT_INIT || limit->kind != kind)
		return;
	ret->used = limit->used;
	ret->max = limit->max;
	ret->known |= PIDNS_REFUSED_USED;
	if (kind == BPF_LIMIT_PID_MAX && !ret->max)
		ret->max = reader->kernel.pid_max;
	if (kind != BPF_LIMIT_PID_MAX || ret->used + RESERVED_PIDS + 1 >= ret->max)
		ret->known |= PIDNS_REFUSED_MAX;
}

int event_read_refused(struct event_reader *reader, struct pidns_refused *ret)
{
	const struct bpf_event_refused *r = &reader->record;
	uint32_t bits, kind;

	if (check(r) < 0)
		return -EPROTO;
	bits = r->is_traced ? traced_kinds(reader) : possible(reader, r->limit.kinds);
	/* Looked for afterwards and not found: it has been given back meanwhile. */
	if (!r->is_traced && !bits)
		bits = possible(reader, kinds_of(r->error));
	kind = only_kind(bits);
	*ret = (struct pidns_refused){
		.known = PIDNS_REFUSED_FLAGS,
		.call = r->call,
		.error = r->error,
		.flags = r->flags,
		.kinds = bits,
	};
	if (!bits || kind) {
		ret->known |= PIDNS_REFUSED_KIND;
		ret->kind = kind;
	}
	if (kind) {
		read_figures(reader, kind, ret);
		name_source(reader, kind);
		ret->source = reader->source;
	}
	return 0;
}
