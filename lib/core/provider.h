/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * provider.h - facts, and the few functions that make a provider.
 *
 * A provider knows one way of asking one kernel. It pours raw facts into a builder, in any order,
 * and knows nothing of trees or snapshots. The table of providers is in providers.c.
 */
#ifndef PIDNS_PROVIDER_H
#define PIDNS_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#include "pidnsinfo.h"
#include "facts.h"
#include "request.h"
#include "base/extra.h"
#include "base/util.h"

struct annotation;
struct event_source;
struct builder;
struct origin;

#define RAW_MEMBER(type, member, at, name, bit, help) FACT_C_##type member;

/* What a provider reports of a namespace. An inode of 0 means "not known". */
struct raw_ns {
	uint64_t known;		/* PIDNS_NS_* of the fields below */
	uint64_t ino;		/* the key; required */
	uint64_t parent_ino;	/* with PIDNS_NS_PARENT; 0: nothing above may be seen */
	uint32_t pidmap_block;	/* with PIDNS_NS_PIDMAP: PIDs per block … */
	uint32_t nr_pidmap;	/* … how many blocks there are, */
	const uint32_t *pidmap; /* and how many PIDs of each are in use */
	/* pids_used is exact: without it the builder makes a lower bound of the tasks. reaper is 0
	 * where there is none. The counts are of a snapshot without its tasks only. */
	PIDNS_NS_FACTS(RAW_MEMBER, RAW_MEMBER, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP)
};

/* What a provider reports of a task. */
struct raw_task {
	uint64_t known; /* PIDNS_TASK_* of the fields below; pid and tid are required */
	uint64_t ns_ino;
	uint64_t ns_for_children_ino;
	const int32_t *vpids; /* with PIDNS_TASK_VPIDS: outermost first, vpids[0] == tid */
	const char *comm;
	uint32_t nr_vpids;
	int32_t pid;
	int32_t tid;
	uint32_t exiting; /* PF_EXITING: with state, tells an init that is going down */
	PIDNS_TASK_FACTS(RAW_MEMBER, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP, FACT_SKIP)
};

/*
 * What a provider pours into (builder.c). Facts about one namespace may come in several pieces and
 * are merged. All copy what they are given. 0; -ENOMEM; -EPROTO with a sentence: contradicts itself.
 */
int builder_add_ns(struct builder *b, const struct raw_ns *raw);
int builder_add_task(struct builder *b, const struct raw_task *raw);
/* The reader's own namespace: the root that all numbers speak of. */
int builder_set_root(struct builder *b, uint64_t ino);
/* PIDNS_SNAPSHOT_* and PIDNS_UNSEEN_* bits, added up. */
void builder_add_flags(struct builder *b, uint32_t flags);
void builder_clear_flags(struct builder *b, uint32_t flags);
void builder_add_unseen(struct builder *b, uint32_t unseen);
void builder_clear_unseen(struct builder *b, uint32_t unseen);
uint32_t builder_unseen(const struct builder *b);
/* Has a namespace of that inode been spoken of, be it as a parent? */
bool builder_has_ns(const struct builder *b, uint64_t ino);
/*
 * What tasks hold keeps namespaces, too. A provider that looks through every task it pours says so,
 * and then what it found: an open nsfs file or a pidfd, or descriptor -1 for a process with more than its
 * first thread, or which it could not look through. So the files of all need not be listed again. 0 or
 * -ENOMEM.
 */
void builder_know_holders(struct builder *b);
int builder_add_holder(struct builder *b, const struct holder *holder);
/* Which namespaces a process is in, for annotators. 0 or -ENOMEM. */
int builder_add_task_namespaces(struct builder *b, const struct task_namespaces *of);
/* Of a process, for annotators. 0 or -ENOMEM. */
int builder_add_extra(struct builder *b, const struct task_extra *extra);
/* How many PIDs of each block of a namespace are in use; trailing empty blocks may be left out. */
int builder_add_pidmap(struct builder *b, uint64_t ino, uint32_t block, const uint32_t *used,
		       uint32_t nr);
/* Forget all facts that were poured: a provider begins again. */
void builder_start_over(struct builder *b);
/* CLOCK_BOOTTIME of the snapshot; the builder's own clock if never said. */
void builder_set_time(struct builder *b, uint64_t time_ns);
/* For a recording: the provider that took it in the first place. 0 or -ENOMEM. */
int builder_set_taken_by(struct builder *b, const char *provider);
void builder_set_origin(struct builder *b, const struct origin *origin);

/* A source that has more moments than one. */
struct moment_source {
	/* As open, at the moment that `at` of pidns_open_opts means; NULL: the last. */
	int (*open_at)(const char *source, const char *at, const struct why *why, void **ret_state);
	/* CLOCK_REALTIME of each, 0 where not known, borrowed; how many. */
	size_t (*times)(const void *state, const uint64_t **ret_times);
	size_t (*now)(const void *state);
	/* What is taken from now on is of that one. On failure it stays. */
	int (*move)(void *state, size_t index, const struct why *why);
};

struct provider {
	const char *name;
	/* What this build would have needed for it, where it has only the name; else NULL. */
	const char *lacks;
	uint32_t flags; /* PIDNS_PROVIDER_* */
	/* Its start costs more than asking about a few tasks: "auto" leaves it out where the caller
	 * says PIDNS_OPEN_FEW. */
	bool start_is_costly;
	/* Where it says PIDNS_UNSEEN_FD and PIDNS_UNSEEN_BIND, and all are wanted, these namespaces are
	 * to be had from find_kept of another. */
	bool lacks_kept;
	/* PIDNS_TASK_*: what costs so much that annotators ask for it themselves, of few. */
	uint64_t dear;
	/* Is this caller one for whom it could work? Asked by "auto" before it is opened, where that
	 * costs something. 0 or -Exxx and why. NULL: every caller is. */
	int (*may)(const struct why *why);
	/* Can it work here? 0 or -Exxx and why. */
	int (*probe)(const struct why *why);
	/* source as in pidns_open_opts; *ret_state is passed to the others. */
	int (*open)(const char *source, const struct why *why, void **ret_state);
	/* The same of what is open already; `name` is for messages. Takes `fd` in any case. NULL: it
	 * has no use for a root. */
	int (*open_at)(int fd, const char *name, const struct why *why, void **ret_state);
	/* May "auto" take it for this caller, who would see no less by it than by what comes after?
	 * 0 or -Exxx and why. NULL: whenever it opens. */
	int (*suits)(void *state, const struct why *why);
	int (*take)(void *state, const struct request *request, struct builder *b);
	/* Namespaces without tasks that files and mounts of tasks keep, poured beside all that another
	 * provider knows: these two bits are cleared then, or remain. 0 or -Exxx. NULL: it knows none. */
	int (*find_kept)(const struct request *request, struct builder *b);
	/* A descriptor that is readable once something may have changed, and is emptied by read(2)
	 * without waiting; -Exxx. NULL: no such events. */
	int (*listen)(void *state);
	/* The procfs that speaks of the same tasks by the same numbers, borrowed, for annotators.
	 * NULL: the one at /proc, if it does. */
	int (*procfs)(void *state);
	/* The notes it has already, for a snapshot that is not handed out yet (annotate.h): 0 or
	 * -ENOMEM. NULL: they are to be made. */
	int (*notes)(void *state, struct annotation *a);
	void (*close)(void *state);
	/* What has happened, as the kernel says it. NULL: it is not such a kernel. */
	const struct event_source *events;
	/* NULL: there is only now. */
	const struct moment_source *moments;
};

extern const struct provider provider_netlink;
extern const struct provider provider_bpf;
extern const struct provider provider_procfs;
extern const struct provider provider_replay;

#endif /* PIDNS_PROVIDER_H */
