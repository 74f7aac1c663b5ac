// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-watch.c - pidns watch: what changes, as it does, a line each. */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "event.h"
#include "json.h"
#include "common/clock.h"
#include "common/message.h"
#include "options.h"
#include "common/source.h"
#include "common/tally.h"
#include "common/target.h"
#include "operand.h"

struct watching {
	const struct options *options;
	struct pidns_ctx *ctx;
	struct pidns_watch *watch;
	struct watched *watched; /* the namespaces that were named */
	struct tally *tally; /* of all that is refused on this machine; NULL: it is not followed */
	char why[512];
};

/* One that is watched with all below it: it may end, and its inode be used again. */
struct watched {
	uint64_t known, ino, cookie, reaper_start_ns;
};

static int open_watch(struct watching *w)
{
	const struct options *options = w->options;
	struct pidns_watch_opts opts = {
		.size = sizeof(opts),
		.ns_fields = PIDNS_FIELDS_ALL & ~PIDNS_NS_PIDMAP,
		.task_fields = options->json ? PIDNS_FIELDS_ALL : PIDNS_TASK_COMM,
		.flags = (options->all ? PIDNS_TAKE_ALL : 0) |
			 (options->json && !options->refused ? 0 : PIDNS_TAKE_CONTAINERS),
		.wants = (options->tasks ? 0 : PIDNS_WATCH_WANTS_NAMESPACES) |
			 (options->refused ? PIDNS_WATCH_WANTS_REFUSED : 0),
		.why = w->why,
		.why_len = sizeof(w->why),
	};
	int r;

	if (options->nr_operands)
		opts.flags |= PIDNS_TAKE_CONTAINERS;
	if (options->interval) {
		opts.interval_ns = options_seconds(options->interval);
		if (!opts.interval_ns)
			return usage_error(options, "\"%.64s\" is not a number of seconds",
					   options->interval);
	}
	r = source_open(&options->source, 0, &w->ctx);
	if (r)
		return r;
	r = pidns_watch_open(w->ctx, &opts, &w->watch);
	if (r < 0)
		return source_failed(&options->source, r, w->why);
	return 0;
}

/* ---- the namespaces that were named ---------------------------------------------------------- */

/* In a snapshot of their own, for that of the watch has no tasks where none are wanted. */
static int find_in_snapshot(struct watching *w, const struct target *targets,
			    const struct pidns_ns **found)
{
	const struct options *options = w->options;
	const struct pidns_take_opts opts = {.size = sizeof(opts),
					     .ns_fields = PIDNS_NS_COOKIE | PIDNS_NS_REAPER_START,
					     .flags = options->all ? PIDNS_TAKE_ALL : 0};
	struct pidns_snapshot *snapshot = NULL;
	int r = operand_take(options, w->ctx, &opts, targets, options->nr_operands, &snapshot,
			     found);

	for (size_t i = 0; !r && i < options->nr_operands; i++)
		w->watched[i] = (struct watched){found[i]->known, found[i]->ino, found[i]->cookie,
						 found[i]->reaper_start_ns};
	pidns_snapshot_unref(snapshot);
	return r;
}

static int find_watched(struct watching *w)
{
	size_t nr = w->options->nr_operands, parsed = 0;
	struct target *targets = calloc(nr + 1, sizeof(*targets));
	const struct pidns_ns **found = calloc(nr + 1, sizeof(*found));
	int r = 0;

	w->watched = calloc(nr + 1, sizeof(*w->watched));
	if (!targets || !found || !w->watched)
		r = message_exit(EXIT_FAILED, "out of memory");
	while (!r && parsed < nr) {
		r = operand_parse(w->options, w->options->operands[parsed], &targets[parsed]);
		parsed++;
	}
	if (!r && nr)
		r = find_in_snapshot(w, targets, found);
	while (parsed)
		target_close(&targets[--parsed]);
	free(targets);
	free(found);
	return r;
}

static bool is_watched_ns(const struct watched *watched, const struct pidns_ns *ns)
{
	uint64_t known = watched->known & ns->known;

	if (watched->ino != ns->ino)
		return false;
	if (known & PIDNS_NS_COOKIE)
		return watched->cookie == ns->cookie;
	return !(known & PIDNS_NS_REAPER_START) || watched->reaper_start_ns == ns->reaper_start_ns;
}

static bool is_watched(const struct watching *w, const struct pidns_event *event)
{
	const struct pidns_ns *ns = event->ns;

	if (!w->options->nr_operands || !ns)
		return true;
	for (; ns; ns = pidns_ns_parent(ns))
		for (size_t i = 0; i < w->options->nr_operands; i++)
			if (is_watched_ns(&w->watched[i], ns))
				return true;
	return false;
}

/* ---- events ---------------------------------------------------------------------------------- */

/* The time of day that it was at that time since boot. */
static void print_time(uint64_t time_ns)
{
	time_t seconds = (time_t)(clock_wall(time_ns) / 1000000000);
	struct tm tm;
	char text[16];

	if (!localtime_r(&seconds, &tm) || !strftime(text, sizeof(text), "%H:%M:%S", &tm))
		strcpy(text, "-");
	printf("%-8s ", text);
}

static void tell(const struct watching *w, const struct pidns_event *event)
{
	const struct event_sides sides = {pidns_watch_event_snapshot(w->watch, 1),
					  pidns_watch_event_snapshot(w->watch, 0)};
	struct json j = {.file = stdout};

	if (!event_is_wanted(event, w->options->tasks) || !is_watched(w, event))
		return;
	if (w->options->json) {
		event_json(&j, &sides, event);
		putchar('\n');
		return;
	}
	print_time(event->time_ns);
	event_print(&sides, event);
}

/* All that is there now. */
static int tell_all(struct watching *w)
{
	const struct pidns_event *event;
	int r;

	while ((r = pidns_watch_next(w->watch, &event)) > 0) {
		tally_add(w->tally, event);
		tell(w, event);
	}
	tally_publish(w->tally);
	return r < 0 ? source_failed(&w->options->source, r, w->why) : 0;
}

/* Until a signal ends it, or no process reads it any more. */
static int loop(struct watching *w)
{
	struct pollfd fds[] = {
		{.fd = pidns_watch_fd(w->watch), .events = POLLIN},
		{.fd = STDOUT_FILENO},
	};
	int r;

	for (;;) {
		if (fflush(stdout) || fds[1].revents & POLLERR)
			return EXIT_DONE;
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return message_exit(EXIT_FAILED, "poll: %s", strerror(errno));
		r = tell_all(w);
		if (r)
			return r;
	}
}

/* How this watch is told, and what it cannot see. */
static void tell_source(const struct watching *w, const struct pidns_snapshot *snapshot)
{
	const char *missing = pidns_watch_missing(w->watch);

	source_tell_unseen(snapshot, w->options->all ? PIDNS_TAKE_ALL : 0,
			   SOURCE_UNSEEN_NAMESPACES | SOURCE_UNSEEN_TASKS);
	if (missing)
		message("%s", missing);
	if (!(pidns_watch_flags(w->watch) & PIDNS_WATCH_PROMPT))
		message("%s does not report changes; checking every %s s", pidns_provider(w->ctx),
			w->options->interval ? w->options->interval : "1");
}

static void open_tally(struct watching *w)
{
	if (!source_is_elsewhere(&w->options->source) &&
	    pidns_watch_flags(w->watch) & PIDNS_WATCH_REFUSED)
		w->tally = tally_open();
}

int cmd_watch(const struct options *options)
{
	struct watching w = {.options = options};
	struct pidns_snapshot *snapshot = NULL;
	int r = open_watch(&w);

	if (!r) {
		snapshot = pidns_watch_snapshot(w.watch);
		r = snapshot ? find_watched(&w) : message_exit(EXIT_FAILED, "out of memory");
	}
	if (!r) {
		tell_source(&w, snapshot);
		open_tally(&w);
		r = loop(&w);
	}
	pidns_snapshot_unref(snapshot);
	tally_close(w.tally);
	pidns_watch_close(w.watch);
	pidns_close(w.ctx);
	free(w.watched);
	return r;
}
