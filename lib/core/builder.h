/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* builder.h - the two ends of a builder's life, for ctx.c; pouring is in provider.h. */
#ifndef PIDNS_BUILDER_H
#define PIDNS_BUILDER_H

#include "pidnsinfo.h"
#include "base/util.h"

struct builder;

/* provider: a static string. flags: PIDNS_SNAPSHOT_* known beforehand. NULL: no memory. */
struct builder *builder_new(const char *provider, uint32_t flags, const struct why *why);

/*
 * Check, link, sort and freeze what was poured in; the builder is spent whatever the outcome.
 * 0, -ENOMEM, or -EPROTO with a sentence: the facts contradict each other.
 */
int builder_freeze(struct builder *b, struct pidns_snapshot **ret_snapshot);
struct builder *builder_free(struct builder *b);

#endif /* PIDNS_BUILDER_H */
