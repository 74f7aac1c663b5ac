// SPDX-License-Identifier: LGPL-2.1-or-later
/* ctx.c - open, close, probe, take. */
#include "annotate/annotate.h"
#include "base/origin.h"
#include "core/builder.h"
#include "ctx.h"
#include "providers.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct pidns_ctx {
	const struct provider *provider;
	void *state;
	int root; /* of the machine; -1: "/" */
};

int pidns_probe(const char *name, char *text, size_t text_len)
{
	const struct why why = {text, text_len};
	const struct provider *provider = name ? provider_find(name) : NULL;

	if (!provider)
		return why_set(&why, -EINVAL, "no such provider");
	return provider_probe(provider, &why);
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
	*ret = provider_with(S_ISDIR(st.st_mode) ? PIDNS_PROVIDER_PROCFS : PIDNS_PROVIDER_RECORDED);
	return 0;
}

/* *ret_failed: it should have worked. That the kernel has it not, or that this caller may not use
 * it, or would be shown less by it than by others, is no failure. */
static int open_if_it_suits(const struct provider *provider, const struct why *why,
			    void **ret_state, bool *ret_failed)
{
	int r = provider->may ? provider->may(why) : 0;

	*ret_failed = false;
	if (r < 0)
		return r;
	r = provider_open(provider, NULL, why, ret_state);
	*ret_failed = r < 0 && r != -EOPNOTSUPP;
	if (r < 0 || !provider->suits)
		return r;
	r = provider->suits(*ret_state, why);
	*ret_failed = r < 0 && r != -EACCES;
	if (r < 0)
		provider->close(*ret_state);
	return r;
}

/* The first in the table that works on the running kernel, and open. The sentence of a better one
 * that should have worked is left behind. */
static int open_first(uint32_t flags, const struct why *why, const struct provider **ret,
		      void **ret_state)
{
	char failure[256] = "", text[256] = "";
	const struct why reason = {text, sizeof(text)};
	const struct provider *provider;
	bool has_failed;
	int r = -EOPNOTSUPP;

	for (size_t i = 0; (provider = provider_at(i)); i++) {
		if (provider->flags & PIDNS_PROVIDER_RECORDED ||
		    (provider->start_is_costly && flags & PIDNS_OPEN_FEW))
			continue;
		r = open_if_it_suits(provider, &reason, ret_state, &has_failed);
		if (r >= 0) {
			*ret = provider;
			why_set(why, 0, "%s", failure);
			return 0;
		}
		if (has_failed && !*failure)
			memcpy(failure, text, sizeof(text));
	}
	return why_set(why, r, "%s", text);
}

/* The procfs of a machine whose root is elsewhere. No link there leads out of it: neither that to its
 * procfs, which is followed nowhere. */
static int open_below_root(struct pidns_ctx *ctx, const struct pidns_open_opts *opts,
			   const struct why *why)
{
	const char *wanted = opts->provider ? opts->provider : "auto";
	char name[PATH_MAX];
	int proc, r;

	ctx->provider = strcmp(wanted, "auto") ? provider_find(wanted)
					       : provider_with(PIDNS_PROVIDER_PROCFS);
	if (!ctx->provider)
		return why_set(why, -EINVAL, "no such provider: %s", wanted);
	if (opts->source || !ctx->provider->open_at)
		return why_set(why, -EINVAL, "%s: cannot be asked about another root",
			       opts->source ? opts->source : wanted);
	snprintf(name, sizeof(name), "%s/proc", opts->root);
	ctx->root = open(opts->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	proc = ctx->root < 0 ? -1
			     : openat(ctx->root, "proc",
				      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (proc < 0) {
		r = -errno;
		return why_set(why, r, "%s: %s", ctx->root < 0 ? opts->root : name, strerror(-r));
	}
	return ctx->provider->open_at(proc, name, why, &ctx->state);
}

static int open_provider(struct pidns_ctx *ctx, const struct pidns_open_opts *opts,
			 const struct why *why)
{
	int r = 0;

	if (opts->root)
		return open_below_root(ctx, opts, why);
	if (opts->provider && strcmp(opts->provider, "auto")) {
		ctx->provider = provider_find(opts->provider);
		if (!ctx->provider)
			return why_set(why, -EINVAL, "no such provider: %s", opts->provider);
	} else if (opts->source) {
		r = choose_for_source(opts->source, why, &ctx->provider);
	} else {
		return open_first(opts->flags, why, &ctx->provider, &ctx->state);
	}
	if (r >= 0 && opts->at && ctx->provider->moments)
		return ctx->provider->moments->open_at(opts->source, opts->at, why, &ctx->state);
	return r < 0 ? r : provider_open(ctx->provider, opts->source, why, &ctx->state);
}

/* Only what is asked about a source that has moments can be asked about another than now. */
static int check_at(const struct pidns_open_opts *opts, const struct pidns_ctx *ctx,
		    const struct why *why)
{
	if (!opts->at || (ctx->provider && ctx->provider->moments))
		return 0;
	if (ctx->provider)
		ctx->provider->close(ctx->state);
	return why_set(why, -EINVAL, "%s: only a recording has other moments than now",
		       opts->source ? opts->source : opts->at);
}

int pidns_open(const struct pidns_open_opts *user, struct pidns_ctx **ret_ctx)
{
	struct pidns_open_opts opts = {.size = sizeof(opts)};
	_cleanup_free_ struct pidns_ctx *ctx = NULL;
	struct why why;
	int r = user ? util_copy_opts(&opts, sizeof(opts), user) : 0;

	if (r < 0)
		return r;
	why = (struct why){opts.why, opts.why_len};
	if (opts.flags & ~(PIDNS_OPEN_LONG_LIVED | PIDNS_OPEN_ALL | PIDNS_OPEN_FEW) ||
	    opts.reserved)
		return why_set(&why, -EINVAL, "unknown flags %#x", opts.flags);
	ctx = calloc(1, sizeof(*ctx));
	if (!ctx)
		return why_set(&why, -ENOMEM, "out of memory");
	ctx->root = -1;
	r = open_provider(ctx, &opts, &why);
	if (r >= 0)
		r = check_at(&opts, ctx, &why);
	if (r < 0 && ctx->root >= 0)
		close(ctx->root);
	if (r < 0)
		return r == -ENOMEM ? why_set(&why, r, "out of memory") : r;
	*ret_ctx = steal_pointer(&ctx);
	return 0;
}

struct pidns_ctx *pidns_close(struct pidns_ctx *ctx)
{
	if (ctx) {
		ctx->provider->close(ctx->state);
		if (ctx->root >= 0)
			close(ctx->root);
		free(ctx);
	}
	return NULL;
}

const char *pidns_provider(const struct pidns_ctx *ctx)
{
	return ctx->provider->name;
}

size_t pidns_moments(const struct pidns_ctx *ctx, const uint64_t **ret_wall_time_ns)
{
	*ret_wall_time_ns = NULL;
	return ctx->provider->moments ? ctx->provider->moments->times(ctx->state, ret_wall_time_ns)
				      : 0;
}

size_t pidns_moment(const struct pidns_ctx *ctx)
{
	return ctx->provider->moments ? ctx->provider->moments->now(ctx->state) : 0;
}

int pidns_moment_move(struct pidns_ctx *ctx, size_t moment, char *text, size_t text_len)
{
	const struct why why = {text, text_len};
	int r = -EOPNOTSUPP;

	if (!ctx->provider->moments)
		return why_set(&why, r, "only a recording has other moments than now");
	r = ctx->provider->moments->move(ctx->state, moment, &why);
	return r == -ENOMEM ? why_set(&why, r, "out of memory") : r;
}

int pidns_listen(const struct pidns_ctx *ctx)
{
	return ctx->provider->listen ? ctx->provider->listen(ctx->state) : -EOPNOTSUPP;
}

bool ctx_is_living(const struct pidns_ctx *ctx)
{
	return !(ctx->provider->flags & PIDNS_PROVIDER_RECORDED);
}

bool ctx_has_events(const struct pidns_ctx *ctx)
{
	return ctx->provider->events;
}

/* A fact of a namespace that the builder makes of facts of its tasks, or of its reaper's. */
static const struct {
	uint64_t ns_field, task_fields, reaper_fields;
} made_of[] = {
	{PIDNS_NS_THREADS, PIDNS_TASK_THREADS, 0}, {PIDNS_NS_PIDS_USED, PIDNS_TASK_THREADS, 0},
	{PIDNS_NS_ZOMBIES, PIDNS_TASK_STATE, 0},   {PIDNS_NS_JOINED, PIDNS_TASK_PPID, 0},
	{PIDNS_NS_STATE, 0, PIDNS_TASK_STATE},	   {PIDNS_NS_REAPER_START, 0, PIDNS_TASK_START},
};

#define NOTES (PIDNS_TAKE_LIMITS | PIDNS_TAKE_CONTAINERS | PIDNS_TAKE_PINS | PIDNS_TAKE_ZOMBIES)

/* What an annotator reads in the snapshot. */
static const struct {
	uint32_t flag;
	uint64_t ns_fields, task_fields;
} read_for[] = {
	{PIDNS_TAKE_LIMITS,
	 PIDNS_NS_STATE | PIDNS_NS_LEVEL | PIDNS_NS_PIDS_USED | PIDNS_NS_PIDS_MAX |
		 PIDNS_NS_OWNER_UID | PIDNS_NS_OWNER_NS | PIDNS_NS_REAPER,
	 PIDNS_TASK_RUID | PIDNS_TASK_THREADS | PIDNS_TASK_STATE},
	{PIDNS_TAKE_CONTAINERS, PIDNS_NS_REAPER | PIDNS_NS_REAPER_START, 0},
	{PIDNS_TAKE_PINS, PIDNS_NS_STATE | PIDNS_NS_REAPER,
	 PIDNS_TASK_STATE | PIDNS_TASK_PPID | PIDNS_TASK_THREADS | PIDNS_TASK_NS_FOR_CHILDREN},
	{PIDNS_TAKE_ZOMBIES, PIDNS_NS_REAPER,
	 PIDNS_TASK_STATE | PIDNS_TASK_PPID | PIDNS_TASK_THREADS | PIDNS_TASK_START},
};

/* The caller's wish, and what it takes to annotate as it wishes. */
static void widen_for_notes(struct pidns_take_opts *opts, uint64_t dear)
{
	for (size_t i = 0; i < ARRAY_SIZE(read_for); i++)
		if (opts->flags & read_for[i].flag) {
			opts->ns_fields |= read_for[i].ns_fields;
			opts->task_fields |= read_for[i].task_fields & ~dear;
			if (read_for[i].task_fields)
				opts->flags &= ~PIDNS_TAKE_NAMESPACES;
		}
	/* A task's children may be born in a namespace that only this task leads to. */
	if (opts->flags & PIDNS_TAKE_LIMITS && opts->limits_of)
		opts->task_fields |= PIDNS_TASK_NS_FOR_CHILDREN;
}

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
	if (opts->flags & PIDNS_TAKE_OF_ONE) {
		request->of_ns = opts->of_ns;
		request->of_pid = opts->of_pid ? opts->of_pid : opts->limits_of;
	}
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

/* The procfs of the provider; -1: it has none, and that at /proc is the one to ask. */
static int procfs_of(const struct pidns_ctx *ctx)
{
	return ctx->provider->procfs ? ctx->provider->procfs(ctx->state) : -1;
}

static int annotate_snapshot(const struct pidns_ctx *ctx, const struct pidns_take_opts *opts,
			     struct pidns_snapshot *snapshot)
{
	struct annotation a = {.snapshot = snapshot,
			       .procfs = -1,
			       .root = ctx->root,
			       .flags = opts->flags,
			       .limits_of = opts->limits_of,
			       .of_ns = opts->of_ns,
			       .of_pid = opts->of_pid};

	if (ctx->provider->notes)
		return ctx->provider->notes(ctx->state, &a);
	if (!(opts->flags & NOTES))
		return 0;
	a.procfs = procfs_of(ctx);
	return annotate_machine(&a);
}

/* What a provider lacks that cannot know what files and mounts keep. */
static int find_kept(const struct pidns_ctx *ctx, const struct request *request, struct builder *b)
{
	const struct provider *helper;

	if (!ctx->provider->lacks_kept || !(request->flags & PIDNS_TAKE_ALL) ||
	    !(builder_unseen(b) & (PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND)))
		return 0;
	for (size_t i = 0; (helper = provider_at(i)); i++)
		if (helper->find_kept)
			return helper->find_kept(request, b);
	return 0;
}

int pidns_snapshot_take(struct pidns_ctx *ctx, const struct pidns_take_opts *user,
			struct pidns_snapshot **ret_snapshot)
{
	struct pidns_take_opts opts = {.size = sizeof(opts),
				       .ns_fields = PIDNS_FIELDS_ALL,
				       .task_fields = PIDNS_FIELDS_ALL};
	struct pidns_snapshot *snapshot = NULL;
	struct request request;
	struct origin origin;
	struct builder *b;
	uint32_t flags = 0;
	int r = user ? util_copy_opts(&opts, sizeof(opts), user) : 0;

	if (r < 0)
		return r;
	widen_for_notes(&opts, ctx->provider->dear);
	request_from(&request, &opts);
	if (opts.flags & ~(PIDNS_TAKE_THREADS | PIDNS_TAKE_ALL | PIDNS_TAKE_NAMESPACES |
			   PIDNS_TAKE_OF_ONE | NOTES) ||
	    opts.reserved || opts.reserved_2 || opts.reserved_3)
		return why_set(&request.why, -EINVAL, "unknown flags %#x", opts.flags);
	if (opts.flags & PIDNS_TAKE_OF_ONE && !opts.limits_of && !opts.of_pid && !opts.of_ns)
		return why_set(&request.why, -EINVAL, "one namespace is meant, and none is named");
	if (opts.flags & PIDNS_TAKE_NAMESPACES && opts.pids)
		return why_set(&request.why, -EINVAL, "tasks are asked for, and not");
	if (opts.flags & PIDNS_TAKE_THREADS)
		flags |= PIDNS_SNAPSHOT_THREADS;
	if (opts.pids)
		flags |= PIDNS_SNAPSHOT_SUBSET;
	b = builder_new(ctx->provider->name, flags, &request.why);
	if (!b)
		return why_set(&request.why, -ENOMEM, "out of memory");
	r = ctx->provider->take(ctx->state, &request, b);
	if (r >= 0)
		r = find_kept(ctx, &request, b);
	if (r >= 0 && ctx_is_living(ctx)) {
		origin_read(procfs_of(ctx), &origin);
		builder_set_origin(b, &origin);
	}
	if (r >= 0)
		r = builder_freeze(b, &snapshot);
	else
		b = builder_free(b);
	if (r >= 0)
		r = annotate_snapshot(ctx, &opts, snapshot);
	if (r >= 0)
		*ret_snapshot = snapshot;
	else
		pidns_snapshot_unref(snapshot);
	return r == -ENOMEM ? why_set(&request.why, r, "out of memory") : r;
}
