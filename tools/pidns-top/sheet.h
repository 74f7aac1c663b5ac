/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sheet.h - all about one namespace, as lines: its container, its limits, what keeps it alive, and
 * who leaves its zombies. A pure function of a snapshot and its notes.
 */
#ifndef PIDNS_TOP_SHEET_H
#define PIDNS_TOP_SHEET_H

#include <stddef.h>

#include <pidnsinfo.h>

#include "ident.h"

struct sheet {
	char **lines; /* clean */
	size_t count, room;
};

/* What a take needs for it: PIDNS_TAKE_*. */
#define SHEET_FLAGS                                                                     \
	(PIDNS_TAKE_ALL | PIDNS_TAKE_LIMITS | PIDNS_TAKE_CONTAINERS | PIDNS_TAKE_PINS | \
	 PIDNS_TAKE_ZOMBIES)

/* Make the lines anew. What the snapshot (may be NULL) does not know is said to be unknown. Without
 * memory there are fewer. */
void sheet_make(struct sheet *sheet, const struct pidns_snapshot *snapshot,
		const struct ident *ident);
void sheet_clear(struct sheet *sheet);

#endif /* PIDNS_TOP_SHEET_H */
