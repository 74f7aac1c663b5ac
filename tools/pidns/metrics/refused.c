// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * refused.c - forks, clones and unshares that fail, counted by errno and limit as the kernel reports
 * them. Only who stays can do that: a page that is written once has no such counters.
 */
#include "refused.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "common/message.h"
#include "common/remedy.h"
#include "common/tally.h"
#include "metrics.h"

/* Clients wait no longer than these take, however fast more come. */
#define MAX_EVENTS 1024
/* For namespaces without init, whose end no event says. */
#define INTERVAL_NS UINT64_C(60000000000)

#define NR_KINDS     32	      /* of limits; 0: none refused */
#define KIND_UNKNOWN NR_KINDS /* more than one may have */

static const int errors[] = {EAGAIN, ENOMEM, ENOSPC};

#define NR_ERRORS   (sizeof(errors) / sizeof(errors[0]))
#define ERROR_OTHER NR_ERRORS

struct refusals {
	const struct source *source;
	struct pidns_ctx *ctx;	   /* its own: a watch allows no other snapshots of it */
	struct pidns_watch *watch; /* NULL: none are followed */
	bool was_followed;
	struct tally *tally; /* for other commands; NULL: there is none */
	uint64_t counts[NR_ERRORS + 1][NR_KINDS + 1];
	uint64_t nr_lost;
	char why[512];
};

static void unfollow(struct refusals *refusals)
{
	refusals->watch = pidns_watch_close(refusals->watch);
	pidns_close(refusals->ctx);
	refusals->ctx = NULL;
}

/* As this provider can: one that is told of all events compares no snapshots for nothing. */
static bool open_watch(struct refusals *refusals, const char *provider)
{
	const uint32_t wanted = PIDNS_WATCH_EXACT | PIDNS_WATCH_REFUSED;
	const struct pidns_open_opts open_opts = {
		.size = sizeof(open_opts),
		.provider = provider,
		.root = refusals->source->root,
		.why = refusals->why,
		.why_len = sizeof(refusals->why),
	};
	const struct pidns_watch_opts watch_opts = {
		.size = sizeof(watch_opts),
		.interval_ns = INTERVAL_NS,
		.wants = PIDNS_WATCH_WANTS_NAMESPACES | PIDNS_WATCH_WANTS_REFUSED,
		.why = refusals->why,
		.why_len = sizeof(refusals->why),
	};
	const char *missing;

	if (pidns_open(&open_opts, &refusals->ctx) < 0) {
		refusals->ctx = NULL;
		return false;
	}
	if (pidns_watch_open(refusals->ctx, &watch_opts, &refusals->watch) < 0) {
		refusals->watch = NULL;
		unfollow(refusals);
		return false;
	}
	missing = pidns_watch_missing(refusals->watch);
	if (missing)
		snprintf(refusals->why, sizeof(refusals->why), "%s", missing);
	if ((pidns_watch_flags(refusals->watch) & wanted) == wanted)
		return true;
	unfollow(refusals);
	return false;
}

static void follow(struct refusals *refusals)
{
	const char *name, *missing;

	for (size_t i = 0; !refusals->watch && (name = pidns_provider_name(i)); i++)
		if (!(pidns_provider_flags(name) & PIDNS_PROVIDER_RECORDED))
			open_watch(refusals, name);
	if (!refusals->watch) {
		message("refusals are not counted: %s", refusals->why);
		return;
	}
	if (!refusals->was_followed && !refusals->source->root)
		refusals->tally = tally_open();
	refusals->was_followed = true;
	missing = pidns_watch_missing(refusals->watch);
	if (missing)
		message("%s", missing);
}

/* A recording, or another procfs, may be of another machine. */
struct refusals *refusals_open(const struct source *source)
{
	struct refusals *refusals = calloc(1, sizeof(*refusals));

	if (!refusals)
		return NULL;
	refusals->source = source;
	if (!source->from)
		follow(refusals);
	return refusals;
}

void refusals_close(struct refusals *refusals)
{
	if (!refusals)
		return;
	unfollow(refusals);
	tally_close(refusals->tally);
	free(refusals);
}

int refusals_fd(const struct refusals *refusals)
{
	return refusals->watch ? pidns_watch_fd(refusals->watch) : -1;
}

/* ---- counting --------------------------------------------------------------------------------- */

static void count(struct refusals *refusals, const struct pidns_event *event)
{
	const struct pidns_refused *refused = event->refused;
	uint32_t kind = KIND_UNKNOWN;
	size_t error = 0;

	if (event->type == PIDNS_EVENT_LOST)
		refusals->nr_lost += event->count ? event->count : 1;
	if (event->type != PIDNS_EVENT_REFUSED)
		return;
	while (error < NR_ERRORS && errors[error] != refused->error)
		error++;
	if (refused->known & PIDNS_REFUSED_KIND && refused->kind < NR_KINDS)
		kind = refused->kind;
	refusals->counts[error][kind]++;
}

bool refusals_read(struct refusals *refusals)
{
	const struct pidns_event *event;
	int r = 1;

	for (size_t i = 0; refusals->watch && r > 0 && i < MAX_EVENTS; i++) {
		r = pidns_watch_next(refusals->watch, &event);
		if (r > 0) {
			count(refusals, event);
			tally_add(refusals->tally, event);
		}
	}
	tally_publish(refusals->tally);
	if (r < 0) {
		message("refusals are not counted: %s", refusals->why);
		unfollow(refusals);
	}
	return refusals->watch && r > 0;
}

void refusals_refresh(struct refusals *refusals)
{
	if (!refusals->watch && refusals->was_followed)
		follow(refusals);
	refusals_read(refusals);
}

/* ---- series ----------------------------------------------------------------------------------- */

static const char *kind_name(uint32_t kind)
{
	if (kind == KIND_UNKNOWN)
		return "unknown";
	return kind ? pidns_limit_name(kind) : "none";
}

/* What such a limit makes fork or unshare fail with, clone(2). */
static int error_of(uint32_t kind)
{
	switch (kind) {
	case PIDNS_LIMIT_CGROUP_PIDS:
	case PIDNS_LIMIT_PID_MAX:
	case PIDNS_LIMIT_THREADS_MAX:
	case PIDNS_LIMIT_NPROC:
		return EAGAIN;
	case PIDNS_LIMIT_INIT:
		return ENOMEM;
	default:
		return ENOSPC;
	}
}

/* A series that begins with its first refusal has no increase then: those to expect are there at 0. */
static bool is_expected(size_t error, uint32_t kind)
{
	if (error == ERROR_OTHER || !kind)
		return false;
	return kind == KIND_UNKNOWN || errors[error] == error_of(kind);
}

void refusals_write(const struct refusals *refusals, FILE *file)
{
	if (!refusals || !refusals->watch)
		return;
	metrics_head(file, "pidns_fork_refused_total", "counter",
		     "Forks, clones and unshares that have failed since the exporter was started.");
	for (size_t error = 0; error <= NR_ERRORS; error++)
		for (uint32_t kind = 0; kind <= NR_KINDS; kind++) {
			uint64_t nr = refusals->counts[error][kind];

			if (!kind_name(kind) || (!nr && !is_expected(error, kind)))
				continue;
			fprintf(file,
				"pidns_fork_refused_total{errno=\"%s\",kind=\"%s\"} %" PRIu64 "\n",
				error == ERROR_OTHER ? "other" : limit_error_name(errors[error]),
				kind_name(kind), nr);
		}
	metrics_head(file, "pidns_events_lost_total", "counter",
		     "Events that came faster than they were read; refusals may be among them.");
	fprintf(file, "pidns_events_lost_total %" PRIu64 "\n", refusals->nr_lost);
}

bool refusals_are_followed(const struct refusals *refusals)
{
	return refusals && refusals->watch;
}

bool refusals_have_limits(const struct refusals *refusals)
{
	return refusals_are_followed(refusals) &&
	       pidns_watch_flags(refusals->watch) & PIDNS_WATCH_LIMITS;
}
