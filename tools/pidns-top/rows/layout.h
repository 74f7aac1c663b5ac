/* SPDX-License-Identifier: GPL-2.0-or-later */
/* layout.h - which columns of a view fit a width, where they stand, and what they need to know. */
#ifndef PIDNS_TOP_LAYOUT_H
#define PIDNS_TOP_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "pidns-top/ui/app.h"
#include "rows.h"
#include "pidns-top/view.h"

#define LAYOUT_MAX (32 + PIDNS_LEVEL_MAX)

struct layout_column {
	const struct column *column;
	unsigned int arg;   /* of a repeated column: which; else 0 */
	unsigned int x;	    /* its first screen column … */
	unsigned int width; /* … and how many it has; one is left free after it */
};

struct layout {
	struct layout_column columns[LAYOUT_MAX];
	size_t count;
};

/* Lay out the columns of the app's view for `width`. At least one column is always there. */
void layout_make(struct layout *layout, const struct app *app, const struct rows *rows,
		 unsigned int width);

/* What has to be known: of every task and namespace, and of the tasks on the screen alone. */
struct layout_needs {
	uint64_t ns_fields, task_fields;
	uint64_t screen_fields;
	uint32_t notes; /* PIDNS_TAKE_* */
};

void layout_needs(const struct layout *layout, const struct app *app, struct layout_needs *ret);

/* For every column of every view, so that nothing is left to ask. */
void layout_needs_all(struct layout_needs *ret);

/* Fill the cell of that column, fitted to its width. `out` needs CELL_SIZE. */
void layout_fill(const struct layout_column *at, struct cell_source *source, struct cell *cell);
/* The column's title: `is_sorted` is whether rows are sorted by it. */
void layout_title(const struct layout_column *at, char *out, size_t size);

#endif /* PIDNS_TOP_LAYOUT_H */
