// SPDX-License-Identifier: LGPL-2.1-or-later
/* map.c - a hash map of integers: open addressing, a size that is a power of two. */
#include "map.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_SIZE 64

struct map_entry {
	uint64_t key;
	uint32_t value; /* 0: not in use */
};

/* Spread the bits of a key. */
static uint64_t mix(uint64_t key)
{
	key *= UINT64_C(0x9e3779b97f4a7c15);
	return key ^ (key >> 32);
}

/* Where a key is, or would be. */
static struct map_entry *find(struct map_entry *entries, size_t size, uint64_t key)
{
	size_t at = mix(key) & (size - 1);

	while (entries[at].value && entries[at].key != key)
		at = (at + 1) & (size - 1);
	return &entries[at];
}

uint32_t map_get(const struct map *map, uint64_t key)
{
	return map->size ? find(map->entries, map->size, key)->value : 0;
}

static int grow(struct map *map)
{
	size_t size = map->size ? map->size * 2 : FIRST_SIZE, i;
	struct map_entry *entries = calloc(size, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	for (i = 0; i < map->size; i++)
		if (map->entries[i].value)
			*find(entries, size, map->entries[i].key) = map->entries[i];
	free(map->entries);
	map->entries = entries;
	map->size = size;
	return 0;
}

int map_put(struct map *map, uint64_t key, uint32_t value)
{
	struct map_entry *entry;

	if (map->nr * 2 >= map->size && grow(map) < 0)
		return -ENOMEM;
	entry = find(map->entries, map->size, key);
	map->nr += !entry->value;
	*entry = (struct map_entry){key, value};
	return 0;
}

void map_clear(struct map *map)
{
	free(map->entries);
	*map = (struct map){0};
}

/* Those behind it that were put off by it move up, so that a search still ends at a free place. */
void map_remove(struct map *map, uint64_t key)
{
	size_t mask = map->size - 1, hole, at;
	struct map_entry *entry = map->size ? find(map->entries, map->size, key) : NULL;

	if (!entry || !entry->value)
		return;
	map->nr--;
	hole = at = (size_t)(entry - map->entries);
	for (;;) {
		at = (at + 1) & mask;
		if (!map->entries[at].value)
			break;
		if (((at - (mix(map->entries[at].key) & mask)) & mask) < ((at - hole) & mask))
			continue;
		map->entries[hole] = map->entries[at];
		hole = at;
	}
	map->entries[hole].value = 0;
}
