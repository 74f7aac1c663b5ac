// SPDX-License-Identifier: GPL-2.0-or-later
/* source.c - where the facts come from: --provider and --from. */
#include "source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "message.h"

#define WHY_SIZE 512

/* A build may lack these, and then cannot serve; asking for them is no mistake of usage. */
static const char *const optional_providers[] = {"netlink", "bpf"};

static bool provider_is_built(const char *name)
{
	const char *known;

	for (size_t i = 0; (known = pidns_provider_name(i)); i++)
		if (!strcmp(name, known))
			return true;
	return !strcmp(name, "auto");
}

static int check_provider(const char *name)
{
	if (!name || provider_is_built(name))
		return 0;
	for (size_t i = 0; i < sizeof(optional_providers) / sizeof(optional_providers[0]); i++)
		if (!strcmp(name, optional_providers[i]))
			return message_exit(EXIT_CANNOT_SERVE,
					    "%s: this build has no such provider", name);
	return message_exit(EXIT_USAGE,
			    "\"%.64s\" is no provider: try netlink, bpf, procfs, replay or auto",
			    name);
}

static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* A file the user named is "anything else"; a kernel that gives nothing "cannot serve". */
static int exit_code(const struct source *source, int error)
{
	switch (error) {
	case -EOPNOTSUPP:
		return EXIT_CANNOT_SERVE;
	case -ENOMEM:
	case -EMFILE:
	case -ENFILE:
	case -E2BIG:
		return EXIT_FAILED;
	case -EINVAL:
		return source->from ? EXIT_FAILED : EXIT_USAGE;
	default:
		return source->from ? EXIT_FAILED : EXIT_CANNOT_SERVE;
	}
}

/* The library's sentence where it wrote one; it may name the source itself. */
int source_failed(const struct source *source, int error, const char *why)
{
	int code = exit_code(source, error);
	const char *name = source->from ? source->from : source->provider;

	if (!*why)
		why = strerror(-error);
	if (!name || !strncmp(why, name, strlen(name)))
		return message_exit(code, "%s", why);
	return message_exit(code, "%s: %s", name, why);
}

uint32_t source_once(bool is_all)
{
	return is_all ? PIDNS_OPEN_ALL : 0;
}

int source_open(const struct source *source, uint32_t open_flags, struct pidns_ctx **ret_ctx)
{
	char why[WHY_SIZE] = "";
	const struct pidns_open_opts opts = {
		.size = sizeof(opts),
		.provider = source->provider,
		.source = source->from,
		.why = why,
		.why_len = sizeof(why),
		.flags = open_flags,
	};
	int r = check_provider(source->provider);

	if (r)
		return r;
	if (source->from && !*source->from)
		return message_exit(EXIT_FAILED, "\"\": %s", strerror(ENOENT));
	raise_file_limit();
	r = pidns_open(&opts, ret_ctx);
	if (r < 0)
		return source_failed(source, r, why);
	/* A better provider should have worked, and another one does instead. */
	if (*why)
		message("%s; asking %s", why, pidns_provider(*ret_ctx));
	return 0;
}

int source_take(const struct source *source, struct pidns_ctx *ctx,
		const struct pidns_take_opts *opts, struct pidns_snapshot **ret_snapshot)
{
	char why[WHY_SIZE] = "";
	struct pidns_take_opts with_why = *opts;
	int r;

	with_why.why = why;
	with_why.why_len = sizeof(why);
	r = pidns_snapshot_take(ctx, &with_why, ret_snapshot);
	return r < 0 ? source_failed(source, r, why) : 0;
}

struct text {
	char *start;
	size_t len, size;
};

static void __attribute__((format(printf, 2, 3))) append(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t->start + t->len, t->size - t->len, format, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n < t->size - t->len ? (size_t)n : t->size - t->len - 1;
}

/* "unborn, dead and fd" */
static void append_words(struct text *t, uint32_t bits)
{
	for (bool first = true; bits; first = false) {
		uint32_t bit = bits & -bits;
		const char *word = pidns_unseen_name(bit);

		bits &= ~bit;
		append(t, "%s%s", first ? "" : bits ? ", " : " and ", word ? word : "other");
	}
}

/* --all looks for these, as far as the asker's rights go. */
#define FOUND_BY_ALL (PIDNS_UNSEEN_DEAD | PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND)

static void append_namespaces(struct text *t, uint32_t unseen, bool all_helps, const char *better)
{
	bool finds_some = all_helps && unseen & FOUND_BY_ALL;

	append(t, " ");
	append_words(t, unseen);
	append(t, " namespaces (%s%s could%s)", finds_some ? "--all finds some, " : "", better,
	       finds_some ? " all" : "");
}

/* netlink hides from who has not the rights; bpf sees what an older kernel lets it find. */
static const char *could_see_more(const char *provider)
{
	if (!strcmp(provider, "netlink"))
		return "root";
	return strcmp(provider, "bpf") ? "netlink or bpf" : "netlink";
}

size_t source_unseen_text(const struct pidns_snapshot *snapshot, uint32_t take_flags,
			  uint32_t relevant, char *text, size_t size)
{
	const char *provider = pidns_snapshot_provider(snapshot);
	bool is_recording = !strcmp(provider, "replay"), is_procfs = !strcmp(provider, "procfs");
	const char *other = could_see_more(provider);
	const char *better = geteuid() ? "root" : other;
	uint32_t unseen = pidns_snapshot_cannot_see(snapshot) & relevant;
	struct text t = {.start = text, .size = size};
	const char *comma = "";

	*text = '\0';
	if (!unseen)
		return 0;
	append(&t, is_recording ? "%s: the recording lacks" : "%s cannot see", provider);
	if (unseen & SOURCE_UNSEEN_NAMESPACES) {
		append_namespaces(&t, unseen & SOURCE_UNSEEN_NAMESPACES,
				  is_procfs && !(take_flags & PIDNS_TAKE_ALL), other);
		comma = ",";
	}
	if (unseen & PIDNS_UNSEEN_TASKS) {
		append(&t, "%s some tasks (%s could)", comma, better);
		comma = ",";
	}
	if (unseen & PIDNS_UNSEEN_NS_LINKS)
		append(&t, "%s the namespace of some tasks (%s could)", comma, better);
	return t.len;
}

void source_tell_unseen(const struct pidns_snapshot *snapshot, uint32_t take_flags,
			uint32_t relevant)
{
	char text[WHY_SIZE];

	if (source_unseen_text(snapshot, take_flags, relevant, text, sizeof(text)))
		message("%s", text);
}
