// SPDX-License-Identifier: GPL-2.0-or-later
/* report.c - all about one namespace, as lines. */
#include "report.h"

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

void report_clear(struct report *report)
{
	for (size_t i = 0; i < report->count; i++)
		free(report->lines[i]);
	free(report->lines);
	*report = (struct report){0};
}

static void add_line(struct report *report, const char *text, size_t len)
{
	if (report->count == report->room) {
		size_t room = report->room ? report->room * 2 : 32;
		char **grown = realloc(report->lines, room * sizeof(*grown));

		if (!grown)
			return;
		report->lines = grown;
		report->room = room;
	}
	report->lines[report->count] = strndup(text, len);
	report->count += report->lines[report->count] != NULL;
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
static void add_wrapped(struct report *report, const char *text)
{
	char line[LINE_SIZE * 4 + INDENT];
	size_t columns = report->width > INDENT * 2 ? report->width : SIZE_MAX;
	size_t len = length_of_line(text, columns);

	add_line(report, text, len);
	for (text += len; len && *(text += strspn(text, " ")); text += len) {
		len = length_of_line(text, columns - INDENT);
		snprintf(line, sizeof(line), "%*s%.*s", INDENT, "", (int)len, text);
		add_line(report, line, strlen(line));
	}
}

/* Names and paths in it may be chosen by any user. */
void report_add(struct report *report, const char *format, ...)
{
	char line[LINE_SIZE], clean[LINE_SIZE * 4];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	text_clean(line, strlen(line), clean, sizeof(clean));
	add_wrapped(report, clean);
}

static void add_head(struct report *report, const struct pidns_snapshot *snapshot,
		     const struct pidns_ns *ns)
{
	const char *state = ns->known & PIDNS_NS_STATE ? pidns_state_name(ns->state) : NULL;
	const struct pidns_task *init = NULL;

	if (ns->known & PIDNS_NS_REAPER && ns->reaper)
		init = pidns_task_find(snapshot, NULL, ns->reaper);
	report_add(report, "Namespace %" PRIu64 ", %s, %" PRIu32 " below yours", ns->ino,
		   state ? state : "state unknown", ns->depth);
	if (init)
		report_add(report, "  init is PID %" PRId32 "%s%s", init->pid,
			   init->known & PIDNS_TASK_COMM ? ", " : "",
			   init->known & PIDNS_TASK_COMM ? init->comm : "");
	if (ns->known & PIDNS_NS_OWNER_UID)
		report_add(report, "  its user namespace is owned by uid %" PRIu32, ns->owner_uid);
}

static const char *unknown(const struct report *report)
{
	if (report->is_asked)
		return "not known";
	return text_is_utf8() ? "reading …" : "reading ...";
}

/* A heading, and whether there is anything known to put below it. */
static bool begin(struct report *report, const struct pidns_ns *ns, const char *title,
		  uint64_t note)
{
	bool is_known = ns->known & PIDNS_NS_NOTES && ns->notes->known & note;

	report_add(report, "%s", "");
	report_add(report, "%s", title);
	if (!is_known)
		report_add(report, "  %s", unknown(report));
	return is_known;
}

static void add_container(struct report *report, const struct pidns_ns *ns)
{
	const struct pidns_container *container;

	if (!begin(report, ns, "CONTAINER", PIDNS_NOTE_CONTAINER))
		return;
	container = ns->notes->container;
	if (!container) {
		report_add(report, "  none");
		return;
	}
	if (container->name)
		report_add(report, "  name     %s", container->name);
	if (container->id)
		report_add(report, "  id       %s", container->id);
	if (container->runtime)
		report_add(report, "  runtime  %s", container->runtime);
	if (container->pod)
		report_add(report, "  pod      %s", container->pod);
	if (container->source)
		report_add(report, "  known by %s", container->source);
	if (container->is_users)
		report_add(report,
			   "  owner    uid %" PRIu32 "; this user can create and name the cgroup",
			   container->owner_uid);
}

static void add_limit(struct report *report, const struct pidns_limit *limit)
{
	size_t room = report->width > INDENT * 2 ? report->width - INDENT : SIZE_MAX;
	struct limit_words words;
	char source[LINE_SIZE];

	describe_limit(limit, &words);
	shorten(words.source, room, source, sizeof(source));
	report_add(report, "  %-17s %8s of %8s %5s  %s  %s%s%s%s", words.kind, words.used,
		   words.max, words.percent, words.error, source, words.hits, words.in,
		   words.holders);
}

static void add_limits(struct report *report, const struct pidns_ns *ns)
{
	uint32_t nr_more = 0;

	if (!begin(report, ns, "LIMITS, the fullest first", PIDNS_NOTE_LIMITS))
		return;
	for (uint32_t i = 0; i < ns->notes->nr_limits; i++)
		if (limit_is_summed_up(ns->notes->limits[i]))
			nr_more++;
		else
			add_limit(report, ns->notes->limits[i]);
	if (nr_more)
		report_add(report, "  *-namespaces: %" PRIu32 " not near or not known", nr_more);
}

static void add_drawing(struct report *report, const struct pidmap_drawing *drawing,
			const char *words)
{
	report_add(report, "  [%s] %" PRIu64 " to a cell%s", drawing->cells, drawing->cell_size,
		   words);
}

/* By the kernel's blocks where these are several; else by the tasks in the snapshot, of which threads
 * may be no part. */
static void add_pidmap(struct report *report, const struct pidns_ns *ns)
{
	size_t room = report->width > MAP_WORDS ? report->width - MAP_WORDS : 1;
	uint32_t most = room < PIDMAP_CELLS ? (uint32_t)room : PIDMAP_CELLS;
	struct pidmap_drawing drawing;
	struct pidmap map;

	if (ns->known & PIDNS_NS_PIDMAP && ns->nr_pidmap > 1) {
		pidmap_draw_blocks(ns, most, &drawing);
		add_drawing(report, &drawing, "");
	} else if (!pidmap_make(ns, &map)) {
		pidmap_draw(&map, most, &drawing);
		if (map.nr)
			add_drawing(report, &drawing, ", by the tasks shown");
		pidmap_free(&map);
	}
}

static void add_numbers(struct report *report, const struct pidns_ns *ns)
{
	char max[24] = "", peak[40] = "", last[40] = "", refused[72] = "";

	report_add(report, "%s", "");
	report_add(report, "NUMBERS IN USE");
	if (!(ns->known & PIDNS_NS_PIDS_USED)) {
		report_add(report, "  %s", unknown(report));
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
	report_add(report, "  %s%" PRIu32 "%s%s%s%s", ns->pids_used_exact ? "" : "at least ",
		   ns->pids_used, max, peak, last, refused);
	add_pidmap(report, ns);
}

static void add_pin(struct report *report, const struct pidns_pin *pin)
{
	char *text = describe_pin(pin);

	report_add(report, "  %-14s%s", describe_pin_name(pin), text ? text : "");
	free(text);
}

static void add_pins(struct report *report, const struct pidns_ns *ns)
{
	if (!begin(report, ns, "KEPT ALIVE BY", PIDNS_NOTE_PINS))
		return;
	for (uint32_t i = 0; i < ns->notes->nr_pins; i++)
		add_pin(report, ns->notes->pins[i]);
}

/* What the doctor says of it: not known where there are no notes that it could be made of. */
static void add_findings(struct report *report, const struct pidns_snapshot *snapshot,
			 const struct pidns_ns *ns)
{
	const uint32_t wanted = PIDNS_NOTE_LIMITS | PIDNS_NOTE_PINS | PIDNS_NOTE_ZOMBIE;
	bool is_known = ns->known & PIDNS_NS_NOTES && (ns->notes->known & wanted) == wanted;
	struct findings findings;
	int r = findings_make_of(snapshot, ns, &findings);

	report_add(report, "%s", "");
	report_add(report, "FINDINGS");
	for (size_t i = 0; r >= 0 && i < findings.nr; i++) {
		const struct finding *finding = &findings.list[i];
		char many[FINDING_MANY_SIZE];

		if (finding->alike)
			report_add(report, "  %s: %s%s: %s", finding_name(finding->kind),
				   finding_many(finding, many), finding->message, finding->remedy);
	}
	if (r < 0 || !findings.nr)
		report_add(report, "  %s", r >= 0 && is_known ? "none" : unknown(report));
	findings_clear(&findings);
}

void report_make_command(struct report *report, int32_t pid, const char *command, size_t width)
{
	report_clear(report);
	report->width = width;
	if (!command) {
		report_add(report, "PID %" PRId32 " has ended.", pid);
		return;
	}
	report_add(report, "PID %" PRId32 ":", pid);
	add_wrapped(report, command);
}

void report_make(struct report *report, const struct pidns_snapshot *snapshot,
		 const struct ident *ident, size_t width, bool is_asked)
{
	const struct pidns_ns *ns = snapshot ? ident_find_ns(ident, snapshot) : NULL;

	report_clear(report);
	report->width = width;
	report->is_asked = is_asked;
	if (!ns) {
		report_add(report, "This namespace is gone.");
		return;
	}
	add_head(report, snapshot, ns);
	add_findings(report, snapshot, ns);
	add_container(report, ns);
	add_limits(report, ns);
	add_numbers(report, ns);
	add_pins(report, ns);
}
