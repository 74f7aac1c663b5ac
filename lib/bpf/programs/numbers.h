/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * numbers.h - the tree in which a namespace keeps its numbers: include/linux/xarray.h, read only.
 *
 * Everything is read under RCU, as the kernel's own readers do: what is reached stays in memory
 * until the program ends, even if it is taken out of the tree meanwhile.
 */
#ifndef PIDNS_BPF_NUMBERS_H
#define PIDNS_BPF_NUMBERS_H

#include "kernel.h"

/* Levels of a tree of 2^22 numbers whose nodes have 16 places, as with CONFIG_BASE_SMALL. */
#define TREE_LEVELS_MAX 6

/* Above all numbers. */
#define TREE_END (1u << 31)

/* How many places a node has. */
static __always_inline uint32_t tree_places(void)
{
	return bpf_core_field_size(((struct xa_node *)0)->slots) / sizeof(void *);
}

/* An entry is a pointer to what is kept, or, marked by its lowest bits, to a node further down;
 * small ones are neither (xa_is_node()). */
static __always_inline bool entry_is_internal(uint64_t entry)
{
	return (entry & 3) == 2;
}

static __always_inline bool entry_is_node(uint64_t entry)
{
	return entry_is_internal(entry) && entry > 4096;
}

static __always_inline const struct xa_node *entry_node(uint64_t entry)
{
	return (const struct xa_node *)(entry & ~3ull);
}

static __always_inline uint64_t read_pointer(const void *from)
{
	uint64_t value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), from);
	return value;
}

static __always_inline uint64_t node_entry(const struct xa_node *node, uint32_t place)
{
	return read_pointer((const char *)node + bpf_core_field_offset(struct xa_node, slots) +
			    place * sizeof(void *));
}

/* By how many bits a number is shifted to have its place in the node; 0: it is a leaf. */
static __always_inline uint32_t node_shift(const struct xa_node *node)
{
	return BPF_CORE_READ(node, shift) & 31;
}

/* ---- struct pid ------------------------------------------------------------------------------ */

/* Where members of struct pid lie: context.h says why that is asked for once. */
struct pid_layout {
	uint32_t level;
	uint32_t tasks;	  /* the list of PIDTYPE_PID; that of PIDTYPE_TGID comes next */
	uint32_t numbers; /* of the outermost level */
	uint32_t ino;	  /* of its pidfds; 0: it has none */
};

/* The task that an entry of a list of PIDTYPE_PID is part of. */
static __always_inline const struct task_struct *link_task(const struct hlist_node *link)
{
	if (!link)
		return NULL;
	return (const void *)((const char *)link -
			      bpf_core_field_offset(struct task_struct, pid_links));
}

#endif /* PIDNS_BPF_NUMBERS_H */
