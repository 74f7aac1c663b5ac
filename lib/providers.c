// SPDX-License-Identifier: LGPL-2.1-or-later
/* providers.c - the one table of providers: a new one is a folder and a line here. */
#include "providers.h"

#include <errno.h>
#include <string.h>

#include "base/util.h"

/* One that this build lacks says what it would have needed. */
#define ABSENT(word, need) (&(const struct provider){.name = (word), .lacks = (need)})
#ifndef HAVE_NETLINK
#define PROVIDER_NETLINK ABSENT("netlink", "libnl")
#else
#define PROVIDER_NETLINK (&provider_netlink)
#endif
#ifndef HAVE_BPF
#define PROVIDER_BPF ABSENT("bpf", "clang, bpftool and libbpf")
#else
#define PROVIDER_BPF (&provider_bpf)
#endif

/* In order of preference: none reports more than the one before it. */
static const struct provider *const providers[] = {
	PROVIDER_NETLINK,
	PROVIDER_BPF,
	&provider_procfs,
	&provider_replay,
};

const struct provider *provider_at(size_t i)
{
	return i < ARRAY_SIZE(providers) ? providers[i] : NULL;
}

const struct provider *provider_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(providers); i++)
		if (!strcmp(providers[i]->name, name))
			return providers[i];
	return NULL;
}

const struct provider *provider_with(uint32_t flag)
{
	for (size_t i = 0; i < ARRAY_SIZE(providers); i++)
		if (providers[i]->flags & flag)
			return providers[i];
	return NULL;
}

const char *pidns_provider_name(size_t i)
{
	return i < ARRAY_SIZE(providers) ? providers[i]->name : NULL;
}

uint32_t pidns_provider_flags(const char *name)
{
	const struct provider *provider = name ? provider_find(name) : NULL;

	return provider ? provider->flags : 0;
}

/* A provider that is left out of this build has nothing but a name. */
static int check_built(const struct provider *provider, const struct why *why)
{
	if (!provider->lacks)
		return 0;
	return why_set(why, -EOPNOTSUPP, "%s: left out of this build, which lacked %s",
		       provider->name, provider->lacks);
}

int provider_probe(const struct provider *provider, const struct why *why)
{
	int r = check_built(provider, why);

	return r < 0 ? r : provider->probe(why);
}

int provider_open(const struct provider *provider, const char *source, const struct why *why,
		  void **ret_state)
{
	int r = check_built(provider, why);

	return r < 0 ? r : provider->open(source, why, ret_state);
}

const struct event_source *provider_event_source(const struct why *why)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(providers); i++)
		if (providers[i]->events)
			return providers[i]->events;
	why_set(why, -EOPNOTSUPP, "bpf: left out of this build");
	return NULL;
}
