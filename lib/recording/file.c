// SPDX-License-Identifier: LGPL-2.1-or-later
/* file.c - reads a recording line by line, and sees to it that it is whole. */
#include "file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "recording.h"

/* A line longer than this is none of ours: a task's is at most a few hundred bytes. */
#define LINE_SIZE 65536

struct recording_file {
	const char *path; /* the caller's, for sentences */
	struct recording_bytes bytes;
	bool ended; /* the last line has been met and its checksum found right */
	size_t nr_lines;
	uint64_t hash;	   /* of the lines so far */
	size_t start, end; /* what is in the buffer and not yet handed over */
	char buffer[LINE_SIZE];
};

const char *recording_file_name(const struct recording_file *file)
{
	return file->path;
}

size_t recording_file_line(const struct recording_file *file)
{
	return file->nr_lines;
}

void recording_file_closep(struct recording_file **file)
{
	if (*file)
		recording_bytes_close(&(*file)->bytes);
	free(*file);
}

/* More bytes into the buffer: how many; 0 at the end of the file, or where it is full. */
static ssize_t fill(struct recording_file *file, const struct why *why)
{
	size_t left = file->end - file->start;
	ssize_t n;

	memmove(file->buffer, file->buffer + file->start, left);
	file->start = 0;
	file->end = left;
	n = recording_bytes_read(&file->bytes, file->buffer + left, sizeof(file->buffer) - left);
	if (n < 0)
		return recording_bytes_why(file->path, (int)n, why);
	file->end += (size_t)n;
	return n;
}

/* A line with its newline: 1, 0 at the end of the file. */
static int next_raw(struct recording_file *file, const struct why *why, char **ret_line,
		    size_t *ret_len)
{
	size_t seen = 0;

	for (;;) {
		char *start = file->buffer + file->start;
		size_t left = file->end - file->start;
		char *newline = memchr(start + seen, '\n', left - seen);
		ssize_t n;

		if (newline) {
			*ret_line = start;
			*ret_len = (size_t)(newline - start) + 1;
			file->start += *ret_len;
			file->nr_lines++;
			return 1;
		}
		seen = left;
		n = fill(file, why);
		if (n < 0)
			return (int)n;
		if (!n && left == sizeof(file->buffer))
			return why_set(why, -EPROTO, "%s: line %zu is too long", file->path,
				       file->nr_lines + 1);
		if (!n && left)
			return why_set(why, -EPROTO, "%s: cut short in line %zu", file->path,
				       file->nr_lines + 1);
		if (!n)
			return 0;
	}
}

/* "pidns-recording 1" */
static int check_magic(const struct recording_file *file, const char *line, size_t len,
		       const struct why *why)
{
	const size_t head = strlen(RECORDING_MAGIC " ");
	uint64_t version;

	if (len <= head || memcmp(line, RECORDING_MAGIC " ", head) ||
	    text_parse_u64(line + head, len - head, &version) < 0 || !version)
		return why_set(why, -EPROTO, "%s: not a recording", file->path);
	if (version > RECORDING_VERSION)
		return why_set(why, -EPROTO,
			       "%s: made by a newer pidns (format %ju, this one reads %d)",
			       file->path, (uintmax_t)version, RECORDING_VERSION);
	return 0;
}

static int read_magic(struct recording_file *file, const struct why *why)
{
	const size_t head = strlen(RECORDING_MAGIC);
	ssize_t n = fill(file, why);
	char *line;
	size_t len;
	int r;

	if (n < 0)
		return (int)n;
	/* Told by its first bytes, so that no other file is called cut short or too long. */
	if (!n)
		return why_set(why, -EPROTO, "%s: empty, not a recording", file->path);
	if (file->end < head || memcmp(file->buffer, RECORDING_MAGIC, head))
		return why_set(why, -EPROTO, "%s: not a recording", file->path);
	r = next_raw(file, why, &line, &len);
	if (r <= 0)
		return r;
	file->hash = util_hash(FNV_START, line, len);
	return check_magic(file, line, len - 1, why);
}

int recording_file_open(const char *path, const struct recording_bytes *bytes,
			const struct why *why, struct recording_file **ret_file)
{
	__attribute__((cleanup(recording_file_closep))) struct recording_file *file = NULL;
	int r;

	file = malloc(sizeof(*file));
	if (!file)
		return -ENOMEM;
	file->path = path;
	file->ended = false;
	file->nr_lines = file->start = file->end = 0;
	file->bytes = *bytes;
	r = read_magic(file, why);
	if (r < 0)
		return r;
	*ret_file = steal_pointer(&file);
	return 0;
}

/* The checksum is of every byte before its digits. It is cut off, with the space before its key. */
static int check_sum(struct recording_file *file, char *line, size_t len, const struct why *why)
{
	const char key[] = " " RECORDING_CHECKSUM;
	const size_t tail = strlen(key) + RECORDING_CHECKSUM_DIGITS;
	char digits[RECORDING_CHECKSUM_DIGITS + 1];
	char *at;

	if (len < tail || memcmp(line + len - tail, key, strlen(key)))
		return why_set(why, -EPROTO, "%s: its last line has no checksum", file->path);
	at = line + len - RECORDING_CHECKSUM_DIGITS;
	snprintf(digits, sizeof(digits), "%016" PRIx64,
		 util_hash(file->hash, line, (size_t)(at - line)));
	if (memcmp(at, digits, RECORDING_CHECKSUM_DIGITS))
		return why_set(why, -EPROTO, "%s: damaged, its checksum does not fit", file->path);
	line[len - tail] = '\0';
	file->ended = true;
	return 1;
}

static bool is_end(const char *line)
{
	return !strncmp(line, RECORDING_END " ", strlen(RECORDING_END " "));
}

int recording_file_next(struct recording_file *file, const struct why *why, char **ret_line)
{
	char *line;
	size_t len;
	int r = next_raw(file, why, &line, &len);

	if (r < 0)
		return r;
	if (r && file->ended)
		return why_set(why, -EPROTO, "%s: goes on after its last line", file->path);
	if (!r && !file->ended)
		return why_set(why, -EPROTO, "%s: cut short after line %zu", file->path,
			       file->nr_lines);
	if (!r)
		return 0;
	if (memchr(line, '\0', len))
		return why_set(why, -EPROTO, "%s: damaged, line %zu holds a NUL byte", file->path,
			       file->nr_lines);
	*ret_line = line;
	line[len - 1] = '\0';
	if (is_end(line))
		return check_sum(file, line, len - 1, why);
	line[len - 1] = '\n';
	file->hash = util_hash(file->hash, line, len);
	line[len - 1] = '\0';
	return 1;
}
