/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remedy.h - what to do about a limit that makes fork fail: `why` and `doctor` say the same. */
#ifndef PIDNS_REMEDY_H
#define PIDNS_REMEDY_H

#include <stdint.h>

/* One sentence without its end, after whatever said which limit it is. NULL: no such kind is known
 * (PIDNS_LIMIT_*). */
const char *remedy_for_limit(uint32_t kind);

#endif /* PIDNS_REMEDY_H */
