// SPDX-License-Identifier: LGPL-2.1-or-later
/* moments.c - where the snapshots of a series stand in its file. */
#include "moments.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bytes.h"
#include "recording.h"

#define CHUNK	  65536
#define HEAD_SIZE 1024 /* the first two lines fit, but for names that are no names */

static const char start[] = "\n" RECORDING_MAGIC " ";

#define START_LEN (sizeof(start) - 1)

void moments_free(struct moments *moments)
{
	free(moments->offsets);
	free(moments->ends);
	free(moments->times);
	zst_frames_free(&moments->frames);
}

int moments_add(struct moments *moments, uint64_t offset, uint64_t end, uint64_t time_ns)
{
	size_t room = moments->room, ends_room = room, times_room = room;
	int r = util_grow(&moments->offsets, &room, moments->nr, sizeof(*moments->offsets));

	if (r >= 0)
		r = util_grow(&moments->ends, &ends_room, moments->nr, sizeof(*moments->ends));
	if (r >= 0)
		r = util_grow(&moments->times, &times_room, moments->nr, sizeof(*moments->times));
	if (r < 0)
		return r;
	moments->room = room;
	moments->offsets[moments->nr] = offset;
	moments->ends[moments->nr] = end;
	moments->times[moments->nr++] = time_ns;
	return 0;
}

/* The places after the first at which a line begins as a recording does. */
static int find_starts(int fd, uint64_t size, char *buffer, struct moments *moments)
{
	uint64_t at = 0;

	while (at < size) {
		ssize_t n = recording_bytes_pread(fd, buffer, CHUNK, at);
		const char *from = buffer, *hit;
		int r = 0;

		if (n < 0)
			return (int)n;
		while (r >= 0 &&
		       (hit = memmem(from, (size_t)(buffer + n - from), start, START_LEN))) {
			from = hit + START_LEN;
			r = moments_add(moments, at + (uint64_t)(hit + 1 - buffer), 0, 0);
		}
		if (r < 0)
			return r;
		/* Text holds no NUL: a hole may be endless. */
		if (n < CHUNK || memchr(buffer, '\0', (size_t)n))
			break;
		/* What begins in its last bytes is met again. */
		at += CHUNK - (START_LEN - 1);
	}
	return 0;
}

bool moments_tail_is_whole(const char tail[MOMENTS_TAIL_SIZE])
{
	static const char key[] = " " RECORDING_CHECKSUM;

	_Static_assert(sizeof(key) - 1 + RECORDING_CHECKSUM_DIGITS + 1 == MOMENTS_TAIL_SIZE,
		       "the checksum and its newline");
	return !memcmp(tail, key, sizeof(key) - 1) && tail[MOMENTS_TAIL_SIZE - 1] == '\n';
}

/* Does what ends there end as a recording does? */
static bool ends_well(int fd, uint64_t offset, uint64_t end)
{
	char tail[MOMENTS_TAIL_SIZE];

	return end - offset > sizeof(tail) &&
	       recording_bytes_pread(fd, tail, sizeof(tail), end - sizeof(tail)) ==
		       (ssize_t)sizeof(tail) &&
	       moments_tail_is_whole(tail);
}

bool moments_is_whole(int fd, const struct moments *moments, size_t index)
{
	if (moments->is_compressed)
		return moments->is_last_whole;
	return ends_well(fd, moments->offsets[index], moments->ends[index]);
}

/* A first line that is cut short is no start yet. Where the last whole snapshot ends then. */
static uint64_t end_of_last(int fd, uint64_t offset, uint64_t end)
{
	char tail[START_LEN];
	uint64_t from = end - offset > sizeof(tail) ? end - sizeof(tail) : offset;
	ssize_t n = recording_bytes_pread(fd, tail, (size_t)(end - from), from);
	const char *newline = n > 0 ? memrchr(tail, '\n', (size_t)n) : NULL;
	size_t len = newline ? (size_t)(tail + n - newline) : 0;

	if (!newline || memcmp(newline, start, len) || !ends_well(fd, offset, end - len + 1))
		return end;
	return end - len + 1;
}

/* Those that are whole stay. A recording that is alone stays in any case: its reader says what is
 * wrong with it. */
static void keep_whole(int fd, uint64_t size, struct moments *moments)
{
	size_t nr = 0;

	for (size_t i = 0; i < moments->nr; i++)
		moments->ends[i] = i + 1 < moments->nr ? moments->offsets[i + 1] : size;
	if (moments->nr) {
		uint64_t *last = &moments->ends[moments->nr - 1];

		*last = end_of_last(fd, moments->offsets[moments->nr - 1], *last);
		moments->nr_torn = *last != size;
	}
	for (size_t i = 0; i < moments->nr; i++) {
		if (moments->nr > 1 && !ends_well(fd, moments->offsets[i], moments->ends[i]))
			continue;
		moments->offsets[nr] = moments->offsets[i];
		moments->ends[nr++] = moments->ends[i];
	}
	if (!nr)
		nr = 1;
	moments->nr_torn += moments->nr - nr;
	moments->nr = nr;
}

uint64_t moments_time_of(char *text)
{
	static const char key[] = " wall_time_ns=";
	char *line = strchr(text, '\n'), *end = line ? strchr(line + 1, '\n') : NULL;
	uint64_t value;

	if (!end)
		return 0;
	*end = '\0';
	line = strstr(line + 1, key);
	if (!line || !isdigit((unsigned char)line[sizeof(key) - 1]))
		return 0;
	errno = 0;
	value = strtoull(line + sizeof(key) - 1, NULL, 10);
	return errno ? 0 : value;
}

/* Of the line after the first. */
static uint64_t read_time(int fd, uint64_t offset)
{
	char text[HEAD_SIZE + 1];
	ssize_t n = recording_bytes_pread(fd, text, HEAD_SIZE, offset);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return moments_time_of(text);
}

struct recording_bytes moments_bytes(int fd, const struct moments *moments, size_t index)
{
	return (struct recording_bytes){
		.fd = fd,
		.at = moments->offsets[index],
		.end = moments->ends[index],
		.frames = moments->is_compressed ? &moments->frames : NULL,
	};
}

/* Any other file is none of ours, and is not read to its end. */
static bool is_ours(int fd)
{
	char head[START_LEN - 1];

	return recording_bytes_pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
	       !memcmp(head, start + 1, sizeof(head));
}

static bool is_compressed(int fd)
{
	char magic[ZST_MAGIC_SIZE];

	return recording_bytes_pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) &&
	       zst_is_magic(magic);
}

static int find_plain(int fd, struct moments *moments)
{
	_cleanup_free_ char *buffer = malloc(CHUNK);
	int r = buffer ? moments_add(moments, 0, 0, 0) : -ENOMEM;

	moments->is_recording = is_ours(fd);
	if (r >= 0 && moments->is_recording)
		r = find_starts(fd, moments->size, buffer, moments);
	if (r < 0)
		return r;
	/* One that has no size, as those of procfs, has no end either until it is read. */
	keep_whole(fd, moments->size ? moments->size : UINT64_MAX / 2, moments);
	for (size_t i = 0; i < moments->nr; i++)
		moments->times[i] = read_time(fd, moments->offsets[i]);
	return 0;
}

int moments_find(int fd, struct moments *ret)
{
	struct moments moments = {0};
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	moments.size = (uint64_t)st.st_size;
	moments.is_compressed = is_compressed(fd);
	r = moments.is_compressed ? moments_find_compressed(fd, &moments)
				  : find_plain(fd, &moments);
	if (r < 0) {
		moments_free(&moments);
		return r;
	}
	*ret = moments;
	return 0;
}
