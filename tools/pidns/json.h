/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json.h - a small streaming writer of JSON: it keeps nothing but the need for a comma. */
#ifndef PIDNS_JSON_H
#define PIDNS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct pidns_snapshot;
struct field_row;
struct field_table;
struct value;

struct json {
	FILE *file;
	bool needs_comma;
};

/* Announce a member of an object, or with NULL an element of an array; its value comes next. */
void json_item(struct json *j, const char *key);
/* The same on a line of its own. */
void json_line(struct json *j, const char *key);

/* Values. Brackets are '{' '}' '[' ']'. Text is raw bytes, escaped here. */
void json_open(struct json *j, char bracket);
void json_close(struct json *j, char bracket);
void json_number(struct json *j, uint64_t number);
void json_bool(struct json *j, bool is_true);
void json_null(struct json *j);
void json_text(struct json *j, const char *text, size_t len);
/* NULL is null. */
void json_string(struct json *j, const char *text);

/* A key and its value, which is null where there is none. */
void json_string_item(struct json *j, const char *key, const char *text);
void json_number_item(struct json *j, const char *key, bool is_known, uint64_t number);
void json_value(struct json *j, const struct value *value);
/* A member for each field of a record but those that are only shown when named. */
void json_fields(struct json *j, const struct field_table *table, const struct field_row *row);

/* A member: when and of which machine a snapshot was taken, where more is known than its time_ns. */
void json_origin(struct json *j, const char *key, const struct pidns_snapshot *snapshot);
/* What every document begins with: the opening brace, schema, provider, complete, cannot_see. */
void json_schema(struct json *j, const char *provider, uint32_t cannot_see);
/* The same, and where it is a recording, when and of which machine. */
void json_head(struct json *j, const struct pidns_snapshot *snapshot);
/* The closing brace, and the last newline. */
void json_end(struct json *j);

#endif /* PIDNS_JSON_H */
