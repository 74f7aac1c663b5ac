/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note.h - the notes on a namespace, as text and as JSON: containers, limits, pins. */
#ifndef PIDNS_NOTE_H
#define PIDNS_NOTE_H

#include <pidnsinfo.h>
#include <stddef.h>
#include <stdio.h>

#include "common/describe.h"

struct finding;
struct json;
struct tally_counts;

/* One word: "cgroup-pids:95/100". */
void note_put_limit(FILE *file, const struct pidns_limit *limit);
void note_json_container(struct json *j, const struct pidns_container *container);
/* kind, source, used, max. */
void note_json_nearest(struct json *j, const struct pidns_limit *limit);
/* Those and errno, hits, used_exact, fork, holders, in a list. */
void note_json_limits(struct json *j, const struct pidns_limit *const *limits, size_t nr);
void note_json_pins(struct json *j, const struct pidns_pin *const *pins, size_t nr);

/* null: there is none, or that is not known. */
void note_json_zombie(struct json *j, const struct pidns_ns *ns);

/* What the doctor says, with what to do about it. */
void note_json_finding(struct json *j, const struct finding *finding);

/* Message and remedy: the end of a line. */
void note_print_finding(const struct finding *finding);

/* One line for each, as `show` and `why` have them for people: paths are shortened to the width of a
 * terminal, and limits of new namespaces that are not near summed up. */
void note_print_limits(const struct pidns_limit *const *limits, size_t nr);
/* The same whole. */
void note_print_all_limits(const struct pidns_limit *const *limits, size_t nr);
/* What a running watcher has found to be refused in a namespace. */
void note_print_refused(const struct tally_counts *counts, const struct pidns_ns *ns);
void note_json_refused(struct json *j, const struct tally_counts *counts,
		       const struct pidns_ns *ns);

void note_print_container(const struct pidns_container *container);
void note_print_pins(const struct pidns_pin *const *pins, size_t nr);

#endif /* PIDNS_NOTE_H */
