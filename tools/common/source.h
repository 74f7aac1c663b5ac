/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source.h - where the facts come from: --provider and --from, and what to say when they do not. */
#ifndef PIDNS_SOURCE_H
#define PIDNS_SOURCE_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source {
	const char *provider; /* --provider; NULL: auto */
	const char *from;     /* --from: a recording, or the root of a procfs; NULL: this machine */
	const char *root;     /* --root: a machine's root directory; NULL: "/" */
	const char *at; /* --at: of a recording, the last snapshot at or before; NULL: the last */
};

/* The procfs that is asked, where it is not /proc: else NULL. It may be a recording's name. `text` has room for
 * SOURCE_PROC_MAX bytes. */
#define SOURCE_PROC_MAX 4096
const char *source_proc(const struct source *source, char *text);
/* The names that --provider takes, as in a sentence; `text` has room for SOURCE_NAMES_MAX bytes. */
#define SOURCE_NAMES_MAX 128
const char *source_provider_names(char *text);
/* Whether it reports a recording, which never changes. */
bool source_is_recording(const struct pidns_ctx *ctx);
/* Another machine's, whose users are not those of this one? */
bool source_is_elsewhere(const struct source *source);

/*
 * Open it. Also raises the soft limit of open files to the hard one, for a provider may keep a
 * descriptor for each namespace while it looks. 0, or an exit code after the message is out:
 * EXIT_USAGE for an unknown provider, EXIT_CANNOT_SERVE or EXIT_FAILED.
 */
int source_open(const struct source *source, uint32_t open_flags, struct pidns_ctx **ret_ctx);

/* The message of a failure of the library's, and the exit code for it. */
int source_failed(const struct source *source, int error, const char *why);

/* Take a snapshot of what source_open() gave: 0, or an exit code after the message is out. */
int source_take(const struct source *source, struct pidns_ctx *ctx,
		const struct pidns_take_opts *opts, struct pidns_snapshot **ret_snapshot);

/* The bits of pidns_snapshot_cannot_see() that may make a list of namespaces, or of tasks, short. */
#define SOURCE_UNSEEN_NAMESPACES                                                         \
	(PIDNS_UNSEEN_UNBORN | PIDNS_UNSEEN_DEAD | PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND | \
	 PIDNS_UNSEEN_PIDFD | PIDNS_UNSEEN_PROCFS_MOUNT | PIDNS_UNSEEN_PINS)
#define SOURCE_UNSEEN_TASKS (PIDNS_UNSEEN_TASKS | PIDNS_UNSEEN_NS_LINKS)

/*
 * One sentence on what may be missing, and what shows more: "procfs may miss tasks (root sees
 * more)". With "pidns: " before it, it fits 79 columns. Returns its length; 0 and an empty text
 * where `unseen`, PIDNS_UNSEEN_* bits, is 0.
 */
size_t source_unseen_sentence(const char *provider, uint32_t unseen, uint32_t take_flags,
			      bool is_root, char *text, size_t size);
/* The same of the `relevant` bits of `snapshot`, which was taken with take_flags. */
size_t source_unseen_text(const struct pidns_snapshot *snapshot, uint32_t take_flags,
			  uint32_t relevant, char *text, size_t size);
/* The same on stderr, if there is anything to say. */
void source_tell_unseen(const struct pidns_snapshot *snapshot, uint32_t take_flags,
			uint32_t relevant);

#endif /* PIDNS_SOURCE_H */
