/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rows.h - a snapshot and the state of the UI make an array of rows: filtered, sorted, folded. */
#ifndef PIDNS_TOP_ROWS_H
#define PIDNS_TOP_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pidnsinfo.h>

#include "pidns-top/noted.h"

struct app;
struct sample;

struct row {
	const struct pidns_ns *ns;     /* the namespace, or the one the task is in */
	const struct pidns_task *task; /* NULL: the row is a namespace */
	size_t place;		       /* in the snapshot's list of the one or the other */
	uint64_t lines; /* bit i: the tree's line at depth i goes on below this row */
	uint32_t depth; /* in the tree, as far as it is shown */
	bool is_folded; /* stands for all that is below it as well */
	bool has_children;
	bool is_context; /* does not match the filter; something below does */
};

struct rows {
	const struct pidns_snapshot *snapshot; /* borrowed; NULL: none yet */
	struct row *list;
	size_t count;
	const struct pidns_ns *inside; /* whose processes these are; NULL: rows are namespaces */
	/* The largest of all rows, for the widths of columns. */
	uint64_t max_ino;
	uint64_t max_pid, max_count, max_zombies, max_used;
	uint64_t max_level, max_pids_max, max_owner;
	uint64_t max_uid; /* as far as these are known */
	uint64_t max_vpid[PIDNS_LEVEL_MAX + 1];
	unsigned int levels;	  /* vpids beyond the first that any row has */
	uint64_t max_name;	  /* columns of the longest name in its tree */
	bool has_nice;		  /* nice values can be had */
	bool has_pods;		  /* one of the namespaces is part of a pod */
	size_t health[NR_HEALTH]; /* how many namespaces of the whole snapshot are so */
};

/*
 * Make the rows anew. 0, or -ENOMEM with `rows` empty; -ENOENT: the namespace whose processes are
 * asked for is not in the snapshot.
 */
int rows_make(struct rows *rows, const struct app *app, const struct sample *sample);
void rows_clear(struct rows *rows);

/* Does the row contain that text, in a number, a name or a user; the case of letters aside? */
bool rows_match(const struct rows *rows, const struct app *app, const struct sample *sample,
		const struct row *row, const char *text);

#endif /* PIDNS_TOP_ROWS_H */
