/* SPDX-License-Identifier: GPL-2.0-or-later */
/* folds.h - the set of namespaces whose descendants are folded away. */
#ifndef PIDNS_TOP_FOLDS_H
#define PIDNS_TOP_FOLDS_H

#include <stdbool.h>
#include <stddef.h>

#include <pidnsinfo.h>

#include "pidns-top/rows/ident.h"

struct folds {
	struct ident *list; /* by inode */
	size_t count, room;
};

bool folds_has(const struct folds *folds, const struct pidns_ns *ns);
/* 0, or -ENOMEM with the set as it was. */
int folds_add(struct folds *folds, const struct pidns_ns *ns);
/* False: it was not in the set. */
bool folds_remove(struct folds *folds, const struct pidns_ns *ns);
void folds_clear(struct folds *folds);

#endif /* PIDNS_TOP_FOLDS_H */
