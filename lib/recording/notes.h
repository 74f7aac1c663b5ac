/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* notes.h - the notes of a recording: kept while it is read, given to the snapshots that are
 * taken of it. Implemented in recording/notes.c. */
#ifndef PIDNS_RECORDING_NOTES_H
#define PIDNS_RECORDING_NOTES_H

#include <stddef.h>

#include "check.h"
#include "base/util.h"

struct annotation;
struct recorded_note;

struct recorded_notes {
	struct recorded_note *list;
	size_t nr, room;
};

/* A line of that kind (RECORDING_NOTES and so on); its words are changed. 0, -ENOMEM, or -EPROTO
 * with a sentence. */
int recorded_notes_keep(struct recorded_notes *notes, const char *kind, char *words,
			const struct why *why);

/* Once recorded_check() is content: are they of namespaces that are there? 0 or -EPROTO with a
 * sentence. They are in order then. */
int recorded_notes_check(struct recorded_notes *notes, const struct recorded *all,
			 const struct why *why);

/* To a snapshot that is not handed out yet. 0 or -ENOMEM. */
int recorded_notes_give(const struct recorded_notes *notes, struct annotation *a);

void recorded_notes_free(struct recorded_notes *notes);

#endif /* PIDNS_RECORDING_NOTES_H */
