/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map-table.h - the answers of pidns map as a table for people. Implemented in map-table.c. */
#ifndef PIDNS_MAP_TABLE_H
#define PIDNS_MAP_TABLE_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stdint.h>

void map_table_heading(void);
/* A line for each of the namespaces that see the task, outermost first, with the container that each
 * is, and the name of the task at the last. */
void map_table_row(const struct pidns_task *task, const struct pidns_ns *const *levels,
		   uint32_t nr);
/* There is no such process; the number is one of a namespace (map -n), or the caller's own. */
void map_table_missing(int32_t number, bool is_inside);

#endif /* PIDNS_MAP_TABLE_H */
