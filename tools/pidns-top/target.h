/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target.h - a namespace as it is named on the command line. */
#ifndef PIDNS_TOP_TARGET_H
#define PIDNS_TOP_TARGET_H

#include <stdint.h>

#include <pidnsinfo.h>

struct target {
	uint64_t ino; /* 0: the one that `pid` is in */
	int32_t pid;
};

/* "4026531836", "pid:[4026531836]" or "@1234". 0 or -EINVAL. */
int target_parse(const char *text, struct target *ret);
/* NULL: it is not in the snapshot. */
const struct pidns_ns *target_find(const struct target *target,
				   const struct pidns_snapshot *snapshot);

#endif /* PIDNS_TOP_TARGET_H */
