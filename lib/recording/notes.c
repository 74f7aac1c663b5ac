// SPDX-License-Identifier: LGPL-2.1-or-later
/* notes.c - the notes of a recording: kept, checked, and given to a snapshot. */
#include "notes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "annotate/annotate.h"
#include "line.h"
#include "recording.h"

struct recorded_note {
	struct note_line line;
	size_t order; /* in the file */
	char *texts;  /* where those of the line lie */
};

/* The i-th text of a line; NULL: it has no more. */
static const char **text_of(struct note_line *line, size_t i)
{
	const char **of_container[] = {&line->container.name, &line->container.id,
				       &line->container.runtime, &line->container.source,
				       &line->container.pod};
	const char **of_limit[] = {&line->limit.source, &line->limit.holders};

	switch (line->kind) {
	case PIDNS_NOTE_CONTAINER:
		return i < ARRAY_SIZE(of_container) ? of_container[i] : NULL;
	case PIDNS_NOTE_LIMITS:
		return i < ARRAY_SIZE(of_limit) ? of_limit[i] : NULL;
	case PIDNS_NOTE_PINS:
		return i ? NULL : &line->pin.path;
	default:
		return NULL;
	}
}

static int keep_texts(struct recorded_note *note)
{
	const char **text;
	size_t size = 0, i;
	char *to;

	for (i = 0; (text = text_of(&note->line, i)); i++)
		size += *text ? strlen(*text) + 1 : 0;
	note->texts = to = malloc(size + !size);
	if (!to)
		return -ENOMEM;
	for (i = 0; (text = text_of(&note->line, i)); i++) {
		if (!*text)
			continue;
		size = strlen(*text) + 1;
		*text = memcpy(to, *text, size);
		to += size;
	}
	return 0;
}

/* Of a kind that only a newer version knows. */
static bool is_strange(const struct note_line *line)
{
	return (line->kind == PIDNS_NOTE_LIMITS && !line->limit.kind) ||
	       (line->kind == PIDNS_NOTE_PINS && !line->pin.kind);
}

int recorded_notes_keep(struct recorded_notes *notes, const char *kind, char *words,
			const struct why *why)
{
	struct recorded_note note = {.order = notes->nr};
	int r = line_read_note(kind, words, why, &note.line);

	if (r < 0 || is_strange(&note.line))
		return r;
	r = util_grow(&notes->list, &notes->room, notes->nr, sizeof(*notes->list));
	if (r >= 0)
		r = keep_texts(&note);
	if (r >= 0)
		notes->list[notes->nr++] = note;
	return r;
}

static int compare_notes(const void *a, const void *b)
{
	const struct recorded_note *x = a, *y = b;

	if (x->line.ns != y->line.ns)
		return x->line.ns < y->line.ns ? -1 : 1;
	if (x->line.kind != y->line.kind)
		return x->line.kind < y->line.kind ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static bool may_repeat(uint32_t kind)
{
	return kind == PIDNS_NOTE_LIMITS || kind == PIDNS_NOTE_PINS;
}

static int check_note(const struct recorded *all, const struct recorded_note *note,
		      const struct recorded_note *before, const struct why *why)
{
	const struct note_line *line = &note->line;

	if (line->ns && !recorded_find_ns(all, line->ns))
		return why_set(why, -EPROTO, "namespace %ju of a note is missing",
			       (uintmax_t)line->ns);
	if (line->below && !recorded_find_ns(all, line->below))
		return why_set(why, -EPROTO, "namespace %ju of a pin is missing",
			       (uintmax_t)line->below);
	if (before && before->line.ns == line->ns && before->line.kind == line->kind &&
	    !may_repeat(line->kind))
		return why_set(why, -EPROTO, "a note on namespace %ju is there twice",
			       (uintmax_t)line->ns);
	return 0;
}

int recorded_notes_check(struct recorded_notes *notes, const struct recorded *all,
			 const struct why *why)
{
	int r = 0;

	if (notes->nr)
		qsort(notes->list, notes->nr, sizeof(*notes->list), compare_notes);
	for (size_t i = 0; r >= 0 && i < notes->nr; i++)
		r = check_note(all, &notes->list[i], i ? &notes->list[i - 1] : NULL, why);
	return r;
}

/* ---- to a snapshot ---------------------------------------------------------------------------- */

static int copy_texts(struct annotation *a, struct note_line *line)
{
	const char **text;

	for (size_t i = 0; (text = text_of(line, i)); i++) {
		if (!*text)
			continue;
		*text = annotate_text(a, *text, strlen(*text));
		if (!*text)
			return -ENOMEM;
	}
	return 0;
}

static void *copy(struct annotation *a, const void *record, size_t size)
{
	void *to = annotate_store(a, size);

	return to ? memcpy(to, record, size) : NULL;
}

/* The record that a line stands for. NULL: no memory. */
static void *make_record(struct annotation *a, const struct recorded_note *note)
{
	struct note_line line = note->line;

	if (copy_texts(a, &line) < 0)
		return NULL;
	switch (line.kind) {
	case PIDNS_NOTE_CONTAINER:
		return copy(a, &line.container, sizeof(line.container));
	case PIDNS_NOTE_LIMITS:
		return copy(a, &line.limit, sizeof(line.limit));
	case PIDNS_NOTE_PINS:
		line.pin.ns = line.below ? pidns_ns_find(a->snapshot, line.below) : NULL;
		return copy(a, &line.pin, sizeof(line.pin));
	default:
		return copy(a, &line.zombie, sizeof(line.zombie));
	}
}

/* A run of lines of one kind, as the list of their records. NULL: no memory. */
static const void **make_list(struct annotation *a, const struct recorded_note *run, size_t nr)
{
	const void **list = annotate_store(a, nr * sizeof(*list));

	for (size_t i = 0; list && i < nr; i++) {
		list[i] = make_record(a, &run[i]);
		if (!list[i])
			return NULL;
	}
	return list;
}

static int give_run(struct annotation *a, const struct recorded_note *run, size_t nr,
		    struct pidns_notes *notes)
{
	const struct note_line *line = &run->line;
	const void **list = line->kind ? make_list(a, run, nr) : NULL;

	notes->known |= line->kind ? line->kind : line->noted;
	if (line->kind && !list)
		return -ENOMEM;
	switch (line->kind) {
	case PIDNS_NOTE_CONTAINER:
		notes->container = list[0];
		break;
	case PIDNS_NOTE_LIMITS:
		notes->limits = (const struct pidns_limit *const *)list;
		notes->nr_limits = (uint32_t)nr;
		break;
	case PIDNS_NOTE_PINS:
		notes->pins = (const struct pidns_pin *const *)list;
		notes->nr_pins = (uint32_t)nr;
		break;
	case PIDNS_NOTE_ZOMBIE:
		notes->zombie = list[0];
		break;
	}
	return 0;
}

static int give_task_limits(struct annotation *a, const struct recorded_note *run, size_t nr)
{
	const void **list = make_list(a, run, nr);

	if (!list)
		return -ENOMEM;
	annotate_task_limits(a, (const struct pidns_limit *const *)list, nr);
	return 0;
}

static size_t run_length(const struct recorded_note *run, const struct recorded_note *end)
{
	size_t nr = 1;

	while (run + nr < end && run[nr].line.ns == run->line.ns &&
	       run[nr].line.kind == run->line.kind)
		nr++;
	return nr;
}

int recorded_notes_give(const struct recorded_notes *notes, struct annotation *a)
{
	const struct recorded_note *run = notes->list, *end = run ? run + notes->nr : run;
	size_t nr;
	int r = 0;

	for (; r >= 0 && run < end; run += nr) {
		uint64_t ino = run->line.ns;
		const struct pidns_ns *ns = ino ? pidns_ns_find(a->snapshot, ino) : NULL;
		struct pidns_notes *on = ns ? annotate_notes(a, ns) : NULL;

		nr = run_length(run, end);
		if (ns)
			r = on ? give_run(a, run, nr, on) : -ENOMEM;
		else if (!ino)
			r = give_task_limits(a, run, nr);
	}
	return r;
}

void recorded_notes_free(struct recorded_notes *notes)
{
	for (size_t i = 0; i < notes->nr; i++)
		free(notes->list[i].texts);
	free(notes->list);
}
