/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* moments.h - where the snapshots of a series stand in its file, and which one a time means.
 * Implemented in recording/moments.c and recording/when.c. */
#ifndef PIDNS_RECORDING_MOMENTS_H
#define PIDNS_RECORDING_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"

struct moments {
	uint64_t *offsets; /* of each, the place of its first byte */
	uint64_t *ends;	   /* and that after its last */
	uint64_t *times;   /* CLOCK_REALTIME; 0: it does not say */
	size_t nr;	   /* at least one */
	size_t room;
	size_t nr_torn;	   /* were not whole, and are left out */
	uint64_t size;	   /* of the file */
	bool is_recording; /* it begins as one */
};

/* Look through the file. One alone is not looked into: that it is whole is seen when it is read.
 * 0, -ENOMEM, or as read(2). */
int moments_find(int fd, struct moments *ret);
/* One more, behind the others. 0 or -ENOMEM. */
int moments_add(struct moments *moments, uint64_t offset, uint64_t end, uint64_t time_ns);
/* Does it end as a snapshot does? */
bool moments_is_whole(int fd, const struct moments *moments, size_t index);
void moments_free(struct moments *moments);

/* The last moment at or before a time as pidns_open_opts.at has it. 0; -EINVAL: it is no time;
 * -ENOENT: it is before the first. With a sentence. */
int moments_at(const struct moments *moments, const char *at, const struct why *why,
	       size_t *ret_index);

#endif /* PIDNS_RECORDING_MOMENTS_H */
