/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note.h - the notes on a namespace, as text and as JSON: containers, limits, pins. */
#ifndef PIDNS_NOTE_H
#define PIDNS_NOTE_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct finding;
struct json;
struct value;

/* Is that (PIDNS_NOTE_*) known of it? */
bool note_has(const struct pidns_ns *ns, uint64_t bit);
/* NULL: it is none, or that is not known. */
const struct pidns_container *note_container(const struct pidns_ns *ns);
/* Those of a namespace, the fullest first. Returns how many; none where they are not known. */
size_t note_limits(const struct pidns_ns *ns, const struct pidns_limit *const **ret_list);
/* The first of them that stops fork(2), or of one that stops the making of namespaces and is reached; NULL:
 * none. */
const struct pidns_limit *note_nearest(const struct pidns_limit *const *limits, size_t nr);
/* How many things keep it alive, those counted together each for itself. */
uint64_t note_count_pins(const struct pidns_ns *ns);

/* By its name; else its id, as far as people need to tell it from others; else its runtime. */
const char *note_container_name(const struct pidns_container *container, size_t *ret_len);
/* The same as it is shown: a runtime, which is no name, in parentheses; and behind what an ordinary user
 * could have made up, that user. The length, for it is not NUL-terminated where it is cut off. */
#define NOTE_LABEL_MAX 320
size_t note_container_label(const struct pidns_container *container, char label[NOTE_LABEL_MAX]);

/* One word: "cgroup-pids:95/100". */
void note_put_limit(FILE *file, const struct pidns_limit *limit);
/* "cgroup-pids 95%", as tables have it. */
void note_put_nearness(FILE *file, const struct value *value);

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
void note_print_container(const struct pidns_container *container);
void note_print_pins(const struct pidns_pin *const *pins, size_t nr);

#endif /* PIDNS_NOTE_H */
