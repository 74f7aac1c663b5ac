/* SPDX-License-Identifier: GPL-2.0-or-later */
/* viewer-screen.h - what the files of the loop on a terminal share. */
#ifndef PIDNS_TOP_VIEWER_SCREEN_H
#define PIDNS_TOP_VIEWER_SCREEN_H

#include "pidns-top/screen/draw.h"
#include "taker.h"
#include "viewer.h"
#include "watcher.h"

#define NEVER UINT64_MAX

struct screen {
	struct viewer *viewer;
	struct taker *taker;
	struct details *details;
	struct act *act;
	struct rows rows;
	struct report report;
	struct draw_frame frame;
	struct layout_needs asked;	   /* what the snapshot was asked to know */
	uint32_t asked_flags, shown_flags; /* of the next snapshot; of the one that is shown */
	uint64_t begun_ns;
	uint64_t next_sample_ns; /* when, on the monotonic clock */
	uint64_t rested_ns;	 /* not before, even if something is known to have changed */
	int notice_fd;		 /* tells that; -1: there is none */
	struct watcher *watcher;
	bool is_told;		/* it reported at the last snapshot */
	uint64_t round;		/* one for each snapshot */
	uint64_t plain_cost_ns; /* what the last snapshot without notes has cost */
	uint64_t next_notes_ns; /* when one with notes is due */
	bool has_cheap_tasks;	/* the provider tells all of every task at once */
	uint64_t held_ns;	/* details of a new sample are waited for until then */
	bool is_new;		/* a sample has come, and nothing was looked up for it yet */
	bool wants_frame, is_anew;
	char trouble[256]; /* why the last sample failed; "" */
	enum theme theme;  /* that the terminal has been set to */
	int exit_code;
};

/* The monotonic clock. */
uint64_t screen_now_ns(void);

/* viewer-sample.c: take a snapshot if it is time to, and show one that has come. */
void screen_sample(struct screen *screen);
/* The rows of what is shown; and the lines of the details, if those are. */
void screen_make_rows(struct screen *screen);
void screen_make_report(struct screen *screen);
/* End, with screen->trouble as the last word. */
void screen_leave(struct screen *screen, int exit_code);

#endif /* PIDNS_TOP_VIEWER_SCREEN_H */
