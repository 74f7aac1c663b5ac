// SPDX-License-Identifier: LGPL-2.1-or-later
/* series.c - snapshots written one after another to one file. */
#include "pidnsinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes.h"
#include "moments.h"
#include "save.h"

struct pidns_series {
	char *path;
	int fd;
	uint32_t keep; /* 0: all */
	struct moments moments;
	uint64_t end; /* where the next is written */
};

static void series_closep(struct pidns_series **series)
{
	struct pidns_series *s = *series;

	if (!s)
		return;
	util_closep(&s->fd);
	moments_free(&s->moments);
	free(s->path);
	free(s);
}

/* ---- the file -------------------------------------------------------------------------------- */

/* No link is followed: what is renamed later would take its place. */
static int open_file(const char *path, const struct why *why, int *ret_fd)
{
	_cleanup_close_ int fd =
		open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0) {
		r = -errno;
		return why_set(why, r, "%s: %s", path,
			       r == -ELOOP ? "not a regular file" : strerror(-r));
	}
	if (!S_ISREG(st.st_mode))
		return why_set(why, -EINVAL, "%s: not a regular file", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		r = -errno;
		return why_set(why, r, "%s: %s", path,
			       r == -EWOULDBLOCK ? "another process is writing it" : strerror(-r));
	}
	*ret_fd = steal_fd(&fd);
	return 0;
}

static int check_format(const struct pidns_series *series, const struct why *why)
{
	const struct moments *moments = &series->moments;

	if (moments->is_compressed && !zst_is_built_in())
		return why_set(why, -EOPNOTSUPP, "%s: this build lacks zstd", series->path);
	if (!moments->is_recording && moments->size)
		return why_set(why, -EPROTO, "%s: not a recording", series->path);
	return 0;
}

/* From what the file decompresses to, to the file. Where others have compressed it, a frame may hold several
 * snapshots: then none can be dropped. */
static int settle_frames(struct pidns_series *series, const struct why *why)
{
	struct moments *moments = &series->moments;
	const struct zst_frames *frames = &moments->frames;
	size_t nr = moments->nr, frame = nr ? zst_frames_find(frames, moments->offsets[nr - 1]) : 0;

	/* All bytes of the last came out of a frame that lacks its end. */
	if (nr && frames->end <= frames->places[frame] &&
	    frames->starts[frame] == moments->offsets[nr - 1]) {
		series->end = frames->places[frame];
		moments->nr = --nr;
	} else if (nr) {
		series->end = zst_frames_end(frames, series->end);
	}
	if (nr && !series->end)
		return why_set(why, -EPROTO, "%s: its last frame holds part of a snapshot",
			       series->path);
	for (size_t i = 0; i < nr; i++) {
		frame = zst_frames_find(frames, moments->offsets[i]);
		if (series->keep && frames->starts[frame] != moments->offsets[i])
			return why_set(why, -EPROTO, "%s: its frames are not one a snapshot",
				       series->path);
		moments->offsets[i] = frames->places[frame];
	}
	for (size_t i = 0; i < nr; i++)
		moments->ends[i] = i + 1 < nr ? moments->offsets[i + 1] : series->end;
	return 0;
}

/* Where the last that is whole ends. */
static int find_last(struct pidns_series *series, const struct why *why)
{
	struct moments *moments = &series->moments;
	size_t last = moments->nr - 1;

	if (!moments->size || !moments_is_whole(series->fd, moments, last))
		moments->nr--;
	series->end = moments->nr ? moments->ends[last] : 0;
	return moments->is_compressed ? settle_frames(series, why) : 0;
}

/* What an earlier writer could not finish is cut off. */
static int find_end(struct pidns_series *series, const struct why *why)
{
	struct moments *moments = &series->moments;
	int r = moments_find(series->fd, moments);

	if (r < 0)
		return recording_bytes_why(series->path, r, why);
	if (!moments->size)
		moments->is_compressed = zst_is_name(series->path);
	r = check_format(series, why);
	if (r >= 0)
		r = find_last(series, why);
	if (r < 0)
		return r;
	if (moments->size != series->end && ftruncate(series->fd, (off_t)series->end) < 0) {
		r = -errno;
		return why_set(why, r, "%s: %s", series->path, strerror(-r));
	}
	return 0;
}

int pidns_series_open(const char *path, uint32_t keep, char *text, size_t text_len,
		      struct pidns_series **ret_series)
{
	const struct why why = {text, text_len};
	__attribute__((cleanup(series_closep))) struct pidns_series *series = NULL;
	int r;

	series = calloc(1, sizeof(*series));
	if (!series)
		return why_set(&why, -ENOMEM, "out of memory");
	series->fd = -1;
	series->keep = keep;
	series->path = strdup(path);
	r = series->path ? open_file(path, &why, &series->fd)
			 : why_set(&why, -ENOMEM, "out of memory");
	if (r >= 0)
		r = find_end(series, &why);
	if (r < 0)
		return r;
	*ret_series = steal_pointer(&series);
	return 0;
}

/* ---- dropping the oldest --------------------------------------------------------------------- */

static int copy(int from, uint64_t at, uint64_t end, int to)
{
	struct recording_bytes bytes = {.fd = from, .at = at, .end = end};
	char buffer[16384];
	ssize_t n;
	int r = 0;

	while (r >= 0 && (n = recording_bytes_read(&bytes, buffer, sizeof(buffer))) != 0)
		r = n < 0 ? (int)n : recording_bytes_write(to, buffer, (size_t)n);
	return r;
}

/* Locked before it has the name, so that there is always one writer. */
static int fill(const struct pidns_series *series, uint64_t from, int fd)
{
	struct stat st;
	int r = copy(series->fd, from, series->end, fd);

	if (r < 0)
		return r;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(series->fd, &st) < 0 ||
	    fchmod(fd, st.st_mode & 0777) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

static int drop_oldest(struct pidns_series *series)
{
	struct moments *moments = &series->moments;
	size_t nr = moments->nr - series->keep;
	uint64_t from = moments->offsets[nr];
	_cleanup_free_ char *temp = NULL;
	_cleanup_close_ int fd = save_temp(series->path, &temp);
	int r = fd < 0 ? fd : fill(series, from, fd);

	if (r >= 0 && rename(temp, series->path) < 0)
		r = -errno;
	if (r < 0) {
		if (temp)
			unlink(temp);
		return r;
	}
	util_closep(&series->fd);
	series->fd = steal_fd(&fd);
	series->end -= from;
	moments->nr = series->keep;
	for (size_t i = 0; i < moments->nr; i++) {
		moments->offsets[i] = moments->offsets[i + nr] - from;
		moments->ends[i] = moments->ends[i + nr] - from;
		moments->times[i] = moments->times[i + nr];
	}
	return 0;
}

/* ---- one more -------------------------------------------------------------------------------- */

/* So seldom that each snapshot is copied a few times only. */
static bool has_too_many(const struct pidns_series *series)
{
	return series->keep && series->moments.nr > (uint64_t)series->keep + series->keep / 8;
}

int pidns_series_append(struct pidns_series *series, const struct pidns_snapshot *snapshot)
{
	off_t end;
	int r;

	if (lseek(series->fd, (off_t)series->end, SEEK_SET) < 0)
		return -errno;
	r = series->moments.is_compressed ? save_compressed(snapshot, series->fd)
					  : pidns_snapshot_write(snapshot, series->fd);
	end = lseek(series->fd, 0, SEEK_CUR);
	if (r >= 0 && (end < 0 || fdatasync(series->fd) < 0))
		r = -errno;
	if (r >= 0)
		r = moments_add(&series->moments, series->end, (uint64_t)end,
				pidns_snapshot_wall_time(snapshot));
	/* Where even that fails: readers leave out what is not whole. */
	if (r < 0)
		return ftruncate(series->fd, (off_t)series->end) < 0 ? r : r;
	series->end = (uint64_t)end;
	return has_too_many(series) ? drop_oldest(series) : 0;
}

struct pidns_series *pidns_series_close(struct pidns_series *series)
{
	if (series && series->keep && series->moments.nr > series->keep)
		drop_oldest(series);
	series_closep(&series);
	return NULL;
}
