// SPDX-License-Identifier: LGPL-2.1-or-later
/* zst.c - compresses and decompresses, by libzstd. */
#include "zst.h"

#include <errno.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "bytes.h"

/* What `zstd -19` makes of large files fits; --long and --ultra are refused. */
#define WINDOW_LOG_MAX 23
#define CHUNK	       65536

bool zst_is_built_in(void)
{
	return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

struct zst_reader {
	int fd; /* borrowed */
	ZSTD_DCtx *context;
	uint64_t base, next; /* where the chunk is from, and what follows it */
	uint64_t place, whole;
	bool is_within; /* a frame has begun that has not ended */
	ZSTD_inBuffer in;
	unsigned char chunk[CHUNK];
};

struct zst_reader *zst_reader_close(struct zst_reader *reader)
{
	if (reader)
		ZSTD_freeDCtx(reader->context);
	free(reader);
	return NULL;
}

int zst_reader_open(int fd, uint64_t place, struct zst_reader **ret_reader)
{
	struct zst_reader *reader = malloc(sizeof(*reader));

	if (!reader)
		return -ENOMEM;
	reader->context = ZSTD_createDCtx();
	if (!reader->context) {
		free(reader);
		return -ENOMEM;
	}
	ZSTD_DCtx_setParameter(reader->context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	reader->fd = fd;
	reader->base = reader->next = reader->place = reader->whole = place;
	reader->is_within = false;
	reader->in = (ZSTD_inBuffer){.src = reader->chunk};
	*ret_reader = reader;
	return 0;
}

static ssize_t fill(struct zst_reader *reader)
{
	ssize_t n = recording_bytes_pread(reader->fd, reader->chunk, CHUNK, reader->next);

	if (n < 0)
		return n;
	reader->base = reader->next;
	reader->next += (uint64_t)n;
	reader->in.size = (size_t)n;
	reader->in.pos = 0;
	return n;
}

static int error_of(size_t result)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return -EFBIG;
	case ZSTD_error_memory_allocation:
		return -ENOMEM;
	default:
		return -EBADMSG;
	}
}

/* Some of the chunk, to the end of its frame at the most: 0, or -Exxx. */
static int decompress(struct zst_reader *reader, ZSTD_outBuffer *out)
{
	size_t left;

	if (!reader->is_within)
		reader->place = reader->base + reader->in.pos;
	left = ZSTD_decompressStream(reader->context, out, &reader->in);
	if (ZSTD_isError(left))
		return error_of(left);
	reader->is_within = left != 0;
	if (!left)
		reader->whole = reader->base + reader->in.pos;
	return 0;
}

ssize_t zst_reader_read(struct zst_reader *reader, void *to, size_t size)
{
	ZSTD_outBuffer out = {.dst = to, .size = size};

	while (!out.pos) {
		bool is_empty = reader->in.pos == reader->in.size;
		ssize_t n = is_empty ? fill(reader) : 1;
		int r = 0;

		if (n < 0)
			return n;
		/* Without more, it may still have something of what it was given. */
		if (n || reader->is_within)
			r = decompress(reader, &out);
		if (r < 0)
			return r;
		if (!n && !out.pos)
			return reader->is_within ? -ENODATA : 0;
	}
	return (ssize_t)out.pos;
}

uint64_t zst_reader_place(const struct zst_reader *reader)
{
	return reader->place;
}

uint64_t zst_reader_whole(const struct zst_reader *reader)
{
	return reader->whole;
}

/* ---- writing --------------------------------------------------------------------------------- */

struct zst_writer {
	int fd; /* borrowed */
	ZSTD_CCtx *context;
	struct zst_trailer trailer;
	unsigned char chunk[CHUNK];
};

struct zst_writer *zst_writer_close(struct zst_writer *writer)
{
	if (writer)
		ZSTD_freeCCtx(writer->context);
	free(writer);
	return NULL;
}

int zst_writer_open(int fd, struct zst_writer **ret_writer)
{
	struct zst_writer *writer = malloc(sizeof(*writer));

	if (!writer)
		return -ENOMEM;
	writer->context = ZSTD_createCCtx();
	if (!writer->context) {
		free(writer);
		return -ENOMEM;
	}
	ZSTD_CCtx_setParameter(writer->context, ZSTD_c_checksumFlag, 1);
	writer->fd = fd;
	writer->trailer = (struct zst_trailer){0};
	*ret_writer = writer;
	return 0;
}

static int compress(struct zst_writer *writer, ZSTD_inBuffer *in, ZSTD_EndDirective directive)
{
	size_t left;

	do {
		ZSTD_outBuffer out = {.dst = writer->chunk, .size = CHUNK};
		int r;

		left = ZSTD_compressStream2(writer->context, &out, in, directive);
		if (ZSTD_isError(left))
			return -ENOMEM;
		r = recording_bytes_write(writer->fd, writer->chunk, out.pos);
		if (r < 0)
			return r;
		writer->trailer.size += out.pos;
	} while (directive == ZSTD_e_end ? left : in->pos < in->size);
	return 0;
}

int zst_writer_write(struct zst_writer *writer, const void *bytes, size_t size)
{
	ZSTD_inBuffer in = {.src = bytes, .size = size};

	writer->trailer.content += size;
	return compress(writer, &in, ZSTD_e_continue);
}

int zst_writer_finish(struct zst_writer *writer, uint64_t wall_time_ns)
{
	ZSTD_inBuffer in = {0};
	unsigned char trailer[ZST_TRAILER_SIZE];
	int r = compress(writer, &in, ZSTD_e_end);

	if (r < 0)
		return r;
	writer->trailer.wall_time_ns = wall_time_ns;
	zst_trailer_put(&writer->trailer, trailer);
	return recording_bytes_write(writer->fd, trailer, sizeof(trailer));
}
