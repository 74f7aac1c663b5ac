/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pidmap.h - which numbers of a namespace are in use: counted by blocks, and drawn. */
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

/* For people: a character for so many numbers, '.' for none in use, '1' to '9', and '#' for all. */
#define PIDMAP_CELLS 64 /* as many as there may be */

struct pidmap_drawing {
	char cells[PIDMAP_CELLS + 1]; /* a string */
	uint64_t cell_size;	      /* numbers to a cell */
};

/* In at most `most` cells, at least one: to the highest number in use. */
void pidmap_draw(const struct pidmap *map, uint32_t most, struct pidmap_drawing *ret);
/* … and what the kernel says of `ns`, which has PIDNS_NS_PIDMAP: as far as numbers can go. */
void pidmap_draw_blocks(const struct pidns_ns *ns, uint32_t most, struct pidmap_drawing *ret);

#endif /* PIDNS_PIDMAP_H */
