// SPDX-License-Identifier: GPL-2.0-or-later
/* field.c - every column there is, and how to get its value. */
#include "field.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "limit.h"
#include "users.h"

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

static void get_u64(const struct field *field, const struct field_row *row, struct value *ret)
{
	uint64_t number;

	memcpy(&number, (const char *)row->record + field->offset, sizeof(number));
	set_number(ret, number);
}

static void get_u32(const struct field *field, const struct field_row *row, struct value *ret)
{
	uint32_t number;

	memcpy(&number, (const char *)row->record + field->offset, sizeof(number));
	set_number(ret, number);
}

static void get_i32(const struct field *field, const struct field_row *row, struct value *ret)
{
	int32_t number;

	memcpy(&number, (const char *)row->record + field->offset, sizeof(number));
	if (number >= 0)
		set_number(ret, (uint64_t)number);
}

static void get_bool(const struct field *field, const struct field_row *row, struct value *ret)
{
	get_u32(field, row, ret);
	ret->type = VALUE_BOOL;
}

static void set_inode(struct value *ret, const struct pidns_ns *ns)
{
	if (ns && ns->known & PIDNS_NS_INO)
		set_number(ret, ns->ino);
}

static void get_parent(const struct field *field, const struct field_row *row, struct value *ret)
{
	(void)field;
	set_inode(ret, pidns_ns_parent(row->record));
}

static void get_ns_state(const struct field *field, const struct field_row *row, struct value *ret)
{
	const struct pidns_ns *ns = row->record;
	const char *name = pidns_state_name(ns->state);

	(void)field;
	if (name)
		set_text(ret, name, strlen(name));
}

/* 0 is no number of a process: there is no process, or none with a PID of the reader's. */
static void get_reaper(const struct field *field, const struct field_row *row, struct value *ret)
{
	const struct pidns_ns *ns = row->record;

	(void)field;
	if (ns->reaper > 0)
		set_number(ret, (uint64_t)ns->reaper);
}

/* Where its namespace could not be told, the reaper's number alone proves nothing. */
static void get_reaper_comm(const struct field *field, const struct field_row *row,
			    struct value *ret)
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
	ret->text = describe_container_name(container, &ret->len);
}

static void get_container(const struct field *field, const struct field_row *row, struct value *ret)
{
	(void)field;
	set_container(ret, describe_container(row->record));
}

static void get_limit(const struct field *field, const struct field_row *row, struct value *ret)
{
	const struct pidns_limit *const *limits;
	size_t nr = describe_limits(row->record, &limits);
	const struct pidns_limit *nearest = describe_nearest(limits, nr);

	(void)field;
	if (!nearest)
		return;
	ret->type = VALUE_LIMIT;
	ret->limit = nearest;
	ret->number = limit_share(nearest);
}

static void get_pins(const struct field *field, const struct field_row *row, struct value *ret)
{
	const struct pidns_ns *ns = row->record;

	(void)field;
	if (!describe_has(ns, PIDNS_NOTE_PINS))
		return;
	ret->type = VALUE_PINS;
	ret->pins = ns->notes->pins;
	ret->count = ns->notes->nr_pins;
	ret->number = describe_count_pins(ns);
}

static void get_vpids(const struct field *field, const struct field_row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;

	(void)field;
	ret->type = VALUE_NUMBERS;
	ret->numbers = task->vpids;
	ret->count = task->nr_vpids;
}

static void get_task_ns(const struct field *field, const struct field_row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;

	(void)field;
	set_inode(ret, task->ns);
}

/* Its namespace's, or that of the nearest one above: what is in a container stays in it. The row's
 * snapshot has the notes, also where the task is of another one. */
static void get_task_container(const struct field *field, const struct field_row *row,
			       struct value *ret)
{
	const struct pidns_task *task = row->record;
	const struct pidns_ns *ns = task->ns;

	(void)field;
	if (!(ns->known & PIDNS_NS_INO))
		return;
	for (ns = pidns_ns_find(row->snapshot, ns->ino); ns; ns = pidns_ns_parent(ns))
		if (describe_container(ns)) {
			set_container(ret, describe_container(ns));
			return;
		}
}

static void set_user(struct value *ret, const struct field_row *row, uint32_t uid)
{
	const char *name = users_name(row->users, uid);

	if (!name) {
		snprintf(ret->digits, sizeof(ret->digits), "%" PRIu32, uid);
		name = ret->digits;
	}
	set_text(ret, name, strlen(name));
}

static void get_user(const struct field *field, const struct field_row *row, struct value *ret)
{
	(void)field;
	set_user(ret, row, ((const struct pidns_task *)row->record)->uid);
}

static void get_ruser(const struct field *field, const struct field_row *row, struct value *ret)
{
	(void)field;
	set_user(ret, row, ((const struct pidns_task *)row->record)->ruid);
}

/* How long it has run when the snapshot was taken; 0: not known. */
static uint64_t age_of(const struct field_row *row)
{
	const struct pidns_task *task = row->record;
	uint64_t now = pidns_snapshot_time(row->snapshot);

	return task->known & PIDNS_TASK_START && now > task->start_ns ? now - task->start_ns : 0;
}

static void get_age(const struct field *field, const struct field_row *row, struct value *ret)
{
	uint64_t age = age_of(row);

	(void)field;
	if (age)
		set_number(ret, age);
}

static void get_cpu(const struct field *field, const struct field_row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;
	uint64_t age = age_of(row);

	(void)field;
	if (!age || !(task->known & PIDNS_TASK_CPU))
		return;
	ret->type = VALUE_TENTHS;
	ret->number = (uint64_t)((double)task->cpu_ns / (double)age * 1000 + 0.5);
}

static void get_ns_for_children(const struct field *field, const struct field_row *row,
				struct value *ret)
{
	const struct pidns_task *task = row->record;

	(void)field;
	set_inode(ret, task->ns_for_children);
}

static void get_task_state(const struct field *field, const struct field_row *row,
			   struct value *ret)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz";
	const struct pidns_task *task = row->record;

	(void)field;
	if ((task->state >= 'A' && task->state <= 'Z') ||
	    (task->state >= 'a' && task->state <= 'z'))
		set_text(ret, &letters[task->state - 'A'], 1);
}

static void get_comm(const struct field *field, const struct field_row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;

	(void)field;
	set_text(ret, task->comm, strlen(task->comm));
}

static void get_cmdline(const struct field *field, const struct field_row *row, struct value *ret)
{
	(void)field;
	if (row->cmdline)
		set_text(ret, row->cmdline, row->cmdline_len);
}

/* Of a column of users: names longer than that are cut; it grows for the digits of a uid. */
#define USER_WIDTH 8

#define NS(type, member) .get = get_##type, .offset = offsetof(struct pidns_ns, member)

const struct field ns_fields[] = {
	[NS_INO] = {"ino", LOOK_RIGHT, 0, PIDNS_NS_INO, NS(u64, ino),
		    .help = "inode number, as in /proc/PID/ns/pid", .title = "INODE", .width = 10},
	[NS_COOKIE] = {"cookie", LOOK_RIGHT, 0, PIDNS_NS_COOKIE, NS(u64, cookie),
		       .help = "64-bit id, never used again"},
	[NS_PARENT] = {"parent", LOOK_RIGHT, 0, PIDNS_NS_PARENT, get_parent,
		       .help = "inode number of the namespace above"},
	[NS_LEVEL] = {"level", LOOK_RIGHT, 0, PIDNS_NS_LEVEL, NS(u32, level),
		      .help = "the kernel's level; the initial namespace has 0", .title = "LVL",
		      .width = 3, .rank = 6},
	[NS_DEPTH] = {"depth", LOOK_RIGHT, 0, 0, NS(u32, depth),
		      .help = "levels below a root of this snapshot"},
	[NS_STATE] = {"state", 0, 0, PIDNS_NS_STATE, get_ns_state,
		      .help = "alive, unborn, dying, dead or zombie-init", .title = "STATE",
		      .width = 11, .rank = 8},
	[NS_REAPER] = {"reaper", LOOK_RIGHT, 0, PIDNS_NS_REAPER, get_reaper,
		       .help = "its init (child reaper), as a PID of yours", .title = "INIT",
		       .width = 5, .rank = 3},
	[NS_COMM] = {"comm", LOOK_TRUNC, NEEDS_REAPER | NEEDS_ASKING, PIDNS_NS_REAPER,
		     get_reaper_comm, .help = "name of its init"},
	[NS_REAPER_START] = {"reaper_start_ns", LOOK_RIGHT, 0, PIDNS_NS_REAPER_START,
			     NS(u64, reaper_start_ns), .help = "when its init started, since boot"},
	[NS_OWNER_UID] = {"owner_uid", LOOK_RIGHT, 0, PIDNS_NS_OWNER_UID, NS(u32, owner_uid),
			  .help = "user that owns the owning user namespace", .title = "OWNER",
			  .width = USER_WIDTH, .rank = 10},
	[NS_OWNER_NS] = {"owner_ns", LOOK_RIGHT, 0, PIDNS_NS_OWNER_NS, NS(u64, owner_ns),
			 .help = "inode number of the owning user namespace"},
	[NS_PIDS_USED] = {"pids_used", LOOK_RIGHT, 0, PIDNS_NS_PIDS_USED, NS(u32, pids_used),
			  .help = "PIDs in use, namespaces below included", .heading = "PIDS",
			  .aliases = "pids", .title = "USED", .width = 11, .rank = 4},
	[NS_PIDS_USED_EXACT] = {"pids_used_exact", LOOK_RIGHT, 0, PIDNS_NS_PIDS_USED,
				NS(bool, pids_used_exact),
				.help = "whether pids_used is exact, or a lower bound"},
	[NS_PIDS_PEAK] = {"pids_peak", LOOK_RIGHT, 0, PIDNS_NS_PIDS_PEAK, NS(u32, pids_peak),
			  .help = "the most PIDs ever in use"},
	[NS_ALLOC_FAILURES] = {"alloc_failures", LOOK_RIGHT, 0, PIDNS_NS_ALLOC_FAILURES,
			       NS(u64, alloc_failures), .help = "how often no PID was left"},
	[NS_LAST_PID] = {"last_pid", LOOK_RIGHT, 0, PIDNS_NS_LAST_PID, NS(i32, last_pid),
			 .help = "the PID allocated last"},
	[NS_PIDS_MAX] = {"pids_max", LOOK_RIGHT, 0, PIDNS_NS_PIDS_MAX, NS(u32, pids_max),
			 .help = "least pid_max of it and its ancestors", .title = "MAX",
			 .width = 7, .rank = 9},
	[NS_PROCESSES] = {"processes", LOOK_RIGHT, 0, PIDNS_NS_PROCESSES, NS(u32, processes),
			  .help = "processes in it, zombies included", .heading = "PROCS",
			  .aliases = "procs", .title = "PROCS", .width = 5, .rank = 1},
	[NS_THREADS] = {"threads", LOOK_RIGHT, 0, PIDNS_NS_THREADS, NS(u32, threads),
			.help = "threads in it", .title = "THR", .width = 5, .rank = 7},
	[NS_ZOMBIES] = {"zombies", LOOK_RIGHT, 0, PIDNS_NS_ZOMBIES, NS(u32, zombies),
			.help = "processes that have ended and are not reaped", .heading = "ZOMB",
			.aliases = "zomb", .title = "ZOM", .width = 3, .rank = 5},
	[NS_JOINED] = {"joined", LOOK_RIGHT, 0, PIDNS_NS_JOINED, NS(u32, joined),
		       .help = "processes whose parent is outside"},
	[NS_PROCESSES_BELOW] = {"processes_below", LOOK_RIGHT, 0, PIDNS_NS_PROCESSES,
				NS(u32, processes_below), .help = "processes in it and below"},
	[NS_THREADS_BELOW] = {"threads_below", LOOK_RIGHT, 0, PIDNS_NS_THREADS,
			      NS(u32, threads_below), .help = "threads in it and below"},
	[NS_ZOMBIES_BELOW] = {"zombies_below", LOOK_RIGHT, 0, PIDNS_NS_ZOMBIES,
			      NS(u32, zombies_below), .help = "zombies in it and below"},
	[NS_CONTAINER] = {"container", LOOK_TRUNC, NEEDS_CONTAINERS | NEEDS_ASKING, PIDNS_NS_NOTES,
			  get_container, .help = "name or id of the container it is"},
	[NS_LIMIT] = {"limit", 0, NEEDS_LIMITS | NEEDS_ASKING, PIDNS_NS_NOTES, get_limit,
		      .help = "the fullest limit that can make fork fail: kind, use, maximum",
		      .unit = UNIT_NEARNESS},
	[NS_PINS] = {"pins", LOOK_RIGHT, NEEDS_PINS | NEEDS_ASKING, PIDNS_NS_NOTES, get_pins,
		     .help = "how many things keep it alive"},
};

#define TASK(type, member) .get = get_##type, .offset = offsetof(struct pidns_task, member)

const struct field task_fields[] = {
	[TASK_PID] = {"pid", LOOK_RIGHT, 0, 0, TASK(i32, pid), .help = "process, as a PID of yours",
		      .aliases = "tgid", .title = "PID", .width = 5},
	[TASK_TID] = {"tid", LOOK_RIGHT, 0, 0, TASK(i32, tid), .help = "thread, as a PID of yours",
		      .aliases = "lwp spid"},
	[TASK_VPIDS] = {"vpids", 0, 0, PIDNS_TASK_VPIDS, get_vpids,
			.help = "its PID in each namespace, yours first"},
	[TASK_VPGID] = {"vpgid", LOOK_RIGHT, 0, PIDNS_TASK_VPGID, TASK(i32, vpgid),
			.help = "process group, as a PID of its namespace"},
	[TASK_VSID] = {"vsid", LOOK_RIGHT, 0, PIDNS_TASK_VSID, TASK(i32, vsid),
		       .help = "session, as a PID of its namespace"},
	[TASK_PPID] = {"ppid", LOOK_RIGHT, 0, PIDNS_TASK_PPID, TASK(i32, ppid),
		       .help = "parent, as a PID of yours", .title = "PPID", .width = 5},
	[TASK_NS] = {"ns", LOOK_RIGHT, 0, 0, get_task_ns, .help = "inode number of its namespace",
		     .aliases = "pidns", .title = "INODE", .width = 10, .rank = 8},
	[TASK_NS_FOR_CHILDREN] = {"ns_for_children", LOOK_RIGHT, 0, PIDNS_TASK_NS_FOR_CHILDREN,
				  get_ns_for_children,
				  .help = "namespace of its children, where another"},
	[TASK_STATE] = {"state", 0, 0, PIDNS_TASK_STATE, get_task_state,
			.help = "R runs, S sleeps, D in the kernel, T stopped, Z zombie",
			.heading = "S", .aliases = "s stat", .title = "S", .width = 1, .rank = 3},
	[TASK_UID] = {"uid", LOOK_RIGHT, 0, PIDNS_TASK_UID, TASK(u32, uid),
		      .help = "effective user", .aliases = "euid", .title = "USER",
		      .width = USER_WIDTH, .rank = 4},
	[TASK_RUID] = {"ruid", LOOK_RIGHT, 0, PIDNS_TASK_RUID, TASK(u32, ruid),
		       .help = "real user"},
	[TASK_USER] = {"user", LOOK_TRUNC, NEEDS_USERS | NEEDS_ASKING, PIDNS_TASK_UID, get_user,
		       .help = "name of the effective user", .aliases = "euser uname"},
	[TASK_RUSER] = {"ruser", LOOK_TRUNC, NEEDS_USERS | NEEDS_ASKING, PIDNS_TASK_RUID, get_ruser,
			.help = "name of the real user"},
	[TASK_CONTAINER] = {"container", LOOK_TRUNC, NEEDS_CONTAINERS | NEEDS_ASKING, 0,
			    get_task_container, .help = "name or id of the container it is in"},
	[TASK_COMM] = {"comm", LOOK_TRUNC, 0, PIDNS_TASK_COMM, get_comm, .help = "name",
		       .aliases = "ucmd ucomm"},
	/* The start time tells the process from a later one with its number. */
	[TASK_CMDLINE] = {"cmdline", LOOK_TRUNC, NEEDS_CMDLINE | NEEDS_ASKING, PIDNS_TASK_START,
			  get_cmdline, .help = "command line", .aliases = "args cmd command"},
	[TASK_START] = {"start_ns", LOOK_RIGHT, 0, PIDNS_TASK_START, TASK(u64, start_ns),
			.help = "when it started, since boot"},
	[TASK_CPU_TIME] = {"cpu_ns", LOOK_RIGHT, 0, PIDNS_TASK_CPU, TASK(u64, cpu_ns),
			   .help = "CPU time it has used", .heading = "TIME",
			   .aliases = "time cputime", .unit = UNIT_CPU_TIME, .title = "TIME+",
			   .width = 9, .rank = 5},
	[TASK_CPU] = {"cpu", LOOK_RIGHT, NEEDS_ASKING, PIDNS_TASK_CPU | PIDNS_TASK_START, get_cpu,
		      .help = "CPU time in percent of its lifetime", .heading = "%CPU",
		      .aliases = "pcpu %cpu"},
	[TASK_AGE] = {"age_ns", LOOK_RIGHT, NEEDS_ASKING, PIDNS_TASK_START, get_age,
		      .help = "how long it has run", .heading = "ELAPSED",
		      .aliases = "etime elapsed", .unit = UNIT_AGE},
	[TASK_RSS] = {"rss_bytes", LOOK_RIGHT, 0, PIDNS_TASK_RSS, TASK(u64, rss_bytes),
		      .help = "resident memory", .heading = "RSS", .aliases = "rss rsz rssize",
		      .unit = UNIT_BYTES, .title = "MEM", .width = 5, .rank = 3},
	[TASK_THREADS] = {"threads", LOOK_RIGHT, 0, PIDNS_TASK_THREADS, TASK(u32, threads),
			  .help = "threads of its process", .heading = "THR",
			  .aliases = "thr nlwp thcount", .title = "THR", .width = 4, .rank = 9},
	[TASK_HAS_JOINED] = {"has_joined", LOOK_RIGHT, NEEDS_ALL, PIDNS_TASK_HAS_JOINED,
			     TASK(bool, has_joined),
			     .help = "whether its parent is in another namespace"},
	[TASK_PIDFD] = {"pidfd_ino", LOOK_RIGHT, 0, PIDNS_TASK_PIDFD_INO, TASK(u64, pidfd_ino),
			.help = "inode number of its pidfd, never used again: PID:INO names it",
			.title = "PIDFD", .width = 10, .rank = 1},
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

_Static_assert(NR(ns_fields) <= FIELDS_MAX, "FIELDS_MAX");
_Static_assert(NR(task_fields) <= FIELDS_MAX, "FIELDS_MAX");

static struct field_row make_ns_row(const struct pidns_snapshot *snapshot, const void *record)
{
	const struct pidns_ns *ns = record;

	return (struct field_row){.snapshot = snapshot, .record = ns, .known = ns->known};
}

static struct field_row make_task_row(const struct pidns_snapshot *snapshot, const void *record)
{
	const struct pidns_task *task = record;

	return (struct field_row){.snapshot = snapshot, .record = task, .known = task->known};
}

const struct field_table ns_field_table = {ns_fields, NR(ns_fields), make_ns_row};
const struct field_table task_field_table = {task_fields, NR(task_fields), make_task_row};

enum value_type field_type(const struct field *field)
{
	if (field->get == get_bool)
		return VALUE_BOOL;
	if (field->get == get_cpu)
		return VALUE_TENTHS;
	return field->look & LOOK_RIGHT ? VALUE_NUMBER : VALUE_TEXT;
}

uint32_t field_take_flags(unsigned int needs)
{
	return (needs & NEEDS_LIMITS ? PIDNS_TAKE_LIMITS : 0) |
	       (needs & NEEDS_CONTAINERS ? PIDNS_TAKE_CONTAINERS : 0) |
	       (needs & NEEDS_PINS ? PIDNS_TAKE_PINS : 0);
}
