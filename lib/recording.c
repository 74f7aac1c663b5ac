// SPDX-License-Identifier: LGPL-2.1-or-later
/* recording.c - writes a snapshot as a recording; provider-replay.c reads it again. */
#include "recording.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "snapshot.h"
#include "util.h"

/* ---- bytes out ------------------------------------------------------------------------------- */

/* The first error is kept and ends the writing; so the callers need not look after each piece. */
struct writer {
	int fd;
	int error;
	uint64_t hash; /* of all bytes so far */
	size_t used;
	char buffer[16384];
};

static void writer_flush(struct writer *w)
{
	size_t done = 0;

	while (!w->error && done < w->used) {
		ssize_t n = write(w->fd, w->buffer + done, w->used - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			w->error = -errno;
	}
	w->used = 0;
}

static void put_bytes(struct writer *w, const char *bytes, size_t len)
{
	w->hash = util_hash(w->hash, bytes, len);
	while (len) {
		size_t room = sizeof(w->buffer) - w->used;
		size_t part = len < room ? len : room;

		memcpy(w->buffer + w->used, bytes, part);
		w->used += part;
		bytes += part;
		len -= part;
		if (w->used == sizeof(w->buffer))
			writer_flush(w);
	}
}

static void put_text(struct writer *w, const char *text)
{
	put_bytes(w, text, strlen(text));
}

static void put_number(struct writer *w, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put_bytes(w, digits + at, sizeof(digits) - at);
}

static void put_key(struct writer *w, const char *key)
{
	put_bytes(w, " ", 1);
	put_text(w, key);
	put_bytes(w, "=", 1);
}

/* Any bytes, in one word of printable ASCII. */
static void put_escaped(struct writer *w, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p; p++) {
		char octal[4] = {'\\', (char)('0' + (*p >> 6)), (char)('0' + (*p >> 3 & 7)),
				 (char)('0' + (*p & 7))};

		if (*p > ' ' && *p < 0x7f && *p != '\\')
			put_bytes(w, (const char *)p, 1);
		else
			put_bytes(w, octal, sizeof(octal));
	}
}

/* ---- one line for each record ---------------------------------------------------------------- */

struct field {
	const char *key;
	uint64_t known;
	enum recording_type type;
	size_t offset;
};

#define HEAD_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct recording_head, member)},
#define END_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct recording_end, member)},
#define NS_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct pidns_ns, member)},
#define NS_DERIVED(type, key, member, known) NS_POURED(type, key, member, , known)
#define TASK_POURED(type, key, member, raw, known) \
	{#key, known, RECORDING_##type, offsetof(struct pidns_task, member)},
#define TASK_DERIVED(type, key, member, known) TASK_POURED(type, key, member, , known)
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

static const struct field head_fields[] = {RECORDING_HEAD_FIELDS(HEAD_POURED)};
static const struct field end_fields[] = {RECORDING_END_FIELDS(END_POURED)};
static const struct field ns_fields[] = {RECORDING_NS_FIELDS(NS_POURED, NS_DERIVED)};
static const struct field task_fields[] = {RECORDING_TASK_FIELDS(TASK_POURED, TASK_DERIVED)};
static const struct field notes_fields[] = {RECORDING_NOTES_FIELDS(NOTES_POURED)};
static const struct field container_fields[] = {RECORDING_CONTAINER_FIELDS(CONTAINER_POURED)};
static const struct field limit_fields[] = {RECORDING_LIMIT_FIELDS(LIMIT_POURED)};
static const struct field pin_fields[] = {RECORDING_PIN_FIELDS(PIN_POURED)};
static const struct field zombie_fields[] = {RECORDING_ZOMBIE_FIELDS(ZOMBIE_POURED)};

static void put_u64(struct writer *w, const struct field *field, const void *record)
{
	uint64_t value;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	put_key(w, field->key);
	put_number(w, value);
}

static void put_u32(struct writer *w, const struct field *field, const void *record)
{
	uint32_t value;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	put_key(w, field->key);
	put_number(w, value);
}

static void put_i32(struct writer *w, const struct field *field, const void *record)
{
	int32_t value;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	if (value >= 0)
		put_u32(w, field, record);
}

/* What has no word is left out. */
static void put_word(struct writer *w, const struct field *field, const void *record,
		     const char *(*name_of)(uint32_t value))
{
	uint32_t value;
	const char *name;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	name = name_of(value);
	if (!name)
		return;
	put_key(w, field->key);
	put_text(w, name);
}

static void put_state(struct writer *w, const struct field *field, const void *record)
{
	put_word(w, field, record, pidns_state_name);
}

static void put_limit_kind(struct writer *w, const struct field *field, const void *record)
{
	put_word(w, field, record, pidns_limit_name);
}

static void put_pin_kind(struct writer *w, const struct field *field, const void *record)
{
	put_word(w, field, record, pidns_pin_name);
}

static void put_sigchld(struct writer *w, const struct field *field, const void *record)
{
	put_word(w, field, record, recording_sigchld_name);
}

static void put_error(struct writer *w, const struct field *field, const void *record)
{
	int32_t value, error;
	const char *name;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	for (size_t i = 0; (name = recording_error_name(i, &error)); i++)
		if (error == value) {
			put_key(w, field->key);
			put_text(w, name);
		}
}

static void put_letter(struct writer *w, const struct field *field, const void *record)
{
	uint32_t letter;
	char c;

	memcpy(&letter, (const char *)record + field->offset, sizeof(letter));
	if (letter <= ' ' || letter >= 0x7f)
		return;
	c = (char)letter;
	put_key(w, field->key);
	put_bytes(w, &c, 1);
}

static void put_name(struct writer *w, const struct field *field, const void *record)
{
	const char *text;

	memcpy(&text, (const char *)record + field->offset, sizeof(text));
	if (!text)
		return;
	put_key(w, field->key);
	put_escaped(w, text);
}

static void put_vpids(struct writer *w, const struct field *field, const void *record)
{
	const struct pidns_task *task = record;
	uint32_t i;

	put_key(w, field->key);
	for (i = 0; i < task->nr_vpids; i++) {
		if (i)
			put_bytes(w, ",", 1);
		put_number(w, (uint32_t)task->vpids[i]);
	}
}

static void put_pidmap(struct writer *w, const struct field *field, const void *record)
{
	const struct pidns_ns *ns = record;
	uint32_t i;

	put_key(w, field->key);
	put_number(w, ns->pidmap_block);
	for (i = 0; i < ns->nr_pidmap; i++) {
		put_bytes(w, i ? "," : ":", 1);
		put_number(w, ns->pidmap[i]);
	}
}

static void put_ns(struct writer *w, const struct field *field, const struct pidns_ns *ns)
{
	if (!ns || !(ns->known & PIDNS_NS_INO))
		return;
	put_key(w, field->key);
	put_number(w, ns->ino);
}

static void put_parent(struct writer *w, const struct field *field, const void *record)
{
	put_ns(w, field, pidns_ns_parent(record));
}

static void put_below(struct writer *w, const struct field *field, const void *record)
{
	const struct pidns_pin *pin = record;

	put_ns(w, field, pin->ns);
}

/* A namespace that is known not to differ from the task's own is written as just that. */
static void put_ref(struct writer *w, const struct field *field, const void *record)
{
	const struct pidns_task *task = record;
	const struct pidns_ns *ns;

	memcpy(&ns, (const char *)record + field->offset, sizeof(ns));
	put_ns(w, field, ns ? ns : task->ns);
}

static void put_bits(struct writer *w, const struct field *field, uint32_t bits,
		     const char *(*name_of)(uint32_t bit))
{
	const char *comma = "";
	uint32_t bit;

	put_key(w, field->key);
	for (bit = 1; bit; bit <<= 1) {
		if (!(bits & bit) || !name_of(bit))
			continue;
		put_text(w, comma);
		put_text(w, name_of(bit));
		comma = ",";
	}
	if (!*comma)
		put_text(w, RECORDING_NONE);
}

static void put_words(struct writer *w, const struct field *field, const void *record,
		      const char *(*name_of)(uint32_t bit))
{
	uint32_t bits;

	memcpy(&bits, (const char *)record + field->offset, sizeof(bits));
	put_bits(w, field, bits, name_of);
}

static void put_flags(struct writer *w, const struct field *field, const void *record)
{
	put_words(w, field, record, recording_flag_name);
}

static void put_unseen(struct writer *w, const struct field *field, const void *record)
{
	put_words(w, field, record, pidns_unseen_name);
}

static void put_noted(struct writer *w, const struct field *field, const void *record)
{
	const struct pidns_notes *notes = record;

	put_bits(w, field, (uint32_t)notes->known, recording_note_name);
}

static void (*const put_field[])(struct writer *, const struct field *, const void *) = {
	[RECORDING_U64] = put_u64,	    [RECORDING_U32] = put_u32,
	[RECORDING_I32] = put_i32,	    [RECORDING_STATE] = put_state,
	[RECORDING_LETTER] = put_letter,    [RECORDING_TEXT] = put_name,
	[RECORDING_VPIDS] = put_vpids,	    [RECORDING_PARENT] = put_parent,
	[RECORDING_REF] = put_ref,	    [RECORDING_FLAGS] = put_flags,
	[RECORDING_UNSEEN] = put_unseen,    [RECORDING_PIDMAP] = put_pidmap,
	[RECORDING_BELOW] = put_below,	    [RECORDING_NOTED] = put_noted,
	[RECORDING_LKIND] = put_limit_kind, [RECORDING_PKIND] = put_pin_kind,
	[RECORDING_CHILD] = put_sigchld,    [RECORDING_ERRNO] = put_error,
};

static void put_fields(struct writer *w, const struct field *fields, size_t nr, uint64_t known,
		       const void *record)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!fields[i].known || known & fields[i].known)
			put_field[fields[i].type](w, &fields[i], record);
}

static void put_record(struct writer *w, const char *kind, const struct field *fields, size_t nr,
		       uint64_t known, const void *record)
{
	put_text(w, kind);
	put_fields(w, fields, nr, known, record);
}

/* ---- notes, after the namespaces ------------------------------------------------------------- */

/* One line of notes on that namespace; NULL: on the task whose limits were asked for. */
static void put_note(struct writer *w, const char *kind, const struct pidns_ns *ns,
		     const struct field *fields, size_t nr, uint64_t known, const void *record)
{
	put_text(w, kind);
	if (ns) {
		put_key(w, "ns");
		put_number(w, ns->ino);
	}
	put_fields(w, fields, nr, known, record);
	put_text(w, "\n");
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
			 0, notes->container);
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
	};

	if (root && root->known & PIDNS_NS_INO) {
		head.known |= RECORDING_KNOWN_ROOT;
		head.root = root->ino;
	}
	put_text(w, RECORDING_MAGIC " ");
	put_number(w, RECORDING_VERSION);
	put_text(w, "\n");
	put_record(w, RECORDING_HEAD, head_fields, ARRAY_SIZE(head_fields), head.known, &head);
	put_text(w, "\n");
}

static void put_namespaces(struct writer *w, const struct pidns_snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_namespaces && !w->error; i++) {
		put_record(w, RECORDING_NS, ns_fields, ARRAY_SIZE(ns_fields),
			   s->namespaces[i]->known, s->namespaces[i]);
		put_text(w, "\n");
	}
}

static void put_tasks(struct writer *w, const struct pidns_snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr_tasks && !w->error; i++) {
		put_record(w, RECORDING_TASK, task_fields, ARRAY_SIZE(task_fields),
			   s->tasks[i]->known, s->tasks[i]);
		put_text(w, "\n");
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
	put_text(w, " " RECORDING_CHECKSUM);
	snprintf(digits, sizeof(digits), "%016" PRIx64, w->hash);
	put_text(w, digits);
	put_text(w, "\n");
}

int pidns_snapshot_write(const struct pidns_snapshot *s, int fd)
{
	struct writer w;

	w.fd = fd;
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
