/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target.h - the arguments NS and PID: what they may look like, and what they mean. */
#ifndef PIDNS_TARGET_H
#define PIDNS_TARGET_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

/* The kernel's PID_MAX_LIMIT: numbers above it are inodes. */
#define PID_LIMIT 4194304

struct target {
	const char *text; /* as given */
	uint64_t ino;	  /* 0: the namespace of `pid` */
	int32_t pid;
	int fd; /* of a path: keeps the namespace alive, and findable, meanwhile; -1: none */
};

/* 0, or an exit code after the message is out. target_close() in any case. */
int target_parse(const struct options *options, const char *text, struct target *ret);
void target_close(struct target *target);

/*
 * Take a snapshot in which every target is found: where one is not, again with PIDNS_TAKE_ALL, for
 * it may be a namespace without tasks. ret_found has nr places. 0, or an exit code after the
 * message is out.
 */
int target_take(const struct options *options, struct pidns_ctx *ctx,
		const struct pidns_take_opts *opts, const struct target *targets, size_t nr,
		struct pidns_snapshot **ret_snapshot, const struct pidns_ns **ret_found);

/* Decimal digits only. false: something else, or too large. */
bool number_parse(const char *text, uint64_t *ret);
/* A PID: 0, or EXIT_USAGE after the message is out; `where` says where it stood ("" or "line 3: "). */
int pid_parse(const struct options *options, const char *where, const char *text, int32_t *ret);

#endif /* PIDNS_TARGET_H */
