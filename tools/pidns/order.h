/* SPDX-License-Identifier: GPL-2.0-or-later */
/* order.h - which row comes first: --sort, on a list or among the siblings of a tree. */
#ifndef PIDNS_ORDER_H
#define PIDNS_ORDER_H

#include <stddef.h>

#include "columns.h"

/*
 * The places of records[0 … nr), out of `snapshot`, in the order of columns->keys; equal rows stay
 * as they stood. In *ret_order, which the caller frees; NULL without keys, for as it is. 0 or
 * -ENOMEM.
 */
int order_list(const struct columns *columns, const struct pidns_snapshot *snapshot,
	       const void *const *records, size_t nr, size_t **ret_order);

/* The same of namespaces in pre-order: still in pre-order, sorted among siblings. */
int order_tree(const struct columns *columns, const struct pidns_snapshot *snapshot,
	       const struct pidns_ns *const *list, size_t nr, size_t **ret_order);

#endif /* PIDNS_ORDER_H */
