/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* writer.h - the bytes of a recording: pieces of lines, and values by their type.
 * Implemented in recording/writer.c. */
#ifndef PIDNS_RECORDING_WRITER_H
#define PIDNS_RECORDING_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "recording.h"
#include "zst.h"

/* The first error is kept and ends the writing; so the callers need not look after each piece. */
struct writer {
	int fd;
	struct zst_writer *zst; /* compresses on the way; NULL: nothing does */
	int error;
	uint64_t hash; /* of all bytes so far */
	size_t used;
	char buffer[16384];
};

/* A key, and where its value stands in the record that a line is made of. */
struct writer_field {
	const char *key;
	uint64_t known;
	enum recording_type type;
	size_t offset;
};

void writer_flush(struct writer *w);
/* As it stands. */
void writer_text(struct writer *w, const char *text);
void writer_number(struct writer *w, uint64_t value);
/* " key=" */
void writer_key(struct writer *w, const char *key);
/* A word for each field whose bit is in `known`, or that has none. */
void writer_fields(struct writer *w, const struct writer_field *fields, size_t nr, uint64_t known,
		   const void *record);

#endif /* PIDNS_RECORDING_WRITER_H */
