/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* replay.h - one snapshot of a recording. Implemented in recording/replay.c. */
#ifndef PIDNS_RECORDING_REPLAY_H
#define PIDNS_RECORDING_REPLAY_H

#include "bytes.h"
#include "core/provider.h"

struct replay;

/* Read all of it. `name` is for sentences. -EPROTO: it is none, or damaged; -ENOMEM, or as read(2). */
int replay_read(const char *name, const struct recording_bytes *bytes, const struct why *why,
		struct replay **ret_replay);
void replay_free(struct replay *replay);

/* As those of a provider. */
int replay_pour(const struct replay *replay, const struct request *request, struct builder *b);
int replay_notes(const struct replay *replay, struct annotation *a);

#endif /* PIDNS_RECORDING_REPLAY_H */
