/* SPDX-License-Identifier: GPL-2.0-or-later */
/* filter.h - which rows -Q EXPR keeps: an expression of scols-filter(5), evaluated by libsmartcols. */
#ifndef PIDNS_FILTER_H
#define PIDNS_FILTER_H

#include "common/field.h"
#include "options.h"

struct columns;
struct filter;

/* Parse options->filter. What it names is added to what `columns` ask for. 0 and with no -Q NULL; or
 * an exit code after the message is out. */
int filter_open(const struct options *options, struct columns *columns, struct filter **ret);
struct filter *filter_close(struct filter *filter);

/* 1: the row is kept, which it always is by no filter; 0: it is not; -ENOMEM. */
int filter_keeps(struct filter *filter, const struct field_row *row);

#endif /* PIDNS_FILTER_H */
