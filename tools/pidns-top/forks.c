// SPDX-License-Identifier: GPL-2.0-or-later
/* forks.c - how many PIDs a second a namespace gives out. */
#include "forks.h"

#include <stdint.h>
#include <stdlib.h>

#include "pidns-top/rows/ident.h"

/* RESERVED_PIDS of kernel/pid.c: after the largest PID, counting goes on there. */
#define RESERVED 300

struct forks_mark {
	struct ident ident;
	int32_t last_pid;
};

static int compare_marks(const void *a, const void *b)
{
	const struct forks_mark *x = a, *y = b;

	return x->ident.ino < y->ident.ino ? -1 : x->ident.ino > y->ident.ino;
}

static const struct forks_mark *find_mark(const struct forks *forks, const struct ident *ident)
{
	const struct forks_mark wanted = {.ident = *ident};
	const struct forks_mark *mark = NULL;

	if (forks->nr_marks)
		mark = bsearch(&wanted, forks->marks, forks->nr_marks, sizeof(wanted),
			       compare_marks);
	return mark && ident_is_same(&mark->ident, ident) ? mark : NULL;
}

static bool is_known(const struct pidns_ns *ns)
{
	const uint64_t needed = PIDNS_NS_LAST_PID | PIDNS_NS_INO;

	return (ns->known & needed) == needed;
}

static float rate_of(const struct forks *forks, const struct pidns_ns *ns, double seconds)
{
	const struct ident ident = ident_of_ns(ns);
	const struct forks_mark *mark = is_known(ns) ? find_mark(forks, &ident) : NULL;
	int64_t given;

	if (!mark || seconds <= 0)
		return FORKS_UNKNOWN;
	given = (int64_t)ns->last_pid - mark->last_pid;
	if (given < 0 && ns->known & PIDNS_NS_PIDS_MAX)
		given += (int64_t)ns->pids_max - RESERVED;
	return given < 0 ? FORKS_UNKNOWN : (float)((double)given / seconds);
}

static void keep_marks(struct forks *forks, const struct pidns_ns *const *list, size_t count)
{
	free(forks->marks);
	forks->nr_marks = 0;
	forks->marks = calloc(count + 1, sizeof(*forks->marks));
	for (size_t i = 0; forks->marks && i < count; i++)
		if (is_known(list[i]))
			forks->marks[forks->nr_marks++] = (struct forks_mark){
				.ident = ident_of_ns(list[i]),
				.last_pid = list[i]->last_pid,
			};
	if (forks->nr_marks)
		qsort(forks->marks, forks->nr_marks, sizeof(*forks->marks), compare_marks);
}

void forks_make(struct forks *forks, const struct pidns_snapshot *snapshot)
{
	const struct pidns_ns *const *list;
	size_t count = pidns_snapshot_namespaces(snapshot, &list);
	uint64_t now = pidns_snapshot_time(snapshot);
	double seconds = now > forks->time_ns ? (double)(now - forks->time_ns) / 1e9 : 0;

	free(forks->rate);
	forks->rate = calloc(count + 1, sizeof(*forks->rate));
	for (size_t i = 0; forks->rate && i < count; i++)
		forks->rate[i] = rate_of(forks, list[i], seconds);
	keep_marks(forks, list, count);
	forks->time_ns = now;
}

void forks_clear(struct forks *forks)
{
	free(forks->rate);
	free(forks->marks);
	*forks = (struct forks){0};
}
