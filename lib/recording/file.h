/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* file.h - the lines of a recording, as long as they are whole and unharmed. Implemented
 * in recording/file.c. */
#ifndef PIDNS_RECORDING_FILE_H
#define PIDNS_RECORDING_FILE_H

#include <stddef.h>

#include "bytes.h"
#include "base/util.h"

struct recording_file;

/* Read the first line, which says what it is. -EPROTO: no recording, or of a newer format; -ENOMEM, or
 * as read(2); with a sentence. `path` is for these, and borrowed. */
int recording_file_open(const char *path, const struct recording_bytes *bytes,
			const struct why *why, struct recording_file **ret_file);
void recording_file_closep(struct recording_file **file);

/*
 * The next line, without its newline; the caller may change it, and loses it with the next call.
 * The last is handed over without its checksum, once that has been found right. 1; 0 after the
 * last; -EPROTO with a sentence: damaged or cut short.
 */
int recording_file_next(struct recording_file *file, const struct why *why, char **ret_line);

/* For sentences: the path, and the number of the line read last. */
const char *recording_file_name(const struct recording_file *file);
size_t recording_file_line(const struct recording_file *file);

#endif /* PIDNS_RECORDING_FILE_H */
