/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* map.h - finding by number: a hash map of integers, and the binary search. Implemented in map.c. */
#ifndef PIDNS_MAP_H
#define PIDNS_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry;

/* From any key to a value that is not 0: an index + 1, say. Begins as {0}. */
struct map {
	struct map_entry *entries; /* at most half of them in use, so that a search stays short */
	size_t size, nr;
};

/* The value of a key; 0: it has none. */
uint32_t map_get(const struct map *map, uint64_t key);
/* Give a key a value, another one where it has one. 0, or -ENOMEM with the map as it was. */
int map_put(struct map *map, uint64_t key, uint32_t value);
/* Forget a key, if it has a value. */
void map_remove(struct map *map, uint64_t key);
/* Forget all and free the memory. */
void map_clear(struct map *map);

/*
 * The first of nr ascending elements that is not before what `wanted` describes; nr: all are.
 * A function that knows the list compares: is_before(wanted, i).
 */
static inline size_t map_lower_bound(size_t nr, bool (*is_before)(const void *wanted, size_t i),
				     const void *wanted)
{
	size_t first = 0, end = nr;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (is_before(wanted, middle))
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

#endif /* PIDNS_MAP_H */
