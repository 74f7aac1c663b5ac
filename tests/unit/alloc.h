/* SPDX-License-Identifier: GPL-2.0-or-later */
/* alloc.h - makes allocations fail, for programs linked to the library "alloc". Implemented in
 * alloc.c. */
#ifndef PIDNS_ALLOC_H
#define PIDNS_ALLOC_H

#include <stdbool.h>

/* The n-th allocation from now on fails, none after it. */
void alloc_fail_after(long n);
/* Did it? None will any more. */
bool alloc_has_failed(void);

/* None fails for now; how many are left until one would, to go on with. */
long alloc_pause(void);

#endif /* PIDNS_ALLOC_H */
