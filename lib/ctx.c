// SPDX-License-Identifier: LGPL-2.1-or-later
/* ctx.c - the one table of providers; open, close, probe, take. */
#include "builder.h"
#include "provider.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* In the order "auto" tries them. */
static const struct provider *const providers[] = {
	&provider_procfs,
	&provider_replay,
};

struct pidns_ctx {
	const struct provider *provider;
	void *state;
};

const char *pidns_provider_name(size_t i)
{
	return i < ARRAY_SIZE(providers) ? providers[i]->name : NULL;
}

static const struct provider *provider_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(providers); i++)
		if (!strcmp(providers[i]->name, name))
			return providers[i];
	return NULL;
}

int pidns_probe(const char *name, char *text, size_t text_len)
{
	const struct why why = {text, text_len};
	const struct provider *provider = name ? provider_find(name) : NULL;

	if (!provider)
		return why_set(&why, -EINVAL, "no such provider");
	return provider->probe(&why);
}

/* A recording is a file; the root of a procfs is a directory. */
static int choose_for_source(const char *source, const struct why *why, const struct provider **ret)
{
	struct stat st;
	int r;

	if (stat(source, &st) < 0) {
		r = -errno;
		return why_set(why, r, "%s: %s", source, strerror(-r));
	}
	*ret = S_ISDIR(st.st_mode) ? &provider_procfs : &provider_replay;
	return 0;
}

/* The first in the table that works on the running kernel. */
static int choose(const struct why *why, const struct provider **ret)
{
	size_t i;
	int r = -EOPNOTSUPP;

	for (i = 0; i < ARRAY_SIZE(providers) && providers[i] != &provider_replay; i++) {
		r = providers[i]->probe(why);
		if (r >= 0) {
			*ret = providers[i];
			return 0;
		}
	}
	return r;
}

int pidns_open(const struct pidns_open_opts *user, struct pidns_ctx **ret_ctx)
{
	struct pidns_open_opts opts = {.size = sizeof(opts)};
	const struct provider *provider = NULL;
	_cleanup_free_ struct pidns_ctx *ctx = NULL;
	struct why why;
	int r = user ? util_copy_opts(&opts, sizeof(opts), user) : 0;

	if (r < 0)
		return r;
	why = (struct why){opts.why, opts.why_len};
	if (opts.flags & ~PIDNS_OPEN_LONG_LIVED || opts.reserved)
		return why_set(&why, -EINVAL, "unknown flags %#x", opts.flags);
	if (opts.provider && strcmp(opts.provider, "auto")) {
		provider = provider_find(opts.provider);
		if (!provider)
			return why_set(&why, -EINVAL, "no such provider: %s", opts.provider);
	} else {
		r = opts.source ? choose_for_source(opts.source, &why, &provider)
				: choose(&why, &provider);
		if (r < 0)
			return r;
	}
	ctx = malloc(sizeof(*ctx));
	if (!ctx)
		return why_set(&why, -ENOMEM, "out of memory");
	ctx->provider = provider;
	ctx->state = NULL;
	r = provider->open(opts.source, &why, &ctx->state);
	if (r < 0)
		return r == -ENOMEM ? why_set(&why, r, "out of memory") : r;
	*ret_ctx = steal_pointer(&ctx);
	return 0;
}

struct pidns_ctx *pidns_close(struct pidns_ctx *ctx)
{
	if (ctx) {
		ctx->provider->close(ctx->state);
		free(ctx);
	}
	return NULL;
}

const char *pidns_provider(const struct pidns_ctx *ctx)
{
	return ctx->provider->name;
}

/* A fact of a namespace that the builder makes of facts of its tasks, or of its reaper's. */
static const struct {
	uint64_t ns_field, task_fields, reaper_fields;
} made_of[] = {
	{PIDNS_NS_THREADS, PIDNS_TASK_THREADS, 0}, {PIDNS_NS_PIDS_USED, PIDNS_TASK_THREADS, 0},
	{PIDNS_NS_ZOMBIES, PIDNS_TASK_STATE, 0},   {PIDNS_NS_JOINED, PIDNS_TASK_PPID, 0},
	{PIDNS_NS_STATE, 0, PIDNS_TASK_STATE},	   {PIDNS_NS_REAPER_START, 0, PIDNS_TASK_START},
};

static void request_from(struct request *request, const struct pidns_take_opts *opts)
{
	size_t i;

	*request = (struct request){
		.ns_fields = opts->ns_fields,
		.task_fields = opts->task_fields,
		.reaper_fields = opts->reaper_fields,
		.pids = opts->pids,
		.nr_pids = opts->nr_pids,
		.flags = opts->flags,
		.why = {opts->why, opts->why_len},
	};
	if (request->task_fields & PIDNS_TASK_HAS_JOINED)
		request->task_fields |= PIDNS_TASK_PPID;
	for (i = 0; i < ARRAY_SIZE(made_of); i++) {
		if (!(opts->ns_fields & made_of[i].ns_field))
			continue;
		request->reaper_fields |= made_of[i].reaper_fields;
		/* Threads that are listed one by one need not be counted; nor do a chosen few. */
		if (opts->pids || (made_of[i].task_fields == PIDNS_TASK_THREADS &&
				   opts->flags & PIDNS_TAKE_THREADS))
			continue;
		request->task_fields |= made_of[i].task_fields;
	}
	request->reaper_fields |= request->task_fields;
}

int pidns_snapshot_take(struct pidns_ctx *ctx, const struct pidns_take_opts *user,
			struct pidns_snapshot **ret_snapshot)
{
	struct pidns_take_opts opts = {.size = sizeof(opts),
				       .ns_fields = PIDNS_FIELDS_ALL,
				       .task_fields = PIDNS_FIELDS_ALL};
	struct request request;
	struct builder *b;
	uint32_t flags = 0;
	int r = user ? util_copy_opts(&opts, sizeof(opts), user) : 0;

	if (r < 0)
		return r;
	request_from(&request, &opts);
	if (opts.flags & ~(PIDNS_TAKE_THREADS | PIDNS_TAKE_ALL) || opts.reserved)
		return why_set(&request.why, -EINVAL, "unknown flags %#x", opts.flags);
	if (opts.flags & PIDNS_TAKE_THREADS)
		flags |= PIDNS_SNAPSHOT_THREADS;
	if (opts.pids)
		flags |= PIDNS_SNAPSHOT_SUBSET;
	b = builder_new(ctx->provider->name, flags, &request.why);
	if (!b)
		return why_set(&request.why, -ENOMEM, "out of memory");
	r = ctx->provider->take(ctx->state, &request, b);
	if (r >= 0)
		r = builder_freeze(b, ret_snapshot);
	else
		b = builder_free(b);
	return r == -ENOMEM ? why_set(&request.why, r, "out of memory") : r;
}
