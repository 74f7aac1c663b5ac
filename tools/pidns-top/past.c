// SPDX-License-Identifier: GPL-2.0-or-later
/* past.c - the moments that were shown, the oldest dropped. */
#include "past.h"

#include <stdlib.h>
#include <string.h>

/* Beside the records themselves: places in the snapshot's lists and look-ups. */
#define TASK_EXTRA 48
#define VPID_EXTRA 12
#define NS_EXTRA   160
/* What is noted of a namespace: mostly the names of limits and of a container. */
#define NOTES_SIZE 3072
/* Storage is handed out in pieces of this size. */
#define PIECE 65536

size_t past_size_of(const struct sample *sample)
{
	const struct pidns_task *const *tasks;
	const struct pidns_ns *const *list;
	size_t nr_tasks = pidns_snapshot_tasks(sample->snapshot, &tasks);
	size_t nr = pidns_snapshot_namespaces(sample->snapshot, &list);
	size_t bytes = sizeof(*sample) + PIECE;

	bytes += nr_tasks * (sizeof(**tasks) + sizeof(*sample->usage.task_cpu) + TASK_EXTRA);
	bytes += nr * (sizeof(**list) + sizeof(*sample->usage.own) * 2 + NS_EXTRA);
	for (size_t i = 0; i < nr_tasks; i++)
		bytes += tasks[i]->nr_vpids * VPID_EXTRA;
	for (size_t i = 0; i < nr; i++)
		bytes += list[i]->known & PIDNS_NS_NOTES ? NOTES_SIZE : 0;
	return bytes;
}

static void moment_free(struct sample *moment)
{
	usage_clear(&moment->usage);
	forks_clear(&moment->forks);
	noted_clear(&moment->noted);
	pidns_snapshot_unref(moment->snapshot);
	free(moment);
}

static void drop_oldest(struct past *past, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		past->bytes -= past_size_of(past->list[i]);
		moment_free(past->list[i]);
	}
	past->count -= count;
	past->first += count;
	if (past->count)
		memmove(past->list, past->list + count, past->count * sizeof(*past->list));
}

static int make_room(struct past *past)
{
	size_t room = past->room ? past->room * 2 : 64;
	struct sample **grown;

	if (past->count < past->room)
		return 0;
	grown = realloc(past->list, room * sizeof(*grown));
	if (!grown)
		return -1;
	past->list = grown;
	past->room = room;
	return 0;
}

/* All that is borrowed, or of now alone, is left out. */
static void take_out(struct sample *moment, struct sample *live)
{
	*moment = (struct sample){
		.snapshot = live->snapshot,
		.usage = live->usage,
		.forks.rate = live->forks.rate,
		.users = live->users,
		.machine = live->machine,
	};
	noted_copy(&moment->noted, &live->noted);
	live->snapshot = NULL;
	live->usage = (struct usage){0};
	live->forks.rate = NULL;
}

void past_keep(struct past *past, struct sample *live, size_t bytes_max)
{
	struct sample *moment = calloc(1, sizeof(*moment));
	size_t bytes, dropped = 0, freed = 0;

	if (!live->snapshot || !moment || make_room(past) < 0) {
		free(moment);
		return;
	}
	take_out(moment, live);
	bytes = past_size_of(moment);
	while (dropped < past->count && past->bytes - freed + bytes > bytes_max)
		freed += past_size_of(past->list[dropped++]);
	if (dropped)
		drop_oldest(past, dropped);
	past->list[past->count++] = moment;
	past->bytes += bytes;
}

const struct sample *past_find(const struct past *past, uint64_t *number)
{
	if (*number < past->first)
		*number = past->first;
	if (*number >= past->first + past->count)
		return NULL;
	return past->list[*number - past->first];
}

void past_clear(struct past *past)
{
	drop_oldest(past, past->count);
	free(past->list);
	*past = (struct past){0};
}
