/* SPDX-License-Identifier: GPL-2.0-or-later */
/* draw.h - one frame: the state of the UI and its rows become cells of the terminal. */
#ifndef PIDNS_TOP_DRAW_H
#define PIDNS_TOP_DRAW_H

#include <stdbool.h>

#include "pidns-top/ui/app.h"
#include "pidns-top/rows/header.h"
#include "pidns-top/rows/layout.h"
#include "pidns-top/rows/sample.h"
#include "pidns-top/rows/rows.h"

/* Where the parts of a screen stand. */
struct draw_frame {
	unsigned int height, width;
	struct header header;
	struct layout layout;
	unsigned int list_y; /* first row of the list; the titles are above it */
	unsigned int page;   /* rows it has */
	unsigned int pane_y; /* of the pane below it; 0: there is none */
};

/* Divide the screen: app.page is what this says, before rows are chosen to be looked up. */
void draw_plan(struct draw_frame *frame, const struct app *app, const struct rows *rows,
	       const struct sample *sample, const char *trouble, unsigned int height,
	       unsigned int width);
void draw(const struct draw_frame *frame, const struct app *app, const struct rows *rows,
	  const struct sample *sample, bool is_anew);

/* What stands at that place of what was drawn. */
void draw_hit(const struct draw_frame *frame, const struct app *app, const struct rows *rows,
	      unsigned int y, unsigned int x, struct app_hit *ret);

#endif /* PIDNS_TOP_DRAW_H */
