/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * past.h - the moments that were shown, to step back to: a ring of so many bytes, the oldest dropped.
 *
 * Each is kept as it was shown, with what was made of it, so that going there takes nothing anew.
 */
#ifndef PIDNS_TOP_PAST_H
#define PIDNS_TOP_PAST_H

#include <stddef.h>
#include <stdint.h>

#include "pidns-top/rows/sample.h"

#define PAST_BYTES_MAX ((size_t)64 << 20)

/* Oldest first. Each is known by its number, which counts from 0 and is never used again. */
struct past {
	struct sample **list;
	size_t count, room, bytes;
	uint64_t first; /* number of the oldest that is kept */
};

/*
 * The moment that `live` shows joins the past: its snapshot and what was made of it are taken out of there,
 * of its notes a copy is made. Without memory it is forgotten.
 */
void past_keep(struct past *past, struct sample *live, size_t bytes_max);
/* The moment of that number, or, where that was dropped, the oldest; NULL: there is none, or it is yet to
 * come. *number is that of the one returned. */
const struct sample *past_find(const struct past *past, uint64_t *number);
void past_clear(struct past *past);

/* What a snapshot takes of memory, about. */
size_t past_size_of(const struct sample *sample);

#endif /* PIDNS_TOP_PAST_H */
