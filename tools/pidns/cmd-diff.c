// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-diff.c - pidns diff: what changed between two snapshots. */
#include <stdio.h>
#include <stdlib.h>

#include "common/cleanup.h"
#include "event.h"
#include "json.h"
#include "common/message.h"
#include "options.h"

struct comparison {
	struct event_sides sides;
	const struct pidns_event *const *events;
	size_t nr_events;
};

static void print_diff_json(const struct comparison *c)
{
	struct json j = {.file = stdout};

	json_schema(&j, pidns_snapshot_provider(c->sides.newer),
		    pidns_snapshot_cannot_see(c->sides.older) |
			    pidns_snapshot_cannot_see(c->sides.newer));
	json_origin(&j, "older", c->sides.older);
	json_origin(&j, "newer", c->sides.newer);
	json_line(&j, "events");
	json_open(&j, '[');
	for (size_t i = 0; i < c->nr_events; i++) {
		json_line(&j, NULL);
		event_json(&j, &c->sides, c->events[i]);
	}
	json_close(&j, ']');
	json_end(&j);
}

/* Those that are wanted, in their order but namespaces first; how many. */
static size_t choose_events(const struct pidns_event *const *events, size_t nr, bool has_tasks,
			    const struct pidns_event **chosen)
{
	size_t nr_chosen = 0;

	for (size_t i = 0; i < nr; i++)
		if (!events[i]->task && event_is_wanted(events[i], has_tasks))
			chosen[nr_chosen++] = events[i];
	for (size_t i = 0; i < nr; i++)
		if (events[i]->task && event_is_wanted(events[i], has_tasks))
			chosen[nr_chosen++] = events[i];
	return nr_chosen;
}

static const char *name_of_newer(const struct options *options)
{
	if (options->source.at && options->nr_operands == 1)
		return options->operands[0];
	if (options->nr_operands == 2)
		return options->operands[1];
	if (options->source.from)
		return options->source.from;
	return options->source.root ? options->source.root : "now";
}

static int compare(const struct options *options, struct pidns_snapshot *older,
		   struct pidns_snapshot *newer)
{
	_cleanup_diff_ struct pidns_diff *diff = NULL;
	_cleanup_free_ const struct pidns_event **chosen = NULL;
	const struct pidns_event *const *events;
	struct comparison c = {.sides = {older, newer}};
	char why[256];
	size_t nr;
	int r;

	r = pidns_diff_check(older, newer, why, sizeof(why));
	if (r < 0)
		return message_exit(EXIT_FAILED, "%s and %s: %s", options->operands[0],
				    name_of_newer(options), why);
	if (pidns_diff_open(older, newer, &diff) < 0)
		return message_exit(EXIT_FAILED, "out of memory");
	nr = pidns_diff_events(diff, &events);
	chosen = malloc((nr ? nr : 1) * sizeof(const struct pidns_event *));
	if (!chosen)
		return message_exit(EXIT_FAILED, "out of memory");
	c.events = chosen;
	c.nr_events = choose_events(events, nr, options->tasks, chosen);
	if (options->json)
		print_diff_json(&c);
	for (size_t i = 0; !options->json && i < c.nr_events; i++)
		event_print(&c.sides, c.events[i]);
	return c.nr_events ? EXIT_ANSWER_NO : EXIT_DONE;
}

static int take_side(const struct source *source, uint32_t flags,
		     struct pidns_snapshot **ret_snapshot)
{
	_cleanup_ctx_ struct pidns_ctx *ctx = NULL;
	const struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = PIDNS_FIELDS_ALL,
		.task_fields = PIDNS_FIELDS_ALL,
		.flags = flags,
	};
	int r = source_open(source, 0, &ctx);

	return r ? r : source_take(source, ctx, &opts, ret_snapshot);
}

/* Lines name the container. */
static uint32_t side_flags(const struct options *options)
{
	return (options->all ? PIDNS_TAKE_ALL : 0) | (options->json ? 0 : PIDNS_TAKE_CONTAINERS);
}

/* Threads and hidden namespaces are looked for where the other side has them, too: a recording has
 * what it has, whatever is asked. */
static uint32_t newer_flags(const struct options *options, const struct pidns_snapshot *older)
{
	uint32_t flags = side_flags(options);

	if (pidns_snapshot_flags(older) & PIDNS_SNAPSHOT_THREADS)
		flags |= PIDNS_TAKE_THREADS;
	return flags;
}

int cmd_diff(const struct options *options)
{
	_cleanup_snapshot_ struct pidns_snapshot *older = NULL;
	_cleanup_snapshot_ struct pidns_snapshot *newer = NULL;
	struct source a = {.from = options->operands[0], .at = options->other_at};
	struct source b = options->source;
	int r;

	if (!options->other_at) {
		a.at = b.at;
		b.at = NULL;
	}
	/* Two moments of one series. */
	if (options->nr_operands == 1 && a.at && !b.from && !b.root)
		b.from = a.from;

	if (options->nr_operands == 2) {
		if (options->source.from)
			return usage_error(options, "B and --from exclude each other");
		if (options->source.root)
			return usage_error(options, "B and --root exclude each other");
		b.from = options->operands[1];
		a.provider = options->source.provider;
	}
	r = take_side(&a, PIDNS_TAKE_THREADS | side_flags(options), &older);
	if (!r)
		r = take_side(&b, newer_flags(options, older), &newer);
	return r ? r : compare(options, older, newer);
}
