/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remedy.h - what a limit makes fork fail with, and what to do about it: all who say it say the same. */
#ifndef PIDNS_REMEDY_H
#define PIDNS_REMEDY_H

#include <stdint.h>

/* One sentence without its end, after whatever said which limit it is. NULL: no such kind is known
 * (PIDNS_LIMIT_*). */
const char *remedy_for_limit(uint32_t kind);

/* pidns_limit.error by its name; NULL: it has none. */
const char *limit_error_name(int32_t error);

#endif /* PIDNS_REMEDY_H */
