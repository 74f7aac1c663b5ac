// SPDX-License-Identifier: LGPL-2.1-or-later
/* provider.c - a recording, read as if it were a kernel, at one of its moments. */
#include "core/provider.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "moments.h"
#include "replay.h"

struct recording {
	char *name;
	int fd;
	struct moments moments;
	size_t now;
	struct replay *replay; /* of that moment */
};

static void recording_close(void *state)
{
	struct recording *recording = state;

	if (!recording)
		return;
	replay_free(recording->replay);
	moments_free(&recording->moments);
	util_closep(&recording->fd);
	free(recording->name);
	free(recording);
}

static void recording_closep(struct recording **recording)
{
	recording_close(*recording);
}

static int recording_probe(const struct why *why)
{
	return why_set(why, -EINVAL, "replay needs a recording as its source");
}

/* Where it cannot be read, the moment before stays. */
static int recording_move(void *state, size_t index, const struct why *why)
{
	struct recording *recording = state;
	struct recording_bytes bytes;
	struct replay *replay;
	int r;

	if (index >= recording->moments.nr)
		return why_set(why, -EINVAL, "%s: no snapshot %zu", recording->name, index);
	bytes = moments_bytes(recording->fd, &recording->moments, index);
	r = replay_read(recording->name, &bytes, why, &replay);
	if (r < 0)
		return r;
	replay_free(recording->replay);
	recording->replay = replay;
	recording->now = index;
	return 0;
}

static int find_moments(struct recording *recording, const struct why *why)
{
	int r = moments_find(recording->fd, &recording->moments);

	if (r < 0 && r != -ENOMEM)
		return recording_bytes_why(recording->name, r, why);
	return r;
}

static int choose(const struct recording *recording, const char *at, const struct why *why,
		  size_t *ret_index)
{
	char text[160] = "";
	const struct why reason = {text, sizeof(text)};
	int r;

	*ret_index = recording->moments.nr - 1;
	if (!at)
		return 0;
	r = moments_at(&recording->moments, at, &reason, ret_index);
	return r < 0 ? why_set(why, r, "%s: %s", recording->name, text) : 0;
}

static int recording_open_at(const char *source, const char *at, const struct why *why,
			     void **ret_state)
{
	__attribute__((cleanup(recording_closep))) struct recording *recording = NULL;
	size_t index = 0;
	int r;

	if (!source)
		return recording_probe(why);
	recording = calloc(1, sizeof(*recording));
	if (!recording)
		return -ENOMEM;
	recording->fd = r = recording_bytes_open(source, why);
	if (r < 0)
		return r;
	recording->name = strdup(source);
	r = recording->name ? find_moments(recording, why) : -ENOMEM;
	if (r >= 0)
		r = choose(recording, at, why, &index);
	if (r >= 0)
		r = recording_move(recording, index, why);
	if (r < 0)
		return r;
	if (recording->moments.nr_torn)
		why_set(why, 0, "%s: left out what was cut short", source);
	*ret_state = steal_pointer(&recording);
	return 0;
}

static int recording_open(const char *source, const struct why *why, void **ret_state)
{
	return recording_open_at(source, NULL, why, ret_state);
}

static size_t recording_times(const void *state, const uint64_t **ret_times)
{
	const struct recording *recording = state;

	*ret_times = recording->moments.times;
	return recording->moments.nr;
}

static size_t recording_now(const void *state)
{
	const struct recording *recording = state;

	return recording->now;
}

static int recording_take(void *state, const struct request *request, struct builder *b)
{
	const struct recording *recording = state;

	return replay_pour(recording->replay, request, b);
}

static int recording_notes(void *state, struct annotation *a)
{
	const struct recording *recording = state;

	return replay_notes(recording->replay, a);
}

static const struct moment_source moments = {
	.open_at = recording_open_at,
	.times = recording_times,
	.now = recording_now,
	.move = recording_move,
};

const struct provider provider_replay = {
	.name = "replay",
	.flags = PIDNS_PROVIDER_RECORDED,
	.probe = recording_probe,
	.open = recording_open,
	.take = recording_take,
	.notes = recording_notes,
	.close = recording_close,
	.moments = &moments,
};
