/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bytes.h - the bytes of one snapshot in a file of recordings. Implemented in recording/bytes.c. */
#ifndef PIDNS_RECORDING_BYTES_H
#define PIDNS_RECORDING_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/util.h"

/* A part of a file, to be read from its start to its end. */
struct recording_bytes {
	int fd; /* borrowed */
	uint64_t at, end;
};

/* Open a regular file for reading: a descriptor, or -Exxx with a sentence. -EPROTO: it is none. */
int recording_bytes_open(const char *path, const struct why *why);

/* pread(2), until all is read or the file ends: how many bytes, or -Exxx. */
ssize_t recording_bytes_pread(int fd, void *to, size_t size, uint64_t at);

/* The next bytes: how many; 0 at the end; -Exxx. */
ssize_t recording_bytes_read(struct recording_bytes *bytes, void *to, size_t size);

#endif /* PIDNS_RECORDING_BYTES_H */
