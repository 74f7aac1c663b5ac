// SPDX-License-Identifier: GPL-2.0-or-later
/* tally.c - refusals counted by namespace, limit and error. */
#include "tally.h"

#include <stdio.h>
#include <string.h>

static bool is_alike(const struct tally_row *row, const struct tally_row *other)
{
	return row->ns_ino == other->ns_ino && row->ns_cookie == other->ns_cookie &&
	       row->kind == other->kind && row->is_kind_known == other->is_kind_known &&
	       row->error == other->error;
}

static struct tally_row row_of(const struct pidns_event *event)
{
	const struct pidns_refused *refused = event->refused;
	const struct pidns_ns *ns = event->ns;
	struct tally_row row = {
		.kind = refused->known & PIDNS_REFUSED_KIND ? refused->kind : 0,
		.is_kind_known = !!(refused->known & PIDNS_REFUSED_KIND),
		.error = refused->error,
		.pid = event->task ? event->task->pid : 0,
	};

	if (ns && ns->known & PIDNS_NS_INO)
		row.ns_ino = ns->ino;
	if (ns && ns->known & PIDNS_NS_COOKIE)
		row.ns_cookie = ns->cookie;
	if (event->task && event->task->known & PIDNS_TASK_COMM)
		snprintf(row.comm, sizeof(row.comm), "%s", event->task->comm);
	return row;
}

/* NULL: all rows are taken by refusals of the last minute; older ones give way. */
static struct tally_row *find_row(struct tally_counts *counts, const struct tally_row *like,
				  uint64_t now_ns)
{
	struct tally_row *oldest = counts->rows;

	for (uint64_t i = 0; i < counts->nr; i++) {
		if (is_alike(&counts->rows[i], like))
			return &counts->rows[i];
		if (counts->rows[i].last_ns < oldest->last_ns)
			oldest = &counts->rows[i];
	}
	if (counts->nr < TALLY_ROWS_MAX)
		oldest = &counts->rows[counts->nr++];
	else if (tally_row_recent(oldest, now_ns))
		return NULL;
	counts->nr_left_out += oldest->count;
	*oldest = *like;
	return oldest;
}

/* Each span of the row is so much older than it was. */
static void move_spans(struct tally_row *row, uint64_t time_ns)
{
	uint64_t spans = time_ns / TALLY_SPAN_NS - row->last_ns / TALLY_SPAN_NS;

	if (time_ns < row->last_ns)
		return;
	if (spans > TALLY_SPANS)
		spans = TALLY_SPANS;
	memmove(row->recent + spans, row->recent, (TALLY_SPANS - spans) * sizeof(*row->recent));
	memset(row->recent, 0, spans * sizeof(*row->recent));
	row->last_ns = time_ns;
}

static void count_refused(struct tally_counts *counts, const struct pidns_event *event)
{
	struct tally_row like = row_of(event);
	struct tally_row *row = find_row(counts, &like, event->time_ns);

	if (!row) {
		counts->nr_left_out++;
		return;
	}
	move_spans(row, event->time_ns);
	row->recent[0]++;
	row->count++;
	row->pid = like.pid;
	memcpy(row->comm, like.comm, sizeof(row->comm));
}

void tally_count(struct tally_counts *counts, const struct pidns_event *event)
{
	if (event->type == PIDNS_EVENT_LOST)
		counts->nr_lost += event->count ? event->count : 1;
	if (event->type == PIDNS_EVENT_REFUSED)
		count_refused(counts, event);
}

uint64_t tally_row_recent(const struct tally_row *row, uint64_t now_ns)
{
	uint64_t now = now_ns / TALLY_SPAN_NS, last = row->last_ns / TALLY_SPAN_NS, sum = 0;

	for (uint64_t i = 0; i < TALLY_SPANS; i++)
		if (now < last || now - last + i < TALLY_SPANS)
			sum += row->recent[i];
	return sum;
}

bool tally_row_is_of(const struct tally_row *row, const struct pidns_ns *ns)
{
	if (!(ns->known & PIDNS_NS_INO) || row->ns_ino != ns->ino)
		return false;
	return !row->ns_cookie || !(ns->known & PIDNS_NS_COOKIE) || row->ns_cookie == ns->cookie;
}

const char *tally_row_kind(const struct tally_row *row)
{
	const char *name = row->kind ? pidns_limit_name(row->kind) : "none";

	return row->is_kind_known && name ? name : "unknown";
}
