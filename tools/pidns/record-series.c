// SPDX-License-Identifier: GPL-2.0-or-later
/* record-series.c - pidns record --every: one snapshot after another, until it is ended. */
#include "record-series.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/message.h"

#define SECOND UINT64_C(1000000000)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/* Held back from here on: what has begun is written before one of them ends it. */
static void hold_signals(sigset_t *ret)
{
	sigemptyset(ret);
	sigaddset(ret, SIGINT);
	sigaddset(ret, SIGTERM);
	sigaddset(ret, SIGHUP);
	sigprocmask(SIG_BLOCK, ret, NULL);
}

/* Has one of them come by then? */
static bool is_ended(const sigset_t *signals, uint64_t until_ns)
{
	for (;;) {
		uint64_t now = now_ns(), left = until_ns > now ? until_ns - now : 0;
		const struct timespec wait = {.tv_sec = (time_t)(left / SECOND),
					      .tv_nsec = (long)(left % SECOND)};

		if (sigtimedwait(signals, NULL, &wait) > 0)
			return true;
		if (errno != EINTR || !left)
			return false;
	}
}

static int failed(const char *path, int error)
{
	if (!path && error == -EPIPE)
		return EXIT_FAILED;
	return message_exit(EXIT_FAILED, "%s: %s", path ? path : "standard output",
			    strerror(-error));
}

/* A time that is missed, since a snapshot took longer, is not made up for. */
static uint64_t next_time(uint64_t last, uint64_t every_ns)
{
	uint64_t now = now_ns(), next = last + every_ns;

	return next > now ? next : now - (now - last) % every_ns + every_ns;
}

static int record_until_ended(const struct options *options, struct pidns_ctx *ctx,
			      struct series_plan *plan, struct pidns_series *series,
			      struct pidns_snapshot **last)
{
	uint64_t next = now_ns();
	sigset_t signals;

	hold_signals(&signals);
	do {
		struct pidns_snapshot *snapshot;
		int r = source_take(&options->source, ctx, plan->opts, &snapshot);

		if (r)
			return r;
		pidns_snapshot_unref(*last);
		*last = snapshot;
		r = series ? pidns_series_append(series, snapshot)
			   : pidns_snapshot_write(snapshot, STDOUT_FILENO);
		if (r < 0)
			return failed(series ? options->write : NULL, r);
		plan->nr++;
		next = next_time(next, plan->every_ns);
	} while (!is_ended(&signals, next));
	return 0;
}

int record_series(const struct options *options, struct pidns_ctx *ctx, struct series_plan *plan,
		  struct pidns_snapshot **ret_last)
{
	struct pidns_series *series = NULL;
	char why[512] = "";
	int r;

	if (source_is_recording(ctx))
		return message_exit(EXIT_USAGE,
				    "%s: a recording never changes, --every is of no use",
				    options->source.from);
	if (strcmp(options->write, "-") != 0 &&
	    pidns_series_open(options->write, (uint32_t)plan->keep, why, sizeof(why), &series) < 0)
		return message_exit(EXIT_FAILED, "%s", why);
	r = record_until_ended(options, ctx, plan, series, ret_last);
	pidns_series_close(series);
	return r;
}
