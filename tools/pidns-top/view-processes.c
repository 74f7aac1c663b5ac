// SPDX-License-Identifier: GPL-2.0-or-later
/* view-processes.c - the second level: a row is a process of one namespace. */
#include <stdio.h>
#include <string.h>

#include "cells.h"
#include "common/format.h"
#include "pidns-top/rows/text.h"
#include "view.h"

static const struct pidns_task *task_with(const struct cell_source *source, uint64_t field)
{
	return view_task(source, source->row->task, source->row->task->pid, field);
}

static int32_t pid_of(const struct row *row)
{
	/* Of a thread nothing is looked up. */
	return row->task->pid == row->task->tid ? row->task->pid : 0;
}

static void fill_unknown(struct cell *cell)
{
	snprintf(cell->text, sizeof(cell->text), "-");
}

/* ---- PIDs on the way down ---- */

static void fill_between(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = source->row->task;

	if (source->arg < task->nr_vpids)
		format_count((uint64_t)task->vpids[source->arg], source->width, cell->text,
			     sizeof(cell->text));
	else
		fill_unknown(cell);
}

static unsigned int repeat_between(const struct rows *rows)
{
	return rows->levels ? rows->levels - 1 : 0;
}

static void get_vpid(const struct field *field, const struct field_row *row, struct value *ret)
{
	const struct pidns_task *task = row->record;

	(void)field;
	if (!(task->known & PIDNS_TASK_VPIDS))
		return;
	ret->type = VALUE_NUMBER;
	ret->number = (uint64_t)task->vpids[task->nr_vpids - 1];
}

static unsigned int fit_vpid(const struct rows *rows)
{
	unsigned int digits = 1;

	for (unsigned int i = 1; i <= rows->levels; i++) {
		if (format_digits(rows->max_vpid[i]) > digits)
			digits = format_digits(rows->max_vpid[i]);
	}
	return digits;
}

/* Among processes of your own namespace it would but say PID once more. */
static unsigned int repeat_vpid(const struct rows *rows)
{
	return rows->levels ? 1 : 0;
}

/* ---- State, CPU, command ---- */

static void fill_state(const struct cell_source *source, struct cell *cell)
{
	view_fill_value(source, cell);
	if (cell->text[0] == 'R')
		cell->style = STYLE_BUSY;
	else if (cell->text[0] == 'Z' || cell->text[0] == 'D' || cell->text[0] == 'X')
		cell->style = STYLE_WARNING;
}

static void fill_nice(const struct cell_source *source, struct cell *cell)
{
	int nice;

	/* Of a thread, and of what has ended, it is not looked up. */
	if (pid_of(source->row) && !pidns_task_is_zombie(source->row->task) &&
	    details_nice(source->sample->details, source->row->task->pid, &nice))
		snprintf(cell->text, sizeof(cell->text), "%d", nice);
	else
		fill_unknown(cell);
}

static unsigned int repeat_nice(const struct rows *rows)
{
	return rows->has_nice;
}

/* A thread is called by its own number. */
static void fill_pid(const struct cell_source *source, struct cell *cell)
{
	format_count((uint64_t)source->row->task->tid, source->width, cell->text,
		     sizeof(cell->text));
}

static void key_pid(const struct cell_source *source, struct sort_key *key)
{
	key->is_known = true;
	key->number = (uint64_t)source->row->task->tid;
}

static double cpu_of(const struct cell_source *source)
{
	const struct sample *sample = source->sample;

	if (sample->usage.task_cpu && sample->usage.task_cpu[source->row->place] >= 0)
		return sample->usage.task_cpu[source->row->place];
	return task_with(source, PIDNS_TASK_CPU)
		       ? details_cpu(sample->details, source->row->task->pid)
		       : CPU_UNKNOWN;
}

static void fill_cpu(const struct cell_source *source, struct cell *cell)
{
	double percent = cpu_of(source);

	if (percent >= 0)
		format_percent(percent, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

static void key_cpu(const struct cell_source *source, struct sort_key *key)
{
	double percent = cpu_of(source);

	key->is_known = percent >= 0;
	key->number = percent > 0 ? (uint64_t)(percent * 1000) : 0;
}

static uint64_t age_of(const struct cell_source *source)
{
	const struct pidns_task *task = source->row->task;
	uint64_t now = pidns_snapshot_time(source->sample->snapshot);

	return task->known & PIDNS_TASK_START && now > task->start_ns ? now - task->start_ns : 0;
}

static void fill_age(const struct cell_source *source, struct cell *cell)
{
	uint64_t age = age_of(source);

	if (age)
		format_short_age(age, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

static void key_age(const struct cell_source *source, struct sort_key *key)
{
	key->number = age_of(source);
	key->is_known = key->number != 0;
}

/* " 10429 (tail) should reap it", after the name of a zombie. */
static void add_reaper(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = source->row->task, *parent;
	size_t len = strlen(cell->text);
	char name[128] = "";

	if (!(task->known & PIDNS_TASK_PPID) || task->ppid <= 0)
		return;
	parent = pidns_task_find(source->sample->snapshot, NULL, task->ppid);
	if (parent && parent->known & PIDNS_TASK_COMM)
		text_clean(parent->comm, strlen(parent->comm), name, sizeof(name));
	snprintf(cell->text + len, sizeof(cell->text) - len, "  %d%s%s%s should reap it",
		 task->ppid, name[0] ? " (" : "", name, name[0] ? ")" : "");
}

static void fill_command(const struct cell_source *source, struct cell *cell)
{
	const struct row *row = source->row;
	size_t tree = cells_tree(source, cell->text, sizeof(cell->text));
	size_t taken = text_width(cell->text);
	size_t room = source->width > taken ? source->width - taken : 0;

	cell->faint = tree;
	if (row->is_context)
		cell->style = STYLE_FAINT;
	if (!view_fill_command(source, row->task, row->task->pid, room, cell->text + tree,
			       sizeof(cell->text) - tree))
		snprintf(cell->text + tree, sizeof(cell->text) - tree, "-");
	else if (pidns_task_is_zombie(row->task))
		add_reaper(source, cell);
}

static void key_command(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_COMM);

	key->is_known = task != NULL;
	key->text = task ? task->comm : NULL;
}

/* ---- The view ---- */

static const struct field between = {
	.name = "vpids",
	.title = "VPID",
	.width = 5,
	.rank = 10,
	.help = "its PID one level below yours, two levels, and so on",
};
static const struct field vpid = {
	.name = "vpid",
	.title = "VPID",
	.width = 5,
	.rank = 1,
	.get = get_vpid,
	.help = "its PID in its own namespace",
};
static const struct field nice_value = {
	.name = "nice",
	.title = "NI",
	.width = 3,
	.rank = 9,
	.help = "nice value: from -20, first, to 19, last",
};
static const struct field cpu = {
	.name = "cpu",
	.title = "CPU%",
	.width = 5,
	.rank = 2,
	.help = "CPU use",
};
static const struct field age = {
	.name = "age",
	.title = "AGE",
	.width = 4,
	.rank = 8,
	.help = "since it started",
};
static const struct field command = {
	.name = "command",
	.title = "COMMAND",
	.width = 8,
	.help = "its command line; a name in brackets has none",
};

enum {
	PID,
	BETWEEN,
	VPID,
	PPID,
	NS,
	USER,
	STATE,
	NICE,
	CPU,
	MEMORY,
	THREADS,
	AGE,
	TIME,
	PIDFD,
	COMMAND,
	NR_COLUMNS
};

#define MOST(member) .most = offsetof(struct rows, member)
#define NUMBER	     (COLUMN_TASK | COLUMN_RIGHT | COLUMN_OF_SCREEN)
/* The counts of the header cost as much: state, times and memory of a task are one file. */
#define AMOUNT (COLUMN_TASK | COLUMN_RIGHT | COLUMN_BIG_FIRST)

static const struct column columns[NR_COLUMNS] = {
	[PID] = {&task_fields[TASK_PID], .flags = NUMBER, MOST(max_pid), .fill = fill_pid,
		 .key = key_pid},
	[BETWEEN] = {&between, .flags = NUMBER | COLUMN_NUMBERED | COLUMN_NO_SORT, MOST(max_vpid),
		     .fill = fill_between, .repeat = repeat_between},
	[VPID] = {&vpid, .flags = NUMBER, .fit = fit_vpid, .repeat = repeat_vpid},
	[PPID] = {&task_fields[TASK_PPID], .flags = COLUMN_TASK | COLUMN_RIGHT, .rank = 7,
		  .title = "PPID", MOST(max_pid)},
	[NS] = {&task_fields[TASK_NS], .flags = NUMBER | COLUMN_ONLY_BELOW, MOST(max_ino)},
	[USER] = {&task_fields[TASK_UID], .flags = COLUMN_TASK | COLUMN_OF_SCREEN | COLUMN_USER,
		  MOST(max_uid)},
	[STATE] = {&task_fields[TASK_STATE], .flags = COLUMN_TASK, .fill = fill_state},
	[NICE] = {&nice_value, .flags = COLUMN_TASK | COLUMN_RIGHT | COLUMN_NO_SORT,
		  .fill = fill_nice, .repeat = repeat_nice},
	[CPU] = {&cpu, .flags = AMOUNT, .task_fields = PIDNS_TASK_CPU | PIDNS_TASK_START,
		 .fill = fill_cpu, .key = key_cpu},
	[MEMORY] = {&task_fields[TASK_RSS], .flags = AMOUNT},
	[THREADS] = {&task_fields[TASK_THREADS], .flags = AMOUNT},
	[AGE] = {&age, .flags = AMOUNT, .task_fields = PIDNS_TASK_START, .fill = fill_age,
		 .key = key_age},
	[TIME] = {&task_fields[TASK_CPU_TIME], .flags = AMOUNT},
	[PIDFD] = {&task_fields[TASK_PIDFD],
		   .flags = COLUMN_TASK | COLUMN_RIGHT | COLUMN_ONLY_SORTED},
	[COMMAND] = {&command, .flags = COLUMN_TASK | COLUMN_REST | COLUMN_OF_SCREEN,
		     .task_fields = PIDNS_TASK_COMM | PIDNS_TASK_PPID, .fill = fill_command,
		     .key = key_command},
};

static size_t words_of(const struct cell_source *source, char *out, size_t size)
{
	const struct pidns_task *named = task_with(source, PIDNS_TASK_COMM);
	const struct pidns_task *owned = task_with(source, PIDNS_TASK_UID);
	const struct pidns_task *task = source->row->task;
	const char *user = owned ? users_name(source->sample->users, owned->uid) : "";
	char number[16], arguments[CELL_SIZE] = "";
	size_t len = 0;

	if (!user) {
		snprintf(number, sizeof(number), "%u", owned->uid);
		user = number;
	}
	for (uint32_t i = 0; i < task->nr_vpids && len + 16 < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%d ", task->vpids[i]);
	view_fill_command(source, task, task->pid, 0, arguments, sizeof(arguments));
	snprintf(out + len, size - len, "%s %s %s", user, named ? named->comm : "", arguments);
	return strlen(out);
}

const struct view view_processes = {
	.title = "PROCESSES",
	.columns = columns,
	.nr_columns = NR_COLUMNS,
	.sorted_by = PID,
	.number = PID,
	.cpu = CPU,
	.memory = MEMORY,
	.time = TIME,
	.ns_fields = PIDNS_NS_INO | PIDNS_NS_COOKIE | PIDNS_NS_PARENT | PIDNS_NS_REAPER |
		     PIDNS_NS_REAPER_START | PIDNS_NS_PROCESSES | PIDNS_NS_STATE,
	.words = words_of,
	.pid = pid_of,
};
