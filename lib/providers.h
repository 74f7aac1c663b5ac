/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* providers.h - the table of providers, for ctx.c. Implemented in providers.c. */
#ifndef PIDNS_PROVIDERS_H
#define PIDNS_PROVIDERS_H

#include "core/provider.h"

/* The i-th in order of preference; NULL past the last. */
const struct provider *provider_at(size_t i);
const struct provider *provider_find(const char *name);
/* The first that has this PIDNS_PROVIDER_* bit. */
const struct provider *provider_with(uint32_t flag);

/* As the provider's own, also for one that this build lacks: -EOPNOTSUPP with a sentence. */
int provider_probe(const struct provider *provider, const struct why *why);
int provider_open(const struct provider *provider, const char *source, const struct why *why,
		  void **ret_state);

/* Where events come from, whatever provider takes snapshots; NULL: this build has no such source, with
 * a sentence. */
const struct event_source *provider_event_source(const struct why *why);

#endif /* PIDNS_PROVIDERS_H */
