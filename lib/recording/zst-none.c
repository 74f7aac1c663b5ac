// SPDX-License-Identifier: LGPL-2.1-or-later
/* zst-none.c - stands in for recording/zst.c where the library is built without libzstd: what is
 * compressed is known as such, and refused. */
#include "zst.h"

#include <errno.h>

bool zst_is_built_in(void)
{
	return false;
}

int zst_reader_open(int fd, uint64_t place, struct zst_reader **ret_reader)
{
	(void)fd;
	(void)place;
	(void)ret_reader;
	return -EOPNOTSUPP;
}

struct zst_reader *zst_reader_close(struct zst_reader *reader)
{
	(void)reader;
	return NULL;
}

ssize_t zst_reader_read(struct zst_reader *reader, void *to, size_t size)
{
	(void)reader;
	(void)to;
	(void)size;
	return -EOPNOTSUPP;
}

uint64_t zst_reader_place(const struct zst_reader *reader)
{
	(void)reader;
	return 0;
}

uint64_t zst_reader_whole(const struct zst_reader *reader)
{
	(void)reader;
	return 0;
}

int zst_writer_open(int fd, struct zst_writer **ret_writer)
{
	(void)fd;
	(void)ret_writer;
	return -EOPNOTSUPP;
}

int zst_writer_write(struct zst_writer *writer, const void *bytes, size_t size)
{
	(void)writer;
	(void)bytes;
	(void)size;
	return -EOPNOTSUPP;
}

int zst_writer_finish(struct zst_writer *writer, uint64_t wall_time_ns)
{
	(void)writer;
	(void)wall_time_ns;
	return -EOPNOTSUPP;
}

struct zst_writer *zst_writer_close(struct zst_writer *writer)
{
	(void)writer;
	return NULL;
}
