/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* moments.h - where the snapshots of a series stand in its file, and which one a time means.
 * Implemented in recording/moments.c, moments-zst.c and when.c. */
#ifndef PIDNS_RECORDING_MOMENTS_H
#define PIDNS_RECORDING_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/util.h"
#include "zst.h"

struct recording_bytes;

struct moments {
	uint64_t *offsets; /* of each, its first byte: in the file, or in what it holds */
	uint64_t *ends;	   /* and that after its last */
	uint64_t *times;   /* CLOCK_REALTIME; 0: it does not say */
	size_t nr;	   /* at least one */
	size_t room;
	size_t nr_torn;	   /* were not whole, and are left out */
	uint64_t size;	   /* of the file */
	bool is_recording; /* it begins as one */
	bool is_compressed;
	bool is_last_whole;	  /* of what is compressed: the last ends as a snapshot does */
	struct zst_frames frames; /* of what is compressed */
};

/* Look through the file. One alone is not looked into: that it is whole is seen when it is read.
 * 0, -ENOMEM, as read(2), or as recording_bytes_read(). */
int moments_find(int fd, struct moments *ret);
/* One more, behind the others. 0 or -ENOMEM. */
int moments_add(struct moments *moments, uint64_t offset, uint64_t end, uint64_t time_ns);
/* Does it end as a snapshot does? */
bool moments_is_whole(int fd, const struct moments *moments, size_t index);
void moments_free(struct moments *moments);
/* The same of what is compressed. */
int moments_find_compressed(int fd, struct moments *moments);
/* The bytes of one, as replay_read() wants them. */
struct recording_bytes moments_bytes(int fd, const struct moments *moments, size_t index);

/* In the first lines of a recording, which end in NUL: its wall_time_ns; 0: it does not say. */
uint64_t moments_time_of(char *text);
/* Do these bytes end as a recording does? */
#define MOMENTS_TAIL_SIZE 26
bool moments_tail_is_whole(const char tail[MOMENTS_TAIL_SIZE]);

/* The last moment at or before a time as pidns_open_opts.at has it. 0; -EINVAL: it is no time;
 * -ENOENT: it is before the first. With a sentence. */
int moments_at(const struct moments *moments, const char *at, const struct why *why,
	       size_t *ret_index);

#endif /* PIDNS_RECORDING_MOMENTS_H */
