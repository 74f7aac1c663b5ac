/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parse.h - pure parsers of what /proc says of pins: bytes in, values out. What cannot be
 * parsed is -EPROTO, and the result is untouched. Implemented in annotate/pins/parse.c.
 */
#ifndef PIDNS_PINS_PARSE_H
#define PIDNS_PINS_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Does this link of /proc/PID/fd say that the file is a pidfd? */
bool pins_link_is_pidfd(const char *text, size_t len);

/* /proc/PID/fdinfo/FD of a pidfd, pidfd_open(2): the task's number in the mount's namespace; 0: it
 * has none there; -1: it is gone and reaped, and nobody can tell where it was. */
int pins_parse_pidfd(const char *buf, size_t len, int32_t *ret_pid);

/* /proc/pidns, proc_pidns(5): the inode of the first row, which is the namespace the mount is of. */
int pins_parse_own_ns(const char *buf, size_t len, uint64_t *ret_ino);

/* A field of mountinfo without its \ooo escapes. `out` has room for len bytes; returns how many. */
size_t pins_unescape(const char *text, size_t len, char *out);

#endif /* PIDNS_PINS_PARSE_H */
