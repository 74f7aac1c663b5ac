/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refused.h - refusals of fork, clone and unshare, counted while the exporter runs. */
#ifndef PIDNS_METRICS_REFUSED_H
#define PIDNS_METRICS_REFUSED_H

#include <stdbool.h>
#include <stdio.h>

#include "common/source.h"

struct refusals;

/* Follow them from now on, where the kernel and the caller's rights allow; where not, the reason is
 * on stderr. NULL: no memory. `source` lives as long. */
struct refusals *refusals_open(const struct source *source);
void refusals_close(struct refusals *refusals);
/* To be polled for reading; -1: none are followed. */
int refusals_fd(const struct refusals *refusals);
/* Count what has come. True: there may be more, and the descriptor need not say so. */
bool refusals_read(struct refusals *refusals);
/* The same before they are written, and begin again where following them had failed. */
void refusals_refresh(struct refusals *refusals);

/* `refusals` may be NULL here: nothing is followed then. */
void refusals_write(const struct refusals *refusals, FILE *file);
bool refusals_are_followed(const struct refusals *refusals);
/* The kernel itself says which limit it was. */
bool refusals_have_limits(const struct refusals *refusals);

#endif /* PIDNS_METRICS_REFUSED_H */
