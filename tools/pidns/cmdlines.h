/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmdlines.h - the command lines of a lot of tasks at a time, from the helper process. */
#ifndef PIDNS_CMDLINES_H
#define PIDNS_CMDLINES_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/cmdline.h"
#include "common/source.h"

/* How many may be asked for at once. */
#define CMDLINES_MAX 64

struct cmdlines {
	const char *from; /* as source_proc() has it */
	char proc[SOURCE_PROC_MAX];
	bool is_wanted; /* false: there are none to be had, or not asked for */
	struct cmdline_helper *helper;
	char *texts[CMDLINES_MAX]; /* arguments with a space between; NULL: not known */
	size_t lens[CMDLINES_MAX];
};

/* From now on there are command lines, if the context is one of living processes. */
void cmdlines_open(struct cmdlines *c, const struct pidns_ctx *ctx, const struct source *source);
void cmdlines_close(struct cmdlines *c);

/* Forget the last lot and ask for this one. The helper is started for the first, after the snapshot
 * is taken, so that it is not in it. One that cannot be started, or hangs, is said on stderr, once. */
void cmdlines_ask(struct cmdlines *c, const struct pidns_task *const *lot, size_t nr);
/* Of lot[i]; NULL: not known. Valid until the next lot. */
const char *cmdlines_get(const struct cmdlines *c, size_t i, size_t *ret_len);

#endif /* PIDNS_CMDLINES_H */
