/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the command line. */
#ifndef PIDNS_TOP_OPTIONS_H
#define PIDNS_TOP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/source.h"

struct options {
	struct source source;
	bool has_no_mouse;
	bool is_batch, is_plain, is_readonly, has_colour, is_all;
	unsigned long iterations; /* 0: without end */
	unsigned int width;	  /* of a line in batch mode; 0: as wide as it gets */
	double delay;		  /* 0: not given */
	const char *sort; /* a column's name, "-" before it to reverse; NULL: as the view has it */
	const char *target; /* whose processes to show; NULL: the namespaces */
};

/* Returned by options_parse(): go on. Anything else is an exit code, all having been said. */
#define OPTIONS_GO_ON (-1)

int options_parse(int argc, char **argv, struct options *options);

#endif /* PIDNS_TOP_OPTIONS_H */
