// SPDX-License-Identifier: LGPL-2.1-or-later
/* recording.c - writes a snapshot as a recording; recording/replay.c reads it again. */
#include "recording.h"

#include <inttypes.h>
#include <stdio.h>

#include "save.h"
#include "writer.h"
#include "core/facts.h"
#include "core/snapshot.h"
#include "base/util.h"

/* ---- one line for each record ---------------------------------------------------------------- */

#define HEAD_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct recording_head, member)},
#define END_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct recording_end, member)},
#define NS_FACT(type, member, at, name, bit, help) \
	{#member, PIDNS_NS_##name, RECORDING_##type, offsetof(struct pidns_ns, member)},
#define NS_SPECIAL(type, key, member, raw, at, name, bit, help) \
	{#key, PIDNS_NS_##name, RECORDING_##type, offsetof(struct pidns_ns, member)},
#define NS_LINK(type, key, member, raw, name, bit, help) \
	NS_SPECIAL(type, key, member, raw, 0, name, bit, help)
#define TASK_FACT(type, member, at, name, bit, help) \
	{#member, PIDNS_TASK_##name, RECORDING_##type, offsetof(struct pidns_task, member)},
#define TASK_SPECIAL(type, key, member, raw, at, name, bit, help) \
	{#key, PIDNS_TASK_##name, RECORDING_##type, offsetof(struct pidns_task, member)},
#define NOTES_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct pidns_notes, member)},
#define CONTAINER_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct pidns_container, member)},
#define LIMIT_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct pidns_limit, member)},
#define PIN_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct pidns_pin, member)},
#define ZOMBIE_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct pidns_zombie, member)},

static const struct writer_field head_fields[] = {RECORDING_HEAD_FIELDS(HEAD_POURED)};
static const struct writer_field end_fields[] = {RECORDING_END_FIELDS(END_POURED)};
static const struct writer_field ns_fields[] = {
	PIDNS_NS_FACTS(NS_FACT, NS_FACT, NS_FACT, NS_SPECIAL, NS_LINK, FACT_SKIP)};
static const struct writer_field task_fields[] = {
	PIDNS_TASK_FACTS(TASK_FACT, TASK_FACT, TASK_FACT, TASK_SPECIAL, FACT_SKIP, FACT_SKIP)};
static const struct writer_field notes_fields[] = {RECORDING_NOTES_FIELDS(NOTES_POURED)};
static const struct writer_field container_fields[] = {
	RECORDING_CONTAINER_FIELDS(CONTAINER_POURED)};
static const struct writer_field limit_fields[] = {RECORDING_LIMIT_FIELDS(LIMIT_POURED)};
static const struct writer_field pin_fields[] = {RECORDING_PIN_FIELDS(PIN_POURED)};
static const struct writer_field zombie_fields[] = {RECORDING_ZOMBIE_FIELDS(ZOMBIE_POURED)};

static void put_record(struct writer *w, const char *kind, const struct writer_field *fields,
		       size_t nr, uint64_t known, const void *record)
{
	writer_text(w, kind);
	writer_fields(w, fields, nr, known, record);
}

/* ---- notes, after the namespaces ------------------------------------------------------------- */

/* One line of notes on that namespace; NULL: on the task whose limits were asked for. */
static void put_note(struct writer *w, const char *kind, const struct pidns_ns *ns,
		     const struct writer_field *fields, size_t nr, uint64_t known,
		     const void *record)
{
	writer_text(w, kind);
	if (ns) {
		writer_key(w, "ns");
		writer_number(w, ns->ino);
	}
	writer_fields(w, fields, nr, known, record);
	writer_text(w, "\n");
}

static void put_limits(struct writer *w, const struct pidns_ns *ns,
		       const struct pidns_limit *const *limits, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		put_note(w, RECORDING_LIMIT, ns, limit_fields, ARRAY_SIZE(limit_fields),
			 limits[i]->known, limits[i]);
}

static void put_ns_notes(struct writer *w, const struct pidns_ns *ns,
			 const struct pidns_notes *notes)
{
	put_note(w, RECORDING_NOTES, ns, notes_fields, ARRAY_SIZE(notes_fields), 0, notes);
	if (notes->known & PIDNS_NOTE_CONTAINER && notes->container)
		put_note(w, RECORDING_CONTAINER, ns, container_fields, ARRAY_SIZE(container_fields),
			 notes->container->is_users ? RECORDING_IS_USERS : 0, notes->container);
	if (notes->known & PIDNS_NOTE_LIMITS)
		put_limits(w, ns, notes->limits, notes->nr_limits);
	for (size_t i = 0; notes->known & PIDNS_NOTE_PINS && i < notes->nr_pins; i++)
		put_note(w, RECORDING_PIN, ns, pin_fields, ARRAY_SIZE(pin_fields), 0,
			 notes->pins[i]);
	if (notes->known & PIDNS_NOTE_ZOMBIE && notes->zombie)
		put_note(w, RECORDING_ZOMBIE, ns, zombie_fields, ARRAY_SIZE(zombie_fields), 0,
			 notes->zombie);
}

/* Those of a namespace without an inode have nothing to be told by. */
static void put_notes(struct writer *w, const struct pidns_snapshot *s)
{
	for (size_t i = 0; i < s->nr_namespaces && !w->error; i++) {
		const struct pidns_ns *ns = s->namespaces[i];

		if (ns->known & PIDNS_NS_INO && ns->known & PIDNS_NS_NOTES)
			put_ns_notes(w, ns, ns->notes);
	}
	put_limits(w, NULL, s->limits, s->nr_limits);
}

/* ---- the whole document ---------------------------------------------------------------------- */

static void put_head(struct writer *w, const struct pidns_snapshot *s)
{
	const struct pidns_ns *root = s->root ? &s->root->pub : NULL;
	struct recording_head head = {
		.known = RECORDING_KNOWN_TIME,
		.time_ns = s->time_ns,
		.provider = s->taken_by,
		.flags = s->flags,
		.cannot_see = s->cannot_see,
		.wall_time_ns = s->origin.wall_time_ns,
		.host = pidns_snapshot_host(s),
		.boot_id = pidns_snapshot_boot_id(s),
		.time_ns_ino = s->origin.time_ns_ino,
	};

	if (s->origin.wall_time_ns)
		head.known |= RECORDING_KNOWN_WALL_TIME;
	if (s->origin.time_ns_ino)
		head.known |= RECORDING_KNOWN_TIME_NS;
	if (root && root->known & PIDNS_NS_INO) {
		head.known |= RECORDING_KNOWN_ROOT;
		head.root = root->ino;
	}
	writer_text(w, RECORDING_MAGIC " ");
	writer_number(w, RECORDING_VERSION);
	writer_text(w, "\n");
	put_record(w, RECORDING_HEAD, head_fields, ARRAY_SIZE(head_fields), head.known, &head);
	writer_text(w, "\n");
}

static void put_namespaces(struct writer *w, const struct pidns_snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_namespaces && !w->error; i++) {
		put_record(w, RECORDING_NS, ns_fields, ARRAY_SIZE(ns_fields),
			   s->namespaces[i]->known, s->namespaces[i]);
		writer_text(w, "\n");
	}
}

static void put_tasks(struct writer *w, const struct pidns_snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_tasks && !w->error; i++) {
		put_record(w, RECORDING_TASK, task_fields, ARRAY_SIZE(task_fields),
			   s->tasks[i]->known, s->tasks[i]);
		writer_text(w, "\n");
	}
}

static void put_end(struct writer *w, const struct pidns_snapshot *s)
{
	const struct recording_end end = {
		.known = RECORDING_KNOWN_COUNT,
		.namespaces = s->nr_namespaces,
		.tasks = s->nr_tasks,
	};
	char digits[RECORDING_CHECKSUM_DIGITS + 1];

	put_record(w, RECORDING_END, end_fields, ARRAY_SIZE(end_fields), end.known, &end);
	writer_text(w, " " RECORDING_CHECKSUM);
	snprintf(digits, sizeof(digits), "%016" PRIx64, w->hash);
	writer_text(w, digits);
	writer_text(w, "\n");
}

static int write_by(const struct pidns_snapshot *s, int fd, struct zst_writer *zst)
{
	struct writer w;

	w.fd = fd;
	w.zst = zst;
	w.error = 0;
	w.hash = FNV_START;
	w.used = 0;
	put_head(&w, s);
	put_namespaces(&w, s);
	put_notes(&w, s);
	put_tasks(&w, s);
	put_end(&w, s);
	writer_flush(&w);
	return w.error;
}

int pidns_snapshot_write(const struct pidns_snapshot *s, int fd)
{
	return write_by(s, fd, NULL);
}

int save_compressed(const struct pidns_snapshot *s, int fd)
{
	struct zst_writer *zst;
	int r = zst_writer_open(fd, &zst);

	if (r < 0)
		return r;
	r = write_by(s, fd, zst);
	if (r >= 0)
		r = zst_writer_finish(zst, pidns_snapshot_wall_time(s));
	zst_writer_close(zst);
	return r;
}
