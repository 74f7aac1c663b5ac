/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parse.h - pure parsers of the files that limits are read from: bytes in, values out, no
 * file is touched, nothing is trusted. Implemented in annotate/limits/parse.c.
 */
#ifndef PIDNS_LIMITS_PARSE_H
#define PIDNS_LIMITS_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/proc.h"

/* A line of /proc/PID/cgroup, cgroups(7). The strings point into the buffer. */
struct limits_cgroup {
	uint64_t hierarchy;	      /* 0: cgroup v2 */
	struct proc_text controllers; /* parted by commas; of v2 none */
	struct proc_text path;	      /* below the root of the reader's cgroup namespace */
};

/* The line at *cursor, which is moved past it: 1 with *ret filled, 0 at `end`. A line that cannot be
 * parsed is skipped. */
int limits_next_cgroup(const char **cursor, const char *end, struct limits_cgroup *ret);

/* Is that word among those that commas part? */
bool limits_list_has(struct proc_text list, const char *word);

/* A number and perhaps a newline, as pids.current and sysctl files hold. 0 or -EPROTO. */
int limits_parse_number(const char *buf, size_t len, uint64_t *ret);
/* pids.max: 1 with a number, 0 for "max", -EPROTO. */
int limits_parse_max(const char *buf, size_t len, uint64_t *ret);
/* pids.events: the number after "max" at the beginning of a line; a number alone is one as well. 0
 * or -EPROTO. */
int limits_parse_events(const char *buf, size_t len, uint64_t *ret);
/* /proc/loadavg: how many tasks there are on the machine. 0 or -EPROTO. */
int limits_parse_loadavg(const char *buf, size_t len, uint64_t *ret);
/* /proc/PID/limits: the soft limit of "Max processes". 1 with a number, 0: unlimited, -EPROTO. */
int limits_parse_nproc(const char *buf, size_t len, uint64_t *ret);
/* /proc/PID/status: the effective capabilities, by bit. 0 or -EPROTO. */
int limits_parse_capabilities(const char *buf, size_t len, uint64_t *ret);

/*
 * Where a cgroup lies below a mount of its hierarchy that shows `root` of it: 0 and in *ret the rest
 * of the path, empty or beginning with a slash; -ENOENT: elsewhere.
 */
int limits_below_root(struct proc_text path, struct proc_text root, struct proc_text *ret);

/* A field of mountinfo without its \ooo escapes, NUL-terminated. 0; -ENAMETOOLONG: no room. */
int limits_unescape(struct proc_text field, char *buf, size_t size);

#endif /* PIDNS_LIMITS_PARSE_H */
