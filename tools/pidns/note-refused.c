// SPDX-License-Identifier: GPL-2.0-or-later
/* note-refused.c - what a running watcher has found to be refused in a namespace, as text and as JSON. */
#include "note.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/format.h"
#include "common/remedy.h"
#include "common/tally.h"
#include "json.h"
#include "out.h"

struct refused_sums {
	uint64_t count, recent;
};

static uint64_t now_ns(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static struct refused_sums sum_up(const struct tally_counts *counts, const struct pidns_ns *ns)
{
	struct refused_sums sums = {0};

	for (uint64_t i = 0; i < counts->nr; i++)
		if (tally_row_is_of(&counts->rows[i], ns)) {
			sums.count += counts->rows[i].count;
			sums.recent += tally_row_recent(&counts->rows[i], now_ns());
		}
	return sums;
}

/* ---- text ------------------------------------------------------------------------------------ */

/* "cgroup-pids, EAGAIN: 20 of 131, last 3s ago, PID 6025 (sh)" */
static void print_row(const struct tally_row *row)
{
	const char *error = limit_error_name(row->error);
	uint64_t now = now_ns();
	char age[16];

	format_short_age(now > row->last_ns ? now - row->last_ns : 0, age, sizeof(age));
	printf("%-16s %s, %s: %" PRIu64 " of %" PRIu64 ", last %s ago", "", tally_row_kind(row),
	       error ? error : strerror(row->error), tally_row_recent(row, now), row->count, age);
	if (row->pid > 0)
		printf(", PID %" PRId32, row->pid);
	if (row->comm[0]) {
		fputs(" (", stdout);
		out_text(stdout, row->comm, strlen(row->comm));
		putchar(')');
	}
	putchar('\n');
}

static void print_since(uint64_t since_ns)
{
	time_t seconds = (time_t)(clock_wall(since_ns) / 1000000000);
	struct tm tm;
	char text[32];

	if (localtime_r(&seconds, &tm) && strftime(text, sizeof(text), " since %F %T", &tm))
		fputs(text, stdout);
}

void note_print_refused(const struct tally_counts *counts, const struct pidns_ns *ns)
{
	struct refused_sums sums = sum_up(counts, ns);

	printf("%-16s ", "refused");
	if (sums.count)
		printf("%" PRIu64 " in the last minute, of %" PRIu64, sums.recent, sums.count);
	else
		fputs("nothing", stdout);
	print_since(counts->since_ns);
	if (counts->nr_lost || counts->nr_left_out)
		fputs(", or more: events were lost", stdout);
	putchar('\n');
	for (uint64_t i = 0; i < counts->nr; i++)
		if (tally_row_is_of(&counts->rows[i], ns))
			print_row(&counts->rows[i]);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_row(struct json *j, const struct tally_row *row)
{
	json_open(j, '{');
	json_string_item(j, "kind", row->kind ? pidns_limit_name(row->kind) : NULL);
	json_item(j, "certain");
	json_bool(j, row->is_kind_known);
	json_string_item(j, "errno", limit_error_name(row->error));
	json_number_item(j, "error", true, (uint64_t)row->error);
	json_number_item(j, "count", true, row->count);
	json_number_item(j, "last_minute", true, tally_row_recent(row, now_ns()));
	json_number_item(j, "last_ns", true, row->last_ns);
	json_number_item(j, "pid", row->pid > 0, (uint64_t)row->pid);
	json_string_item(j, "comm", row->comm[0] ? row->comm : NULL);
	json_close(j, '}');
}

void note_json_refused(struct json *j, const struct tally_counts *counts, const struct pidns_ns *ns)
{
	struct refused_sums sums = sum_up(counts, ns);

	json_open(j, '{');
	json_number_item(j, "since_ns", true, counts->since_ns);
	json_number_item(j, "count", true, sums.count);
	json_number_item(j, "last_minute", true, sums.recent);
	json_item(j, "is_whole");
	json_bool(j, !counts->nr_lost && !counts->nr_left_out);
	json_item(j, "by");
	json_open(j, '[');
	for (uint64_t i = 0; i < counts->nr; i++)
		if (tally_row_is_of(&counts->rows[i], ns)) {
			json_item(j, NULL);
			put_row(j, &counts->rows[i]);
		}
	json_close(j, ']');
	json_close(j, '}');
}
