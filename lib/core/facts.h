/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * facts.h - the one place where a fact is declared. A row gives its type, its member of the public
 * record and the offset of that member, its bit of `known`, and what it means.
 *
 * From these rows come the raw facts that providers report (provider.h), the copy that the builder
 * makes, both tables of the recording format, and the test of the binary interface; and, written by
 * `lib/core/facts.py`, the bits and records of pidnsinfo.h and of the Python module. The help of the
 * columns is the text here, too. A new fact is a new row at the end of its table, with the next bit
 * and the next offset, and its source in each provider that has it. Bits and offsets are the binary
 * interface: a row never changes.
 *
 *   POURED   a provider reports it: a member of the same name in the raw facts
 *   COUNTED  the builder counts it; the raw facts have it for snapshots without their tasks
 *   DERIVED  the builder makes it from other facts; recorded for other readers of the file
 *   SPECIAL  as POURED, but converted by hand: `raw` is where a recording's line puts it
 *   LINK     as SPECIAL, but no member: a function of the library answers
 *   PART     a member that no line of a recording has: it belongs to another one, or is reserved
 *
 * The type is the C type and the conversion, as in enum recording_type (recording/recording.h).
 */
#ifndef PIDNS_FACTS_H
#define PIDNS_FACTS_H

/* Types of members. */
#define FACT_C_U64    uint64_t
#define FACT_C_U32    uint32_t
#define FACT_C_I32    int32_t
#define FACT_C_PID    int32_t
#define FACT_C_BOOL   uint32_t
#define FACT_C_STATE  uint32_t
#define FACT_C_LETTER uint32_t
#define FACT_C_TEXT   const char *
#define FACT_C_VPIDS  const int32_t *
#define FACT_C_PIDMAP const uint32_t *
#define FACT_C_REF    const struct pidns_ns *
#define FACT_C_NOTES  const struct pidns_notes *

/* For the kinds of rows that one use of a table does not need. */
#define FACT_SKIP(...)

/* The "bit" of what is always known. */
#define PIDNS_NS_NONE	0
#define PIDNS_TASK_NONE 0

/* clang-format off */
#define PIDNS_NS_FACTS(POURED, COUNTED, DERIVED, SPECIAL, LINK, PART) \
	PART(U64, known, 0, NONE, 0, "PIDNS_NS_* bits of the fields below that hold") \
	SPECIAL(U64, ino, ino, raw.ino, 8, INO, 0, "inode number: unique now, used again later") \
	POURED(U64, cookie, 16, COOKIE, 1, "64-bit id, never used again") \
	LINK(PARENT, parent, ino, raw.parent_ino, PARENT, 2, "inode number of the parent namespace") \
	POURED(U32, level, 52, LEVEL, 3, "the kernel's level; the initial namespace has 0") \
	SPECIAL(U32, depth, depth, depth, 48, NONE, 0, "levels below a root of this snapshot") \
	POURED(STATE, state, 56, STATE, 4, "alive, unborn, dying, dead or zombie-init") \
	POURED(PID, reaper, 60, REAPER, 5, "its init (child reaper), as a PID of yours") \
	POURED(U64, reaper_start_ns, 32, REAPER_START, 6, "when its init started, since boot") \
	POURED(U32, owner_uid, 64, OWNER_UID, 7, "user that owns the owning user namespace") \
	POURED(U64, owner_ns, 24, OWNER_NS, 8, "inode number of the owning user namespace") \
	POURED(U32, pids_used, 68, PIDS_USED, 9, "PIDs in use, namespaces below included") \
	SPECIAL(BOOL, pids_used_exact, pids_used_exact, pids_used_exact, 72, PIDS_USED, 9, \
		"whether pids_used is exact, or a lower bound") \
	POURED(U32, pids_peak, 76, PIDS_PEAK, 10, "the most PIDs ever in use") \
	POURED(U64, alloc_failures, 40, ALLOC_FAILURES, 11, "how often no PID was left") \
	POURED(I32, last_pid, 80, LAST_PID, 12, "the PID allocated last") \
	POURED(U32, pids_max, 84, PIDS_MAX, 13, "least pid_max of it and its ancestors") \
	SPECIAL(PIDMAP, pidmap, pidmap, raw.pidmap, 120, PIDMAP, 18, "PIDs in use per block. Since: 0.2") \
	COUNTED(U32, processes, 88, PROCESSES, 14, "processes in it, zombies included") \
	DERIVED(U32, processes_below, 104, PROCESSES, 14, "processes in it and below") \
	COUNTED(U32, threads, 92, THREADS, 15, "threads in it") \
	DERIVED(U32, threads_below, 108, THREADS, 15, "threads in it and below") \
	COUNTED(U32, zombies, 96, ZOMBIES, 16, "zombies in it") \
	DERIVED(U32, zombies_below, 112, ZOMBIES, 16, "zombies in it and below") \
	DERIVED(U32, joined, 100, JOINED, 17, "processes whose parent is outside") \
	PART(U32, pidmap_block, 116, NONE, 0, "PIDs per block of pidmap; [0] begins at PID 0") \
	PART(U32, nr_pidmap, 128, NONE, 0, "blocks in pidmap; later ones are empty") \
	PART(U32, reserved, 132, NONE, 0, "0") \
	PART(NOTES, notes, 136, NOTES, 19, "what annotators found; asked for by flags. Since: 0.3")

#define PIDNS_TASK_FACTS(POURED, COUNTED, DERIVED, SPECIAL, LINK, PART) \
	PART(U64, known, 0, NONE, 0, "PIDNS_TASK_* bits of the fields below that hold") \
	SPECIAL(I32, pid, pid, raw.pid, 68, NONE, 0, "process, as a PID of yours") \
	SPECIAL(I32, tid, tid, raw.tid, 72, NONE, 0, "thread, as a PID of yours") \
	SPECIAL(REF, ns, ns, raw.ns_ino, 8, NONE, 0, "its innermost namespace") \
	SPECIAL(VPIDS, vpids, vpids, vpids, 24, VPIDS, 0, "its PID in each namespace, yours first") \
	POURED(I32, ppid, 76, PPID, 1, "parent, as a PID of yours; 0: none in sight") \
	POURED(LETTER, state, 96, STATE, 2, "letter, as in proc_pid_stat(5)") \
	POURED(U32, uid, 88, UID, 3, "effective user") \
	POURED(U32, ruid, 92, RUID, 4, "real user") \
	SPECIAL(TEXT, comm, comm, comm, 32, COMM, 5, "name: untrusted bytes") \
	POURED(U64, start_ns, 40, START, 6, "when it started, since boot") \
	POURED(U64, cpu_ns, 48, CPU, 7, "CPU time it has used") \
	POURED(U64, rss_bytes, 56, RSS, 8, "resident memory") \
	POURED(U32, threads, 100, THREADS, 9, "threads of its process") \
	POURED(I32, vpgid, 80, VPGID, 10, "process group, as a PID of its namespace") \
	POURED(I32, vsid, 84, VSID, 11, "session, as a PID of its namespace") \
	SPECIAL(REF, ns_for_children, ns_for_children, raw.ns_for_children_ino, 16, \
		NS_FOR_CHILDREN, 12, "namespace of its children, where another") \
	DERIVED(BOOL, has_joined, 104, HAS_JOINED, 13, "whether its parent is in another namespace") \
	POURED(U64, pidfd_ino, 112, PIDFD_INO, 14, \
		"inode number of its pidfd: never used again. Since: 0.3") \
	PART(U32, nr_vpids, 64, NONE, 0, "how many vpids there are")
/* clang-format on */

#endif /* PIDNS_FACTS_H */
