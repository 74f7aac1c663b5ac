// SPDX-License-Identifier: LGPL-2.1-or-later
/* parse.c - pure: what a task does about SIGCHLD. */
#include "parse.h"
#include "pidnsinfo.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#define MASK_DIGITS 16 /* of 64 signals, render_sigset_t() in fs/proc/array.c */

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The kernel escapes newlines in names, so a line begins where it seems to. */
static bool find_mask(const char *buf, size_t len, const char *key, uint64_t *ret_mask)
{
	const char *end = buf + len, *stop;
	size_t head = strlen(key), i;
	uint64_t mask = 0;
	int digit;

	for (; (stop = memchr(buf, '\n', (size_t)(end - buf))); buf = stop + 1)
		if ((size_t)(stop - buf) == head + MASK_DIGITS && !memcmp(buf, key, head))
			break;
	for (i = 0; stop && i < MASK_DIGITS; i++) {
		digit = digit_of(buf[head + i]);
		if (digit < 0)
			return false;
		mask = mask << 4 | (unsigned int)digit;
	}
	*ret_mask = mask;
	return stop != NULL;
}

int zombies_parse_sigchld(const char *buf, size_t len, uint32_t *ret_sigchld)
{
	const uint64_t bit = UINT64_C(1) << (SIGCHLD - 1);
	uint64_t ignored, handled;

	if (!len || !find_mask(buf, len, "SigIgn:\t", &ignored) ||
	    !find_mask(buf, len, "SigCgt:\t", &handled))
		return -EPROTO;
	*ret_sigchld = handled & bit   ? PIDNS_SIGCHLD_HANDLED
		       : ignored & bit ? PIDNS_SIGCHLD_IGNORED
				       : PIDNS_SIGCHLD_DEFAULT;
	return 0;
}
