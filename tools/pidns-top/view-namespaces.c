// SPDX-License-Identifier: GPL-2.0-or-later
/* view-namespaces.c - the first level: a row is a namespace. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cells.h"
#include "common/describe.h"
#include "common/format.h"
#include "noted.h"
#include "pidns-top/rows/text.h"

static int32_t reaper_of(const struct row *row)
{
	return row->ns->known & PIDNS_NS_REAPER && row->ns->reaper > 0 ? row->ns->reaper : 0;
}

/* ---- Zombies and their age: a folded row speaks for what is below it ---- */

/* Since it started: the kernel does not tell when a process ended. */
static uint64_t zombie_age(const struct cell_source *source)
{
	const struct sample *sample = source->sample;
	uint64_t start, now = pidns_snapshot_time(sample->snapshot);

	if (!sample->usage.own || source->row->is_folded)
		return 0;
	start = sample->usage.own[source->row->place].oldest_zombie_ns;
	return start && now > start ? now - start : 0;
}

static void fill_zombies(const struct cell_source *source, struct cell *cell)
{
	uint64_t age = zombie_age(source);
	char text[16], number[24];
	struct value value;

	if (!view_value(source, &value)) {
		cell_unknown(cell);
		return;
	}
	if (!value.number) {
		cell_print(cell, "%s", source->app->is_plain ? "0" : "");
		return;
	}
	cell->style = STYLE_WARNING;
	format_short_age(age, text, sizeof(text));
	format_count(value.number, source->width, number, sizeof(number));
	cell_print(cell, "%s (%s)", number, text);
	if (!age || (source->width && text_width(cell->text) > source->width))
		cell_print(cell, "%s", number);
}

/* ---- PIDs in use ---- */

static void fill_pids_used(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;
	char count[24];

	if (!(ns->known & PIDNS_NS_PIDS_USED)) {
		cell_unknown(cell);
		return;
	}
	format_count(ns->pids_used, source->width > 1 ? source->width - 1 : source->width, count,
		     sizeof(count));
	cell_print(cell, "%s%s", count, ns->pids_used_exact ? "" : "+");
}

static void fill_forks(const struct cell_source *source, struct cell *cell)
{
	const float *rates = source->sample->forks.rate;

	if (rates && rates[source->row->place] >= 0)
		format_rate((double)rates[source->row->place], cell->text, sizeof(cell->text));
	else
		cell_unknown(cell);
}

static void key_forks(const struct cell_source *source, struct sort_key *key)
{
	const float *rates = source->sample->forks.rate;

	key->is_known = rates && rates[source->row->place] >= 0;
	key->number = key->is_known ? (uint64_t)((double)rates[source->row->place] * 1000) : 0;
}

/* ---- Age ---- */

static uint64_t age_of(const struct cell_source *source)
{
	const struct pidns_ns *ns = source->row->ns;
	uint64_t now = pidns_snapshot_time(source->sample->snapshot);

	return ns->known & PIDNS_NS_REAPER_START && now > ns->reaper_start_ns
		       ? now - ns->reaper_start_ns
		       : 0;
}

static void fill_age(const struct cell_source *source, struct cell *cell)
{
	uint64_t age = age_of(source);

	if (age)
		format_short_age(age, cell->text, sizeof(cell->text));
	else
		cell_unknown(cell);
}

static void key_age(const struct cell_source *source, struct sort_key *key)
{
	key->number = age_of(source);
	key->is_known = key->number != 0;
}

/* ---- Sums over the members ---- */

static struct usage_sum sum_of(const struct cell_source *source)
{
	const struct usage *usage = &source->sample->usage;

	if (!usage->own)
		return (struct usage_sum){0};
	return source->row->is_folded ? usage->below[source->row->place]
				      : usage->own[source->row->place];
}

static void fill_cpu(const struct cell_source *source, struct cell *cell)
{
	struct usage_sum sum = sum_of(source);

	if (sum.has_cpu)
		format_percent(sum.cpu, cell->text, sizeof(cell->text));
	else
		cell_unknown(cell);
}

static void key_cpu(const struct cell_source *source, struct sort_key *key)
{
	struct usage_sum sum = sum_of(source);

	key->is_known = sum.has_cpu;
	key->number = (uint64_t)(sum.cpu * 1000);
}

static void fill_memory(const struct cell_source *source, struct cell *cell)
{
	struct usage_sum sum = sum_of(source);

	if (sum.has_rss)
		format_bytes(sum.rss_bytes, cell->text, sizeof(cell->text));
	else
		cell_unknown(cell);
}

static void key_memory(const struct cell_source *source, struct sort_key *key)
{
	struct usage_sum sum = sum_of(source);

	key->is_known = sum.has_rss;
	key->number = sum.rss_bytes;
}

/* ---- Words ---- */

static void fill_pod(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_container *container =
		noted_container(&source->sample->noted, source->row->ns);

	if (container && container->pod)
		cell_name(cell, container->pod);
	else
		cell_unknown(cell);
}

static void fill_runtime(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_container *container =
		noted_container(&source->sample->noted, source->row->ns);

	if (container && container->runtime)
		cell_name(cell, container->runtime);
	else
		cell_unknown(cell);
}

static void key_pod(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_container *container =
		noted_container(&source->sample->noted, source->row->ns);

	key->text = container ? container->pod : NULL;
	key->is_known = key->text != NULL;
}

static const struct pidns_task *init_of(const struct cell_source *source)
{
	int32_t pid = reaper_of(source->row);

	return pid ? pidns_task_find(source->sample->snapshot, NULL, pid) : NULL;
}

static void fill_command(const struct cell_source *source, struct cell *cell)
{
	int32_t pid = reaper_of(source->row);

	if (!pid || !view_fill_command(source, init_of(source), pid, source->width, cell->text,
				       sizeof(cell->text)))
		cell_unknown(cell);
}

static void key_command(const struct cell_source *source, struct sort_key *key)
{
	const struct pidns_task *init = init_of(source);

	key->is_known = init && init->known & PIDNS_TASK_COMM;
	key->text = key->is_known ? init->comm : NULL;
}

/* ---- The view ---- */

static const struct field name = {
	.name = "name",
	.title = "NAME",
	.width = 8,
	.help = "its container, or the command of its init, in the tree",
};
static const struct field limit = {
	.name = "limit",
	.title = "LIMIT",
	.width = 5,
	.help = "the nearest limit that makes fork fail; ! from 80 % on",
};
static const struct field cpu = {
	.name = "cpu",
	.title = "CPU%",
	.width = 5,
	.help = "CPU use of its processes",
};
static const struct field memory = {
	.name = "memory",
	.title = "MEM",
	.width = 5,
	.help = "resident memory of its processes",
};
static const struct field forks = {
	.name = "forks",
	.title = "FORKS/s",
	.width = 7,
	.help = "PIDs given a second, there and below",
};
static const struct field age = {
	.name = "age",
	.title = "AGE",
	.width = 4,
	.help = "since its init started",
};
static const struct field pod = {
	.name = "pod",
	.title = "POD",
	.width = 20,
	.help = "the pod it is part of",
};
static const struct field runtime = {
	.name = "runtime",
	.title = "RUNTIME",
	.width = 10,
	.help = "what runs the container",
};
static const struct field command = {
	.name = "command",
	.title = "COMMAND",
	.width = 12,
	.help = "command line of its init",
};

enum {
	NAME,
	REAPER,
	PROCESSES,
	THREADS,
	ZOMBIES,
	LIMIT,
	CPU,
	MEMORY,
	FORKS,
	AGE,
	PIDS_USED,
	PIDS_MAX,
	INO,
	OWNER,
	LEVEL,
	STATE,
	RUNTIME,
	POD,
	COMMAND,
	NR_COLUMNS
};

#define MOST(member) .most = offsetof(struct rows, member)
#define NUMBER	     COLUMN_RIGHT
#define AMOUNT	     (COLUMN_RIGHT | COLUMN_BIG_FIRST)

static unsigned int fit_name(const struct rows *rows)
{
	return (unsigned int)rows->max_name;
}

/* The rank says what a narrow screen leaves out first: the highest. */
static const struct column columns[NR_COLUMNS] = {
	[NAME] = {&name, .flags = COLUMN_REST | COLUMN_OF_SCREEN, .fit = fit_name,
		  .ns_fields = PIDNS_NS_REAPER | PIDNS_NS_STATE | PIDNS_NS_LEVEL,
		  .task_fields = PIDNS_TASK_COMM, .notes = PIDNS_TAKE_CONTAINERS,
		  .fill = cells_fill_name, .key = cells_key_name},
	[REAPER] = {&ns_fields[NS_REAPER], .flags = NUMBER, .rank = 7, MOST(max_pid)},
	[PROCESSES] = {&ns_fields[NS_PROCESSES], &ns_fields[NS_PROCESSES_BELOW], .flags = AMOUNT,
		       .rank = 2, MOST(max_count)},
	[THREADS] = {&ns_fields[NS_THREADS], &ns_fields[NS_THREADS_BELOW], .flags = AMOUNT,
		     .rank = 11, MOST(max_count)},
	[ZOMBIES] = {&ns_fields[NS_ZOMBIES], &ns_fields[NS_ZOMBIES_BELOW], .flags = AMOUNT,
		     .rank = 3, .title = "ZOM(age)", MOST(max_zombies), .more = 6,
		     .task_fields = PIDNS_TASK_STATE | PIDNS_TASK_START, .fill = fill_zombies},
	[LIMIT] = {&limit, .flags = COLUMN_BIG_FIRST, .rank = 1, .middle = 15, .middle_rank = 5,
		   .wide = 26, .wide_rank = 10, .wide_title = "NEAREST LIMIT",
		   .ns_fields = PIDNS_NS_STATE, .notes = PIDNS_TAKE_LIMITS,
		   .fill = cells_fill_limit, .key = cells_key_limit},
	[CPU] = {&cpu, .flags = AMOUNT, .rank = 4, .task_fields = PIDNS_TASK_CPU | PIDNS_TASK_START,
		 .fill = fill_cpu, .key = key_cpu},
	[MEMORY] = {&memory, .flags = AMOUNT, .rank = 8, .task_fields = PIDNS_TASK_RSS,
		    .fill = fill_memory, .key = key_memory},
	[FORKS] = {&forks, .flags = AMOUNT, .rank = 9,
		   .ns_fields = PIDNS_NS_LAST_PID | PIDNS_NS_PIDS_MAX, .fill = fill_forks,
		   .key = key_forks},
	[AGE] = {&age, .flags = AMOUNT, .rank = 6, .ns_fields = PIDNS_NS_REAPER_START,
		 .fill = fill_age, .key = key_age},
	/* Beside the digits there may be a "+". */
	[PIDS_USED] = {&ns_fields[NS_PIDS_USED], .flags = AMOUNT, .rank = 14, MOST(max_used),
		       .more = 1, .fill = fill_pids_used},
	[PIDS_MAX] = {&ns_fields[NS_PIDS_MAX], .flags = AMOUNT, .rank = 15, MOST(max_pids_max)},
	[INO] = {&ns_fields[NS_INO], .flags = NUMBER, .rank = 12, MOST(max_ino)},
	[OWNER] = {&ns_fields[NS_OWNER_UID], .flags = COLUMN_USER, .rank = 16, MOST(max_owner)},
	[LEVEL] = {&ns_fields[NS_LEVEL], .flags = NUMBER, .rank = 18, MOST(max_level)},
	[STATE] = {&ns_fields[NS_STATE], .flags = COLUMN_CHOSEN, .rank = 20},
	[RUNTIME] = {&runtime, .flags = COLUMN_NO_SORT | COLUMN_CHOSEN, .rank = 19,
		     .notes = PIDNS_TAKE_CONTAINERS, .fill = fill_runtime},
	[POD] = {&pod, .rank = 17, .notes = PIDNS_TAKE_CONTAINERS, .fill = fill_pod, .key = key_pod,
		 .repeat = view_has_pods},
	[COMMAND] = {&command, .flags = COLUMN_REST | COLUMN_OF_SCREEN, .rank = 13,
		     .ns_fields = PIDNS_NS_REAPER, .task_fields = PIDNS_TASK_COMM,
		     .fill = fill_command, .key = key_command},
};

/* ---- Search ---- */

static size_t words_of_container(const struct pidns_container *container, char *out, size_t size)
{
	int len = snprintf(out, size, " %s %s %s %s", container->name ? container->name : "",
			   container->id ? container->id : "",
			   container->runtime ? container->runtime : "",
			   container->pod ? container->pod : "");

	return (size_t)len < size ? (size_t)len : size - 1;
}

static size_t words_of(const struct cell_source *source, char *out, size_t size)
{
	const struct pidns_ns *ns = source->row->ns;
	const struct pidns_task *init = init_of(source);
	const struct pidns_container *container = noted_container(&source->sample->noted, ns);
	char shown[NAME_SIZE], arguments[NAME_SIZE] = "";
	size_t len;

	cells_ns_name(source->sample, ns, shown, sizeof(shown));
	view_fill_command(source, init, reaper_of(source->row), 0, arguments, sizeof(arguments));
	len = (size_t)snprintf(out, size, "%" PRIu64 " %d %s %s %s",
			       ns->known & PIDNS_NS_INO ? ns->ino : 0, reaper_of(source->row),
			       shown, init && init->known & PIDNS_TASK_COMM ? init->comm : "",
			       arguments);
	if (len >= size)
		return size - 1;
	return len + (container ? words_of_container(container, out + len, size - len) : 0);
}

const struct view view_namespaces = {
	.title = "NAMESPACES",
	.columns = columns,
	.nr_columns = NR_COLUMNS,
	.sorted_by = INO,
	.number = INO,
	.cpu = CPU,
	.memory = MEMORY,
	.time = AGE,
	.ns_fields = PIDNS_NS_INO | PIDNS_NS_COOKIE | PIDNS_NS_PARENT | PIDNS_NS_REAPER |
		     PIDNS_NS_REAPER_START | PIDNS_NS_PROCESSES | PIDNS_NS_STATE | PIDNS_NS_LEVEL,
	.words = words_of,
	.pid = reaper_of,
};
