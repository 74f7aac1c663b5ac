// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-watch.c - pidns watch: what changes, as it does, a line each. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "event.h"
#include "json.h"
#include "common/message.h"
#include "options.h"
#include "common/source.h"

struct watching {
	const struct options *options;
	struct pidns_ctx *ctx;
	struct pidns_watch *watch;
	struct pidns_snapshot *older, *newer; /* the last two snapshots */
	char why[512];
};

/* "0.5" to nanoseconds; 0: no such time. */
static uint64_t parse_seconds(const char *text)
{
	char *end;
	double seconds;

	errno = 0;
	seconds = strtod(text, &end);
	if (errno || end == text || *end || !(seconds >= 0.001 && seconds <= 1e9))
		return 0;
	return (uint64_t)(seconds * 1e9);
}

static int open_watch(struct watching *w)
{
	const struct options *options = w->options;
	struct pidns_watch_opts opts = {
		.size = sizeof(opts),
		.ns_fields = PIDNS_FIELDS_ALL & ~PIDNS_NS_PIDMAP,
		.task_fields = options->json ? PIDNS_FIELDS_ALL : PIDNS_TASK_COMM,
		.flags = (options->all ? PIDNS_TAKE_ALL : 0) |
			 (options->json ? 0 : PIDNS_TAKE_CONTAINERS),
		.why = w->why,
		.why_len = sizeof(w->why),
	};
	int r;

	if (options->interval) {
		opts.interval_ns = parse_seconds(options->interval);
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
	w->newer = pidns_watch_snapshot(w->watch);
	return 0;
}

/* The snapshot before the newest is needed by what is gone. */
static void follow(struct watching *w)
{
	struct pidns_snapshot *newest = pidns_watch_snapshot(w->watch);

	if (newest == w->newer) {
		pidns_snapshot_unref(newest);
		return;
	}
	pidns_snapshot_unref(w->older);
	w->older = w->newer;
	w->newer = newest;
}

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t = {0};

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The time of day that it was at that time since boot. */
static void print_time(uint64_t time_ns)
{
	int64_t ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME) + (int64_t)time_ns;
	time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;
	char text[16];

	if (!localtime_r(&seconds, &tm) || !strftime(text, sizeof(text), "%H:%M:%S", &tm))
		strcpy(text, "-");
	printf("%-8s ", text);
}

static void tell(const struct watching *w, const struct pidns_event *event)
{
	const struct event_sides sides = {w->older, w->newer};
	struct json j = {.file = stdout};

	if (!event_is_wanted(event, w->options->tasks))
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
		follow(w);
		tell(w, event);
	}
	if (r < 0)
		return source_failed(&w->options->source, r, w->why);
	follow(w);
	return 0;
}

/* Until somebody ends it, or nobody reads it any more. */
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

int cmd_watch(const struct options *options)
{
	struct watching w = {.options = options};
	int r = open_watch(&w);

	if (!r) {
		source_tell_unseen(w.newer, options->all ? PIDNS_TAKE_ALL : 0,
				   SOURCE_UNSEEN_NAMESPACES | SOURCE_UNSEEN_TASKS);
		if (!(pidns_watch_flags(w.watch) & PIDNS_WATCH_PROMPT))
			message("%s does not report changes; checking every %s s",
				pidns_provider(w.ctx), options->interval ? options->interval : "1");
		r = loop(&w);
	}
	pidns_snapshot_unref(w.older);
	pidns_snapshot_unref(w.newer);
	pidns_watch_close(w.watch);
	pidns_close(w.ctx);
	return r;
}
