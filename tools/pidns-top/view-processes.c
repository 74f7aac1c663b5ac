// SPDX-License-Identifier: GPL-2.0-or-later
/* view-processes.c - the second level: a row is a process of one namespace. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format.h"
#include "text.h"
#include "view.h"

static void fill_unknown(struct cell *cell)
{
	snprintf(cell->text, sizeof(cell->text), "-");
}

static const struct pidns_task *task_with(const struct cell_source *source, uint64_t field)
{
	return view_task(source, source->row->task, source->row->task->pid, field);
}

/* ---- Numbers ---- */

static void fill_pid(const struct cell_source *source, struct cell *cell)
{
	snprintf(cell->text, sizeof(cell->text), "%d", source->row->task->pid);
}

static void key_pid(const struct cell_source *source, struct sort_key *key)
{
	key->is_known = true;
	key->number = (uint64_t)source->row->task->pid;
}

static unsigned int fit_pid(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_pid);
}

static void fill_between(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = source->row->task;

	if (source->arg < task->nr_vpids)
		snprintf(cell->text, sizeof(cell->text), "%d", task->vpids[source->arg]);
	else
		fill_unknown(cell);
}

static unsigned int fit_between(const struct rows *rows, unsigned int arg)
{
	return format_digits(rows->max_vpid[arg]);
}

static unsigned int repeat_between(const struct rows *rows)
{
	return rows->levels ? rows->levels - 1 : 0;
}

static void fill_vpid(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = source->row->task;

	if (task->known & PIDNS_TASK_VPIDS)
		snprintf(cell->text, sizeof(cell->text), "%d", task->vpids[task->nr_vpids - 1]);
	else
		fill_unknown(cell);
}

static void key_vpid(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = source->row->task;

	key->is_known = (task->known & PIDNS_TASK_VPIDS) != 0;
	key->number = (uint64_t)task->vpids[task->nr_vpids - 1];
}

static unsigned int fit_vpid(const struct rows *rows, unsigned int arg)
{
	unsigned int digits = 1;

	(void)arg;
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

static void fill_ns(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;

	if (ns->known & PIDNS_NS_INO)
		snprintf(cell->text, sizeof(cell->text), "%" PRIu64, ns->ino);
	else
		fill_unknown(cell);
}

static void key_ns(const struct cell_source *source, struct sort_key *key)
{
	key->is_known = (source->row->ns->known & PIDNS_NS_INO) != 0;
	key->number = source->row->ns->ino;
}

static unsigned int fit_ns(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_ino);
}

/* ---- User, state ---- */

static const char *user_of(const struct cell_source *source, char *number, size_t size)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_UID);
	const char *name;

	if (!task)
		return NULL;
	name = users_name(source->picture->users, task->uid);
	if (name)
		return name;
	snprintf(number, size, "%u", task->uid);
	return number;
}

/* A name too long ends in "+", as in top and ps. */
static void fill_user(const struct cell_source *source, struct cell *cell)
{
	char number[16];
	const char *name = user_of(source, number, sizeof(number));
	size_t width;

	if (!name) {
		fill_unknown(cell);
		return;
	}
	text_clean(name, strlen(name), cell->text, sizeof(cell->text));
	if (source->width && text_width(cell->text) > source->width) {
		size_t at = text_cut(cell->text, source->width - 1, &width);

		snprintf(cell->text + at, sizeof(cell->text) - at, "+");
	}
}

static void key_user(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_UID);

	key->is_known = task != NULL;
	if (!task)
		return;
	key->text = users_name(source->picture->users, task->uid);
	/* Names first, in their order; then those that are but numbers. */
	key->number = key->text ? 0 : (uint64_t)task->uid + 1;
}

static void fill_state(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_STATE);

	if (!task || task->state < 'A' || task->state > 'z') {
		fill_unknown(cell);
		return;
	}
	snprintf(cell->text, sizeof(cell->text), "%c", (char)task->state);
	if (task->state == 'R')
		cell->style = STYLE_BUSY;
	else if (task->state == 'Z' || task->state == 'D' || task->state == 'X')
		cell->style = STYLE_WARNING;
}

static void key_state(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_STATE);

	key->is_known = task != NULL;
	key->number = task ? task->state : 0;
}

/* ---- CPU, memory, time ---- */

static double cpu_of(const struct cell_source *source)
{
	const struct picture *picture = source->picture;

	if (picture->usage.task_cpu && picture->usage.task_cpu[source->row->place] >= 0)
		return picture->usage.task_cpu[source->row->place];
	return task_with(source, PIDNS_TASK_CPU)
		       ? details_cpu(picture->details, source->row->task->pid)
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

static void fill_memory(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_RSS);

	if (task)
		format_bytes(task->rss_bytes, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

static void key_memory(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_RSS);

	key->is_known = task != NULL;
	key->number = task ? task->rss_bytes : 0;
}

static void fill_threads(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_THREADS);

	if (task)
		snprintf(cell->text, sizeof(cell->text), "%u", task->threads);
	else
		fill_unknown(cell);
}

static void key_threads(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_THREADS);

	key->is_known = task != NULL;
	key->number = task ? task->threads : 0;
}

static void fill_time(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_CPU);

	if (task)
		format_cpu_time(task->cpu_ns, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

static void key_time(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_CPU);

	key->is_known = task != NULL;
	key->number = task ? task->cpu_ns : 0;
}

/* ---- Command ---- */

static void fill_command(const struct cell_source *source, struct cell *cell)
{
	const struct row *row = source->row;

	if (!view_fill_command(source, row->task, row->task->pid, source->width, cell->text,
			       sizeof(cell->text)))
		fill_unknown(cell);
}

static void key_command(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_COMM);

	key->is_known = task != NULL;
	key->text = task ? task->comm : NULL;
}

static size_t words_of(const struct cell_source *source, char *out, size_t size)
{
	const struct pidns_task *named = task_with(source, PIDNS_TASK_COMM);
	const struct pidns_task *task = source->row->task;
	char number[16];
	const char *user = user_of(source, number, sizeof(number));
	size_t len = 0;

	for (uint32_t i = 0; i < task->nr_vpids && len + 16 < size; i++)
		len += (size_t)snprintf(out + len, size - len, "%d ", task->vpids[i]);
	return len + (size_t)snprintf(out + len, size - len, "%s %s", user ? user : "",
				      named ? named->comm : "");
}

static int32_t pid_of(const struct row *row)
{
	return row->task->pid;
}

enum {
	PID,
	BETWEEN,
	VPID,
	NS,
	USER,
	STATE,
	CPU,
	MEMORY,
	THREADS,
	TIME,
	COMMAND,
	NR_COLUMNS,
};

#define NUMBER (COLUMN_RIGHT | COLUMN_OF_SCREEN)
#define AMOUNT (COLUMN_RIGHT | COLUMN_OF_SCREEN | COLUMN_BIG_FIRST)

static const struct column columns[NR_COLUMNS] = {
	[PID] = {.name = "pid",
		 .title = "PID",
		 .width = 5,
		 .rank = 0,
		 .flags = NUMBER,
		 .help = "its number for you: what kill(1) takes",
		 .fill = fill_pid,
		 .key = key_pid,
		 .fit = fit_pid},
	[BETWEEN] = {.name = "vpids",
		     .title = "VPID",
		     .width = 5,
		     .rank = 10,
		     .flags = NUMBER | COLUMN_NUMBERED,
		     .help = "its number one level below you, two levels, and so on",
		     .fill = fill_between,
		     .fit = fit_between,
		     .repeat = repeat_between},
	[VPID] = {.name = "vpid",
		  .title = "VPID",
		  .width = 5,
		  .rank = 1,
		  .flags = NUMBER,
		  .help = "its number in its own namespace",
		  .fill = fill_vpid,
		  .key = key_vpid,
		  .fit = fit_vpid,
		  .repeat = repeat_vpid},
	[NS] = {.name = "ns",
		.title = "INODE",
		.width = 10,
		.rank = 8,
		.flags = NUMBER | COLUMN_ONLY_BELOW,
		.help = "its namespace, where those below are shown as well",
		.fill = fill_ns,
		.key = key_ns,
		.fit = fit_ns},
	[USER] = {.name = "uid",
		  .title = "USER",
		  .width = 8,
		  .rank = 4,
		  .flags = COLUMN_OF_SCREEN,
		  .help = "effective user",
		  .task_fields = PIDNS_TASK_UID,
		  .fill = fill_user,
		  .key = key_user},
	[STATE] = {.name = "state",
		   .title = "S",
		   .width = 1,
		   .rank = 3,
		   .flags = COLUMN_OF_SCREEN,
		   .help = "R runs, S sleeps, D in the kernel, T stopped, Z zombie",
		   .task_fields = PIDNS_TASK_STATE,
		   .fill = fill_state,
		   .key = key_state},
	[CPU] = {.name = "cpu",
		 .title = "CPU%",
		 .width = 5,
		 .rank = 2,
		 .flags = AMOUNT,
		 .help = "CPU use",
		 .task_fields = PIDNS_TASK_CPU | PIDNS_TASK_START,
		 .fill = fill_cpu,
		 .key = key_cpu},
	[MEMORY] = {.name = "rss_bytes",
		    .title = "MEM",
		    .width = 5,
		    .rank = 3,
		    .flags = AMOUNT,
		    .help = "resident memory",
		    .task_fields = PIDNS_TASK_RSS,
		    .fill = fill_memory,
		    .key = key_memory},
	[THREADS] = {.name = "threads",
		     .title = "THR",
		     .width = 4,
		     .rank = 9,
		     .flags = AMOUNT,
		     .help = "threads",
		     .task_fields = PIDNS_TASK_THREADS,
		     .fill = fill_threads,
		     .key = key_threads},
	[TIME] = {.name = "cpu_ns",
		  .title = "TIME+",
		  .width = 9,
		  .rank = 5,
		  .flags = AMOUNT,
		  .help = "CPU time so far, minutes and seconds",
		  .task_fields = PIDNS_TASK_CPU,
		  .fill = fill_time,
		  .key = key_time},
	[COMMAND] = {.name = "command",
		     .title = "COMMAND",
		     .width = 8,
		     .rank = 0,
		     .flags = COLUMN_REST | COLUMN_OF_SCREEN,
		     .help = "its command line; a name in brackets has none",
		     .task_fields = PIDNS_TASK_COMM,
		     .fill = fill_command,
		     .key = key_command},
};

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
