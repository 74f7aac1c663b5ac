// SPDX-License-Identifier: LGPL-2.1-or-later
/* writer.c - the bytes of a recording: pieces of lines, and values by their type. */
#include "writer.h"

#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "base/util.h"

/* ---- bytes out ------------------------------------------------------------------------------- */

void writer_flush(struct writer *w)
{
	if (!w->error)
		w->error = w->zst ? zst_writer_write(w->zst, w->buffer, w->used)
				  : recording_bytes_write(w->fd, w->buffer, w->used);
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

void writer_text(struct writer *w, const char *text)
{
	put_bytes(w, text, strlen(text));
}

void writer_number(struct writer *w, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	put_bytes(w, digits + at, sizeof(digits) - at);
}

void writer_key(struct writer *w, const char *key)
{
	put_bytes(w, " ", 1);
	writer_text(w, key);
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

/* ---- values ---------------------------------------------------------------------------------- */

static void put_u64(struct writer *w, const struct writer_field *field, const void *record)
{
	uint64_t value;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	writer_key(w, field->key);
	writer_number(w, value);
}

static void put_u32(struct writer *w, const struct writer_field *field, const void *record)
{
	uint32_t value;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	writer_key(w, field->key);
	writer_number(w, value);
}

static void put_i32(struct writer *w, const struct writer_field *field, const void *record)
{
	int32_t value;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	if (value >= 0)
		put_u32(w, field, record);
}

/* What has no word is left out. */
static void put_word(struct writer *w, const struct writer_field *field, const void *record)
{
	uint32_t value;
	const char *name;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	name = recording_word(field->type, value);
	if (!name)
		return;
	writer_key(w, field->key);
	writer_text(w, name);
}

static void put_error(struct writer *w, const struct writer_field *field, const void *record)
{
	int32_t value, error;
	const char *name;

	memcpy(&value, (const char *)record + field->offset, sizeof(value));
	for (size_t i = 0; (name = recording_error_name(i, &error)); i++)
		if (error == value) {
			writer_key(w, field->key);
			writer_text(w, name);
		}
}

static void put_letter(struct writer *w, const struct writer_field *field, const void *record)
{
	uint32_t letter;
	char c;

	memcpy(&letter, (const char *)record + field->offset, sizeof(letter));
	if (letter <= ' ' || letter >= 0x7f)
		return;
	c = (char)letter;
	writer_key(w, field->key);
	put_bytes(w, &c, 1);
}

static void put_name(struct writer *w, const struct writer_field *field, const void *record)
{
	const char *text;

	memcpy(&text, (const char *)record + field->offset, sizeof(text));
	if (!text)
		return;
	writer_key(w, field->key);
	put_escaped(w, text);
}

static void put_vpids(struct writer *w, const struct writer_field *field, const void *record)
{
	const struct pidns_task *task = record;
	uint32_t i;

	writer_key(w, field->key);
	for (i = 0; i < task->nr_vpids; i++) {
		if (i)
			put_bytes(w, ",", 1);
		writer_number(w, (uint32_t)task->vpids[i]);
	}
}

static void put_pidmap(struct writer *w, const struct writer_field *field, const void *record)
{
	const struct pidns_ns *ns = record;
	uint32_t i;

	writer_key(w, field->key);
	writer_number(w, ns->pidmap_block);
	for (i = 0; i < ns->nr_pidmap; i++) {
		put_bytes(w, i ? "," : ":", 1);
		writer_number(w, ns->pidmap[i]);
	}
}

static void put_ns(struct writer *w, const struct writer_field *field, const struct pidns_ns *ns)
{
	if (!ns || !(ns->known & PIDNS_NS_INO))
		return;
	writer_key(w, field->key);
	writer_number(w, ns->ino);
}

static void put_parent(struct writer *w, const struct writer_field *field, const void *record)
{
	put_ns(w, field, pidns_ns_parent(record));
}

static void put_below(struct writer *w, const struct writer_field *field, const void *record)
{
	const struct pidns_pin *pin = record;

	put_ns(w, field, pin->ns);
}

/* A namespace that is known not to differ from the task's own is written as just that. */
static void put_ref(struct writer *w, const struct writer_field *field, const void *record)
{
	const struct pidns_task *task = record;
	const struct pidns_ns *ns;

	memcpy(&ns, (const char *)record + field->offset, sizeof(ns));
	put_ns(w, field, ns ? ns : task->ns);
}

static void put_bits(struct writer *w, const struct writer_field *field, uint32_t bits)
{
	const char *comma = "";
	uint32_t bit;

	writer_key(w, field->key);
	for (bit = 1; bit; bit <<= 1) {
		const char *name = bits & bit ? recording_word(field->type, bit) : NULL;

		if (!name)
			continue;
		writer_text(w, comma);
		writer_text(w, name);
		comma = ",";
	}
	if (!*comma)
		writer_text(w, RECORDING_NONE);
}

static void put_words(struct writer *w, const struct writer_field *field, const void *record)
{
	uint32_t bits;

	memcpy(&bits, (const char *)record + field->offset, sizeof(bits));
	put_bits(w, field, bits);
}

static void put_noted(struct writer *w, const struct writer_field *field, const void *record)
{
	const struct pidns_notes *notes = record;

	put_bits(w, field, (uint32_t)notes->known);
}

static void (*const put_field[])(struct writer *, const struct writer_field *, const void *) = {
	[RECORDING_U64] = put_u64,	 [RECORDING_U32] = put_u32,
	[RECORDING_I32] = put_i32,	 [RECORDING_PID] = put_i32,
	[RECORDING_BOOL] = put_u32,	 [RECORDING_STATE] = put_word,
	[RECORDING_LETTER] = put_letter, [RECORDING_TEXT] = put_name,
	[RECORDING_VPIDS] = put_vpids,	 [RECORDING_PARENT] = put_parent,
	[RECORDING_REF] = put_ref,	 [RECORDING_FLAGS] = put_words,
	[RECORDING_UNSEEN] = put_words,	 [RECORDING_PIDMAP] = put_pidmap,
	[RECORDING_BELOW] = put_below,	 [RECORDING_NOTED] = put_noted,
	[RECORDING_LKIND] = put_word,	 [RECORDING_PKIND] = put_word,
	[RECORDING_CHILD] = put_word,	 [RECORDING_ERRNO] = put_error,
};

void writer_fields(struct writer *w, const struct writer_field *fields, size_t nr, uint64_t known,
		   const void *record)
{
	size_t i;

	for (i = 0; i < nr; i++)
		if (!fields[i].known || known & fields[i].known)
			put_field[fields[i].type](w, &fields[i], record);
}
