/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bytes.h - the bytes of one snapshot in a file of recordings, compressed or not. Implemented in
 * recording/bytes.c. */
#ifndef PIDNS_RECORDING_BYTES_H
#define PIDNS_RECORDING_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/util.h"

struct zst_frames;
struct zst_reader;

/* A part of a file, or of what it decompresses to, to be read from its start to its end. */
struct recording_bytes {
	int fd; /* borrowed */
	uint64_t at, end;
	const struct zst_frames *frames; /* borrowed; NULL: not compressed */
	struct zst_reader *reader;	 /* once bytes have been read of what is */
};

/* Open a regular file for reading: a descriptor, or -Exxx with a sentence. -EPROTO: it is none. */
int recording_bytes_open(const char *path, const struct why *why);

/* pread(2), until all is read or the file ends: how many bytes, or -Exxx. */
ssize_t recording_bytes_pread(int fd, void *to, size_t size, uint64_t at);

/* write(2), until all is written: 0, or -Exxx. */
int recording_bytes_write(int fd, const void *from, size_t size);

/* The next bytes: how many; 0 at the end; -Exxx, as recording_bytes_why() knows them. */
ssize_t recording_bytes_read(struct recording_bytes *bytes, void *to, size_t size);
void recording_bytes_close(struct recording_bytes *bytes);

/* What those errors mean, as a sentence of that file: returns -EPROTO for what is wrong with what is
 * compressed, any other as it is. */
int recording_bytes_why(const char *name, int error, const struct why *why);

#endif /* PIDNS_RECORDING_BYTES_H */
