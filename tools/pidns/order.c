// SPDX-License-Identifier: GPL-2.0-or-later
/* order.c - which row comes first. */
#include "order.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/cleanup.h"

struct sorting {
	const struct columns *columns;
	const struct pidns_snapshot *snapshot;
	const void *const *records;
};

static int compare_places(const void *left, const void *right, void *context)
{
	const struct sorting *s = context;
	size_t l = *(const size_t *)left, r = *(const size_t *)right;
	struct field_row left_row = s->columns->table->make_row(s->snapshot, s->records[l]);
	struct field_row right_row = s->columns->table->make_row(s->snapshot, s->records[r]);

	left_row.users = right_row.users = s->columns->users;
	for (size_t i = 0; i < s->columns->nr_keys; i++) {
		const struct sort_key *key = &s->columns->keys[i];
		struct value a, b;
		int order;

		field_get(key->field, &left_row, &a);
		field_get(key->field, &right_row, &b);
		order = value_compare(&a, &b);
		if (!order)
			continue;
		/* What is not known comes last, also backwards. */
		if (a.type != b.type)
			return order;
		return key->is_descending ? -order : order;
	}
	return (l > r) - (l < r);
}

int order_list(const struct columns *columns, const struct pidns_snapshot *snapshot,
	       const void *const *records, size_t nr, size_t **ret_order)
{
	struct sorting s = {columns, snapshot, records};
	size_t *order;

	*ret_order = NULL;
	if (!columns->nr_keys)
		return 0;
	order = malloc((nr ? nr : 1) * sizeof(*order));
	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++)
		order[i] = i;
	qsort_r(order, nr, sizeof(*order), compare_places, &s);
	*ret_order = order;
	return 0;
}

/* A forest of places; NONE ends a chain of siblings. The roots are the children of place `nr`. */
struct forest {
	size_t *parent;
	size_t *first_child; /* nr + 1 of them */
	size_t *next;
};

#define NONE SIZE_MAX

/* In pre-order the parent of a row is the last one before it that is less deep. */
static void find_parents(const struct pidns_ns *const *list, size_t nr, struct forest *f)
{
	for (size_t i = 0; i < nr; i++) {
		size_t above = i ? i - 1 : nr;

		while (above != nr && list[above]->depth >= list[i]->depth)
			above = f->parent[above];
		f->parent[i] = above;
	}
}

/* Chain the siblings in the given order: from the last to the first, each before the others. */
static void link_siblings(const size_t *order, size_t nr, struct forest *f)
{
	for (size_t i = 0; i <= nr; i++)
		f->first_child[i] = NONE;
	for (size_t i = nr; i-- > 0;) {
		size_t parent = f->parent[order[i]];

		f->next[order[i]] = f->first_child[parent];
		f->first_child[parent] = order[i];
	}
}

static void walk_forest(const struct forest *f, size_t nr, size_t *order)
{
	size_t at = f->first_child[nr];

	for (size_t i = 0; i < nr; i++) {
		size_t next = f->first_child[at];

		order[i] = at;
		while (next == NONE && at != nr) {
			next = f->next[at];
			at = f->parent[at];
		}
		at = next;
	}
}

int order_tree(const struct columns *columns, const struct pidns_snapshot *snapshot,
	       const struct pidns_ns *const *list, size_t nr, size_t **ret_order)
{
	_cleanup_free_ size_t *places = malloc((3 * nr + 1) * sizeof(*places));
	struct forest f = {places, places + nr, places + 2 * nr + 1};
	int r;

	if (!places)
		return -ENOMEM;
	r = order_list(columns, snapshot, (const void *const *)list, nr, ret_order);
	if (r < 0 || !*ret_order)
		return r;
	find_parents(list, nr, &f);
	link_siblings(*ret_order, nr, &f);
	walk_forest(&f, nr, *ret_order);
	return 0;
}
