/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record-series.h - one snapshot after another. Implemented in record-series.c. */
#ifndef PIDNS_RECORD_SERIES_H
#define PIDNS_RECORD_SERIES_H

#include "options.h"

struct series_plan {
	const struct pidns_take_opts *opts;
	uint64_t every_ns;
	unsigned long keep; /* 0: all */
	uint64_t nr;	    /* how many were taken */
};

/* Until SIGINT, SIGTERM or SIGHUP. 0, with the last snapshot; or an exit code after the message is out. */
int record_series(const struct options *options, struct pidns_ctx *ctx, struct series_plan *plan,
		  struct pidns_snapshot **ret_last);

#endif /* PIDNS_RECORD_SERIES_H */
