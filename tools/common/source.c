// SPDX-License-Identifier: GPL-2.0-or-later
/* source.c - where the facts come from: --provider, --from and --root. */
#include "source.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "message.h"

#define WHY_SIZE 512

const char *source_provider_names(char *text)
{
	size_t len = 0;
	const char *name;

	for (size_t i = 0; (name = pidns_provider_name(i)) && len < SOURCE_NAMES_MAX; i++)
		len += (size_t)snprintf(text + len, SOURCE_NAMES_MAX - len, "%s%s", i ? ", " : "",
					name);
	if (len < SOURCE_NAMES_MAX)
		snprintf(text + len, SOURCE_NAMES_MAX - len, " or auto");
	return text;
}

/* Its place in the order of preference; past the last: no such provider. */
static size_t find_provider(const char *wanted)
{
	const char *name;
	size_t i;

	for (i = 0; (name = pidns_provider_name(i)) && strcmp(name, wanted); i++)
		;
	return i;
}

static int check_provider(const char *name)
{
	char names[SOURCE_NAMES_MAX];

	if (!name || !strcmp(name, "auto") || pidns_provider_name(find_provider(name)))
		return 0;
	return message_exit(EXIT_USAGE, "\"%.64s\" is not a provider: try %s", name,
			    source_provider_names(names));
}

bool source_is_recording(const struct pidns_ctx *ctx)
{
	return pidns_provider_flags(pidns_provider(ctx)) & PIDNS_PROVIDER_RECORDED;
}

const char *source_proc(const struct source *source, char *text)
{
	if (!source->root)
		return source->from;
	snprintf(text, SOURCE_PROC_MAX, "%s/proc", source->root);
	return text;
}

bool source_is_elsewhere(const struct source *source)
{
	return source->from || source->root;
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
		return source->from && !source->at ? EXIT_FAILED : EXIT_USAGE;
	default:
		return source_is_elsewhere(source) ? EXIT_FAILED : EXIT_CANNOT_SERVE;
	}
}

/* The library's sentence where it wrote one; it may name the source itself. */
int source_failed(const struct source *source, int error, const char *why)
{
	int code = exit_code(source, error);
	const char *name = source->from ? source->from : source->root;

	if (!name)
		name = source->provider;

	if (!*why)
		why = strerror(-error);
	if (!name || !strncmp(why, name, strlen(name)))
		return message_exit(code, "%s", why);
	return message_exit(code, "%s: %s", name, why);
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
		.root = source->root,
		.at = source->at,
	};
	int r = check_provider(source->provider);

	if (r)
		return r;
	if (source->from && source->root)
		return message_exit(EXIT_USAGE, "--from and --root exclude each other");
	if (source->at && !source->from)
		return message_exit(EXIT_USAGE, "--at needs a recording, with --from");
	if (source->from && !*source->from)
		return message_exit(EXIT_FAILED, "\"\": %s", strerror(ENOENT));
	raise_file_limit();
	r = pidns_open(&opts, ret_ctx);
	if (r < 0)
		return source_failed(source, r, why);
	/* A better provider should have worked, and another one does instead. */
	if (*why && source_is_recording(*ret_ctx))
		message("%s", why);
	else if (*why)
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

/* --all looks for these, as far as the caller's rights go. */
#define FOUND_BY_ALL (PIDNS_UNSEEN_DEAD | PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND)

/* A task whose namespace is unknown may be in one that is not listed. */
static const char *what_is_missing(uint32_t unseen)
{
	bool has_links = unseen & PIDNS_UNSEEN_NS_LINKS;

	if (!(unseen & PIDNS_UNSEEN_TASKS)) {
		if (unseen & SOURCE_UNSEEN_NAMESPACES)
			return has_links ? "namespaces" : "namespaces without tasks";
		return "the namespaces of some tasks";
	}
	return has_links || unseen & SOURCE_UNSEEN_NAMESPACES ? "namespaces and tasks" : "tasks";
}

/* --all where it helps; for root, the providers that are preferred to this one. Two words at most. */
static void what_shows_more(const char *provider, uint32_t unseen, uint32_t take_flags,
			    bool is_root, char *text, size_t size)
{
	const char *words[2] = {"root", NULL};
	size_t nr = 0, at = find_provider(provider);

	bool finds_more = pidns_provider_flags(provider) & PIDNS_PROVIDER_PROCFS ||
			  !(unseen & PIDNS_UNSEEN_TASKS);

	if (finds_more && unseen & FOUND_BY_ALL && !(take_flags & PIDNS_TAKE_ALL))
		words[nr++] = "--all";
	while (is_root && at && nr < 2)
		words[nr++] = pidns_provider_name(--at);
	if (!is_root && nr)
		words[nr++] = "root";
	snprintf(text, size, "%s%s%s %s more", words[0], words[1] ? " or " : "",
		 words[1] ? words[1] : "", nr ? "shows" : "sees");
}

size_t source_unseen_sentence(const char *provider, uint32_t unseen, uint32_t take_flags,
			      bool is_root, char *text, size_t size)
{
	char more[64];

	*text = '\0';
	if (!unseen)
		return 0;
	what_shows_more(provider, unseen, take_flags, is_root, more, sizeof(more));
	if (pidns_provider_flags(provider) & PIDNS_PROVIDER_RECORDED)
		snprintf(text, size, "the recording may lack %s", what_is_missing(unseen));
	else
		snprintf(text, size, "%s may miss %s (%s)", provider, what_is_missing(unseen),
			 more);
	return strlen(text);
}

size_t source_unseen_text(const struct pidns_snapshot *snapshot, uint32_t take_flags,
			  uint32_t relevant, char *text, size_t size)
{
	return source_unseen_sentence(pidns_snapshot_provider(snapshot),
				      pidns_snapshot_cannot_see(snapshot) & relevant, take_flags,
				      !geteuid(), text, size);
}

/* "recorded 2026-11-29 12:40:11 +0000, web1, boot 5e0c…"; "": nothing of it is known. */
static void recorded_text(const struct pidns_snapshot *snapshot, char *text, size_t size)
{
	time_t seconds = (time_t)(pidns_snapshot_wall_time(snapshot) / 1000000000);
	const char *host = pidns_snapshot_host(snapshot), *boot = pidns_snapshot_boot_id(snapshot);
	char when[64] = "";
	struct tm tm;

	*text = '\0';
	if (!(pidns_provider_flags(pidns_snapshot_provider(snapshot)) & PIDNS_PROVIDER_RECORDED))
		return;
	if (seconds && localtime_r(&seconds, &tm))
		strftime(when, sizeof(when), " %F %T %z", &tm);
	if (*when || host || boot)
		snprintf(text, size, "recorded%s%s%.64s%s%.64s", when, host ? " on " : "",
			 host ? host : "", boot ? ", boot " : "", boot ? boot : "");
}

void source_tell_unseen(const struct pidns_snapshot *snapshot, uint32_t take_flags,
			uint32_t relevant)
{
	char text[WHY_SIZE], recorded[WHY_SIZE];

	if (pidns_snapshot_cannot_see(snapshot) & PIDNS_UNSEEN_PINS)
		snprintf(text, sizeof(text),
			 "too many files and mounts to look at all: some pins may be missing");
	else
		source_unseen_text(snapshot, take_flags, relevant, text, sizeof(text));
	recorded_text(snapshot, recorded, sizeof(recorded));
	if (*text || *recorded)
		message("%s%s%s", recorded, *text && *recorded ? "; " : "", text);
}
