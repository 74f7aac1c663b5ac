// SPDX-License-Identifier: GPL-2.0-or-later
/* sheet.c - all about one namespace, as lines. */
#include "sheet.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/findings.h"
#include "common/limit.h"
#include "common/shorten.h"
#include "common/pidmap.h"
#include "common/describe.h"
#include "text.h"

#define LINE_SIZE 1024
#define INDENT	  4  /* of what did not fit the line before */
#define MAP_WORDS 46 /* columns beside a map */

void sheet_clear(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->count; i++)
		free(sheet->lines[i]);
	free(sheet->lines);
	*sheet = (struct sheet){0};
}

static void add_line(struct sheet *sheet, const char *text, size_t len)
{
	if (sheet->count == sheet->room) {
		size_t room = sheet->room ? sheet->room * 2 : 32;
		char **grown = realloc(sheet->lines, room * sizeof(*grown));

		if (!grown)
			return;
		sheet->lines = grown;
		sheet->room = room;
	}
	sheet->lines[sheet->count] = strndup(text, len);
	sheet->count += sheet->lines[sheet->count] != NULL;
}

/* How much of a text goes on a line: up to a blank, unless there is none but at its beginning. */
static size_t length_of_line(const char *text, size_t columns)
{
	size_t width, len = text_cut(text, columns, &width), end = len;

	if (!text[len])
		return len;
	while (end && text[end] != ' ')
		end--;
	return end > strspn(text, " ") ? end : len;
}

/* As many lines as the screen's width makes of it; those after the first are indented. */
static void add_wrapped(struct sheet *sheet, const char *text)
{
	char line[LINE_SIZE * 4 + INDENT];
	size_t columns = sheet->width > INDENT * 2 ? sheet->width : SIZE_MAX;
	size_t len = length_of_line(text, columns);

	add_line(sheet, text, len);
	for (text += len; len && *(text += strspn(text, " ")); text += len) {
		len = length_of_line(text, columns - INDENT);
		snprintf(line, sizeof(line), "%*s%.*s", INDENT, "", (int)len, text);
		add_line(sheet, line, strlen(line));
	}
}

/* Names and paths in it may be chosen by any user. */
void sheet_add(struct sheet *sheet, const char *format, ...)
{
	char line[LINE_SIZE], clean[LINE_SIZE * 4];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	text_clean(line, strlen(line), clean, sizeof(clean));
	add_wrapped(sheet, clean);
}

static void add_head(struct sheet *sheet, const struct pidns_snapshot *snapshot,
		     const struct pidns_ns *ns)
{
	const char *state = ns->known & PIDNS_NS_STATE ? pidns_state_name(ns->state) : NULL;
	const struct pidns_task *init = NULL;

	if (ns->known & PIDNS_NS_REAPER && ns->reaper)
		init = pidns_task_find(snapshot, NULL, ns->reaper);
	sheet_add(sheet, "Namespace %" PRIu64 ", %s, %" PRIu32 " below yours", ns->ino,
		  state ? state : "state unknown", ns->depth);
	if (init)
		sheet_add(sheet, "  init is PID %" PRId32 "%s%s", init->pid,
			  init->known & PIDNS_TASK_COMM ? ", " : "",
			  init->known & PIDNS_TASK_COMM ? init->comm : "");
	if (ns->known & PIDNS_NS_OWNER_UID)
		sheet_add(sheet, "  its user namespace is owned by uid %" PRIu32, ns->owner_uid);
}

static const char *unknown(const struct sheet *sheet)
{
	if (sheet->is_asked)
		return "not known";
	return text_is_utf8() ? "reading …" : "reading ...";
}

/* A heading, and whether there is anything known to put below it. */
static bool begin(struct sheet *sheet, const struct pidns_ns *ns, const char *title, uint64_t note)
{
	bool is_known = ns->known & PIDNS_NS_NOTES && ns->notes->known & note;

	sheet_add(sheet, "%s", "");
	sheet_add(sheet, "%s", title);
	if (!is_known)
		sheet_add(sheet, "  %s", unknown(sheet));
	return is_known;
}

static void add_container(struct sheet *sheet, const struct pidns_ns *ns)
{
	const struct pidns_container *container;

	if (!begin(sheet, ns, "CONTAINER", PIDNS_NOTE_CONTAINER))
		return;
	container = ns->notes->container;
	if (!container) {
		sheet_add(sheet, "  none");
		return;
	}
	if (container->name)
		sheet_add(sheet, "  name     %s", container->name);
	if (container->id)
		sheet_add(sheet, "  id       %s", container->id);
	if (container->runtime)
		sheet_add(sheet, "  runtime  %s", container->runtime);
	if (container->pod)
		sheet_add(sheet, "  pod      %s", container->pod);
	if (container->source)
		sheet_add(sheet, "  known by %s", container->source);
	if (container->is_users)
		sheet_add(sheet,
			  "  owner    uid %" PRIu32 "; this user can create and name the cgroup",
			  container->owner_uid);
}

static void add_limit(struct sheet *sheet, const struct pidns_limit *limit)
{
	size_t room = sheet->width > INDENT * 2 ? sheet->width - INDENT : SIZE_MAX;
	struct limit_words words;
	char source[LINE_SIZE];

	describe_limit(limit, &words);
	shorten(words.source, room, source, sizeof(source));
	sheet_add(sheet, "  %-17s %8s of %8s %5s  %s  %s%s%s%s", words.kind, words.used, words.max,
		  words.percent, words.error, source, words.hits, words.in, words.holders);
}

static void add_limits(struct sheet *sheet, const struct pidns_ns *ns)
{
	uint32_t nr_more = 0;

	if (!begin(sheet, ns, "LIMITS, the fullest first", PIDNS_NOTE_LIMITS))
		return;
	for (uint32_t i = 0; i < ns->notes->nr_limits; i++)
		if (limit_is_summed_up(ns->notes->limits[i]))
			nr_more++;
		else
			add_limit(sheet, ns->notes->limits[i]);
	if (nr_more)
		sheet_add(sheet, "  *-namespaces: %" PRIu32 " not near or not known", nr_more);
}

static void add_drawing(struct sheet *sheet, const struct pidmap_drawing *drawing,
			const char *words)
{
	sheet_add(sheet, "  [%s] %" PRIu64 " to a cell%s", drawing->cells, drawing->cell_size,
		  words);
}

/* By the kernel's blocks where these are several; else by the tasks in the snapshot, of which threads
 * may be no part. */
static void add_pidmap(struct sheet *sheet, const struct pidns_ns *ns)
{
	size_t room = sheet->width > MAP_WORDS ? sheet->width - MAP_WORDS : 1;
	uint32_t most = room < PIDMAP_CELLS ? (uint32_t)room : PIDMAP_CELLS;
	struct pidmap_drawing drawing;
	struct pidmap map;

	if (ns->known & PIDNS_NS_PIDMAP && ns->nr_pidmap > 1) {
		pidmap_draw_blocks(ns, most, &drawing);
		add_drawing(sheet, &drawing, "");
	} else if (!pidmap_make(ns, &map)) {
		pidmap_draw(&map, most, &drawing);
		if (map.nr)
			add_drawing(sheet, &drawing, ", by the tasks shown");
		pidmap_free(&map);
	}
}

static void add_numbers(struct sheet *sheet, const struct pidns_ns *ns)
{
	char max[24] = "", peak[40] = "", last[40] = "", refused[72] = "";

	sheet_add(sheet, "%s", "");
	sheet_add(sheet, "NUMBERS IN USE");
	if (!(ns->known & PIDNS_NS_PIDS_USED)) {
		sheet_add(sheet, "  %s", unknown(sheet));
		return;
	}
	if (ns->known & PIDNS_NS_PIDS_MAX)
		snprintf(max, sizeof(max), " of %" PRIu32, ns->pids_max);
	if (ns->known & PIDNS_NS_PIDS_PEAK)
		snprintf(peak, sizeof(peak), ", %" PRIu32 " at the most so far", ns->pids_peak);
	if (ns->known & PIDNS_NS_LAST_PID && ns->last_pid)
		snprintf(last, sizeof(last), ", the last one was %" PRId32, ns->last_pid);
	if (ns->known & PIDNS_NS_ALLOC_FAILURES && ns->alloc_failures)
		snprintf(refused, sizeof(refused),
			 ", refused %" PRIu64 " times because none was left", ns->alloc_failures);
	sheet_add(sheet, "  %s%" PRIu32 "%s%s%s%s", ns->pids_used_exact ? "" : "at least ",
		  ns->pids_used, max, peak, last, refused);
	add_pidmap(sheet, ns);
}

static void add_pin(struct sheet *sheet, const struct pidns_pin *pin)
{
	char *text = describe_pin(pin);

	sheet_add(sheet, "  %-14s%s", describe_pin_name(pin), text ? text : "");
	free(text);
}

static void add_pins(struct sheet *sheet, const struct pidns_ns *ns)
{
	if (!begin(sheet, ns, "KEPT ALIVE BY", PIDNS_NOTE_PINS))
		return;
	for (uint32_t i = 0; i < ns->notes->nr_pins; i++)
		add_pin(sheet, ns->notes->pins[i]);
}

/* What the doctor says of it: not known where there are no notes that it could be made of. */
static void add_findings(struct sheet *sheet, const struct pidns_snapshot *snapshot,
			 const struct pidns_ns *ns)
{
	const uint32_t wanted = PIDNS_NOTE_LIMITS | PIDNS_NOTE_PINS | PIDNS_NOTE_ZOMBIE;
	bool is_known = ns->known & PIDNS_NS_NOTES && (ns->notes->known & wanted) == wanted;
	struct findings findings;
	int r = findings_make_of(snapshot, ns, &findings);

	sheet_add(sheet, "%s", "");
	sheet_add(sheet, "FINDINGS");
	for (size_t i = 0; r >= 0 && i < findings.nr; i++) {
		const struct finding *finding = &findings.list[i];
		char many[FINDING_MANY_SIZE];

		if (finding->alike)
			sheet_add(sheet, "  %s: %s%s: %s", finding_name(finding->kind),
				  finding_many(finding, many), finding->message, finding->remedy);
	}
	if (r < 0 || !findings.nr)
		sheet_add(sheet, "  %s", r >= 0 && is_known ? "none" : unknown(sheet));
	findings_clear(&findings);
}

void sheet_make_command(struct sheet *sheet, int32_t pid, const char *command, size_t width)
{
	sheet_clear(sheet);
	sheet->width = width;
	if (!command) {
		sheet_add(sheet, "PID %" PRId32 " has ended.", pid);
		return;
	}
	sheet_add(sheet, "PID %" PRId32 ":", pid);
	add_wrapped(sheet, command);
}

void sheet_make(struct sheet *sheet, const struct pidns_snapshot *snapshot,
		const struct ident *ident, size_t width, bool is_asked)
{
	const struct pidns_ns *ns = snapshot ? ident_find_ns(ident, snapshot) : NULL;

	sheet_clear(sheet);
	sheet->width = width;
	sheet->is_asked = is_asked;
	if (!ns) {
		sheet_add(sheet, "This namespace is gone.");
		return;
	}
	add_head(sheet, snapshot, ns);
	add_findings(sheet, snapshot, ns);
	add_container(sheet, ns);
	add_limits(sheet, ns);
	add_numbers(sheet, ns);
	add_pins(sheet, ns);
}
