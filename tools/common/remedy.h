/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remedy.h - what a limit makes fork fail with, and what to do about it: all who say it say the same. */
#ifndef PIDNS_REMEDY_H
#define PIDNS_REMEDY_H

#include <pidnsinfo.h>
#include <stdint.h>

/* One sentence without its end, after whatever said which limit it is. NULL: no such kind is known
 * (PIDNS_LIMIT_*). */
const char *remedy_for_limit(uint32_t kind);

/* The same of one limit, by what turns it there: the engine of the container that it binds, the unit or the pod
 * whose cgroup it is. container may be NULL. Untrusted text. */
#define REMEDY_MAX 512
const char *remedy_of_limit(const struct pidns_limit *limit,
			    const struct pidns_container *container, char text[REMEDY_MAX]);

/* pidns_limit.error by its name; NULL: it has none. */
const char *limit_error_name(int32_t error);

#endif /* PIDNS_REMEDY_H */
