// SPDX-License-Identifier: GPL-2.0-or-later
/* folds.c - the set of namespaces whose descendants are folded away. */
#include "folds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Where the first one with that inode is, or would be. */
static size_t lower_bound(const struct folds *folds, uint64_t ino)
{
	size_t low = 0, high = folds->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (folds->list[middle].ino < ino)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* An inode may be there twice: of a namespace that is gone, and of the one that has it now. */
static bool find(const struct folds *folds, const struct ident *ident, size_t *ret_at)
{
	size_t at = lower_bound(folds, ident->ino);

	for (; at < folds->count && folds->list[at].ino == ident->ino; at++) {
		if (ident_is_same(&folds->list[at], ident)) {
			*ret_at = at;
			return true;
		}
	}
	*ret_at = at;
	return false;
}

bool folds_has(const struct folds *folds, const struct pidns_ns *ns)
{
	struct ident ident = ident_of_ns(ns);
	size_t at;

	return find(folds, &ident, &at);
}

int folds_add(struct folds *folds, const struct pidns_ns *ns)
{
	struct ident ident = ident_of_ns(ns);
	size_t at;

	if (find(folds, &ident, &at))
		return 0;
	if (folds->count == folds->room) {
		size_t room = folds->room ? folds->room * 2 : 16;
		struct ident *list = reallocarray(folds->list, room, sizeof(*list));

		if (!list)
			return -ENOMEM;
		folds->list = list;
		folds->room = room;
	}
	memmove(&folds->list[at + 1], &folds->list[at], (folds->count - at) * sizeof(ident));
	folds->list[at] = ident;
	folds->count++;
	return 0;
}

bool folds_remove(struct folds *folds, const struct pidns_ns *ns)
{
	struct ident ident = ident_of_ns(ns);
	size_t at;

	if (!find(folds, &ident, &at))
		return false;
	folds->count--;
	memmove(&folds->list[at], &folds->list[at + 1], (folds->count - at) * sizeof(ident));
	return true;
}

void folds_clear(struct folds *folds)
{
	free(folds->list);
	*folds = (struct folds){0};
}
