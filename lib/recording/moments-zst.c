// SPDX-License-Identifier: LGPL-2.1-or-later
/* moments-zst.c - where the snapshots of a compressed series stand in what it decompresses to. */
#include "moments.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "recording.h"

#define CHUNK	  65536
#define HEAD_SIZE 1024 /* of each snapshot, to find its time in */

static const char start[] = "\n" RECORDING_MAGIC " ";

#define START_LEN (sizeof(start) - 1)

/* ---- by the trailers, from the last on ------------------------------------------------------- */

/* The frame whose trailer ends there. */
static bool read_trailer(int fd, uint64_t end, struct zst_trailer *ret)
{
	unsigned char bytes[ZST_TRAILER_SIZE], magic[ZST_MAGIC_SIZE];

	return end > sizeof(bytes) &&
	       recording_bytes_pread(fd, bytes, sizeof(bytes), end - sizeof(bytes)) ==
		       (ssize_t)sizeof(bytes) &&
	       zst_trailer_get(bytes, ret) && ret->content && ret->content <= ZST_SNAPSHOT_MAX &&
	       ret->size && ret->size <= end - sizeof(bytes) &&
	       recording_bytes_pread(fd, magic, sizeof(magic), end - sizeof(bytes) - ret->size) ==
		       (ssize_t)sizeof(magic) &&
	       zst_is_magic(magic);
}

/* First as they are met; starts hold the lengths. */
static int collect_trailers(int fd, struct moments *moments)
{
	uint64_t end = moments->size;
	struct zst_trailer trailer;

	while (end) {
		int r = -EPROTO;

		if (read_trailer(fd, end, &trailer)) {
			end -= trailer.size + ZST_TRAILER_SIZE;
			r = zst_frames_add(&moments->frames, end, trailer.content);
		}
		if (r >= 0)
			r = moments_add(moments, 0, 0, trailer.wall_time_ns);
		if (r < 0)
			return r;
	}
	return 0;
}

static void swap(uint64_t *list, size_t i, size_t j)
{
	uint64_t value = list[i];

	list[i] = list[j];
	list[j] = value;
}

static int find_by_trailers(int fd, struct moments *moments)
{
	struct zst_frames *frames = &moments->frames;
	int r = collect_trailers(fd, moments);
	uint64_t at = 0;

	if (r < 0)
		return r;
	for (size_t i = 0, j = frames->nr - 1; i < j; i++, j--) {
		swap(frames->places, i, j);
		swap(frames->starts, i, j);
		swap(moments->times, i, j);
	}
	for (size_t i = 0; i < frames->nr; i++) {
		uint64_t content = frames->starts[i];

		frames->starts[i] = moments->offsets[i] = at;
		moments->ends[i] = at += content;
	}
	frames->end = moments->size;
	frames->content = at;
	moments->is_recording = moments->is_last_whole = true;
	return 0;
}

/* ---- by decompressing all of it -------------------------------------------------------------- */

struct scan {
	struct moments *moments;
	struct zst_reader *reader;
	uint64_t base; /* what the buffer begins with, in what is decompressed */
	size_t len, done;
	bool is_at_end;
	int error; /* -ENODATA: the last frame is not whole */
	char buffer[CHUNK];
};

static int fill(struct scan *scan)
{
	struct zst_frames *frames = &scan->moments->frames;

	while (!scan->is_at_end && scan->len < CHUNK) {
		ssize_t n =
			zst_reader_read(scan->reader, scan->buffer + scan->len, CHUNK - scan->len);
		uint64_t place = zst_reader_place(scan->reader);
		int r = 0;

		if (n < 0 && n != -ENODATA)
			return (int)n;
		if (n <= 0) {
			scan->is_at_end = true;
			scan->error = (int)n;
			break;
		}
		if (!frames->nr || frames->places[frames->nr - 1] != place)
			r = zst_frames_add(frames, place, scan->base + scan->len);
		if (r < 0)
			return r;
		scan->len += (size_t)n;
	}
	frames->end = zst_reader_whole(scan->reader);
	frames->content = scan->base + scan->len;
	return 0;
}

/* What ends there in the buffer is kept if it is whole, or is all there is. */
static void end_moment(struct scan *scan, size_t at)
{
	struct moments *moments = scan->moments;
	size_t last = moments->nr - 1;
	uint64_t end = scan->base + at;

	moments->ends[last] = end;
	moments->is_last_whole = at >= MOMENTS_TAIL_SIZE &&
				 end - moments->offsets[last] > MOMENTS_TAIL_SIZE &&
				 moments_tail_is_whole(scan->buffer + at - MOMENTS_TAIL_SIZE);
	if (moments->is_last_whole)
		return;
	moments->nr_torn++;
	/* One that is alone stays: its reader says what is wrong with it. */
	if (last)
		moments->nr--;
}

static int begin_moment(struct scan *scan, size_t at)
{
	char head[HEAD_SIZE + 1];
	size_t len = scan->len - at < HEAD_SIZE ? scan->len - at : HEAD_SIZE;

	if (scan->moments->nr >= ZST_FRAMES_MAX)
		return -EFBIG;
	memcpy(head, scan->buffer + at, len);
	head[len] = '\0';
	return moments_add(scan->moments, scan->base + at, 0, moments_time_of(head));
}

/* All starts but those in the last bytes, behind which more will come. */
static int find_in_buffer(struct scan *scan)
{
	size_t limit = scan->is_at_end ? scan->len : scan->len - HEAD_SIZE;
	const char *hit;
	int r = 0;

	while (r >= 0 && scan->done < limit &&
	       (hit = memmem(scan->buffer + scan->done, scan->len - scan->done, start,
			     START_LEN))) {
		size_t at = (size_t)(hit - scan->buffer);

		if (at >= limit)
			break;
		scan->done = at + 1;
		end_moment(scan, at + 1);
		r = begin_moment(scan, at + 1);
	}
	if (scan->done < limit)
		scan->done = limit;
	return r;
}

static void drop_done(struct scan *scan)
{
	size_t dropped = scan->done - MOMENTS_TAIL_SIZE;

	memmove(scan->buffer, scan->buffer + dropped, scan->len - dropped);
	scan->base += dropped;
	scan->len -= dropped;
	scan->done -= dropped;
}

static int scan_all(struct scan *scan)
{
	struct moments *moments = scan->moments;
	int r = fill(scan);

	if (r < 0)
		return r;
	if (!scan->len && scan->error)
		return scan->error;
	moments->is_recording = scan->len >= START_LEN - 1 &&
				!memcmp(scan->buffer, start + 1, START_LEN - 1);
	r = begin_moment(scan, 0);
	while (r >= 0 && moments->is_recording) {
		r = find_in_buffer(scan);
		if (r < 0 || scan->is_at_end || memchr(scan->buffer, '\0', scan->len))
			break;
		drop_done(scan);
		if (scan->base > moments->offsets[moments->nr - 1] + ZST_SNAPSHOT_MAX)
			return -EFBIG;
		r = fill(scan);
	}
	if (r >= 0)
		end_moment(scan, scan->len);
	return r;
}

static int find_by_scan(int fd, struct moments *moments)
{
	_cleanup_free_ struct scan *scan = malloc(sizeof(*scan));
	int r;

	if (!scan)
		return -ENOMEM;
	scan->moments = moments;
	scan->base = scan->len = scan->done = 0;
	scan->is_at_end = false;
	scan->error = 0;
	r = zst_reader_open(fd, 0, &scan->reader);
	if (r < 0)
		return r;
	r = scan_all(scan);
	zst_reader_close(scan->reader);
	/* A frame that is not whole may have held no byte yet. */
	if (r >= 0 && scan->error && !moments->nr_torn)
		moments->nr_torn = 1;
	return r;
}

int moments_find_compressed(int fd, struct moments *moments)
{
	int r = zst_is_built_in() ? find_by_trailers(fd, moments) : -EOPNOTSUPP;

	if (r != -EPROTO)
		return r;
	moments->nr = moments->frames.nr = 0;
	return find_by_scan(fd, moments);
}
