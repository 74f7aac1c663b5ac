// SPDX-License-Identifier: GPL-2.0-or-later
/* cells-limit.c - the nearest limit of a namespace with its bar, or who holds one without an init. */
#include <inttypes.h>
#include <stdio.h>

#include "cells.h"
#include "common/describe.h"
#include "common/format.h"
#include "common/limit.h"
#include "noted.h"
#include "pidns-top/rows/text.h"

/* Columns of its parts, with a blank after each: the name, the bar, the share, the mark. */
#define NAME_COLUMNS 8
#define BAR_COLUMNS  10
#define TAIL_COLUMNS 6 /* " 100%!" */

const char *cells_limit_name(uint32_t kind)
{
	static const char *const names[] = {
		[PIDNS_LIMIT_CGROUP_PIDS] = "pids.max",
		[PIDNS_LIMIT_PID_MAX] = "pid_max",
		[PIDNS_LIMIT_THREADS_MAX] = "threads",
		[PIDNS_LIMIT_NPROC] = "nproc",
		[PIDNS_LIMIT_PID_NAMESPACES] = "pid-ns",
		[PIDNS_LIMIT_LEVEL] = "level",
		[PIDNS_LIMIT_INIT] = "init",
		[PIDNS_LIMIT_USER_NAMESPACES] = "user-ns",
		[PIDNS_LIMIT_MNT_NAMESPACES] = "mnt-ns",
		[PIDNS_LIMIT_NET_NAMESPACES] = "net-ns",
		[PIDNS_LIMIT_IPC_NAMESPACES] = "ipc-ns",
		[PIDNS_LIMIT_UTS_NAMESPACES] = "uts-ns",
		[PIDNS_LIMIT_CGROUP_NAMESPACES] = "cgrp-ns",
		[PIDNS_LIMIT_TIME_NAMESPACES] = "time-ns",
		[PIDNS_LIMIT_USER_LEVEL] = "usr-lvl",
	};

	return kind < sizeof(names) / sizeof(names[0]) && names[kind] ? names[kind] : "other";
}

static bool is_alive(const struct pidns_ns *ns)
{
	return !(ns->known & PIDNS_NS_STATE) || ns->state == PIDNS_STATE_ALIVE;
}

/* ---- Held by ---- */

static void describe_holder(const struct pidns_pin *pin, char *out, size_t size)
{
	char more[24] = "";

	if (pin->count > 1)
		snprintf(more, sizeof(more), " +%" PRIu64, pin->count - 1);
	switch (pin->kind) {
	case PIDNS_PIN_FD:
	case PIDNS_PIN_PIDFD:
		snprintf(out, size, "fd %d of PID %d%s", pin->fd, pin->pid, more);
		break;
	case PIDNS_PIN_DESCENDANT:
		snprintf(out, size, "a namespace below%s", more);
		break;
	case PIDNS_PIN_UNSEEN:
		snprintf(out, size, "a holder not seen");
		break;
	default:
		snprintf(out, size, "%s of PID %d%s", describe_pin_name(pin), pin->pid, more);
	}
}

/* A namespace without an init can have no processes: what matters is what keeps it. */
static void fill_holder(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_notes *notes =
		noted_find(&source->sample->noted, source->row->ns, PIDNS_NOTE_PINS);
	char holder[64];

	if (!notes) {
		cell_unknown(cell);
		return;
	}
	if (!notes->nr_pins) {
		cell_print(cell, "held by -");
		return;
	}
	describe_holder(notes->pins[0], holder, sizeof(holder));
	cell_print(cell, "held by %s", holder);
	if (text_width(cell->text) > source->width && source->width)
		cell_print(cell, "%s", holder);
	if (text_width(cell->text) > source->width && source->width)
		cell_print(cell, "held");
}

/* ---- The limit ---- */

static char mark_of(const struct pidns_limit *limit)
{
	return limit_is_near(limit) || limit_is_full(limit) ? '!' : ' ';
}

static void share_of(const struct pidns_limit *limit, char *out, size_t size)
{
	char number[24];

	if (!(limit->known & PIDNS_LIMIT_USED) || !(limit->known & PIDNS_LIMIT_MAX)) {
		snprintf(out, size, "full");
		return;
	}
	format_count(limit_percent(limit), 3, number, sizeof(number));
	snprintf(out, size, "%s%%", number);
}

static void fill_parts(const struct pidns_limit *limit, unsigned int width, bool is_plain,
		       struct cell *cell)
{
	const char *name = cells_limit_name(limit->kind);
	unsigned int bar = 0;
	char share[32], drawing[BAR_COLUMNS + 8] = "";

	share_of(limit, share, sizeof(share));
	if (width >= NAME_COLUMNS + 1 + BAR_COLUMNS + TAIL_COLUMNS && !is_plain)
		bar = BAR_COLUMNS;
	if (bar)
		format_bar((double)limit_share(limit) / 100, "", bar, drawing, sizeof(drawing));
	if (width && width < NAME_COLUMNS + TAIL_COLUMNS)
		cell_print(cell, "%4s%c", share, mark_of(limit));
	else
		cell_print(cell, "%-*s %s%5s%s%c", NAME_COLUMNS, name, drawing, share,
			   bar ? " " : "", mark_of(limit));
}

void cells_fill_limit(const struct cell_source *source, struct cell *cell)
{
	const struct pidns_ns *ns = source->row->ns;
	const struct noted *noted = &source->sample->noted;
	const struct pidns_limit *limit;
	struct pidns_limit room;

	if (!is_alive(ns)) {
		fill_holder(source, cell);
		return;
	}
	if (source->sample->is_noting && !noted_find(noted, ns, PIDNS_NOTE_LIMITS)) {
		cell_to_come(cell);
		return;
	}
	limit = noted_limit(noted, ns, &room);
	if (!limit) {
		cell_unknown(cell);
		return;
	}
	fill_parts(limit, source->width, source->app->is_plain, cell);
	if (limit_is_full(limit))
		cell->style = STYLE_ALARM;
	else if (limit_is_near(limit))
		cell->style = STYLE_WARNING;
}

/* The worst first: what is full, then by share. */
void cells_key_limit(const struct cell_source *source, struct sort_key *key)
{
	struct pidns_limit room;
	const struct pidns_limit *limit =
		noted_limit(&source->sample->noted, source->row->ns, &room);

	key->is_known = limit && is_alive(source->row->ns);
	if (key->is_known)
		key->number = limit_share(limit);
}
