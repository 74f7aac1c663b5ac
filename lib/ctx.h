/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ctx.h - what watch.c may ask of a context. Implemented in ctx.c. */
#ifndef PIDNS_CTX_H
#define PIDNS_CTX_H

#include <stdbool.h>

#include "pidnsinfo.h"

/* Whether a second snapshot may differ from the first. */
bool ctx_is_living(const struct pidns_ctx *ctx);
/* Whether its snapshots are of what attached programs report, so that one may be kept by events. */
bool ctx_has_events(const struct pidns_ctx *ctx);

#endif /* PIDNS_CTX_H */
