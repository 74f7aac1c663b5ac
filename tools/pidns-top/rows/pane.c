// SPDX-License-Identifier: GPL-2.0-or-later
/* pane.c - the lines below the list, of the selected row. */
#include "pane.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/describe.h"
#include "common/findings.h"
#include "common/format.h"
#include "common/limit.h"
#include "common/remedy.h"
#include "common/shorten.h"
#include "pidns-top/cells.h"
#include "text.h"

/* Names and paths in it may be chosen by any user. */
static void __attribute__((format(printf, 2, 3))) add(char *line, const char *format, ...)
{
	size_t len = strlen(line);
	char raw[PANE_WIDTH / 2];
	va_list args;

	va_start(args, format);
	vsnprintf(raw, sizeof(raw), format, args);
	va_end(args);
	text_clean(raw, strlen(raw), line + len, PANE_WIDTH - len);
}

static void make_title(char *line, const char *name, size_t width)
{
	const char *dash = text_is_utf8() ? "─" : "-";
	size_t used, len;

	snprintf(line, PANE_WIDTH, "%s %.*s ", dash, NAME_SIZE, name);
	used = text_width(line);
	len = strlen(line);
	for (; used < width && len + 4 < PANE_WIDTH; used++)
		len += (size_t)snprintf(line + len, PANE_WIDTH - len, "%s", dash);
}

/* ---- Of a namespace ---- */

static void add_container(char *line, const struct pidns_container *container)
{
	if (!container)
		return;
	add(line, "%s%s%.12s  ", container->runtime ? container->runtime : "container",
	    container->id ? " " : "", container->id ? container->id : "");
	if (container->pod)
		add(line, "pod %s  ", container->pod);
}

static void add_limit(char *line, const struct pidns_limit *limit,
		      const struct pidns_container *container, size_t width)
{
	char path[PANE_WIDTH / 4], remedy[REMEDY_MAX];
	const char *words;
	size_t used = text_width(line);

	if (!limit || !(limit->known & PIDNS_LIMIT_USED) || !(limit->known & PIDNS_LIMIT_MAX))
		return;
	add(line, "%s %" PRIu64 "/%" PRIu64, cells_limit_name(limit->kind), limit->used,
	    limit->max);
	if (limit->source) {
		shorten(limit->source, used + 40 < width ? width - used - 40 : 20, path,
			sizeof(path));
		add(line, " of %s", path);
	}
	if (limit->known & PIDNS_LIMIT_HITS && limit->hits)
		add(line, ", refused %" PRIu64, limit->hits);
	words = limit_is_near(limit) ? remedy_of_limit(limit, container, remedy) : NULL;
	if (words)
		add(line, ": %s", words);
}

static void add_finding(struct pane *pane, const struct sample *sample, const struct pidns_ns *ns)
{
	const struct pidns_ns *noted = noted_ns(&sample->noted, ns);
	struct findings findings = {0};

	if (!noted || findings_make_of(sample->noted.snapshot, noted, &findings) < 0) {
		findings_clear(&findings);
		add(pane->lines[2], "%s",
		    sample->is_noting ? "looking what may be wrong" : "what is wrong is not known");
		return;
	}
	pane->style = findings.nr ? STYLE_WARNING : STYLE_TEXT;
	if (!findings.nr)
		add(pane->lines[2], "nothing is wrong");
	else if (findings.list[0].kind == FINDING_LIMIT && findings.nr > 1)
		/* The line above says that. */
		add(pane->lines[2], "%s: %s", findings.list[1].message, findings.list[1].remedy);
	else
		add(pane->lines[2], "%s: %s", findings.list[0].message, findings.list[0].remedy);
	findings_clear(&findings);
}

/* As many of the last as fit, the oldest of them first. */
static void add_events(char *line, const struct events *events, const struct pidns_ns *ns,
		       int32_t pid, size_t width)
{
	struct ident ident = ident_of_ns(ns);
	size_t room = width, first = events ? events->count : 0;
	char text[256], time[16];

	for (size_t i = first, misses = 0; i-- > 0 && misses < EVENTS_MAX;) {
		const struct event *event = &events->list[i];
		size_t need;

		if (!ident_is_same(&event->ns, &ident) || (pid && event->pid != pid))
			continue;
		event_format(event, text, sizeof(text));
		need = text_width(text) + 12;
		if (need > room)
			break;
		room -= need;
		first = i;
	}
	for (size_t i = first; events && i < events->count; i++) {
		size_t len = strlen(line);

		if (!ident_is_same(&events->list[i].ns, &ident) ||
		    (pid && events->list[i].pid != pid))
			continue;
		event_format(&events->list[i], text, sizeof(text));
		event_time(&events->list[i], time, sizeof(time));
		snprintf(line + len, PANE_WIDTH - len, "%s%s%s", len ? "   " : "", time, text);
	}
	if (!line[0])
		add(line, "no events so far");
}

static void make_of_ns(struct pane *pane, const struct sample *sample, const struct pidns_ns *ns,
		       size_t width)
{
	const struct pidns_container *container = noted_container(&sample->noted, ns);
	struct pidns_limit room;

	add_container(pane->lines[1], container);
	if (ns->known & PIDNS_NS_INO)
		add(pane->lines[1], "ino %" PRIu64 "  ", ns->ino);
	add_limit(pane->lines[1], noted_limit(&sample->noted, ns, &room), container, width);
	add_finding(pane, sample, ns);
	add_events(pane->lines[3], sample->events, ns, 0, width);
}

/* ---- Of a process ---- */

static void add_numbers(char *line, const struct sample *sample, const struct pidns_task *task)
{
	const struct pidns_ns *ns = task->ns;
	char name[NAME_SIZE];

	add(line, "PID %" PRId32, task->pid);
	for (uint32_t i = task->nr_vpids; i-- > 1 && ns; ns = pidns_ns_parent(ns)) {
		cells_ns_name(sample, ns, name, sizeof(name));
		add(line, ", %" PRId32 " in ", task->vpids[i]);
		snprintf(line + strlen(line), PANE_WIDTH - strlen(line), "%s", name);
	}
}

static void add_parent(struct pane *pane, const struct sample *sample,
		       const struct pidns_task *task)
{
	const struct pidns_task *parent = NULL;
	char name[64] = "", age[16];

	if (task->known & PIDNS_TASK_PPID && task->ppid > 0)
		parent = pidns_task_find(sample->snapshot, NULL, task->ppid);
	if (parent && parent->known & PIDNS_TASK_COMM)
		snprintf(name, sizeof(name), " (%s)", parent->comm);
	if (pidns_task_is_zombie(task)) {
		format_short_age(pidns_snapshot_time(sample->snapshot) - task->start_ns, age,
				 sizeof(age));
		add(pane->lines[2],
		    "It has ended (it started %s ago); PID %" PRId32 "%s should reap it.", age,
		    task->ppid, name);
		pane->style = STYLE_WARNING;
	} else if (task->known & PIDNS_TASK_PPID) {
		add(pane->lines[2], "Its parent is PID %" PRId32 "%s", task->ppid, name);
		if (parent && parent->ns != task->ns)
			add(pane->lines[2], ", outside the namespace");
	}
}

static void make_of_task(struct pane *pane, const struct sample *sample,
			 const struct pidns_task *task, size_t width)
{
	add_numbers(pane->lines[1], sample, task);
	add_parent(pane, sample, task);
	add_events(pane->lines[3], sample->events, task->ns, task->pid, width);
}

void pane_make(struct pane *pane, const struct app *app, const struct rows *rows,
	       const struct sample *sample, size_t width)
{
	size_t selected = app->places[app->view].selected;
	const struct row *row = selected < rows->count ? &rows->list[selected] : NULL;
	char name[NAME_SIZE] = "";

	for (size_t i = 0; i < PANE_LINES; i++)
		pane->lines[i][0] = '\0';
	pane->style = STYLE_TEXT;
	if (row && row->task && row->task->known & PIDNS_TASK_COMM)
		text_clean(row->task->comm, strlen(row->task->comm), name, sizeof(name));
	else if (row)
		cells_ns_name(sample, row->ns, name, sizeof(name));
	make_title(pane->lines[0], name, width);
	if (row && row->task)
		make_of_task(pane, sample, row->task, width);
	else if (row)
		make_of_ns(pane, sample, row->ns, width);
}
