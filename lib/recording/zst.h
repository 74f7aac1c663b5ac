/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zst.h - recordings compressed by zstd: a frame a snapshot, and behind each a skippable frame, the
 * trailer, which says how long that was: a reader goes from the last to the first without
 * decompressing any. Files that others compressed have no trailers, and frames of any length.
 *
 * Implemented in recording/zst-frames.c, which knows where frames are; and in recording/zst.c, which
 * decompresses them (recording/zst-none.c stands in where there is no libzstd).
 */
#ifndef PIDNS_RECORDING_ZST_H
#define PIDNS_RECORDING_ZST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/util.h"

/* No snapshot is so large: more than a million tasks. What decompresses to more is refused. */
#define ZST_SNAPSHOT_MAX (UINT64_C(256) << 20)
/* And no series is so long. */
#define ZST_FRAMES_MAX (UINT64_C(1) << 20)

struct zst_frames {
	uint64_t *places; /* of each, where it begins in the file … */
	uint64_t *starts; /* … and in what the file decompresses to */
	size_t nr, room;
	uint64_t end;	  /* of the last that is whole, in the file, its trailer included */
	uint64_t content; /* what all of it decompresses to */
};

/* ---- recording/zst-frames.c ------------------------------------------------------------------ */

/* Does a file that begins with these four bytes hold frames of zstd? Is one of that name to? */
#define ZST_MAGIC_SIZE 4
bool zst_is_magic(const void *bytes);
bool zst_is_name(const char *path);

/* One more, behind the others. 0, -ENOMEM, or -EFBIG. */
int zst_frames_add(struct zst_frames *frames, uint64_t place, uint64_t start);
void zst_frames_free(struct zst_frames *frames);
/* The last that begins at or before that byte of what is decompressed. There is one. */
size_t zst_frames_find(const struct zst_frames *frames, uint64_t at);
/* Where in the file the frame ends whose last byte is that before `at`; 0: none ends there. */
uint64_t zst_frames_end(const struct zst_frames *frames, uint64_t at);

#define ZST_TRAILER_SIZE 40
struct zst_trailer {
	uint64_t size;	       /* of the frame before it */
	uint64_t content;      /* what that decompresses to */
	uint64_t wall_time_ns; /* of the snapshot */
};
void zst_trailer_put(const struct zst_trailer *trailer, unsigned char bytes[ZST_TRAILER_SIZE]);
bool zst_trailer_get(const unsigned char bytes[ZST_TRAILER_SIZE], struct zst_trailer *ret);

/* ---- recording/zst.c ------------------------------------------------------------------------- */

bool zst_is_built_in(void);

/* Frames from that place in the file on. Memory is bounded, whatever they say of themselves. 0, -ENOMEM,
 * -EOPNOTSUPP. */
struct zst_reader;
int zst_reader_open(int fd, uint64_t place, struct zst_reader **ret_reader);
struct zst_reader *zst_reader_close(struct zst_reader *reader);
/* The next bytes, of one frame: how many; 0 behind the last; -EBADMSG: damaged; -ENODATA: cut short;
 * -EFBIG: it wants more memory than it may have; or as read(2). */
ssize_t zst_reader_read(struct zst_reader *reader, void *to, size_t size);
/* Where in the file the frame of these bytes begins; where the last ends that is whole. */
uint64_t zst_reader_place(const struct zst_reader *reader);
uint64_t zst_reader_whole(const struct zst_reader *reader);

/* A frame that is written to a file; its trailer when it is finished. 0, or -Exxx. */
struct zst_writer;
int zst_writer_open(int fd, struct zst_writer **ret_writer);
int zst_writer_write(struct zst_writer *writer, const void *bytes, size_t size);
int zst_writer_finish(struct zst_writer *writer, uint64_t wall_time_ns);
struct zst_writer *zst_writer_close(struct zst_writer *writer);

#endif /* PIDNS_RECORDING_ZST_H */
