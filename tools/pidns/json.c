// SPDX-License-Identifier: GPL-2.0-or-later
/* json.c - a small streaming writer of JSON. */
#include "json.h"

#include <string.h>

#include "common/escape.h"
#include "common/field.h"
#include "note.h"
#include "out.h"

static void put_quoted(FILE *file, const char *text, size_t len)
{
	char piece[ESCAPE_CHAR_SIZE];
	size_t n;

	putc_unlocked('"', file);
	if (escape_is_plain(text, len)) {
		fwrite_unlocked(text, 1, len, file);
		len = 0;
	}
	while (len) {
		size_t used = escape_json_char(text, len, piece, &n);

		fwrite_unlocked(piece, 1, n, file);
		text += used;
		len -= used;
	}
	putc_unlocked('"', file);
}

void json_item(struct json *j, const char *key)
{
	if (j->needs_comma)
		fwrite_unlocked(", ", 1, 2, j->file);
	j->needs_comma = true;
	if (!key)
		return;
	put_quoted(j->file, key, strlen(key));
	putc_unlocked(':', j->file);
}

void json_line(struct json *j, const char *key)
{
	if (j->needs_comma)
		putc_unlocked(',', j->file);
	putc_unlocked('\n', j->file);
	j->needs_comma = false;
	json_item(j, key);
}

void json_open(struct json *j, char bracket)
{
	putc_unlocked(bracket, j->file);
	j->needs_comma = false;
}

void json_close(struct json *j, char bracket)
{
	putc_unlocked(bracket, j->file);
	j->needs_comma = true;
}

void json_number(struct json *j, uint64_t number)
{
	out_number(j->file, number);
}

void json_bool(struct json *j, bool is_true)
{
	fputs_unlocked(is_true ? "true" : "false", j->file);
}

void json_null(struct json *j)
{
	fputs_unlocked("null", j->file);
}

void json_text(struct json *j, const char *text, size_t len)
{
	put_quoted(j->file, text, len);
}

void json_string(struct json *j, const char *text)
{
	if (text)
		json_text(j, text, strlen(text));
	else
		json_null(j);
}

void json_string_item(struct json *j, const char *key, const char *text)
{
	json_item(j, key);
	json_string(j, text);
}

void json_number_item(struct json *j, const char *key, bool is_known, uint64_t number)
{
	json_item(j, key);
	if (is_known)
		json_number(j, number);
	else
		json_null(j);
}

static void put_numbers(struct json *j, const struct value *value)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < value->count; i++) {
		if (i)
			putc_unlocked(',', j->file);
		out_number(j->file, (uint64_t)value->numbers[i]);
	}
	json_close(j, ']');
}

void json_value(struct json *j, const struct value *value)
{
	switch (value->type) {
	case VALUE_UNKNOWN:
		json_null(j);
		break;
	case VALUE_NUMBER:
		json_number(j, value->number);
		break;
	case VALUE_TENTHS:
		out_tenths(j->file, value->number);
		break;
	case VALUE_BOOL:
		json_bool(j, value->number);
		break;
	case VALUE_TEXT:
		json_text(j, value->text, value->len);
		break;
	case VALUE_NUMBERS:
		put_numbers(j, value);
		break;
	case VALUE_CONTAINER:
		note_json_container(j, value->container);
		break;
	case VALUE_LIMIT:
		note_json_nearest(j, value->limit);
		break;
	case VALUE_PINS:
		note_json_pins(j, value->pins, value->count);
		break;
	}
}

void json_fields(struct json *j, const struct field_table *table, const struct field_row *row)
{
	struct value value;

	for (size_t i = 0; i < table->nr_fields; i++) {
		if (table->fields[i].needs & NEEDS_ASKING)
			continue;
		field_get(&table->fields[i], row, &value);
		json_item(j, table->fields[i].name);
		json_value(j, &value);
	}
}

void json_origin(struct json *j, const char *key, const struct pidns_snapshot *snapshot)
{
	uint64_t wall_time_ns = pidns_snapshot_wall_time(snapshot);
	const char *host = pidns_snapshot_host(snapshot), *boot = pidns_snapshot_boot_id(snapshot);

	if (!wall_time_ns && !host && !boot)
		return;
	json_item(j, key);
	json_open(j, '{');
	json_item(j, "time_ns");
	json_number(j, pidns_snapshot_time(snapshot));
	json_item(j, "wall_time_ns");
	if (wall_time_ns)
		json_number(j, wall_time_ns);
	else
		json_null(j);
	json_item(j, "host");
	json_string(j, host);
	json_item(j, "boot_id");
	json_string(j, boot);
	json_close(j, '}');
}

void json_schema(struct json *j, const char *provider, uint32_t cannot_see)
{
	json_open(j, '{');
	json_item(j, "schema");
	json_number(j, 1);
	json_item(j, "provider");
	json_text(j, provider, strlen(provider));
	json_item(j, "complete");
	json_bool(j, !cannot_see);
	json_item(j, "cannot_see");
	json_open(j, '[');
	for (uint32_t bit = 1; bit; bit <<= 1) {
		const char *word = cannot_see & bit ? pidns_unseen_name(bit) : NULL;

		if (!word)
			continue;
		json_item(j, NULL);
		json_text(j, word, strlen(word));
	}
	json_close(j, ']');
}

void json_head(struct json *j, const struct pidns_snapshot *snapshot)
{
	const char *provider = pidns_snapshot_provider(snapshot);

	json_schema(j, provider, pidns_snapshot_cannot_see(snapshot));
	if (pidns_provider_flags(provider) & PIDNS_PROVIDER_RECORDED)
		json_origin(j, "recorded", snapshot);
}

void json_end(struct json *j)
{
	putc_unlocked('\n', j->file);
	json_close(j, '}');
	putc_unlocked('\n', j->file);
}
