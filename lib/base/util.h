/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* util.h - what every room of the library needs: clean-up of locals, growth of arrays, one
 * sentence of why. Implemented in util.c. */
#ifndef PIDNS_UTIL_H
#define PIDNS_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void util_freep(void *p);
void util_closep(int *fd);

#define _cleanup_free_	__attribute__((cleanup(util_freep)))
#define _cleanup_close_ __attribute__((cleanup(util_closep)))

/* Hand over what a _cleanup_ local holds. */
#define steal_pointer(p)                    \
	({                                  \
		__typeof__(*(p)) *_p = (p); \
		__typeof__(*(p)) _v = *_p;  \
		*_p = NULL;                 \
		_v;                         \
	})

static inline int steal_fd(int *fd)
{
	int v = *fd;

	*fd = -1;
	return v;
}

/*
 * Make room for one more element of `size` bytes in the array *items, which holds `count` and has
 * room for *room; its room doubles. 0, or -ENOMEM with the array as it was.
 */
int util_grow(void *items, size_t *room, size_t count, size_t size);

/* The time of that clock, CLOCK_MONOTONIC or CLOCK_BOOTTIME, in nanoseconds. */
uint64_t util_clock_ns(int clock);

/* Ascending, to be searched. */
void util_sort_pids(int32_t *pids, size_t nr);
bool util_has_pid(const int32_t *sorted, size_t nr, int32_t pid);

/* Where the caller of the library wants its one sentence; either may be missing. */
struct why {
	char *text;
	size_t len;
};

/* Write the sentence and return `error`, so that a failure is one line. */
int why_set(const struct why *why, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The option structs of the public header grow at the end: copy what the caller has (`user`, whose
 * first member is its size) over the defaults in `ours`. 0, -EINVAL: too small to hold its own size;
 * -E2BIG: the excess is not all zero, or the size is that of no struct.
 */
int util_copy_opts(void *ours, size_t ours_size, const void *user);
#define UTIL_OPTS_MAX 4096 /* a page, as clone3(2) has it: a size never set is not walked */

/* FNV-1a, 64 bits: each step is a bijection of the state, so any one changed byte is noticed. */
#define FNV_START UINT64_C(0xcbf29ce484222325)
uint64_t util_hash(uint64_t hash, const void *bytes, size_t len);

/*
 * Is the running kernel older than that one? Only where it says so: under personality(2) UNAME26 any kernel
 * calls itself 2.6.40 or later, which there has never been.
 */
bool util_kernel_is_before(unsigned int major, unsigned int minor);
bool util_release_is_before(const char *release, unsigned int major, unsigned int minor);

#endif /* PIDNS_UTIL_H */
