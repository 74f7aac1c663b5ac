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

static const struct field head_fields[] = {RECORDING_HEAD_FIELDS(HEAD_POURED)};
static const struct field end_fields[] = {RECORDING_END_FIELDS(END_POURED)};
static const struct field ns_fields[] = {RECORDING_NS_FIELDS(NS_POURED, NS_DERIVED)};
static const struct field task_fields[] = {RECORDING_TASK_FIELDS(TASK_POURED, TASK_DERIVED)};

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

static void put_state(struct writer *w, const struct field *field, const void *record)
{
	uint32_t state;
	const char *name;

	memcpy(&state, (const char *)record + field->offset, sizeof(state));
	name = pidns_state_name(state);
	if (!name)
		return;
	put_key(w, field->key);
	put_text(w, name);
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

/* A namespace that is known not to differ from the task's own is written as just that. */
static void put_ref(struct writer *w, const struct field *field, const void *record)
{
	const struct pidns_task *task = record;
	const struct pidns_ns *ns;

	memcpy(&ns, (const char *)record + field->offset, sizeof(ns));
	put_ns(w, field, ns ? ns : task->ns);
}

#define FLAG_CASE(bit, name) \
	case bit:            \
		return name;

const char *recording_flag_name(uint32_t bit)
{
	switch (bit) {
		RECORDING_FLAG_NAMES(FLAG_CASE)
	default:
		return NULL;
	}
}

static void put_words(struct writer *w, const struct field *field, const void *record,
		      const char *(*name_of)(uint32_t bit))
{
	const char *comma = "";
	uint32_t bits, bit;

	memcpy(&bits, (const char *)record + field->offset, sizeof(bits));
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

static void put_flags(struct writer *w, const struct field *field, const void *record)
{
	put_words(w, field, record, recording_flag_name);
}

static void put_unseen(struct writer *w, const struct field *field, const void *record)
{
	put_words(w, field, record, pidns_unseen_name);
}

static void (*const put_field[])(struct writer *, const struct field *, const void *) = {
	[RECORDING_U64] = put_u64,	 [RECORDING_U32] = put_u32,
	[RECORDING_I32] = put_i32,	 [RECORDING_STATE] = put_state,
	[RECORDING_LETTER] = put_letter, [RECORDING_TEXT] = put_name,
	[RECORDING_VPIDS] = put_vpids,	 [RECORDING_PARENT] = put_parent,
	[RECORDING_REF] = put_ref,	 [RECORDING_FLAGS] = put_flags,
	[RECORDING_UNSEEN] = put_unseen, [RECORDING_PIDMAP] = put_pidmap,
};

static void put_record(struct writer *w, const char *kind, const struct field *fields, size_t nr,
		       uint64_t known, const void *record)
{
	size_t i;

	put_text(w, kind);
	for (i = 0; i < nr; i++)
		if (!fields[i].known || known & fields[i].known)
			put_field[fields[i].type](w, &fields[i], record);
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
	put_tasks(&w, s);
	put_end(&w, s);
	writer_flush(&w);
	return w.error;
}
