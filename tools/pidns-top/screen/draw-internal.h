/* SPDX-License-Identifier: GPL-2.0-or-later */
/* draw-internal.h - what the files draw*.c share. */
#ifndef PIDNS_TOP_DRAW_INTERNAL_H
#define PIDNS_TOP_DRAW_INTERNAL_H

#include "draw.h"
#include "term.h"

/* So much text as fits from x on, padded to the end of the line. */
void draw_put_line(const struct draw_frame *frame, unsigned int y, unsigned int x, const char *text,
		   enum style style);
/* What leaves the page; or why the last key did nothing. */
void draw_page_end(const struct draw_frame *frame, const struct app *app, const char *words);

/* draw-bottom.c: which keys are offered, from column to column; so many at the most as there are
 * requests. */
struct draw_offer {
	unsigned int begin, end;
	enum request request;
};
size_t draw_plan_offers(const struct draw_frame *frame, const struct app *app,
			const struct rows *rows, struct draw_offer *list);
/* Where the cursor of a prompt is. */
unsigned int draw_bottom(const struct draw_frame *frame, const struct app *app,
			 const struct rows *rows, unsigned int y);

/* draw-menu.c: what is on that line of the menu, or of the setup; false: nothing. */
bool draw_menu_hit(const struct draw_frame *frame, const struct app *app, unsigned int y,
		   size_t *ret_at);

/* draw-menu.c. Both return the line of the choice. */
unsigned int draw_menu(const struct draw_frame *frame, const struct app *app);
unsigned int draw_setup(const struct draw_frame *frame, const struct app *app);

#endif /* PIDNS_TOP_DRAW_INTERNAL_H */
