/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rows-internal.h - between rows.c and rows-tree.c. */
#ifndef PIDNS_TOP_ROWS_INTERNAL_H
#define PIDNS_TOP_ROWS_INTERNAL_H

#include "pidns-top/ui/app.h"
#include "sample.h"
#include "rows.h"

/* rows.c: sort these as the view is sorted. 0 or -ENOMEM. */
int rows_sort(const struct rows *rows, const struct app *app, const struct sample *sample,
	      struct row *list, size_t count);

/*
 * rows-tree.c: rows->list holds every namespace in pre-order, those that the filter does not want
 * marked is_context. Makes a tree of it: siblings sorted, what is folded or has no match left out,
 * and the tree's lines. 0 or -ENOMEM.
 */
int rows_plant(struct rows *rows, const struct app *app, const struct sample *sample);

#endif /* PIDNS_TOP_ROWS_INTERNAL_H */
