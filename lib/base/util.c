// SPDX-License-Identifier: LGPL-2.1-or-later
/* util.c - clean-up of locals, growth of arrays, one sentence of why. */
#include "util.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

void util_freep(void *p)
{
	void *v;

	memcpy(&v, p, sizeof(v));
	free(v);
}

void util_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

int util_grow(void *items, size_t *room, size_t count, size_t size)
{
	size_t want = *room ? *room * 2 : 16;
	void *old, *grown;

	if (count < *room)
		return 0;
	if (want > SIZE_MAX / 2 / size)
		return -ENOMEM;
	memcpy(&old, items, sizeof(old));
	grown = realloc(old, want * size);
	if (!grown)
		return -ENOMEM;
	memcpy(items, &grown, sizeof(grown));
	*room = want;
	return 0;
}

static int compare_pids(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

	return (x > y) - (x < y);
}

void util_sort_pids(int32_t *pids, size_t nr)
{
	if (nr)
		qsort(pids, nr, sizeof(*pids), compare_pids);
}

bool util_has_pid(const int32_t *sorted, size_t nr, int32_t pid)
{
	return nr && bsearch(&pid, sorted, nr, sizeof(pid), compare_pids);
}

int why_set(const struct why *why, int error, const char *format, ...)
{
	va_list ap;

	if (!why || !why->text || !why->len)
		return error;
	va_start(ap, format);
	vsnprintf(why->text, why->len, format, ap);
	va_end(ap);
	return error;
}

int util_copy_opts(void *ours, size_t ours_size, const void *user)
{
	size_t size, i;

	memcpy(&size, user, sizeof(size));
	if (size < sizeof(size))
		return -EINVAL;
	if (size > UTIL_OPTS_MAX)
		return -E2BIG;
	for (i = ours_size; i < size; i++)
		if (((const unsigned char *)user)[i])
			return -E2BIG;
	memcpy(ours, user, size < ours_size ? size : ours_size);
	return 0;
}

uint64_t util_hash(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	while (len--)
		hash = (hash ^ *p++) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t util_clock_ns(int clock)
{
	struct timespec now = {0};

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#define LAST_OF_2_6 39

bool util_release_is_before(const char *release, unsigned int major, unsigned int minor)
{
	unsigned int has_major, has_minor, patch = 0;

	if (sscanf(release, "%u.%u.%u", &has_major, &has_minor, &patch) < 2)
		return false;
	if (has_major == 2 && has_minor == 6 && patch > LAST_OF_2_6)
		return false;
	return has_major < major || (has_major == major && has_minor < minor);
}

bool util_kernel_is_before(unsigned int major, unsigned int minor)
{
	struct utsname name;

	return uname(&name) == 0 && util_release_is_before(name.release, major, minor);
}
