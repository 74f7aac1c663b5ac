// SPDX-License-Identifier: GPL-2.0-or-later
/* sheet.c - all about one namespace, as lines. */
#include "sheet.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/findings.h"
#include "text.h"

#define LINE_SIZE 1024

void sheet_clear(struct sheet *sheet)
{
	for (size_t i = 0; i < sheet->count; i++)
		free(sheet->lines[i]);
	free(sheet->lines);
	*sheet = (struct sheet){0};
}

/* Names and paths in it may be anybody's. */
static void __attribute__((format(printf, 2, 3))) add(struct sheet *sheet, const char *format, ...)
{
	char line[LINE_SIZE], clean[LINE_SIZE * 4];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	text_clean(line, strlen(line), clean, sizeof(clean));
	if (sheet->count == sheet->room) {
		size_t room = sheet->room ? sheet->room * 2 : 32;
		char **grown = realloc(sheet->lines, room * sizeof(*grown));

		if (!grown)
			return;
		sheet->lines = grown;
		sheet->room = room;
	}
	sheet->lines[sheet->count] = strdup(clean);
	sheet->count += sheet->lines[sheet->count] != NULL;
}

static void add_head(struct sheet *sheet, const struct pidns_snapshot *snapshot,
		     const struct pidns_ns *ns)
{
	const char *state = ns->known & PIDNS_NS_STATE ? pidns_state_name(ns->state) : NULL;
	const struct pidns_task *init = NULL;

	if (ns->known & PIDNS_NS_REAPER && ns->reaper)
		init = pidns_task_find(snapshot, NULL, ns->reaper);
	add(sheet, "Namespace %" PRIu64 ", %s, %" PRIu32 " below yours", ns->ino,
	    state ? state : "state unknown", ns->depth);
	if (init)
		add(sheet, "  init is PID %" PRId32 "%s%s", init->pid,
		    init->known & PIDNS_TASK_COMM ? ", " : "",
		    init->known & PIDNS_TASK_COMM ? init->comm : "");
	if (ns->known & PIDNS_NS_OWNER_UID)
		add(sheet, "  its user namespace is owned by uid %" PRIu32, ns->owner_uid);
}

/* A heading, and whether there is anything known to put below it. */
static bool begin(struct sheet *sheet, const struct pidns_ns *ns, const char *title, uint64_t note)
{
	bool is_known = ns->known & PIDNS_NS_NOTES && ns->notes->known & note;

	add(sheet, "%s", "");
	add(sheet, "%s", title);
	if (!is_known)
		add(sheet, "  not known");
	return is_known;
}

static void add_container(struct sheet *sheet, const struct pidns_ns *ns)
{
	const struct pidns_container *container;

	if (!begin(sheet, ns, "CONTAINER", PIDNS_NOTE_CONTAINER))
		return;
	container = ns->notes->container;
	if (!container) {
		add(sheet, "  none");
		return;
	}
	if (container->name)
		add(sheet, "  name     %s", container->name);
	if (container->id)
		add(sheet, "  id       %s", container->id);
	if (container->runtime)
		add(sheet, "  runtime  %s", container->runtime);
	if (container->pod)
		add(sheet, "  pod      %s", container->pod);
	if (container->source)
		add(sheet, "  known by %s", container->source);
}

static void add_limit(struct sheet *sheet, const struct pidns_limit *limit)
{
	const char *name = pidns_limit_name(limit->kind);
	char used[24] = "-", max[24] = "-", percent[16] = "";

	if (limit->known & PIDNS_LIMIT_USED)
		snprintf(used, sizeof(used), "%" PRIu64, limit->used);
	if (limit->known & PIDNS_LIMIT_MAX)
		snprintf(max, sizeof(max), "%" PRIu64, limit->max);
	if (limit->known & PIDNS_LIMIT_USED && limit->known & PIDNS_LIMIT_MAX && limit->max)
		snprintf(percent, sizeof(percent), "%.0f %%",
			 (double)limit->used * 100 / (double)limit->max);
	add(sheet, "  %-14s %10s of %10s %6s  %s", name ? name : "other", used, max, percent,
	    limit->source ? limit->source : "");
}

static void add_limits(struct sheet *sheet, const struct pidns_ns *ns)
{
	if (!begin(sheet, ns, "LIMITS, the fullest first", PIDNS_NOTE_LIMITS))
		return;
	for (uint32_t i = 0; i < ns->notes->nr_limits; i++)
		add_limit(sheet, ns->notes->limits[i]);
}

static void add_pin(struct sheet *sheet, const struct pidns_pin *pin)
{
	const char *name = pidns_pin_name(pin->kind);
	char who[24] = "", file[24] = "", parent[48] = "", below[32] = "", more[40] = "";

	if (pin->pid)
		snprintf(who, sizeof(who), " PID %" PRId32, pin->pid);
	if (pin->kind == PIDNS_PIN_FD || pin->kind == PIDNS_PIN_PIDFD || pin->fd > 0)
		snprintf(file, sizeof(file), " fd %" PRId32, pin->fd);
	if (pin->kind == PIDNS_PIN_ZOMBIE && pin->parent)
		snprintf(parent, sizeof(parent), ", to be reaped by PID %" PRId32, pin->parent);
	if (pin->ns)
		snprintf(below, sizeof(below), " %" PRIu64, pin->ns->ino);
	if (pin->count > 1)
		snprintf(more, sizeof(more), " and %" PRIu64 " more", pin->count - 1);
	add(sheet, "  %-14s%s%s%s%s%s%s%s%s", name ? name : "other",
	    pin->kind == PIDNS_PIN_UNSEEN ? (who[0] ? " perhaps" : " something out of sight") : "",
	    who, file, pin->path ? " " : "", pin->path ? pin->path : "", below, parent, more);
}

static void add_pins(struct sheet *sheet, const struct pidns_ns *ns)
{
	if (!begin(sheet, ns, "KEPT ALIVE BY", PIDNS_NOTE_PINS))
		return;
	for (uint32_t i = 0; i < ns->notes->nr_pins; i++)
		add_pin(sheet, ns->notes->pins[i]);
}

static void add_zombies(struct sheet *sheet, const struct pidns_snapshot *snapshot,
			const struct pidns_ns *ns)
{
	struct finding finding;

	if (!begin(sheet, ns, "ZOMBIES", PIDNS_NOTE_ZOMBIE))
		return;
	finding_of_zombies(snapshot, ns, &finding);
	if (!*finding.message) {
		add(sheet, "  none");
		return;
	}
	add(sheet, "  %s", finding.message);
	add(sheet, "  %s", finding.remedy);
}

void sheet_make(struct sheet *sheet, const struct pidns_snapshot *snapshot,
		const struct ident *ident)
{
	const struct pidns_ns *ns = snapshot ? ident_find_ns(ident, snapshot) : NULL;

	sheet_clear(sheet);
	if (!ns) {
		add(sheet, "This namespace is gone.");
		return;
	}
	add_head(sheet, snapshot, ns);
	add_container(sheet, ns);
	add_limits(sheet, ns);
	add_pins(sheet, ns);
	add_zombies(sheet, snapshot, ns);
}
