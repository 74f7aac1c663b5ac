// SPDX-License-Identifier: GPL-2.0-or-later
/* header.c - the lines above the list. */
#include "header-line.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/format.h"
#include "pidns-top/cells.h"
#include "text.h"

/* A screen this high has room for all of it, and this high for the two lines that matter most. */
#define HEIGHT_FULL  12
#define HEIGHT_SHORT 8
#define HEIGHT_LEAST 4

#define BAR_MAX 50

/* ---- Totals ---- */

struct totals {
	uint64_t known; /* PIDNS_NS_* that every root knows */
	uint64_t processes, threads, zombies, namespaces;
	const struct pidns_ns *root; /* the first; NULL: nothing yet */
};

static struct totals totals_of(const struct pidns_snapshot *snapshot)
{
	struct totals totals = {.known = PIDNS_FIELDS_ALL};
	const struct pidns_ns *const *list;

	totals.namespaces = snapshot ? pidns_snapshot_namespaces(snapshot, &list) : 0;
	for (size_t i = 0; i < totals.namespaces; i++) {
		const struct pidns_ns *ns = list[i];

		totals.known &= ns->known | PIDNS_NS_STATE;
		totals.processes += ns->processes;
		totals.threads += ns->threads;
		totals.zombies += ns->zombies;
	}
	totals.root = totals.namespaces ? list[0] : NULL;
	return totals;
}

/* Each count is a filter, too: in brackets the key. */
static void add_health(struct line *line, const struct app *app, const struct rows *rows)
{
	const char *before = ": ";

	/* The rows of processes have no such counts. */
	if (rows->inside)
		return;
	for (int i = 0; i < NR_HEALTH; i++) {
		bool is_only = app->only >> i & 1;
		size_t from;

		if (!rows->health[i] && !is_only)
			continue;
		line_add(line, "%s", before);
		from = line->len;
		line_add(line, "%zu %s [%d]", rows->health[i],
			 health_name((enum health)i, line->width < 100), i + 1);
		line_mark(line, from,
			  is_only	     ? STYLE_SELECTED
			  : i == HEALTH_FULL ? STYLE_ALARM
					     : STYLE_WARNING,
			  '1' + i);
		before = "  ";
	}
}

static void add_totals(struct line *line, const struct totals *totals)
{
	const char *before = "   ";

	if (totals->known & PIDNS_NS_PROCESSES && totals->namespaces) {
		line_count(line, before, totals->processes, "process", "processes");
		before = ", ";
	}
	if (totals->known & PIDNS_NS_THREADS && totals->namespaces)
		line_count(line, before, totals->threads, "thread", "threads");
	if (totals->known & PIDNS_NS_ZOMBIES && totals->namespaces)
		line_count(line, ", ", totals->zombies, "zombie", "zombies");
}

static void add_short_totals(struct line *line, const struct app *app, const struct rows *rows,
			     const struct totals *totals)
{
	line_add(line, "%" PRIu64 " ns", totals->namespaces);
	if (rows->inside || !totals->namespaces)
		line_add(line, ", %" PRIu64 " procs", totals->processes);
	else
		add_health(line, app, rows);
}

/* ---- The machine ---- */

static void add_host(struct line *line, const struct sample *sample)
{
	const char *host = sample->snapshot ? pidns_snapshot_host(sample->snapshot) : NULL;
	char name[HEADER_WIDTH];

	if (!host)
		return;
	text_clean(host, strlen(host), name, sizeof(name));
	line_words(line, "%s  ", name);
}

static bool has_mode(unsigned int height)
{
	return height >= HEIGHT_SHORT;
}

static void add_uptime(struct line *line, const struct sample *sample)
{
	char text[48];

	if (!sample->snapshot)
		return;
	format_uptime((double)pidns_snapshot_time(sample->snapshot) / 1e9, text, sizeof(text));
	line_add(line, "  up %s", text);
}

static void add_load(struct line *line, const struct machine_figures *machine)
{
	if (machine->has_load)
		line_add(line, "%sload %.1f %.1f %.1f", line->len ? "  " : "", machine->load[0],
			 machine->load[1], machine->load[2]);
}

static void add_bar(struct line *line, const char *name, double percent, const char *label,
		    unsigned int width)
{
	char bar[BAR_MAX * 2];

	format_bar(percent, label, width, bar, sizeof(bar));
	line_add(line, "%s%s %s", line->len ? "  " : "", name, bar);
}

static void add_memory(struct line *line, const struct machine_figures *machine, unsigned int bar)
{
	char used[16], total[16], memory[40];

	if (!machine->has_memory)
		return;
	format_bytes(machine->memory_used, used, sizeof(used));
	format_bytes(machine->memory_total, total, sizeof(total));
	snprintf(memory, sizeof(memory), "%s/%s", used, total);
	add_bar(line, "Mem", 100.0 * (double)machine->memory_used / (double)machine->memory_total,
		memory, bar);
}

/* Of the top of what is seen: those of all namespaces count there. */
static void add_pids(struct line *line, const struct pidns_ns *root, unsigned int bar)
{
	char used[16], max[16], label[40];

	if (!root || !(root->known & PIDNS_NS_PIDS_USED) || !(root->known & PIDNS_NS_PIDS_MAX) ||
	    !root->pids_max)
		return;
	format_count(root->pids_used, 4, used, sizeof(used));
	format_count(root->pids_max, 4, max, sizeof(max));
	snprintf(label, sizeof(label), "%s%s/%s", used, root->pids_used_exact ? "" : "+", max);
	add_bar(line, "PIDs", 100.0 * root->pids_used / root->pids_max, label, bar);
}

static void add_meters(struct line *line, const struct app *app, const struct sample *sample,
		       const struct totals *totals, unsigned int width)
{
	unsigned int bar = width > 40 ? (width - 33) / 3 : 0;
	const float *forks = sample->forks.rate;
	char cpu[16] = "";

	if (bar > BAR_MAX)
		bar = BAR_MAX;
	if (app->is_plain)
		bar = 0;
	if (sample->machine.has_cpu) {
		format_percent(sample->machine.cpu_percent, cpu, sizeof(cpu));
		strcat(cpu, "%");
		add_bar(line, "CPU", sample->machine.cpu_percent, cpu, bar);
	}
	add_memory(line, &sample->machine, bar);
	add_pids(line, totals->root, bar);
	if (forks && totals->root && forks[0] >= 0) {
		format_rate((double)forks[0], cpu, sizeof(cpu));
		line_add(line, "%sforks %s/s", line->len ? "  " : "", cpu);
	}
}

/* ---- The source of it all ---- */

static void describe_unseen(const struct pidns_snapshot *snapshot, char *out, size_t size)
{
	uint32_t unseen = pidns_snapshot_cannot_see(snapshot);
	const char *between = ", cannot see ";
	size_t len = 0;

	snprintf(out, size, "%s", unseen ? "" : ", sees all");
	for (uint32_t bit = 1; bit; bit <<= 1) {
		const char *name = unseen & bit ? pidns_unseen_name(bit) : NULL;

		if (!name || len >= size)
			continue;
		len += (size_t)snprintf(out + len, size - len, "%s%s", between, name);
		between = ", ";
	}
}

static void describe_pace(const struct app *app, const struct sample *sample, char *out,
			  size_t size)
{
	char name[HEADER_WIDTH / 2];

	if (!sample->recording && sample->replay_ns) {
		snprintf(out, size, ", %" PRIu64 " of %" PRIu64 ", } now", sample->moment,
			 sample->moments);
		return;
	}
	if (!sample->recording) {
		snprintf(out, size, "%s%s, every %g s", sample->told ? ", " : "",
			 sample->told ? sample->told : "", app->delay);
		return;
	}
	text_clean(sample->recording, strlen(sample->recording), name, sizeof(name));
	if (sample->moments > 1)
		snprintf(out, size, " %" PRIu64 " of %" PRIu64 " of %s", sample->moment,
			 sample->moments, name);
	else
		snprintf(out, size, " of %s", name);
}

/* As much of it as there is room for: what cannot be seen is the first to go. */
static void add_source(struct line *line, const struct app *app, const struct sample *sample)
{
	char text[HEADER_WIDTH * 2], unseen[256], pace[HEADER_WIDTH / 2 + 64];
	const char *provider;

	if (!sample->snapshot) {
		line_right(line, "looking for the first time");
		return;
	}
	provider = pidns_snapshot_provider(sample->snapshot);
	describe_unseen(sample->snapshot, unseen, sizeof(unseen));
	describe_pace(app, sample, pace, sizeof(pace));
	snprintf(text, sizeof(text), "%s%s%s", provider, sample->recording ? pace : unseen,
		 sample->recording ? unseen : pace);
	if (text_width(line->text) + text_width(text) + 2 > line->width)
		snprintf(text, sizeof(text), "%s%s%s", provider, pace,
			 pidns_snapshot_cannot_see(sample->snapshot) ? ", not all" : "");
	if (text_width(line->text) + text_width(text) + 2 > line->width)
		snprintf(text, sizeof(text), "%s%s", provider,
			 pidns_snapshot_cannot_see(sample->snapshot) ? ", not all" : "");
	line_right(line, text);
}

/* Notes that cost much are taken less often than the rest. */
static void add_noted(struct line *line, const struct sample *sample)
{
	uint64_t now = sample->snapshot ? pidns_snapshot_wall_time(sample->snapshot) : 0;
	char age[16], text[48];

	if (!sample->noted.snapshot || sample->noted.wall_ns + 1000000000 >= now)
		return;
	format_short_age(now - sample->noted.wall_ns, age, sizeof(age));
	snprintf(text, sizeof(text), "limits of %s ago", age);
	line_right(line, text);
}

/* The newest event of a namespace. */
static void add_last_event(struct line *line, const struct sample *sample)
{
	char text[128], time[16], words[160];

	for (size_t i = sample->events ? sample->events->count : 0; i-- > 0;) {
		const struct event *event = &sample->events->list[i];

		if (event->type == PIDNS_EVENT_TASK_NEW || event->type == PIDNS_EVENT_TASK_GONE)
			continue;
		event_format(event, text, sizeof(text));
		event_time(event, time, sizeof(time));
		snprintf(words, sizeof(words), "%s%s", time, text);
		line_right(line, words);
		return;
	}
}

/* ---- The namespace whose processes are shown ---- */

/* "web > worker: 36 processes, init 10314 (sh)". */
static void add_path(struct line *line, const struct sample *sample, const struct pidns_ns *ns)
{
	const struct pidns_ns *parent = pidns_ns_parent(ns);
	char name[NAME_SIZE];

	if (parent && pidns_ns_parent(parent))
		add_path(line, sample, parent);
	if (parent && pidns_ns_parent(parent))
		line_words(line, " %s ", text_is_utf8() ? "›" : ">");
	cells_ns_name(sample, ns, name, sizeof(name));
	line_words(line, "%s", name);
}

static void add_container(struct line *line, const struct sample *sample, const struct pidns_ns *ns)
{
	const struct pidns_container *container = noted_container(&sample->noted, ns);
	char text[128], clean[256];

	if (!container || !container->runtime)
		return;
	snprintf(text, sizeof(text), "%s %.12s", container->runtime,
		 container->id ? container->id : "");
	text_clean(text, strlen(text), clean, sizeof(clean));
	line_right(line, clean);
}

static void add_inside(struct line *line, const struct app *app, const struct rows *rows,
		       const struct sample *sample)
{
	const struct pidns_ns *ns = rows->inside;

	/* On a narrow screen the numbers stay. */
	if (line->width >= 60 || !(ns->known & PIDNS_NS_INO))
		add_path(line, sample, ns);
	else
		line_add(line, "In %" PRIu64, ns->ino);
	if (app->is_below)
		line_words(line, " and below");
	if (app->has_threads)
		line_count(line, ": ", rows->count, "thread", "threads");
	else if (ns->known & PIDNS_NS_PROCESSES && !app->is_below && rows->count != ns->processes)
		line_add(line, ": %zu of %" PRIu32 " processes", rows->count, ns->processes);
	else
		line_count(line, ": ", rows->count, "process", "processes");
	if (ns->known & PIDNS_NS_REAPER && ns->reaper)
		line_add(line, ", init %d", ns->reaper);
	if (line->width >= 60 && ns->known & PIDNS_NS_INO)
		line_add(line, ", ino %" PRIu64, ns->ino);
	add_container(line, sample, ns);
}

static void make_full(struct header *header, const struct app *app, const struct rows *rows,
		      const struct sample *sample, const struct totals *totals, const char *trouble,
		      unsigned int width)
{
	struct line line = line_next(header, STYLE_TEXT, width);

	line_words(&line, "pidns-top ");
	add_host(&line, sample);
	header_add_clock(&line, sample);
	header_add_mode(&line, app, sample);
	add_uptime(&line, sample);
	add_load(&line, &sample->machine);
	add_source(&line, app, sample);
	line = line_next(header, STYLE_TEXT, width);
	add_meters(&line, app, sample, totals, width);
	if (!line.len)
		header->count--;
	line = line_next(header, trouble[0] ? STYLE_ALARM : STYLE_TEXT, width);
	if (trouble[0]) {
		line_words(&line, "%s", trouble);
		return;
	}
	line_count(&line, "", totals->namespaces, "namespace", "namespaces");
	add_health(&line, app, rows);
	add_totals(&line, totals);
	add_last_event(&line, sample);
	add_noted(&line, sample);
}

static void make_short(struct header *header, const struct app *app, const struct rows *rows,
		       const struct sample *sample, const struct totals *totals,
		       const char *trouble, unsigned int width)
{
	struct line line = line_next(header, STYLE_TEXT, width);

	header_add_mode(&line, app, sample);
	line_add(&line, "  ");
	add_short_totals(&line, app, rows, totals);
	add_load(&line, &sample->machine);
	if (!trouble[0])
		return;
	line = line_next(header, STYLE_ALARM, width);
	line_words(&line, "%s", trouble);
}

void header_make(struct header *header, const struct app *app, const struct rows *rows,
		 const struct sample *sample, const char *trouble, unsigned int width,
		 unsigned int height)
{
	struct totals totals = totals_of(sample->snapshot);
	struct line line;

	header->count = 0;
	if (height >= HEIGHT_FULL)
		make_full(header, app, rows, sample, &totals, trouble, width);
	else if (height >= HEIGHT_SHORT)
		make_short(header, app, rows, sample, &totals, trouble, width);
	if (height < HEIGHT_LEAST)
		return;
	if (!rows->inside && header->count)
		return;
	line = line_next(header, STYLE_TEXT, width);
	/* On the lowest screens no other line says it. */
	if (!has_mode(height) && sample->replay_ns)
		header_add_ago(&line, sample);
	if (rows->inside)
		add_inside(&line, app, rows, sample);
	else
		add_short_totals(&line, app, rows, &totals);
}
