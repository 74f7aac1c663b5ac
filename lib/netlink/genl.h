/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * genl.h - messages of the generic netlink family "pidns", parsed: bytes in, facts out (genl.c).
 *
 * The walk over attributes is our own. libnl's nla_get_u32() reads four bytes whatever the length
 * says, its parsers keep the last of an attribute that comes twice and do not tell, version 3.7
 * knows no integers of 4 or 8 bytes, and each attribute costs half a dozen calls.
 *
 * An attribute of a wrong length or type, a value out of range, one that comes twice, bytes left
 * over: -EPROTO, and what was parsed means nothing. Attributes of a newer kernel are skipped; one
 * that is missing leaves its bit of `known` unset.
 */
#ifndef PIDNS_GENL_H
#define PIDNS_GENL_H

#include <stddef.h>
#include <stdint.h>

#include "core/provider.h"

/* `attrs` is what follows the generic netlink header, aligned to 4 as the kernel sends it. */

/* Of ns-get. An inode there always is. */
int genl_parse_ns(const void *attrs, size_t len, struct raw_ns *ret);

/* raw.vpids and raw.comm point into the same struct. */
struct genl_task {
	struct raw_task raw;
	int32_t vpids[PIDNS_LEVEL_MAX + 1];
	char comm[64];
	uint64_t thread_cpu_ns; /* this thread's own, where raw.cpu_ns is its group's */
};

/* Of task-get. A pid and a tid there always are. */
int genl_parse_task(const void *attrs, size_t len, struct genl_task *ret);

/* PID_MAX_LIMIT, 4194304 numbers, in blocks of a page: as many as there can be. */
#define GENL_BLOCKS_MAX 4096

struct genl_pidmap {
	uint64_t ns_ino;
	uint32_t block_size;
	uint32_t nr_blocks;
	uint32_t used[GENL_BLOCKS_MAX];
};

/* Of pidmap-get. An inode and a block size there always are. */
int genl_parse_pidmap(const void *attrs, size_t len, struct genl_pidmap *ret);

#endif /* PIDNS_GENL_H */
