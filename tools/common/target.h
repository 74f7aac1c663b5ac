/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target.h - a namespace as it is named on a command line: an inode number, pid:[INODE], the path of
 * a namespace file, @PID or @PID:INO, or the name of a container. And a process: PID or PID:INO. */
#ifndef PIDNS_TARGET_H
#define PIDNS_TARGET_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel's PID_MAX_LIMIT: numbers above it are inodes. */
#define PID_LIMIT 4194304

struct target {
	const char *text; /* as given */
	const char *name; /* of a container; NULL: it is named by a number */
	uint64_t ino;	  /* 0: the namespace of `pid` */
	int32_t pid;
	uint64_t pidfd_ino; /* with pid; 0: not given */
	int fd; /* of a path: keeps the namespace alive, and findable, meanwhile; -1: none */
};

/* 0, or the exit code with one sentence in `why`. target_close() in any case. */
int target_parse(const char *text, struct target *ret, char *why, size_t size);
void target_close(struct target *target);

/* Ask for what a snapshot must be taken with for it to be found there. */
void target_wish(const struct target *target, uint32_t *flags, uint64_t *task_fields);

/*
 * Which namespace that is, in a snapshot taken with take_flags: 0, or the exit code with one
 * sentence in `why`: EXIT_FAILED it is not there, EXIT_USAGE several have that name.
 */
int target_find(const struct target *target, const struct pidns_snapshot *snapshot,
		uint32_t take_flags, const struct pidns_ns **ret_ns, char *why, size_t size);

/* Where a process or a namespace may stand: is it PID or PID:INO? */
bool process_is_meant(const char *text);
/* A process: PID, or PID:INO with the inode number of its pidfd; else *ret_pidfd_ino is 0. 0, or the
 * exit code with one sentence in `why`. */
int process_parse(const char *text, int32_t *ret_pid, uint64_t *ret_pidfd_ino, char *why,
		  size_t size);
/* Is that task, whose PIDNS_TASK_PIDFD_INO was asked for, the one that `text` means? 0, or the exit
 * code with one sentence in `why`: EXIT_FAILED it is another one, EXIT_CANNOT_SERVE not known. */
int process_check(const struct pidns_snapshot *snapshot, const struct pidns_task *task,
		  const char *text, uint64_t pidfd_ino, char *why, size_t size);

/* Decimal digits only. false: something else, or too large. */
bool number_parse(const char *text, uint64_t *ret);

#endif /* PIDNS_TARGET_H */
