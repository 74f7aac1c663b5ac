// SPDX-License-Identifier: GPL-2.0-or-later
/* header.c - the lines above the list. */
#include "header.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/format.h"
#include "text.h"

/* A screen this high has room for all of it, and this high for the two lines that matter most. */
#define HEIGHT_FULL  12
#define HEIGHT_SHORT 8
#define HEIGHT_LEAST 4

#define BAR_MAX 50

struct line {
	char *text;
	size_t len;
	unsigned int width; /* of the screen */
	bool is_full;	    /* the rest of the line is left out */
};

static void append(struct line *line, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
static void append(struct line *line, const char *format, va_list args)
{
	int n = vsnprintf(line->text + line->len, HEADER_WIDTH - line->len, format, args);

	if (n > 0)
		line->len += (size_t)n;
	if (line->len >= HEADER_WIDTH)
		line->len = HEADER_WIDTH - 1;
}

static void add_words(struct line *line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Words, of which a narrow screen shows the beginning. */
static void add_words(struct line *line, const char *format, ...)
{
	va_list args;

	if (line->is_full)
		return;
	va_start(args, format);
	append(line, format, args);
	va_end(args);
}

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* With a number in it: all of it, or nothing, and nothing after it. */
static void add(struct line *line, const char *format, ...)
{
	size_t before = line->len;
	va_list args;

	if (line->is_full)
		return;
	va_start(args, format);
	append(line, format, args);
	va_end(args);
	if (text_width(line->text) <= line->width)
		return;
	line->is_full = true;
	line->len = before;
	line->text[before] = '\0';
}

static struct line next_line(struct header *header, enum style style, unsigned int width)
{
	header->lines[header->count].style = style;
	header->lines[header->count].text[0] = '\0';
	return (struct line){.text = header->lines[header->count++].text, .width = width};
}

static void add_count(struct line *line, const char *before, uint64_t count, const char *one,
		      const char *many)
{
	add(line, "%s%" PRIu64 " %s", before, count, count == 1 ? one : many);
}

/* ---- Totals ---- */

struct totals {
	uint64_t known; /* PIDNS_NS_* that every root knows */
	uint64_t processes, threads, zombies;
	uint64_t namespaces, dead, unborn;
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
		if (ns->known & PIDNS_NS_STATE) {
			totals.dead += ns->state == PIDNS_STATE_DEAD;
			totals.unborn += ns->state == PIDNS_STATE_UNBORN;
		}
	}
	return totals;
}

static void add_totals(struct line *line, const struct totals *totals)
{
	add_count(line, "", totals->namespaces, "namespace", "namespaces");
	if (totals->dead)
		add(line, " (%" PRIu64 " dead)", totals->dead);
	if (totals->unborn)
		add(line, " (%" PRIu64 " unborn)", totals->unborn);
	if (totals->known & PIDNS_NS_PROCESSES) {
		add_count(line, ", ", totals->processes, "process", "processes");
	}
	if (totals->known & PIDNS_NS_THREADS) {
		add_count(line, ", ", totals->threads, "thread", "threads");
	}
	if (totals->known & PIDNS_NS_ZOMBIES) {
		add_count(line, ", ", totals->zombies, "zombie", "zombies");
	}
}

static void add_short_totals(struct line *line, const struct totals *totals)
{
	add(line, "%" PRIu64 " ns", totals->namespaces);
	add(line, ", %" PRIu64 " procs", totals->processes);
}

/* ---- The machine ---- */

static void add_uptime(struct line *line, const char *before, double seconds)
{
	char text[48];

	format_uptime(seconds, text, sizeof(text));
	add(line, "%sup %s", before, text);
}

/* Not the time of drawing: all that is shown is of one moment. */
static void add_clock(struct line *line, const struct machine_figures *machine)
{
	time_t now = (time_t)machine->time;
	struct tm tm;
	char text[16];

	if (machine->has_time && localtime_r(&now, &tm) &&
	    strftime(text, sizeof(text), "%H:%M:%S", &tm))
		add(line, "%s", text);
}

static void add_load(struct line *line, const struct machine_figures *machine)
{
	if (machine->has_load)
		add(line, "%sload %.2f %.2f %.2f", line->len ? ", " : "", machine->load[0],
		    machine->load[1], machine->load[2]);
}

/* A recording is not of this machine now: only its own time is told. */
static void add_recording(struct line *line, const struct picture *picture)
{
	char name[HEADER_WIDTH];

	text_clean(picture->recording, strlen(picture->recording), name, sizeof(name));
	if (picture->snapshot) {
		add_uptime(line, "", (double)pidns_snapshot_time(picture->snapshot) / 1e9);
		add_words(line, ", ");
	}
	add_words(line, "recording %s", name);
}

static void add_machine(struct line *line, const struct picture *picture)
{
	add_words(line, "pidns-top ");
	if (picture->recording) {
		add_recording(line, picture);
		return;
	}
	add_clock(line, &picture->machine);
	if (picture->machine.has_uptime)
		add_uptime(line, picture->machine.has_time ? " " : "", picture->machine.uptime);
	add_load(line, &picture->machine);
}

static void add_bar(struct line *line, const char *name, double percent, const char *label,
		    unsigned int width)
{
	char bar[BAR_MAX * 2];

	format_bar(percent, label, width, bar, sizeof(bar));
	add(line, "%s%s %s", line->len ? "  " : "", name, bar);
}

static void add_meters(struct line *line, const struct app *app,
		       const struct machine_figures *machine, unsigned int width)
{
	unsigned int bar = width > 12 ? width / 2 - 5 : 0;
	char cpu[16] = "", used[16] = "", total[16] = "", memory[40] = "";

	if (bar > BAR_MAX)
		bar = BAR_MAX;
	if (app->is_plain)
		bar = 0;
	if (machine->has_cpu) {
		format_percent(machine->cpu_percent, cpu, sizeof(cpu));
		strcat(cpu, "%");
		add_bar(line, "CPU", machine->cpu_percent, cpu, bar);
	}
	if (machine->has_memory) {
		format_bytes(machine->memory_used, used, sizeof(used));
		format_bytes(machine->memory_total, total, sizeof(total));
		snprintf(memory, sizeof(memory), "%s/%s", used, total);
		add_bar(line, "Mem",
			100.0 * (double)machine->memory_used / (double)machine->memory_total,
			memory, bar);
	}
}

/* ---- The source of it all ---- */

static void add_unseen(struct line *line, const struct pidns_snapshot *snapshot)
{
	uint32_t unseen = pidns_snapshot_cannot_see(snapshot);
	const char *between = ", cannot see ";

	for (uint32_t bit = 1; bit; bit <<= 1) {
		const char *name = unseen & bit ? pidns_unseen_name(bit) : NULL;

		if (!name)
			continue;
		add_words(line, "%s%s", between, name);
		between = ", ";
	}
}

static void add_source(struct line *line, const struct app *app, const struct picture *picture)
{
	if (!picture->snapshot) {
		add_words(line, "looking for the first time");
		return;
	}
	add_words(line, "%s", pidns_snapshot_provider(picture->snapshot));
	if (app->is_paused)
		add_words(line, ", paused");
	else if (!picture->recording)
		add(line, " every %g s", app->delay);
	add_unseen(line, picture->snapshot);
}

/* ---- The namespace whose processes are shown ---- */

static void add_inside(struct line *line, const struct app *app, const struct rows *rows)
{
	const struct pidns_ns *ns = rows->inside;
	const char *state;

	if (ns->known & PIDNS_NS_INO)
		add(line, "In %" PRIu64, ns->ino);
	else
		add_words(line, "In an unknown namespace");
	if (app->is_below)
		add_words(line, " and below");
	add_count(line, ": ", rows->count, "process", "processes");
	if (ns->known & PIDNS_NS_LEVEL)
		add(line, ", level %u", ns->level);
	if (ns->known & PIDNS_NS_REAPER && ns->reaper)
		add(line, ", init %d", ns->reaper);
	state = ns->known & PIDNS_NS_STATE ? pidns_state_name(ns->state) : NULL;
	if (state && ns->state != PIDNS_STATE_ALIVE)
		add_words(line, ", %s", state);
}

static void make_full(struct header *header, const struct app *app, const struct picture *picture,
		      const struct totals *totals, const char *trouble, unsigned int width)
{
	struct line line = next_line(header, STYLE_TEXT, width);

	add_machine(&line, picture);
	line = next_line(header, STYLE_TEXT, width);
	add_totals(&line, totals);
	if (picture->machine.has_cpu || picture->machine.has_memory) {
		line = next_line(header, STYLE_TEXT, width);
		add_meters(&line, app, &picture->machine, width);
	}
	line = next_line(header, trouble[0] ? STYLE_ALARM : STYLE_TEXT, width);
	if (trouble[0])
		add_words(&line, "%s", trouble);
	else
		add_source(&line, app, picture);
}

static void make_short(struct header *header, const struct app *app, const struct rows *rows,
		       const struct picture *picture, const struct totals *totals,
		       const char *trouble, unsigned int width)
{
	struct line line = next_line(header, STYLE_TEXT, width);

	add_short_totals(&line, totals);
	add_load(&line, &picture->machine);
	if (rows->inside)
		return;
	line = next_line(header, trouble[0] ? STYLE_ALARM : STYLE_TEXT, width);
	if (trouble[0])
		add_words(&line, "%s", trouble);
	else
		add_source(&line, app, picture);
}

void header_make(struct header *header, const struct app *app, const struct rows *rows,
		 const struct picture *picture, const char *trouble, unsigned int width,
		 unsigned int height)
{
	struct totals totals = totals_of(picture->snapshot);
	struct line line;

	header->count = 0;
	if (height >= HEIGHT_FULL)
		make_full(header, app, picture, &totals, trouble, width);
	else if (height >= HEIGHT_SHORT)
		make_short(header, app, rows, picture, &totals, trouble, width);
	if (height < HEIGHT_LEAST)
		return;
	if (rows->inside || !header->count)
		line = next_line(header, STYLE_TEXT, width);
	if (rows->inside)
		add_inside(&line, app, rows);
	else if (header->count == 1 && !line.len)
		add_short_totals(&line, &totals);
}
