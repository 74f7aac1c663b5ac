// SPDX-License-Identifier: GPL-2.0-or-later
/* field.c - every column there is, and how to get its value. */
#include "field.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/format.h"
#include "common/limit.h"
#include "common/users.h"
#include "note.h"

static void set_number(struct value *ret, uint64_t number)
{
	ret->type = VALUE_NUMBER;
	ret->number = number;
}

static void set_text(struct value *ret, const char *text, size_t len)
{
	ret->type = VALUE_TEXT;
	ret->text = text;
	ret->len = len;
}

static void get_u64(const struct field *field, const struct row *row, struct value *ret)
{
	uint64_t number;

	memcpy(&number, (const char *)row->record + field->offset, sizeof(number));
	set_number(ret, number);
}

static void get_u32(const struct field *field, const struct row *row, struct value *ret)
{
	uint32_t number;

	memcpy(&number, (const char *)row->record + field->offset, sizeof(number));
	set_number(ret, number);
}

static void get_i32(const struct field *field, const struct row *row, struct value *ret)
{
	int32_t number;

	memcpy(&number, (const char *)row->record + field->offset, sizeof(number));
	if (number >= 0)
		set_number(ret, (uint64_t)number);
}

static void get_bool(const struct field *field, const struct row *row, struct value *ret)
{
	get_u32(field, row, ret);
	ret->type = VALUE_BOOL;
}

static void set_inode(struct value *ret, const struct pidns_ns *ns)
{
	if (ns && ns->known & PIDNS_NS_INO)
		set_number(ret, ns->ino);
}

static void get_parent(const struct field *field, const struct row *row, struct value *ret)
{
	(void)field;
	set_inode(ret, pidns_ns_parent(row->record));
}

static void get_ns_state(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_ns *ns = row->record;
	const char *name = pidns_state_name(ns->state);

	(void)field;
	if (name)
		set_text(ret, name, strlen(name));
}

/* 0 is no number of a process: nobody is there, or nobody the reader could name. */
static void get_reaper(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_ns *ns = row->record;

	(void)field;
	if (ns->reaper > 0)
		set_number(ret, (uint64_t)ns->reaper);
}

/* Where its namespace could not be told, the reaper's number alone proves nothing. */
static void get_reaper_comm(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_ns *ns = row->record;
	const struct pidns_task *task;

	(void)field;
	task = ns->reaper > 0 ? pidns_task_find(row->snapshot, NULL, ns->reaper) : NULL;
	if (task && task->ns == ns && task->known & PIDNS_TASK_COMM)
		set_text(ret, task->comm, strlen(task->comm));
}

static void set_container(struct value *ret, const struct pidns_container *container)
{
	if (!container)
		return;
	ret->type = VALUE_CONTAINER;
	ret->container = container;
	ret->text = note_container_name(container, &ret->len);
}

static void get_container(const struct field *field, const struct row *row, struct value *ret)
{
	(void)field;
	set_container(ret, note_container(row->record));
}

static void get_limit(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_limit *const *limits;
	size_t nr = note_limits(row->record, &limits);
	const struct pidns_limit *nearest = note_nearest(limits, nr);

	(void)field;
	if (!nearest)
		return;
	ret->type = VALUE_LIMIT;
	ret->limit = nearest;
	ret->number = limit_share(nearest);
}

static void get_pins(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_ns *ns = row->record;

	(void)field;
	if (!note_has(ns, PIDNS_NOTE_PINS))
		return;
	ret->type = VALUE_PINS;
	ret->pins = ns->notes->pins;
	ret->count = ns->notes->nr_pins;
	ret->number = note_count_pins(ns);
}

static void get_vpids(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;

	(void)field;
	ret->type = VALUE_NUMBERS;
	ret->numbers = task->vpids;
	ret->count = task->nr_vpids;
}

static void get_task_ns(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;

	(void)field;
	set_inode(ret, task->ns);
}

/* Its namespace's, or that of the nearest one above: what is in a container stays in it. The row's
 * snapshot has the notes, also where the task is of another one. */
static void get_task_container(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;
	const struct pidns_ns *ns = task->ns;

	(void)field;
	if (!(ns->known & PIDNS_NS_INO))
		return;
	for (ns = pidns_ns_find(row->snapshot, ns->ino); ns; ns = pidns_ns_parent(ns))
		if (note_container(ns)) {
			set_container(ret, note_container(ns));
			return;
		}
}

static void set_user(struct value *ret, const struct row *row, uint32_t uid)
{
	const char *name = users_name(row->users, uid);

	if (!name) {
		snprintf(ret->digits, sizeof(ret->digits), "%" PRIu32, uid);
		name = ret->digits;
	}
	set_text(ret, name, strlen(name));
}

static void get_user(const struct field *field, const struct row *row, struct value *ret)
{
	(void)field;
	set_user(ret, row, ((const struct pidns_task *)row->record)->uid);
}

static void get_ruser(const struct field *field, const struct row *row, struct value *ret)
{
	(void)field;
	set_user(ret, row, ((const struct pidns_task *)row->record)->ruid);
}

/* How long it has run when the snapshot was taken; 0: not known. */
static uint64_t age_of(const struct row *row)
{
	const struct pidns_task *task = row->record;
	uint64_t now = pidns_snapshot_time(row->snapshot);

	return task->known & PIDNS_TASK_START && now > task->start_ns ? now - task->start_ns : 0;
}

static void get_age(const struct field *field, const struct row *row, struct value *ret)
{
	uint64_t age = age_of(row);

	(void)field;
	if (age)
		set_number(ret, age);
}

static void get_cpu(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;
	uint64_t age = age_of(row);

	(void)field;
	if (!age || !(task->known & PIDNS_TASK_CPU))
		return;
	ret->type = VALUE_TENTHS;
	ret->number = (uint64_t)((double)task->cpu_ns / (double)age * 1000 + 0.5);
}

static void get_ns_for_children(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;

	(void)field;
	set_inode(ret, task->ns_for_children);
}

static void get_task_state(const struct field *field, const struct row *row, struct value *ret)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz";
	const struct pidns_task *task = row->record;

	(void)field;
	if ((task->state >= 'A' && task->state <= 'Z') ||
	    (task->state >= 'a' && task->state <= 'z'))
		set_text(ret, &letters[task->state - 'A'], 1);
}

static void get_comm(const struct field *field, const struct row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;

	(void)field;
	set_text(ret, task->comm, strlen(task->comm));
}

static void get_cmdline(const struct field *field, const struct row *row, struct value *ret)
{
	(void)field;
	if (row->cmdline)
		set_text(ret, row->cmdline, row->cmdline_len);
}

static void human_bytes(FILE *file, const struct value *value)
{
	char text[16];

	format_bytes(value->number, text, sizeof(text));
	fputs(text, file);
}

static void human_cpu_time(FILE *file, const struct value *value)
{
	char text[32];

	format_cpu_time(value->number, text, sizeof(text));
	fputs(text, file);
}

/* As ps(1) has it: "1-02:03:04", "02:03:04", "03:04". */
static void human_age(FILE *file, const struct value *value)
{
	uint64_t seconds = value->number / 1000000000, days = seconds / 86400;

	if (days)
		fprintf(file, "%" PRIu64 "-", days);
	if (seconds >= 3600)
		fprintf(file, "%02" PRIu64 ":", seconds / 3600 % 24);
	fprintf(file, "%02" PRIu64 ":%02" PRIu64, seconds / 60 % 60, seconds % 60);
}

#define NS(type, member) .get = get_##type, .offset = offsetof(struct pidns_ns, member)

static const struct field ns_fields[] = {
	{"ino", LOOK_RIGHT, 0, PIDNS_NS_INO, NS(u64, ino), .help = "inode number"},
	{"cookie", LOOK_RIGHT, 0, PIDNS_NS_COOKIE, NS(u64, cookie),
	 .help = "64-bit id, never used again"},
	{"parent", LOOK_RIGHT, 0, PIDNS_NS_PARENT, get_parent,
	 .help = "inode number of the namespace above"},
	{"level", LOOK_RIGHT, 0, PIDNS_NS_LEVEL, NS(u32, level),
	 .help = "the kernel's level; the initial namespace has 0"},
	{"depth", LOOK_RIGHT, 0, 0, NS(u32, depth), .help = "how far below a root of this picture"},
	{"state", 0, 0, PIDNS_NS_STATE, get_ns_state,
	 .help = "alive, unborn, dying, dead or zombie-init"},
	{"reaper", LOOK_RIGHT, 0, PIDNS_NS_REAPER, get_reaper,
	 .help = "its init (child reaper), as a PID of yours"},
	{"comm", LOOK_TRUNC, NEEDS_REAPER | NEEDS_ASKING, PIDNS_NS_REAPER, get_reaper_comm,
	 .help = "name of its init"},
	{"reaper_start_ns", LOOK_RIGHT, 0, PIDNS_NS_REAPER_START, NS(u64, reaper_start_ns),
	 .help = "when its init started, since boot"},
	{"owner_uid", LOOK_RIGHT, 0, PIDNS_NS_OWNER_UID, NS(u32, owner_uid),
	 .help = "user that owns the owning user namespace"},
	{"owner_ns", LOOK_RIGHT, 0, PIDNS_NS_OWNER_NS, NS(u64, owner_ns),
	 .help = "inode number of the owning user namespace"},
	{"pids_used", LOOK_RIGHT, 0, PIDNS_NS_PIDS_USED, NS(u32, pids_used),
	 .help = "numbers in use, those of namespaces below included", .heading = "PIDS",
	 .aliases = "pids"},
	{"pids_used_exact", LOOK_RIGHT, 0, PIDNS_NS_PIDS_USED, NS(bool, pids_used_exact),
	 .help = "whether pids_used is exact, or the least it can be"},
	{"pids_peak", LOOK_RIGHT, 0, PIDNS_NS_PIDS_PEAK, NS(u32, pids_peak),
	 .help = "the most numbers ever in use"},
	{"alloc_failures", LOOK_RIGHT, 0, PIDNS_NS_ALLOC_FAILURES, NS(u64, alloc_failures),
	 .help = "how often no number was left"},
	{"last_pid", LOOK_RIGHT, 0, PIDNS_NS_LAST_PID, NS(i32, last_pid),
	 .help = "the number handed out last"},
	{"pids_max", LOOK_RIGHT, 0, PIDNS_NS_PIDS_MAX, NS(u32, pids_max),
	 .help = "least pid_max of it and all above"},
	{"processes", LOOK_RIGHT, 0, PIDNS_NS_PROCESSES, NS(u32, processes),
	 .help = "processes in it, zombies included", .heading = "PROCS", .aliases = "procs"},
	{"threads", LOOK_RIGHT, 0, PIDNS_NS_THREADS, NS(u32, threads), .help = "threads in it"},
	{"zombies", LOOK_RIGHT, 0, PIDNS_NS_ZOMBIES, NS(u32, zombies),
	 .help = "processes that have ended and are not reaped", .heading = "ZOMB",
	 .aliases = "zomb"},
	{"joined", LOOK_RIGHT, 0, PIDNS_NS_JOINED, NS(u32, joined),
	 .help = "processes whose parent is outside"},
	{"processes_below", LOOK_RIGHT, 0, PIDNS_NS_PROCESSES, NS(u32, processes_below),
	 .help = "processes in it and below"},
	{"threads_below", LOOK_RIGHT, 0, PIDNS_NS_THREADS, NS(u32, threads_below),
	 .help = "threads in it and below"},
	{"zombies_below", LOOK_RIGHT, 0, PIDNS_NS_ZOMBIES, NS(u32, zombies_below),
	 .help = "zombies in it and below"},
	{"container", LOOK_TRUNC, NEEDS_CONTAINERS | NEEDS_ASKING, PIDNS_NS_NOTES, get_container,
	 .help = "name or id of the container it is"},
	{"limit", 0, NEEDS_LIMITS | NEEDS_ASKING, PIDNS_NS_NOTES, get_limit,
	 .help = "the fullest limit that can make fork fail: kind, use, maximum",
	 .human = note_put_nearness},
	{"pins", LOOK_RIGHT, NEEDS_PINS | NEEDS_ASKING, PIDNS_NS_NOTES, get_pins,
	 .help = "how many things keep it alive"},
};

#define TASK(type, member) .get = get_##type, .offset = offsetof(struct pidns_task, member)

static const struct field task_fields[] = {
	{"pid", LOOK_RIGHT, 0, 0, TASK(i32, pid), .help = "process, as a PID of yours",
	 .aliases = "tgid"},
	{"tid", LOOK_RIGHT, 0, 0, TASK(i32, tid), .help = "thread, as a PID of yours",
	 .aliases = "lwp spid"},
	{"vpids", 0, 0, PIDNS_TASK_VPIDS, get_vpids,
	 .help = "its number in every namespace, yours first"},
	{"vpgid", LOOK_RIGHT, 0, PIDNS_TASK_VPGID, TASK(i32, vpgid),
	 .help = "process group, as numbered in its namespace"},
	{"vsid", LOOK_RIGHT, 0, PIDNS_TASK_VSID, TASK(i32, vsid),
	 .help = "session, as numbered in its namespace"},
	{"ppid", LOOK_RIGHT, 0, PIDNS_TASK_PPID, TASK(i32, ppid),
	 .help = "parent, as a PID of yours"},
	{"ns", LOOK_RIGHT, 0, 0, get_task_ns, .help = "inode number of its namespace",
	 .aliases = "pidns"},
	{"ns_for_children", LOOK_RIGHT, 0, PIDNS_TASK_NS_FOR_CHILDREN, get_ns_for_children,
	 .help = "that of its children, where it differs"},
	{"state", 0, 0, PIDNS_TASK_STATE, get_task_state, .help = "letter, as in proc_pid_stat(5)",
	 .heading = "S", .aliases = "s stat"},
	{"uid", LOOK_RIGHT, 0, PIDNS_TASK_UID, TASK(u32, uid), .help = "effective user",
	 .aliases = "euid"},
	{"ruid", LOOK_RIGHT, 0, PIDNS_TASK_RUID, TASK(u32, ruid), .help = "real user"},
	{"user", LOOK_TRUNC, NEEDS_USERS | NEEDS_ASKING, PIDNS_TASK_UID, get_user,
	 .help = "name of the effective user", .aliases = "euser uname"},
	{"ruser", LOOK_TRUNC, NEEDS_USERS | NEEDS_ASKING, PIDNS_TASK_RUID, get_ruser,
	 .help = "name of the real user"},
	{"container", LOOK_TRUNC, NEEDS_CONTAINERS | NEEDS_ASKING, 0, get_task_container,
	 .help = "name or id of the container it is in"},
	{"comm", LOOK_TRUNC, 0, PIDNS_TASK_COMM, get_comm, .help = "name", .aliases = "ucmd ucomm"},
	/* The start time tells the process from a later one with its number. */
	{"cmdline", LOOK_TRUNC, NEEDS_CMDLINE | NEEDS_ASKING, PIDNS_TASK_START, get_cmdline,
	 .help = "command line", .aliases = "args cmd command"},
	{"start_ns", LOOK_RIGHT, 0, PIDNS_TASK_START, TASK(u64, start_ns),
	 .help = "when it started, since boot"},
	{"cpu_ns", LOOK_RIGHT, 0, PIDNS_TASK_CPU, TASK(u64, cpu_ns), .help = "CPU time it has used",
	 .heading = "TIME", .aliases = "time cputime", .human = human_cpu_time},
	{"cpu", LOOK_RIGHT, NEEDS_ASKING, PIDNS_TASK_CPU | PIDNS_TASK_START, get_cpu,
	 .help = "CPU time in percent of its lifetime", .heading = "%CPU", .aliases = "pcpu %cpu"},
	{"age_ns", LOOK_RIGHT, NEEDS_ASKING, PIDNS_TASK_START, get_age,
	 .help = "how long it has run", .heading = "ELAPSED", .aliases = "etime elapsed",
	 .human = human_age},
	{"rss_bytes", LOOK_RIGHT, 0, PIDNS_TASK_RSS, TASK(u64, rss_bytes),
	 .help = "resident memory", .heading = "RSS", .aliases = "rss rsz rssize",
	 .human = human_bytes},
	{"threads", LOOK_RIGHT, 0, PIDNS_TASK_THREADS, TASK(u32, threads),
	 .help = "threads of its process", .heading = "THR", .aliases = "thr nlwp thcount"},
	{"has_joined", LOOK_RIGHT, NEEDS_ALL, PIDNS_TASK_HAS_JOINED, TASK(bool, has_joined),
	 .help = "whether its parent is in another namespace"},
	{"pidfd_ino", LOOK_RIGHT, 0, PIDNS_TASK_PIDFD_INO, TASK(u64, pidfd_ino),
	 .help = "inode number of its pidfd, never used again: PID:INO names it"},
};

_Static_assert(sizeof(ns_fields) / sizeof(ns_fields[0]) <= FIELDS_MAX, "FIELDS_MAX");
_Static_assert(sizeof(task_fields) / sizeof(task_fields[0]) <= FIELDS_MAX, "FIELDS_MAX");

static struct row make_ns_row(const struct pidns_snapshot *snapshot, const void *record)
{
	const struct pidns_ns *ns = record;

	return (struct row){.snapshot = snapshot, .record = ns, .known = ns->known};
}

static struct row make_task_row(const struct pidns_snapshot *snapshot, const void *record)
{
	const struct pidns_task *task = record;

	return (struct row){.snapshot = snapshot, .record = task, .known = task->known};
}

const struct field_table ns_field_table = {ns_fields, sizeof(ns_fields) / sizeof(ns_fields[0]),
					   make_ns_row};
const struct field_table task_field_table = {
	task_fields, sizeof(task_fields) / sizeof(task_fields[0]), make_task_row};

uint32_t field_take_flags(unsigned int needs)
{
	return (needs & NEEDS_LIMITS ? PIDNS_TAKE_LIMITS : 0) |
	       (needs & NEEDS_CONTAINERS ? PIDNS_TAKE_CONTAINERS : 0) |
	       (needs & NEEDS_PINS ? PIDNS_TAKE_PINS : 0);
}

static int compare_numbers(const struct value *a, const struct value *b)
{
	for (uint32_t i = 0; i < a->count && i < b->count; i++)
		if (a->numbers[i] != b->numbers[i])
			return a->numbers[i] < b->numbers[i] ? -1 : 1;
	return (a->count > b->count) - (a->count < b->count);
}

static int compare_texts(const struct value *a, const struct value *b)
{
	int r = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);

	return r ? r : (a->len > b->len) - (a->len < b->len);
}

int value_compare(const struct value *a, const struct value *b)
{
	if (a->type != b->type) /* of one column: one of them is unknown */
		return a->type == VALUE_UNKNOWN ? 1 : -1;
	switch (a->type) {
	case VALUE_UNKNOWN:
		return 0;
	case VALUE_TEXT:
	case VALUE_CONTAINER:
		return compare_texts(a, b);
	case VALUE_NUMBERS:
		return compare_numbers(a, b);
	default:
		return (a->number > b->number) - (a->number < b->number);
	}
}
