/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cells.h - cells that take more than the value of a field: names in their tree, limits with a bar. */
#ifndef PIDNS_TOP_CELLS_H
#define PIDNS_TOP_CELLS_H

#include <stdarg.h>

#include "view.h"

/* printf into the cell. */
void cell_print(struct cell *cell, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "-": not known. */
void cell_unknown(struct cell *cell);
/* What is on its way: "…". */
void cell_to_come(struct cell *cell);
/* Names are untrusted. */
void cell_name(struct cell *cell, const char *name);

/* cells-name.c: a namespace as people call it: "host", its container, else its init's command. The state
 * stands before it where it is not alive. Clean. */
#define NAME_SIZE 1024
void cells_ns_name(const struct sample *sample, const struct pidns_ns *ns, char *out, size_t size);
/* The lines of the tree before a row, as the locale and --plain leave them; their length. */
size_t cells_tree(const struct cell_source *source, char *out, size_t size);
/* A namespace's name in its tree. */
void cells_fill_name(const struct cell_source *source, struct cell *cell);
void cells_key_name(const struct cell_source *source, struct sort_key *key);
/* Columns that this takes. */
size_t cells_name_width(const struct cell_source *source);

/* cells-limit.c: "pids.max [||||  ]  90% !", or what a namespace without an init is held by. */
void cells_fill_limit(const struct cell_source *source, struct cell *cell);
void cells_key_limit(const struct cell_source *source, struct sort_key *key);
/* "pids.max", as the kernel calls it, in no more than eight columns. */
const char *cells_limit_name(uint32_t kind);

#endif /* PIDNS_TOP_CELLS_H */
