// SPDX-License-Identifier: GPL-2.0-or-later
/* rows-tree.c - namespaces, or processes by their parents, as a tree of rows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rows-internal.h"

/* Lines are drawn for so many levels; the kernel allows 32 below the first. */
#define LINES_MAX 64

#define NO_PARENT SIZE_MAX

struct planting {
	const struct app *app;
	const struct rows *rows;
	struct row
		*source; /* in the snapshot's order: a place there, less `base`, is a place here */
	size_t count, base;
	size_t *parents;      /* of each place; NO_PARENT */
	size_t *first_child;  /* of each place, in `children`; of one more, its end */
	struct row *children; /* siblings together; the roots last */
};

static void planting_free(struct planting *planting)
{
	free(planting->parents);
	free(planting->first_child);
	free(planting->children);
	free(planting->source);
}

static int planting_allocate(struct planting *planting, struct rows *rows)
{
	planting->count = rows->count;
	planting->source = rows->list;
	planting->base = rows->count ? rows->list[0].place : 0;
	rows->list = calloc(rows->count + 1, sizeof(*rows->list));
	rows->count = 0;
	planting->parents = calloc(planting->count + 1, sizeof(size_t));
	planting->first_child = calloc(planting->count + 2, sizeof(size_t));
	planting->children = calloc(planting->count + 1, sizeof(*planting->children));
	if (rows->list && planting->parents && planting->first_child && planting->children)
		return 0;
	return -ENOMEM;
}

/* ---- Processes: a parent is known by its PID ---- */

/* Deeper ones begin anew, at the left: so does what a broken recording has for its own ancestor. */
#define DEPTH_MAX 48

struct numbered {
	int32_t pid; /* of a thread, its own */
	size_t at;
};

static int compare_numbered(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

static size_t find_pid(const struct numbered *list, size_t count, int32_t pid)
{
	const struct numbered wanted = {.pid = pid};
	const struct numbered *found =
		bsearch(&wanted, list, count, sizeof(wanted), compare_numbered);

	return found ? found->at : NO_PARENT;
}

static size_t raw_parent(const struct planting *planting, const struct numbered *list, size_t i)
{
	const struct pidns_task *task = planting->source[i].task;

	if (task->pid != task->tid)
		return find_pid(list, planting->count, task->pid);
	if (!(task->known & PIDNS_TASK_PPID) || task->ppid <= 0)
		return NO_PARENT;
	return find_pid(list, planting->count, task->ppid);
}

static void cut_deep(struct planting *planting)
{
	for (size_t i = 0; i < planting->count; i++) {
		size_t at = planting->parents[i], depth = 0;

		while (at != NO_PARENT && ++depth <= DEPTH_MAX)
			at = planting->parents[at];
		if (depth > DEPTH_MAX)
			planting->parents[i] = NO_PARENT;
	}
}

static int find_parents_of_tasks(struct planting *planting)
{
	struct numbered *list = calloc(planting->count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < planting->count; i++)
		list[i] = (struct numbered){planting->source[i].task->tid, i};
	qsort(list, planting->count, sizeof(*list), compare_numbered);
	for (size_t i = 0; i < planting->count; i++)
		planting->parents[i] = raw_parent(planting, list, i);
	free(list);
	cut_deep(planting);
	return 0;
}

static int find_parents(struct planting *planting, const struct pidns_snapshot *snapshot)
{
	if (planting->rows->inside)
		return find_parents_of_tasks(planting);
	for (size_t i = 0; i < planting->count; i++) {
		const struct pidns_ns *parent = pidns_ns_parent(planting->source[i].ns);

		planting->parents[i] = parent ? usage_ns_place(snapshot, parent) : NO_PARENT;
	}
	return 0;
}

/* An ancestor of a match is wanted as well: as context. The rest goes. */
static bool *mark_wanted(const struct planting *planting)
{
	bool *wanted = calloc(planting->count + 1, sizeof(*wanted));

	for (size_t i = planting->count; wanted && i-- > 0;) {
		if (planting->source[i].is_context)
			continue;
		for (size_t at = i; at != NO_PARENT && !wanted[at]; at = planting->parents[at])
			wanted[at] = true;
	}
	return wanted;
}

/* Put siblings together: count them, turn counts into places, then fill. Roots are the children
 * of place `count`. */
static void gather_children(struct planting *planting, const bool *wanted)
{
	size_t *first = planting->first_child;
	size_t total = 0;

	for (size_t i = 0; i < planting->count; i++) {
		size_t parent = planting->parents[i];

		if (wanted[i])
			first[parent == NO_PARENT ? planting->count : parent]++;
	}
	for (size_t i = 0; i <= planting->count; i++) {
		total += first[i];
		first[i] = total;
	}
	first[planting->count + 1] = total;
	/* Backwards, so that each group ends up in order and its place at its beginning. */
	for (size_t i = planting->count; i-- > 0;) {
		size_t parent = planting->parents[i];

		if (wanted[i])
			planting->children[--first[parent == NO_PARENT ? planting->count
								       : parent]] =
				planting->source[i];
	}
}

static int sort_children(struct planting *planting, const struct sample *sample)
{
	for (size_t i = 0; i <= planting->count; i++) {
		size_t begin = planting->first_child[i], end = planting->first_child[i + 1];
		int r = rows_sort(planting->rows, planting->app, sample, planting->children + begin,
				  end - begin);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Where a filter looks for matches, nothing is folded. */
static bool is_folded(const struct planting *planting, const struct row *row)
{
	return !row->task && row->has_children &&
	       !planting->app->places[APP_NAMESPACES].filter[0] && !planting->app->only &&
	       folds_has(&planting->app->folds, row->ns);
}

/* One group of siblings, and what is below each; never deeper than the kernel's levels. */
static void grow(const struct planting *planting, struct rows *rows, size_t parent, uint32_t depth,
		 uint64_t lines)
{
	size_t begin = planting->first_child[parent], end = planting->first_child[parent + 1];

	for (size_t i = begin; i < end; i++) {
		struct row *row = &rows->list[rows->count++];
		size_t at;

		*row = planting->children[i];
		row->depth = depth;
		row->lines = lines;
		if (i + 1 < end && depth < LINES_MAX)
			row->lines |= UINT64_C(1) << depth;
		at = row->place - planting->base;
		row->has_children = planting->first_child[at] != planting->first_child[at + 1];
		row->is_folded = is_folded(planting, row);
		if (!row->is_folded)
			grow(planting, rows, at, depth + 1, row->lines);
	}
}

int rows_plant(struct rows *rows, const struct app *app, const struct sample *sample)
{
	struct planting planting = {.app = app, .rows = rows};
	int r = planting_allocate(&planting, rows);
	bool *wanted = NULL;

	if (r == 0) {
		r = find_parents(&planting, sample->snapshot);
	}
	if (r == 0) {
		wanted = mark_wanted(&planting);
		r = wanted ? 0 : -ENOMEM;
	}
	if (r == 0) {
		gather_children(&planting, wanted);
		r = sort_children(&planting, sample);
	}
	if (r == 0)
		grow(&planting, rows, planting.count, 0, 0);
	free(wanted);
	planting_free(&planting);
	return r;
}
