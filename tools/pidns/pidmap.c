// SPDX-License-Identifier: GPL-2.0-or-later
/* pidmap.c - which numbers of a namespace are in use. */
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
