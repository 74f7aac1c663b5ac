// SPDX-License-Identifier: GPL-2.0-or-later
/* pidmap.c - which numbers of a namespace are in use, counted and drawn. */
#include "pidmap.h"

#include <errno.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;

	return (left > right) - (left < right);
}

int pidmap_make(const struct pidns_ns *ns, struct pidmap *ret)
{
	const struct pidns_task *const *list;
	size_t nr_tasks = pidns_ns_subtree_tasks(ns, &list), nr = 0;
	int32_t *vpids = malloc((nr_tasks ? nr_tasks : 1) * sizeof(*vpids));

	if (!vpids)
		return -ENOMEM;
	for (size_t i = 0; i < nr_tasks; i++) {
		int32_t vpid = pidns_task_vpid(list[i], ns);

		if (vpid > 0)
			vpids[nr++] = vpid;
	}
	qsort(vpids, nr, sizeof(*vpids), compare);
	*ret = (struct pidmap){.vpids = vpids};
	for (size_t i = 0; i < nr; i++)
		if (!i || vpids[i] != vpids[ret->nr - 1])
			vpids[ret->nr++] = vpids[i];
	return 0;
}

void pidmap_free(struct pidmap *map)
{
	free(map->vpids);
	map->vpids = NULL;
}

/* The place of the first number that is not below `number`. */
static size_t lower_bound(const struct pidmap *map, int64_t number)
{
	size_t low = 0, high = map->nr;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (map->vpids[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t pidmap_count(const struct pidmap *map, int64_t first, int64_t end)
{
	return (uint32_t)(lower_bound(map, end) - lower_bound(map, first));
}

/* ---- for people ------------------------------------------------------------------------------ */

static char cell_of(uint64_t used, uint64_t size)
{
	if (!used)
		return '.';
	if (used >= size)
		return '#';
	return (char)('0' + (used * 9 + size - 1) / size);
}

void pidmap_draw(const struct pidmap *map, uint32_t most, struct pidmap_drawing *ret)
{
	int64_t end = map->nr ? (int64_t)map->vpids[map->nr - 1] + 1 : 1, size = 1;
	size_t nr = 0;

	while ((end - 1) / size >= most)
		size *= 2;
	for (int64_t first = 0; first < end; first += size)
		ret->cells[nr++] = cell_of(pidmap_count(map, first, first + size), (uint64_t)size);
	ret->cells[nr] = '\0';
	ret->cell_size = (uint64_t)size;
}

/* As far as numbers can go, where that is known. */
static uint32_t nr_blocks(const struct pidns_ns *ns)
{
	uint32_t nr = 1;

	if (ns->known & PIDNS_NS_PIDS_MAX && ns->pids_max)
		nr = (ns->pids_max - 1) / ns->pidmap_block + 1;
	return nr > ns->nr_pidmap ? nr : ns->nr_pidmap;
}

void pidmap_draw_blocks(const struct pidns_ns *ns, uint32_t most, struct pidmap_drawing *ret)
{
	uint32_t blocks = nr_blocks(ns), step = (blocks - 1) / most + 1;
	size_t nr = 0;

	ret->cell_size = (uint64_t)step * ns->pidmap_block;
	for (uint32_t first = 0; first < blocks; first += step) {
		uint64_t used = 0;

		for (uint32_t i = first; i < first + step && i < ns->nr_pidmap; i++)
			used += ns->pidmap[i];
		ret->cells[nr++] = cell_of(used, ret->cell_size);
	}
	ret->cells[nr] = '\0';
}
