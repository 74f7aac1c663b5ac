// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * replay.c - one snapshot of a recording.
 *
 * All of it is read and checked at once, line by line and up to the first that is wrong,
 * so that memory is bounded by what is right. Taking only pours.
 */
#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/origin.h"
#include "check.h"
#include "file.h"
#include "line.h"
#include "notes.h"

struct replay {
	struct recorded all;
	struct recorded_notes notes;
	size_t namespaces_room, tasks_room;
	char *taken_by; /* also says that there was a head */
	struct origin origin;
	char *pool; /* of each task: vpids, then comm */
	size_t pool_used, pool_room;
	uint64_t nr_ns_lines; /* those of unidentified namespaces included */
};

void replay_free(struct replay *replay)
{
	if (!replay)
		return;
	free(replay->all.namespaces);
	free(replay->all.tasks);
	recorded_notes_free(&replay->notes);
	free(replay->pool);
	free(replay->taken_by);
	free(replay);
}

static void replay_freep(struct replay **replay)
{
	replay_free(*replay);
}

/* ---- one line kept --------------------------------------------------------------------------- */

/* Its texts lie in the line. */
static void keep_origin(struct origin *origin, const struct recording_head *head)
{
	origin->wall_time_ns = head->wall_time_ns;
	origin->time_ns_ino = head->time_ns_ino;
	if (head->host)
		snprintf(origin->host, sizeof(origin->host), "%s", head->host);
	if (head->boot_id)
		snprintf(origin->boot_id, sizeof(origin->boot_id), "%s", head->boot_id);
}

static int keep_head(struct replay *replay, char *words, const struct why *why)
{
	int r;

	if (replay->taken_by)
		return why_set(why, -EPROTO, "a second line of that kind");
	r = line_read_head(words, why, &replay->all.head);
	if (r < 0)
		return r;
	replay->taken_by = strdup(replay->all.head.provider);
	keep_origin(&replay->origin, &replay->all.head);
	return replay->taken_by ? 0 : -ENOMEM;
}

/* Room for `len` more bytes, so that what follows can begin at a multiple of four. */
static int pool_reserve(struct replay *replay, size_t len)
{
	int r = 0;

	while (r >= 0 && replay->pool_room - replay->pool_used < len + sizeof(int32_t))
		r = util_grow(&replay->pool, &replay->pool_room, replay->pool_room, 1);
	return r;
}

static int keep_ns(struct replay *replay, char *words, const struct why *why)
{
	struct ns_line line;
	size_t size;
	int r = line_read_ns(words, why, &line);

	if (r < 0)
		return r;
	size = line.raw.nr_pidmap * sizeof(*line.pidmap);
	replay->nr_ns_lines++;
	/* Unidentified: its tasks, which name no namespace, will make it again. */
	if (!line.raw.ino)
		return 0;
	r = util_grow(&replay->all.namespaces, &replay->namespaces_room, replay->all.nr_namespaces,
		      sizeof(*replay->all.namespaces));
	if (r >= 0)
		r = pool_reserve(replay, size);
	if (r < 0)
		return r;
	replay->all.namespaces[replay->all.nr_namespaces++] =
		(struct recorded_ns){.raw = line.raw, .depth = line.depth, .at = replay->pool_used};
	if (size)
		memcpy(replay->pool + replay->pool_used, line.pidmap, size);
	replay->pool_used += size;
	return 0;
}

static int keep_arrays(struct replay *replay, struct recorded_task *task)
{
	size_t numbers = task->raw.nr_vpids * sizeof(int32_t);
	size_t name = task->raw.comm ? strlen(task->raw.comm) + 1 : 0;
	int r = pool_reserve(replay, numbers + name);

	if (r < 0)
		return r;
	task->at = replay->pool_used;
	if (numbers)
		memcpy(replay->pool + task->at, task->raw.vpids, numbers);
	if (name)
		memcpy(replay->pool + task->at + numbers, task->raw.comm, name);
	replay->pool_used += (numbers + name + 3) & ~(size_t)3;
	return 0;
}

static int keep_task(struct replay *replay, char *words, const struct why *why)
{
	struct recorded_task *task;
	struct task_line line;
	int r = line_read_task(words, why, &line);

	if (r >= 0)
		r = util_grow(&replay->all.tasks, &replay->tasks_room, replay->all.nr_tasks,
			      sizeof(*replay->all.tasks));
	if (r < 0)
		return r;
	task = &replay->all.tasks[replay->all.nr_tasks];
	*task = (struct recorded_task){.raw = line.raw};
	r = keep_arrays(replay, task);
	if (r >= 0)
		replay->all.nr_tasks++;
	return r;
}

/* recording/file.c has seen to the checksum, and to nothing coming after. */
static int check_end(struct replay *replay, char *words, const struct why *why)
{
	struct recording_end end;
	int r = line_read_end(words, why, &end);

	if (r < 0)
		return r;
	if (end.namespaces != replay->nr_ns_lines || end.tasks != replay->all.nr_tasks)
		return why_set(why, -EPROTO, "its counts are not those of the lines before it");
	return 0;
}

static const char *const note_kinds[] = {
	RECORDING_NOTES, RECORDING_CONTAINER, RECORDING_LIMIT, RECORDING_PIN, RECORDING_ZOMBIE,
};

static const struct {
	const char *kind;
	int (*keep)(struct replay *replay, char *words, const struct why *why);
} kinds[] = {
	{RECORDING_HEAD, keep_head},
	{RECORDING_NS, keep_ns},
	{RECORDING_TASK, keep_task},
	{RECORDING_END, check_end},
};

/* Lines of a kind this version does not know are skipped. */
static int keep_line(struct replay *replay, char *line, const struct why *why)
{
	char *words = strchr(line, ' ');
	size_t i;

	if (words)
		*words++ = '\0';
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(line, kinds[i].kind))
			continue;
		if (!words)
			return why_set(why, -EPROTO, "nothing after \"%s\"", line);
		return kinds[i].keep(replay, words, why);
	}
	for (i = 0; words && i < ARRAY_SIZE(note_kinds); i++)
		if (!strcmp(line, note_kinds[i]))
			return recorded_notes_keep(&replay->notes, line, words, why);
	return 0;
}

/* ---- in and out ------------------------------------------------------------------------------- */

/* What is wrong, and where: "FILE: line 7: pid is no 31-bit number". */
static int read_lines(struct replay *replay, struct recording_file *file, const struct why *why)
{
	char text[128] = "";
	const struct why reason = {text, sizeof(text)};
	char *line;
	int r;

	while ((r = recording_file_next(file, why, &line)) > 0) {
		r = keep_line(replay, line, &reason);
		if (r < 0)
			return why_set(why, r, "%s: line %zu: %s", recording_file_name(file),
				       recording_file_line(file), text);
	}
	return r;
}

/* Now that the pool has its last address. */
static void settle_arrays(struct replay *replay)
{
	size_t i;

	for (i = 0; i < replay->all.nr_namespaces; i++) {
		struct recorded_ns *ns = &replay->all.namespaces[i];

		ns->raw.pidmap = (const uint32_t *)(void *)(replay->pool + ns->at);
	}
	for (i = 0; i < replay->all.nr_tasks; i++) {
		struct recorded_task *task = &replay->all.tasks[i];

		task->raw.vpids = (const int32_t *)(void *)(replay->pool + task->at);
		task->raw.comm = (const char *)(task->raw.vpids + task->raw.nr_vpids);
	}
}

static int check(struct replay *replay, const char *name, const struct why *why)
{
	char text[128] = "";
	const struct why reason = {text, sizeof(text)};
	int r = replay->taken_by ? recorded_check(&replay->all, &reason)
				 : why_set(&reason, -EPROTO, "it has no \"snapshot\" line");

	if (r >= 0)
		r = recorded_notes_check(&replay->notes, &replay->all, &reason);
	return r < 0 ? why_set(why, r, "%s: %s", name, text) : 0;
}

int replay_read(const char *name, const struct recording_bytes *bytes, const struct why *why,
		struct replay **ret_replay)
{
	__attribute__((cleanup(recording_file_closep))) struct recording_file *file = NULL;
	__attribute__((cleanup(replay_freep))) struct replay *replay = NULL;
	int r;

	r = recording_file_open(name, bytes, why, &file);
	if (r < 0)
		return r;
	replay = calloc(1, sizeof(*replay));
	if (!replay)
		return -ENOMEM;
	r = read_lines(replay, file, why);
	if (r >= 0)
		r = check(replay, name, why);
	if (r < 0)
		return r;
	settle_arrays(replay);
	*ret_replay = steal_pointer(&replay);
	return 0;
}

static int pour_tasks(const struct replay *replay, const struct request *request, struct builder *b)
{
	struct request_pids pids = {0};
	int r = request_sort_pids(request, &pids);
	size_t i;

	for (i = 0; r >= 0 && i < replay->all.nr_tasks; i++)
		if (request_wants(request, &pids, &replay->all.tasks[i].raw))
			r = builder_add_task(b, &replay->all.tasks[i].raw);
	free(pids.list);
	return r;
}

/* All that was recorded, whatever fields are asked for: they cost nothing. */
int replay_pour(const struct replay *replay, const struct request *request, struct builder *b)
{
	const struct recording_head *head = &replay->all.head;
	size_t i;
	int r = builder_set_taken_by(b, replay->taken_by);

	builder_set_origin(b, &replay->origin);
	builder_set_time(b, head->time_ns);
	builder_add_unseen(b, head->cannot_see);
	builder_add_flags(b, head->flags & ~PIDNS_SNAPSHOT_THREADS);
	/* Threads that were not recorded cannot be had by asking. */
	if (!(head->flags & PIDNS_SNAPSHOT_THREADS))
		builder_clear_flags(b, PIDNS_SNAPSHOT_THREADS);
	if (r >= 0 && head->known & RECORDING_KNOWN_ROOT)
		r = builder_set_root(b, head->root);
	for (i = 0; r >= 0 && i < replay->all.nr_namespaces; i++)
		r = builder_add_ns(b, &replay->all.namespaces[i].raw);
	return r < 0 ? r : pour_tasks(replay, request, b);
}

int replay_notes(const struct replay *replay, struct annotation *a)
{
	return recorded_notes_give(&replay->notes, a);
}
