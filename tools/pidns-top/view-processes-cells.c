// SPDX-License-Identifier: GPL-2.0-or-later
/* view-processes-cells.c - what the cells of a process say, and what it is sorted by. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/format.h"
#include "pidns-top/rows/text.h"
#include "view-processes.h"

static void fill_unknown(struct cell *cell)
{
	snprintf(cell->text, sizeof(cell->text), "-");
}

static void fill_count(const struct cell_source *source, struct cell *cell, uint64_t number)
{
	format_count(number, source->width, cell->text, sizeof(cell->text));
}

static const struct pidns_task *task_with(const struct cell_source *source, uint64_t field)
{
	return view_task(source, source->row->task, source->row->task->pid, field);
}

/* ---- Numbers ---- */

void process_fill_pid(const struct cell_source *source, struct cell *cell)
{
	fill_count(source, cell, (uint64_t)source->row->task->pid);
}

void process_key_pid(const struct cell_source *source, struct sort_key *key)
{
	key->is_known = true;
	key->number = (uint64_t)source->row->task->pid;
}

unsigned int process_fit_pid(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_pid);
}

void process_fill_between(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = source->row->task;

	if (source->arg < task->nr_vpids)
		fill_count(source, cell, (uint64_t)task->vpids[source->arg]);
	else
		fill_unknown(cell);
}

unsigned int process_fit_between(const struct rows *rows, unsigned int arg)
{
	return format_digits(rows->max_vpid[arg]);
}

unsigned int process_repeat_between(const struct rows *rows)
{
	return rows->levels ? rows->levels - 1 : 0;
}

void process_fill_vpid(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = source->row->task;

	if (task->known & PIDNS_TASK_VPIDS)
		fill_count(source, cell, (uint64_t)task->vpids[task->nr_vpids - 1]);
	else
		fill_unknown(cell);
}

void process_key_vpid(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = source->row->task;

	key->is_known = (task->known & PIDNS_TASK_VPIDS) != 0;
	key->number = (uint64_t)task->vpids[task->nr_vpids - 1];
}

unsigned int process_fit_vpid(const struct rows *rows, unsigned int arg)
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
unsigned int process_repeat_vpid(const struct rows *rows)
{
	return rows->levels ? 1 : 0;
}

void process_fill_ns(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;

	if (ns->known & PIDNS_NS_INO)
		fill_count(source, cell, ns->ino);
	else
		fill_unknown(cell);
}

void process_key_ns(const struct cell_source *source, struct sort_key *key)
{
	key->is_known = (source->row->ns->known & PIDNS_NS_INO) != 0;
	key->number = source->row->ns->ino;
}

unsigned int process_fit_ns(const struct rows *rows, unsigned int arg)
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

void process_fill_user(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_UID);
	const char *name = task ? users_name(source->picture->users, task->uid) : NULL;

	if (name)
		view_fill_name(source, name, cell);
	else if (task)
		fill_count(source, cell, task->uid);
	else
		fill_unknown(cell);
}

unsigned int process_fit_user(const struct rows *rows, unsigned int arg)
{
	(void)arg;
	return format_digits(rows->max_uid);
}

void process_key_user(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_UID);

	key->is_known = task != NULL;
	if (!task)
		return;
	key->text = users_name(source->picture->users, task->uid);
	/* Names first, in their order; then those that are but numbers. */
	key->number = key->text ? 0 : (uint64_t)task->uid + 1;
}

void process_fill_state(const struct cell_source *source, struct cell *cell)
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

void process_key_state(const struct cell_source *source, struct sort_key *key)
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

void process_fill_cpu(const struct cell_source *source, struct cell *cell)
{
	double percent = cpu_of(source);

	if (percent >= 0)
		format_percent(percent, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

void process_key_cpu(const struct cell_source *source, struct sort_key *key)
{
	double percent = cpu_of(source);

	key->is_known = percent >= 0;
	key->number = percent > 0 ? (uint64_t)(percent * 1000) : 0;
}

void process_fill_memory(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_RSS);

	if (task)
		format_bytes(task->rss_bytes, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

void process_key_memory(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_RSS);

	key->is_known = task != NULL;
	key->number = task ? task->rss_bytes : 0;
}

void process_fill_threads(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_THREADS);

	if (task)
		fill_count(source, cell, task->threads);
	else
		fill_unknown(cell);
}

void process_key_threads(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_THREADS);

	key->is_known = task != NULL;
	key->number = task ? task->threads : 0;
}

void process_fill_time(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_CPU);

	if (task)
		format_cpu_time(task->cpu_ns, cell->text, sizeof(cell->text));
	else
		fill_unknown(cell);
}

void process_key_time(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_CPU);

	key->is_known = task != NULL;
	key->number = task ? task->cpu_ns : 0;
}

void process_fill_pidfd(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_PIDFD_INO);

	if (task)
		fill_count(source, cell, task->pidfd_ino);
	else
		fill_unknown(cell);
}

void process_key_pidfd(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_PIDFD_INO);

	key->is_known = task != NULL;
	key->number = task ? task->pidfd_ino : 0;
}

/* ---- Command ---- */

void process_fill_command(const struct cell_source *source, struct cell *cell)
{
	const struct row *row = source->row;

	if (!view_fill_command(source, row->task, row->task->pid, source->width, cell->text,
			       sizeof(cell->text)))
		fill_unknown(cell);
}

void process_key_command(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *task = task_with(source, PIDNS_TASK_COMM);

	key->is_known = task != NULL;
	key->text = task ? task->comm : NULL;
}

size_t process_words_of(const struct cell_source *source, char *out, size_t size)
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

int32_t process_pid_of(const struct row *row)
{
	return row->task->pid;
}
