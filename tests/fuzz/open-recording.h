/* SPDX-License-Identifier: GPL-2.0-or-later */
/* open-recording.h - opens what a target has written as a recording. */
#ifndef PIDNS_FUZZ_OPEN_RECORDING_H
#define PIDNS_FUZZ_OPEN_RECORDING_H

#include <stdio.h>

#include "fuzz.h"
#include "pidnsinfo.h"

/* NULL: it was refused, with one sentence. */
static inline struct pidns_ctx *open_recording(int fd)
{
	char path[32], why[256] = "";
	const struct pidns_open_opts opts = {.size = sizeof(opts),
					     .provider = "replay",
					     .source = path,
					     .why = why,
					     .why_len = sizeof(why)};
	struct pidns_ctx *ctx = NULL;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (pidns_open(&opts, &ctx) < 0) {
		must(!ctx && *why && !strchr(why, '\n'));
		return NULL;
	}
	return ctx;
}

#endif /* PIDNS_FUZZ_OPEN_RECORDING_H */
