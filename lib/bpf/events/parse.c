// SPDX-License-Identifier: LGPL-2.1-or-later
/* parse.c - what a record of the ring says: numbers in, facts out, nothing taken on trust. */
#include "events.h"

#include <errno.h>
#include <string.h>

static const enum raw_event_type types[] = {
	[BPF_EVENT_FORK] = RAW_BORN,   [BPF_EVENT_NAME] = RAW_RENAMED,
	[BPF_EVENT_EXEC] = RAW_EXECED, [BPF_EVENT_EXIT] = RAW_ENDS,
	[BPF_EVENT_FREE] = RAW_REAPED, [BPF_EVENT_REFUSED] = RAW_REFUSED,
};

/* Those without PIDs name a task by its number and start only. */
static bool has_numbers(uint32_t kind)
{
	return kind != BPF_EVENT_NAME && kind != BPF_EVENT_FREE;
}

static bool is_text(const char *text)
{
	return memchr(text, '\0', BPF_COMM);
}

static int check_numbers(const struct bpf_event *e, const int32_t *vpids, size_t room)
{
	uint32_t i;

	if (!e->ns_ino || e->level > PIDNS_LEVEL_MAX || e->level >= room || vpids[0] != e->tid)
		return -EPROTO;
	for (i = 0; i <= e->level; i++)
		if (vpids[i] <= 0)
			return -EPROTO;
	return 0;
}

void event_reader_init(struct event_reader *reader, int64_t boot_offset_ns, uint32_t pid_max)
{
	*reader = (struct event_reader){
		.caller = {.boot_offset_ns = boot_offset_ns,
			   .nr_extents = 1,
			   .extents = {{0, 0, UINT32_MAX}}},
		.kernel = {.pid_max = pid_max},
	};
	reader->kernel.caller = &reader->caller;
}

static uint64_t translate_time(const struct event_reader *reader, uint64_t time_ns)
{
	return time_ns + (uint64_t)reader->caller.boot_offset_ns;
}

static void read_task(const struct event_reader *reader, const struct bpf_event *e,
		      struct raw_task *task)
{
	*task = (struct raw_task){
		.known = PIDNS_TASK_START | PIDNS_TASK_COMM,
		.pid = e->tgid,
		.tid = e->tid,
		.start_ns = translate_time(reader, e->start_ns),
		.comm = e->comm,
	};
	if (!has_numbers(e->kind))
		return;
	task->known |= PIDNS_TASK_VPIDS | PIDNS_TASK_PPID | PIDNS_TASK_UID | PIDNS_TASK_RUID;
	task->ns_ino = e->ns_ino;
	task->vpids = e->vpids;
	task->nr_vpids = e->level + 1;
	task->ppid = e->ppid;
	task->uid = e->euid;
	task->ruid = e->uid;
}

/* Of an init. */
static int read_namespace(const struct event_reader *reader, struct raw_ns *ns)
{
	const struct bpf_ns_record *record = &reader->record.full.ns;
	const struct bpf_event *e = &reader->record.full.head;

	if (!record->ino)
		return 0;
	if (e->kind != BPF_EVENT_FORK || record->ino != e->ns_ino || record->level != e->level ||
	    record->init != e->tid || (e->level && !record->parent_ino))
		return -EPROTO;
	return bpf_read_ns(&reader->kernel, record, ns);
}

int event_parse(struct event_reader *reader, const void *record, size_t len, struct raw_event *ret)
{
	struct bpf_event *e = &reader->record.full.head;
	size_t room = BPF_EVENT_FEW;

	memset(&reader->record, 0, sizeof(reader->record));
	if (len != sizeof(*e) && len != sizeof(reader->record.full) &&
	    len != sizeof(reader->record))
		return -EPROTO;
	memcpy(&reader->record, record, len);
	if (len > sizeof(*e))
		room = BPF_VPIDS;
	if (e->kind >= ARRAY_SIZE(types) || !types[e->kind] || e->tid <= 0 || e->tgid <= 0 ||
	    e->ppid < 0 || !is_text(e->comm) || !is_text(e->parent_comm))
		return -EPROTO;
	if ((e->kind == BPF_EVENT_REFUSED) != (len == sizeof(reader->record)) ||
	    (has_numbers(e->kind) && check_numbers(e, e->vpids, room) < 0))
		return -EPROTO;
	*ret = (struct raw_event){
		.type = types[e->kind],
		.time_ns = translate_time(reader, e->time_ns),
		.parent_comm = e->parent_comm,
	};
	read_task(reader, e, &ret->task);
	if (e->kind == BPF_EVENT_REFUSED)
		return event_read_refused(reader, &ret->refused);
	return read_namespace(reader, &ret->ns);
}
