// SPDX-License-Identifier: GPL-2.0-or-later
/* event.c - how one event looks, in text and in JSON. */
#include "event.h"

#include <stdio.h>
#include <string.h>

#include "field.h"
#include "out.h"

/* What a line says of an event, after its name and who it is about. */
static const struct event_look {
	uint32_t type;
	const struct field_table *table;
	const char *who;
	const char *fields[5];
} looks[] = {
	{PIDNS_EVENT_NS_NEW, &ns_field_table, "ino", {"parent", "state", "reaper", "comm"}},
	{PIDNS_EVENT_NS_GONE, &ns_field_table, "ino", {"parent", "state", "reaper", "comm"}},
	{PIDNS_EVENT_REAPER, &ns_field_table, "ino", {"state", "reaper", "comm"}},
	{PIDNS_EVENT_LIMIT, &ns_field_table, "ino", {"pids_max"}},
	{PIDNS_EVENT_EXHAUSTED, &ns_field_table, "ino", {"alloc_failures"}},
	{PIDNS_EVENT_TASK_NEW, &task_field_table, "tid", {"vpids", "ns", "comm"}},
	{PIDNS_EVENT_TASK_GONE, &task_field_table, "tid", {"vpids", "ns", "comm"}},
};

static const struct event_look *find_look(uint32_t type)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (looks[i].type == type)
			return &looks[i];
	return NULL;
}

/* What is gone stands in the older picture. */
static struct row event_row(const struct event_sides *sides, const struct event_look *look,
			    const struct pidns_event *event)
{
	bool is_gone = event->type == PIDNS_EVENT_NS_GONE || event->type == PIDNS_EVENT_TASK_GONE;
	const void *record = event->ns;

	if (look->table == &task_field_table)
		record = event->task;
	return look->table->make_row(is_gone ? sides->older : sides->newer, record);
}

/* ---- for people ------------------------------------------------------------------------------ */

static void get_by_name(const struct event_look *look, const char *name, const struct row *row,
			struct value *ret)
{
	field_get(field_find(look->table, name, strlen(name)), row, ret);
}

/* "pids_max=32768->100", or nothing where nothing has changed. */
static void print_change(const struct event_sides *sides, const struct event_look *look,
			 const char *name, const struct pidns_ns *was, const struct row *row)
{
	struct row old_row = ns_field_table.make_row(sides->older, was);
	struct value old_value, value;

	get_by_name(look, name, &old_row, &old_value);
	get_by_name(look, name, row, &value);
	if (!value_compare(&old_value, &value))
		return;
	printf(" %s=", name);
	out_value(stdout, &old_value);
	fputs("->", stdout);
	out_value(stdout, &value);
}

void event_print(const struct event_sides *sides, const struct pidns_event *event)
{
	const struct event_look *look = find_look(event->type);
	struct row row;
	struct value value;

	if (!look) {
		if (pidns_event_name(event->type))
			puts(pidns_event_name(event->type));
		return;
	}
	row = event_row(sides, look, event);
	printf("%s ", pidns_event_name(event->type));
	get_by_name(look, look->who, &row, &value);
	out_value(stdout, &value);
	for (size_t i = 0; look->fields[i]; i++) {
		if (event->was) {
			print_change(sides, look, look->fields[i], event->was, &row);
			continue;
		}
		printf(" %s=", look->fields[i]);
		get_by_name(look, look->fields[i], &row, &value);
		out_value(stdout, &value);
	}
	putchar('\n');
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void json_record(struct json *j, const char *key, const struct field_table *table,
			const struct row *row)
{
	struct value value;

	json_item(j, key);
	json_open(j, '{');
	for (size_t i = 0; i < table->nr_fields; i++) {
		if (table->fields[i].needs & NEEDS_ASKING)
			continue;
		field_get(&table->fields[i], row, &value);
		json_item(j, table->fields[i].name);
		json_value(j, &value);
	}
	json_close(j, '}');
}

static void json_members(struct json *j, const struct event_sides *sides,
			 const struct event_look *look, const struct pidns_event *event)
{
	bool is_task = look->table == &task_field_table;
	struct row row = event_row(sides, look, event);

	json_item(j, "ns");
	if (event->ns->known & PIDNS_NS_INO)
		json_number(j, event->ns->ino);
	else
		json_null(j);
	json_record(j, is_task ? "task" : "namespace", look->table, &row);
	if (event->was) {
		struct row was = ns_field_table.make_row(sides->older, event->was);

		json_record(j, "was", &ns_field_table, &was);
	}
}

void event_json(struct json *j, const struct event_sides *sides, const struct pidns_event *event)
{
	const struct event_look *look = find_look(event->type);
	const char *name = pidns_event_name(event->type);

	json_open(j, '{');
	json_item(j, "event");
	json_text(j, name, strlen(name));
	json_item(j, "time_ns");
	json_number(j, event->time_ns);
	if (look)
		json_members(j, sides, look, event);
	json_close(j, '}');
}
