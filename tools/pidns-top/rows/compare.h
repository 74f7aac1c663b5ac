/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compare.h - what is different between two moments, as lines. */
#ifndef PIDNS_TOP_COMPARE_H
#define PIDNS_TOP_COMPARE_H

#include "pidns-top/ui/app.h"
#include "sample.h"

/*
 * What the moment shown has that the marked one has not, and the other way round: of namespaces, or, while the
 * processes of one are shown, of these. Without memory there are fewer lines.
 */
void report_make_compare(struct report *report, const struct app *app, const struct sample *sample,
			 size_t width);

/* "02:05:17": when it was taken; else since the machine was started. */
#define COMPARE_TIME_SIZE 32
void compare_time(const struct sample *sample, char *out);

#endif /* PIDNS_TOP_COMPARE_H */
