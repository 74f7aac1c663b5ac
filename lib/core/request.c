// SPDX-License-Identifier: LGPL-2.1-or-later
/* request.c - which tasks and facts a request means. */
#include "request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "provider.h"

int request_sort_pids(const struct request *request, struct request_pids *ret_pids)
{
	struct request_pids pids = {0};
	size_t i;

	if (request->pids) {
		pids.list = malloc((request->nr_pids + 1) * sizeof(*pids.list));
		if (!pids.list)
			return -ENOMEM;
		if (request->nr_pids)
			memcpy(pids.list, request->pids, request->nr_pids * sizeof(*pids.list));
		util_sort_pids(pids.list, request->nr_pids);
		for (i = 0; i < request->nr_pids; i++)
			if (!pids.nr || pids.list[pids.nr - 1] != pids.list[i])
				pids.list[pids.nr++] = pids.list[i];
	}
	*ret_pids = pids;
	return 0;
}

bool request_wants(const struct request *request, const struct request_pids *pids,
		   const struct raw_task *raw)
{
	bool is_by_process = raw->pid == raw->tid || request->flags & PIDNS_TAKE_THREADS;

	if (!pids->list)
		return is_by_process;
	return util_has_pid(pids->list, pids->nr, raw->tid) ||
	       (is_by_process && util_has_pid(pids->list, pids->nr, raw->pid));
}

uint32_t request_groups(const struct request_group *groups, size_t nr, uint64_t fields)
{
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		if (fields & groups[i].fields)
			bits |= groups[i].bit;
	return bits;
}
