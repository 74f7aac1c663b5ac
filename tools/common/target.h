/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target.h - a namespace as it is named on a command line: an inode number, pid:[INODE], the path of
 * a namespace file, @PID, or the name of a container. */
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
	int fd; /* of a path: keeps the namespace alive, and findable, meanwhile; -1: none */
};

/* 0, or the exit code with one sentence in `why`. target_close() in any case. */
int target_parse(const char *text, struct target *ret, char *why, size_t size);
void target_close(struct target *target);

/* PIDNS_TAKE_*: what a snapshot must be taken with for it to be found there. */
uint32_t target_take_flags(const struct target *target);

/*
 * Which namespace that is, in a snapshot taken with take_flags: 0, or the exit code with one
 * sentence in `why`: EXIT_FAILED it is not there, EXIT_USAGE several have that name.
 */
int target_find(const struct target *target, const struct pidns_snapshot *snapshot,
		uint32_t take_flags, const struct pidns_ns **ret_ns, char *why, size_t size);

/* Decimal digits only. false: something else, or too large. */
bool number_parse(const char *text, uint64_t *ret);

#endif /* PIDNS_TARGET_H */
