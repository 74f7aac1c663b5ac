/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proc-tree.h - small trees shaped like /proc, in the scratch directory. Implemented in
 * proc-tree.c. */
#ifndef PIDNS_PROC_TREE_H
#define PIDNS_PROC_TREE_H

/* The newest one. */
extern char root[256];

/* A new and empty one; a set-up function for cmocka. */
int new_root(void **state);
/* Good until it is asked for again. */
const char *in_root(const char *name);
void make_parents(const char *name);
void put(const char *name, const char *text);
void put_link(const char *name, const char *target);
int open_root(void);

#endif /* PIDNS_PROC_TREE_H */
