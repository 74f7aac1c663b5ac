/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pidmap.h - which numbers of a namespace are in use, counted by blocks. */
#ifndef PIDNS_PIDMAP_H
#define PIDNS_PIDMAP_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A page of bits was a block when the kernel still kept a bitmap. */
#define PIDMAP_BLOCK_SHIFT 15

struct pidmap {
	int32_t *vpids; /* in use, ascending, each once */
	size_t nr;
};

/* Of the tasks, threads too, that the snapshot has in `ns` and below. 0 or -ENOMEM. */
int pidmap_make(const struct pidns_ns *ns, struct pidmap *ret);
void pidmap_free(struct pidmap *map);

/* How many are in use from `first` on, below `end`. */
uint32_t pidmap_count(const struct pidmap *map, int64_t first, int64_t end);

#endif /* PIDNS_PIDMAP_H */
