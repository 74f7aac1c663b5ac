/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* leaf.h - going through the numbers of a namespace, a leaf of their tree after the other. */
#ifndef PIDNS_BPF_LEAF_H
#define PIDNS_BPF_LEAF_H

#include "context.h"

/* Numbers, taken or not, that are looked at in one run. */
#define STEPS_A_RUN 16384

/* Takes note of the leaf that has the next number; where there is none, goes to where one may be. */
__noinline int read_leaf(void)
{
	uint32_t places = tree_places(), from;
	const struct xa_node *leaf;
	struct scratch *n;
	struct context ctx;

	if (!find_context(&ctx))
		return 0;
	n = ctx.scratch;
	from = ctx.shared->next;
	leaf = (const void *)tree_leaf((uint64_t)n->root, from);
	n->leaf_from = n->leaf_to = from;
	if (!leaf) {
		ctx.shared->next = n->beyond;
		return 0;
	}
	bpf_probe_read_kernel(n->entries, bpf_core_field_size(((struct xa_node *)0)->slots),
			      (const char *)leaf + bpf_core_field_offset(struct xa_node, slots));
	n->leaf_from = from & ~(places - 1);
	n->leaf_to = n->leaf_from + places;
	return 0;
}

#endif /* PIDNS_BPF_LEAF_H */
