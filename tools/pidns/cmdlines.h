/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdlines.h - the command lines of a lot of tasks at a time, from the helper process. */
#ifndef PIDNS_CMDLINES_H
#define PIDNS_CMDLINES_H

#include <pidnsinfo.h>
#include <stddef.h>

#include "cmdline.h"

/* How many may be asked for at once. */
#define CMDLINES_MAX 64

struct cmdlines {
	struct cmdline_helper *helper; /* NULL: there are no command lines to be had */
	char *texts[CMDLINES_MAX];     /* arguments with a space between; NULL: not known */
	size_t lens[CMDLINES_MAX];
};

/* Start the helper, if the context is one of living processes. One that cannot be started is said
 * on stderr, and all command lines are unknown. `from` as in struct source. */
void cmdlines_open(struct cmdlines *c, const struct pidns_ctx *ctx, const char *from);
void cmdlines_close(struct cmdlines *c);

/* Forget the last lot and ask for this one. A helper that hangs is said on stderr, once. */
void cmdlines_ask(struct cmdlines *c, const struct pidns_task *const *lot, size_t nr);
/* Of lot[i]; NULL: not known. Valid until the next lot. */
const char *cmdlines_get(const struct cmdlines *c, size_t i, size_t *ret_len);

#endif /* PIDNS_CMDLINES_H */
