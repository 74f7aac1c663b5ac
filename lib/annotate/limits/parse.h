/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parse.h - pure parsers of the files of a cgroup: bytes in, values out, no file is touched, nothing
 * is trusted. Implemented in annotate/limits/parse.c.
 */
#ifndef PIDNS_LIMITS_PARSE_H
#define PIDNS_LIMITS_PARSE_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* A number and perhaps a newline, as pids.current and sysctl files hold. 0 or -EPROTO. */
int limits_parse_number(const char *buf, size_t len, uint64_t *ret);
/* pids.max: 1 with a number, 0 for "max", -EPROTO. */
int limits_parse_max(const char *buf, size_t len, uint64_t *ret);
/* pids.events: the number after "max" at the beginning of a line; a number alone is one as well. 0
 * or -EPROTO. */
int limits_parse_events(const char *buf, size_t len, uint64_t *ret);
/*
 * Where a cgroup lies below a mount of its hierarchy that shows `root` of it: 0 and in *ret the rest
 * of the path, empty or beginning with a slash; -ENOENT: elsewhere.
 */
int limits_below_root(struct text path, struct text root, struct text *ret);

#endif /* PIDNS_LIMITS_PARSE_H */
