/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unit.h - what the unit tests share: cmocka with its own needs, a scratch directory, recordings
 * written as text. Implemented in unit.c and scratch.c. */
#ifndef PIDNS_UNIT_H
#define PIDNS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pidnsinfo.h"
#include "scratch.h"

void write_file(const char *path, const void *bytes, size_t len);
/* NUL-terminated; the caller frees it. */
char *read_file(const char *path, size_t *ret_len);

/*
 * A whole recording around `body`, lines each ending in a newline: magic, a "snapshot" line if there
 * is none, counts and a checksum that are right. Its path, good until scratch() is called.
 */
const char *write_recording(const char *body);
/* The same with other words than the right ones in the last line, before the checksum. */
const char *write_recording_with_end(const char *body, const char *words);

/* As pidns_open() of that recording; the sentence goes to `why`. */
int open_recording(const char *path, char why[256], struct pidns_ctx **ret_ctx);

/* A snapshot of the recording around `body`, which must be right. */
struct pidns_snapshot *snapshot_of(const char *body, uint32_t take_flags);

/* The bytes that pidns_snapshot_write() makes of it; the caller frees them. */
char *bytes_of(const struct pidns_snapshot *snapshot, size_t *ret_len);

/* This test cannot be had here; where PIDNS_MUST_WORK=1 says that all can, it has failed. */
void skip_because(const char *reason);

/* Both bounds included. cmocka's own names for it differ from release to release. */
void assert_between(intmax_t value, intmax_t least, intmax_t most);

/* A small generator of numbers for tests that try many cases: the same on every machine. */
uint32_t random_below(uint64_t *state, uint32_t end);

#endif /* PIDNS_UNIT_H */
