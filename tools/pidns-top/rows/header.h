/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header.h - the lines above the list: totals, the machine, and what cannot be seen. */
#ifndef PIDNS_TOP_HEADER_H
#define PIDNS_TOP_HEADER_H

#include <stddef.h>

#include "pidns-top/ui/app.h"
#include "picture.h"
#include "rows.h"
#include "pidns-top/view.h"

/* What the totals are made of: PIDNS_NS_*. */
#define HEADER_NS_FIELDS (PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES | PIDNS_NS_STATE)

#define HEADER_LINES 5
#define HEADER_WIDTH 1024

struct header {
	size_t count;
	struct {
		enum style style;
		char text[HEADER_WIDTH]; /* clean */
	} lines[HEADER_LINES];
};

/* As many lines as suit a screen of that size. `trouble`, if not "", is why the last look failed. */
void header_make(struct header *header, const struct app *app, const struct rows *rows,
		 const struct picture *picture, const char *trouble, unsigned int width,
		 unsigned int height);

#endif /* PIDNS_TOP_HEADER_H */
