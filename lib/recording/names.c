// SPDX-License-Identifier: LGPL-2.1-or-later
/* names.c - the words that recordings alone have for bits and values. */
#include "recording.h"

#include <errno.h>

#include "base/util.h"

#define NAME_CASE(value, name) \
	case value:            \
		return name;

static const char *flag_name(uint32_t bit)
{
	switch (bit) {
		RECORDING_FLAG_NAMES(NAME_CASE)
	default:
		return NULL;
	}
}

static const char *note_name(uint32_t bit)
{
	switch (bit) {
		RECORDING_NOTE_NAMES(NAME_CASE)
	default:
		return NULL;
	}
}

static const char *sigchld_name(uint32_t value)
{
	switch (value) {
		RECORDING_SIGCHLD_NAMES(NAME_CASE)
	default:
		return NULL;
	}
}

const char *recording_word(enum recording_type type, uint32_t value)
{
	static const char *(*const words[])(uint32_t) = {
		[RECORDING_STATE] = pidns_state_name,	[RECORDING_FLAGS] = flag_name,
		[RECORDING_UNSEEN] = pidns_unseen_name, [RECORDING_NOTED] = note_name,
		[RECORDING_LKIND] = pidns_limit_name,	[RECORDING_PKIND] = pidns_pin_name,
		[RECORDING_CHILD] = sigchld_name,
	};

	return words[type](value);
}

/* Words, since the numbers differ from one architecture to another. */
static const struct {
	int32_t error;
	const char *name;
} errors[] = {
	{EAGAIN, "EAGAIN"},
	{ENOMEM, "ENOMEM"},
	{ENOSPC, "ENOSPC"},
};

const char *recording_error_name(size_t i, int32_t *ret_error)
{
	if (i >= ARRAY_SIZE(errors))
		return NULL;
	*ret_error = errors[i].error;
	return errors[i].name;
}
