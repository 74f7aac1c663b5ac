/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pane.h - the lines below the list: who the selected row is, what is wrong with it, what happened to it. */
#ifndef PIDNS_TOP_PANE_H
#define PIDNS_TOP_PANE_H

#include <stddef.h>

#include "pidns-top/ui/app.h"
#include "pidns-top/view.h"
#include "sample.h"
#include "rows.h"

/* Its title, and the lines. */
#define PANE_LINES 4
/* On a screen that is higher than that. */
#define PANE_HEIGHT 24

#define PANE_WIDTH 2048

struct pane {
	enum style style;		    /* of the second line: how bad it is */
	char lines[PANE_LINES][PANE_WIDTH]; /* clean */
};

/* Of the selected row, in lines of that width. */
void pane_make(struct pane *pane, const struct app *app, const struct rows *rows,
	       const struct sample *sample, size_t width);

#endif /* PIDNS_TOP_PANE_H */
