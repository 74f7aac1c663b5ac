/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header.h - the lines above the list: totals, the machine, and what cannot be seen. */
#ifndef PIDNS_TOP_HEADER_H
#define PIDNS_TOP_HEADER_H

#include <stddef.h>

#include "pidns-top/ui/app.h"
#include "sample.h"
#include "rows.h"
#include "pidns-top/view.h"

/* What the totals are made of: PIDNS_NS_*. */
#define HEADER_NS_FIELDS                                                             \
	(PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES | PIDNS_NS_STATE | \
	 PIDNS_NS_PIDS_USED | PIDNS_NS_PIDS_MAX | PIDNS_NS_LAST_PID)

#define HEADER_LINES 5
#define HEADER_WIDTH 1024

#define HEADER_SPANS 12

/* A part of a line that looks different, or that a click is meant for. */
struct header_span {
	size_t at, len; /* bytes of the text */
	enum style style;
	int key; /* what pressing it is as good as; 0: nothing */
};

struct header {
	size_t count;
	struct header_line {
		enum style style;
		size_t nr_spans;
		struct header_span spans[HEADER_SPANS];
		char text[HEADER_WIDTH]; /* clean */
	} lines[HEADER_LINES];
};

/* As many lines as suit a screen of that size. `trouble`, if not "", is why the last sample failed. */
void header_make(struct header *header, const struct app *app, const struct rows *rows,
		 const struct sample *sample, const char *trouble, unsigned int width,
		 unsigned int height);

#endif /* PIDNS_TOP_HEADER_H */
