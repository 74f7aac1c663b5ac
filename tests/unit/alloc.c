// SPDX-License-Identifier: GPL-2.0-or-later
/* alloc.c - the n-th allocation of the library fails: the linker sends its calls through here. */
#include "alloc.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long countdown; /* until one fails; 0: none will */
static bool has_failed;

/* Is it this one's turn? */
static bool fails(void)
{
	if (!countdown || --countdown)
		return false;
	has_failed = true;
	errno = ENOMEM;
	return true;
}

#define WRAP(type, name, parameters, arguments)               \
	type __real_##name parameters;                        \
	type __wrap_##name parameters;                        \
	type __wrap_##name parameters                         \
	{                                                     \
		return fails() ? 0 : __real_##name arguments; \
	}

WRAP(void *, malloc, (size_t size), (size))
WRAP(void *, calloc, (size_t nr, size_t size), (nr, size))
WRAP(void *, realloc, (void *old, size_t size), (old, size))
WRAP(char *, strdup, (const char *text), (text))
/* These allocate inside the C library. */
WRAP(DIR *, fdopendir, (int fd), (fd))
WRAP(FILE *, fdopen, (int fd, const char *mode), (fd, mode))

void alloc_fail_after(long n)
{
	has_failed = false;
	countdown = n;
}

bool alloc_has_failed(void)
{
	countdown = 0;
	return has_failed;
}

long alloc_pause(void)
{
	long left = countdown;

	countdown = 0;
	return left;
}
