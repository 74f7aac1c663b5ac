/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ident.h - who a row is, across snapshots: never a bare number.
 *
 * A namespace is its cookie where known, else its inode and its reaper's start time; a task is its
 * pid and start time. Where one side does not know a start time, the numbers have to do.
 */
#ifndef PIDNS_TOP_IDENT_H
#define PIDNS_TOP_IDENT_H

#include <stdbool.h>
#include <stdint.h>

#include <pidnsinfo.h>

struct ident {
	bool is_set;
	int32_t pid;	   /* a task; 0: a namespace */
	uint64_t ino;	   /* 0: the record of tasks whose namespace is not known */
	int32_t reaper;	   /* of such a record: its init; 0: it need not be one namespace */
	uint64_t cookie;   /* 0: not known */
	uint64_t start_ns; /* 0: not known */
};

struct ident ident_of_ns(const struct pidns_ns *ns);
struct ident ident_of_task(const struct pidns_task *task);
bool ident_is_same(const struct ident *a, const struct ident *b);
/* The namespace of that identity in the snapshot, or NULL. */
const struct pidns_ns *ident_find_ns(const struct ident *ident,
				     const struct pidns_snapshot *snapshot);

#endif /* PIDNS_TOP_IDENT_H */
