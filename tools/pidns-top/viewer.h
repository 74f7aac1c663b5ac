/* SPDX-License-Identifier: GPL-2.0-or-later */
/* viewer.h - the two ways to run: on a terminal, or as plain text. Both return an exit code. */
#ifndef PIDNS_TOP_VIEWER_H
#define PIDNS_TOP_VIEWER_H

#include <pidnsinfo.h>

#include "pidns-top/ui/app.h"
#include "options.h"
#include "past.h"
#include "pidns-top/rows/sample.h"
#include "common/target.h"

struct act;
struct cmdline_helper;

struct viewer {
	const struct options *options;
	const struct target *target;  /* NULL: begin with the namespaces */
	struct pidns_ctx *ctx;	      /* for all tasks; NULL once another thread owns it */
	struct pidns_ctx *screen_ctx; /* for those on the screen; NULL: they are all known */
	struct pidns_ctx *act_ctx;    /* for the one that is acted on; NULL: nothing can be */
	struct cmdline_helper *helper;
	struct machine *machine;
	struct cpu_history *history;
	struct app app;
	struct sample sample; /* what is shown */
	struct events events;
	/* The past of the running machine; while it is shown, `live` is what is known of now. */
	struct past past;
	size_t past_max; /* bytes; 0: none is kept */
	bool is_past;
	uint64_t past_number; /* of the moment shown */
	struct sample live;
	struct events past_events;
	struct sample mark; /* a snapshot with its notes; NULL: none is marked */
	/* Of a series. */
	const uint64_t *walls;
	size_t moments, wanted_moment; /* 0: it is none */
	bool is_stuck;		       /* a thread hangs: the process must end without it */
};

/* viewer-batch.c */
int viewer_batch(struct viewer *viewer);
/* viewer-screen.c */
int viewer_screen(struct viewer *viewer);

/* viewer.c: what they share. A snapshot, taken with these flags, and the machine's figures of that moment
 * become what is known of now, which takes the reference over; it is shown unless the past is. */
void viewer_show(struct viewer *viewer, struct pidns_snapshot *snapshot, uint32_t flags,
		 const struct machine_figures *machine);
/* As if that one, of a series, had just been shown: rates are from there to the next. May be NULL. */
void viewer_begin_from(struct viewer *viewer, const struct pidns_snapshot *before);
/* Go to the namespace asked for on the command line, if one is. 0, or the exit code with one
 * sentence in `why`. */
int viewer_enter_target(struct viewer *viewer, char *why, size_t size);

#endif /* PIDNS_TOP_VIEWER_H */
