/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recording.h - the tables behind both halves of a recording, so that they cannot disagree:
 * recording.c expands them over the public records it writes, recording/replay.c over the raw facts
 * it reads. The format is described in doc/recording.md.
 */
#ifndef PIDNS_RECORDING_H
#define PIDNS_RECORDING_H

#include <stddef.h>
#include <stdint.h>

#include "pidnsinfo.h"

#define RECORDING_MAGIC	  "pidns-recording"
#define RECORDING_VERSION 1

/* The first word of each line after the magic. */
#define RECORDING_HEAD "snapshot"
#define RECORDING_NS   "ns"
#define RECORDING_TASK "task"
#define RECORDING_END  "end"
/* Notes on a namespace: which there are, and one line for each thing in them. */
#define RECORDING_NOTES	    "notes"
#define RECORDING_CONTAINER "container"
#define RECORDING_LIMIT	    "limit"
#define RECORDING_PIN	    "pin"
#define RECORDING_ZOMBIE    "zombie"

/* The last line ends in this word and the 16 hexadecimal digits of the hash of all before them. */
#define RECORDING_CHECKSUM	  "fnv1a64="
#define RECORDING_CHECKSUM_DIGITS 16

/* Where a list of words has none. */
#define RECORDING_NONE "-"

/* What a value looks like, and the member that holds it. */
enum recording_type {
	RECORDING_U64,	  /* decimal */
	RECORDING_U32,	  /* decimal */
	RECORDING_I32,	  /* decimal; never negative, such a value is left out */
	RECORDING_PID,	  /* the same: 0 is no process */
	RECORDING_BOOL,	  /* uint32_t: 0 or 1 */
	RECORDING_STATE,  /* uint32_t: a word of pidns_state_name() */
	RECORDING_LETTER, /* uint32_t: one letter */
	RECORDING_TEXT,	  /* const char *: all but printable ASCII is \ooo, space and \ too;
			     NULL is left out */
	RECORDING_VPIDS,  /* decimals separated by commas, outermost first */
	RECORDING_PIDMAP, /* how many numbers a block has, a colon, and decimals separated by commas */
	RECORDING_PARENT, /* the inode of the namespace above */
	RECORDING_BELOW,  /* of a pin: the inode of a namespace; left out where there is none */
	RECORDING_REF,	  /* the inode of a namespace; left out where that is not known */
	RECORDING_FLAGS,  /* uint32_t: words of RECORDING_FLAG_NAMES, separated by commas */
	RECORDING_UNSEEN, /* uint32_t: words of pidns_unseen_name(), separated by commas */
	RECORDING_NOTED,  /* uint64_t: words of RECORDING_NOTE_NAMES, separated by commas */
	RECORDING_LKIND,  /* uint32_t: a word of pidns_limit_name() */
	RECORDING_PKIND,  /* uint32_t: a word of pidns_pin_name() */
	RECORDING_CHILD,  /* uint32_t: a word of RECORDING_SIGCHLD_NAMES */
	RECORDING_ERRNO,  /* int32_t: a word of recording_error_name() */
};

/* What the second line and the last hold. */
struct recording_head {
	uint64_t known; /* RECORDING_KNOWN_* */
	uint64_t time_ns;
	const char *provider;
	uint32_t flags;
	uint32_t cannot_see;
	uint64_t root; /* inode of the reader's own namespace */
	uint64_t wall_time_ns;
	const char *host;
	const char *boot_id;
	uint64_t time_ns_ino; /* inode of the reader's time namespace */
};

#define RECORDING_KNOWN_TIME	  (UINT64_C(1) << 0)
#define RECORDING_KNOWN_ROOT	  (UINT64_C(1) << 1)
#define RECORDING_KNOWN_WALL_TIME (UINT64_C(1) << 2)
#define RECORDING_KNOWN_TIME_NS	  (UINT64_C(1) << 3)

struct recording_end {
	uint64_t known; /* RECORDING_KNOWN_COUNT once there */
	uint64_t namespaces;
	uint64_t tasks;
};

#define RECORDING_KNOWN_COUNT (UINT64_C(1) << 0)

/*
 * The tables of namespaces and tasks are those of core/facts.h. Here is what else a line can hold.
 * POURED(TYPE, key, member, raw, known): `member` of the record written, `raw` of the facts read.
 * A field is written where the bit `known` is set; 0: always.
 */
#define RECORDING_HEAD_FIELDS(POURED)                                                    \
	POURED(U64, time_ns, time_ns, time_ns, RECORDING_KNOWN_TIME)                     \
	POURED(TEXT, provider, provider, provider, 0)                                    \
	POURED(FLAGS, flags, flags, flags, 0)                                            \
	POURED(UNSEEN, cannot_see, cannot_see, cannot_see, 0)                            \
	POURED(U64, root, root, root, RECORDING_KNOWN_ROOT)                              \
	POURED(U64, wall_time_ns, wall_time_ns, wall_time_ns, RECORDING_KNOWN_WALL_TIME) \
	POURED(TEXT, host, host, host, 0)                                                \
	POURED(TEXT, boot_id, boot_id, boot_id, 0)                                       \
	POURED(U64, time_ns_ino, time_ns_ino, time_ns_ino, RECORDING_KNOWN_TIME_NS)

#define RECORDING_END_FIELDS(POURED)                                           \
	POURED(U64, namespaces, namespaces, namespaces, RECORDING_KNOWN_COUNT) \
	POURED(U64, tasks, tasks, tasks, RECORDING_KNOWN_COUNT)

/* The "known" of a container whose cgroup is an ordinary user's. */
#define RECORDING_IS_USERS (UINT64_C(1) << 0)

/* What note_line is read into has the same members as the public record, but for ns of a pin. */
#define RECORDING_NOTES_FIELDS(POURED) POURED(NOTED, known, known, noted, 0)

#define RECORDING_CONTAINER_FIELDS(POURED)                                      \
	POURED(TEXT, name, name, container.name, 0)                             \
	POURED(TEXT, id, id, container.id, 0)                                   \
	POURED(TEXT, runtime, runtime, container.runtime, 0)                    \
	POURED(TEXT, source, source, container.source, 0)                       \
	POURED(TEXT, pod, pod, container.pod, 0)                                \
	POURED(U32, is_users, is_users, container.is_users, RECORDING_IS_USERS) \
	POURED(U32, owner_uid, owner_uid, container.owner_uid, RECORDING_IS_USERS)

#define RECORDING_LIMIT_FIELDS(POURED)                            \
	POURED(LKIND, kind, kind, limit.kind, 0)                  \
	POURED(U64, used, used, limit.used, PIDNS_LIMIT_USED)     \
	POURED(U64, max, max, limit.max, PIDNS_LIMIT_MAX)         \
	POURED(U64, hits, hits, limit.hits, PIDNS_LIMIT_HITS)     \
	POURED(TEXT, source, source, limit.source, 0)             \
	POURED(ERRNO, error, error, limit.error, 0)               \
	POURED(U32, is_fork, is_fork, limit.is_fork, 0)           \
	POURED(U32, flags, flags, limit.flags, PIDNS_LIMIT_FLAGS) \
	POURED(TEXT, holders, holders, limit.holders, 0)

#define RECORDING_PIN_FIELDS(POURED)               \
	POURED(PKIND, kind, kind, pin.kind, 0)     \
	POURED(I32, pid, pid, pin.pid, 0)          \
	POURED(I32, fd, fd, pin.fd, 0)             \
	POURED(I32, parent, parent, pin.parent, 0) \
	POURED(TEXT, path, path, pin.path, 0)      \
	POURED(BELOW, below, ns, below, 0)         \
	POURED(U64, count, count, pin.count, 0)

#define RECORDING_ZOMBIE_FIELDS(POURED)                     \
	POURED(I32, pid, pid, zombie.pid, 0)                \
	POURED(I32, parent, parent, zombie.parent, 0)       \
	POURED(U64, start_ns, start_ns, zombie.start_ns, 0) \
	POURED(CHILD, sigchld, sigchld, zombie.sigchld, 0)  \
	POURED(U32, parent_is_reaper, parent_is_reaper, zombie.parent_is_reaper, 0)

#define RECORDING_NOTE_NAMES(X)              \
	X(PIDNS_NOTE_LIMITS, "limits")       \
	X(PIDNS_NOTE_CONTAINER, "container") \
	X(PIDNS_NOTE_PINS, "pins")           \
	X(PIDNS_NOTE_ZOMBIE, "zombie")

#define RECORDING_SIGCHLD_NAMES(X)          \
	X(PIDNS_SIGCHLD_DEFAULT, "default") \
	X(PIDNS_SIGCHLD_IGNORED, "ignored") \
	X(PIDNS_SIGCHLD_HANDLED, "handled")

#define RECORDING_FLAG_NAMES(X)              \
	X(PIDNS_SNAPSHOT_PARTIAL, "partial") \
	X(PIDNS_SNAPSHOT_RACED, "raced")     \
	X(PIDNS_SNAPSHOT_SUBSET, "subset")   \
	X(PIDNS_SNAPSHOT_THREADS, "threads")

/* recording/names.c: the word for a value of such a type, or for one bit of it; NULL: none. Only for
 * types whose values are words. */
const char *recording_word(enum recording_type type, uint32_t value);
/* The i-th errno that a limit can have, and the word for it; NULL after the last. */
const char *recording_error_name(size_t i, int32_t *ret_error);

#endif /* PIDNS_RECORDING_H */
