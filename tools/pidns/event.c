// SPDX-License-Identifier: GPL-2.0-or-later
/* event.c - how one event looks, in text and in JSON. */
#include "event.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/field.h"
#include "common/remedy.h"
#include "note.h"
#include "out.h"

#define CONTAINER_COLUMNS 20

/* A fact that a line tells of an event, and the word before it. */
struct event_fact {
	const char *field;
	const char *word;
};

/* What a line says of an event after its name and its subject; facts end with one without a field. */
static const struct event_look {
	uint32_t type;
	const struct field_table *table;
	const char *who;
	const char *where; /* the field of the namespace around it; NULL: not said */
	struct event_fact facts[4];
} looks[] = {
	{PIDNS_EVENT_NS_NEW,
	 &ns_field_table,
	 "ino",
	 "parent",
	 {{"state", ""}, {"reaper", "init "}, {"comm", ""}}},
	{PIDNS_EVENT_NS_GONE,
	 &ns_field_table,
	 "ino",
	 "parent",
	 {{"state", "was "}, {"reaper", "init "}, {"comm", ""}}},
	{PIDNS_EVENT_REAPER,
	 &ns_field_table,
	 "ino",
	 NULL,
	 {{"state", ""}, {"reaper", "init "}, {"comm", "name "}}},
	{PIDNS_EVENT_LIMIT, &ns_field_table, "ino", NULL, {{"pids_max", "pids_max "}}},
	{PIDNS_EVENT_EXHAUSTED,
	 &ns_field_table,
	 "ino",
	 NULL,
	 {{"alloc_failures", "alloc_failures "}}},
	{PIDNS_EVENT_TASK_NEW, &task_field_table, "tid", "ns", {{"comm", ""}, {"vpids", "vpids "}}},
	{PIDNS_EVENT_TASK_GONE,
	 &task_field_table,
	 "tid",
	 "ns",
	 {{"comm", ""}, {"vpids", "vpids "}}},
	{PIDNS_EVENT_REFUSED,
	 &task_field_table,
	 "tid",
	 "ns",
	 {{"comm", ""}, {"vpids", "vpids "}, {"ppid", "parent "}}},
	{PIDNS_EVENT_TASK_EXEC,
	 &task_field_table,
	 "tid",
	 "ns",
	 {{"comm", ""}, {"vpids", "vpids "}}},
};

static const struct event_look *find_look(uint32_t type)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (looks[i].type == type)
			return &looks[i];
	return NULL;
}

/* What is gone stands in the older snapshot. */
static struct field_row event_row(const struct event_sides *sides, const struct event_look *look,
				  const struct pidns_event *event)
{
	bool is_gone = event->type == PIDNS_EVENT_NS_GONE || event->type == PIDNS_EVENT_TASK_GONE;
	const void *record = event->ns;

	if (look->table == &task_field_table)
		record = event->task;
	return look->table->make_row(is_gone ? sides->older : sides->newer, record);
}

/* ---- for people ------------------------------------------------------------------------------ */

static void get_by_name(const struct event_look *look, const char *name,
			const struct field_row *row, struct value *ret)
{
	field_get(field_find(look->table, name, strlen(name)), row, ret);
}

static void print_value(const struct value *value)
{
	if (value->type == VALUE_UNKNOWN)
		fputs("unknown", stdout);
	else
		out_value(stdout, value);
}

/* "pids_max 100 (was 32768)"; false where nothing has changed. */
static bool print_change(const struct event_sides *sides, const struct event_look *look,
			 const struct event_fact *fact, const struct pidns_ns *was,
			 const struct field_row *row, const char *before)
{
	struct field_row old_row = ns_field_table.make_row(sides->older, was);
	struct value old_value, value;

	get_by_name(look, fact->field, &old_row, &old_value);
	get_by_name(look, fact->field, row, &value);
	if (!value_compare(&old_value, &value))
		return false;
	printf("%s%s", before, fact->word);
	print_value(&value);
	fputs(" (was ", stdout);
	print_value(&old_value);
	putchar(')');
	return true;
}

/* What is not known is not said. */
static bool print_fact(const struct event_look *look, const struct event_fact *fact,
		       const struct field_row *row, const char *before)
{
	struct value value;

	get_by_name(look, fact->field, row, &value);
	if (value.type == VALUE_UNKNOWN)
		return false;
	printf("%s%s", before, fact->word);
	out_value(stdout, &value);
	return true;
}

static void print_facts(const struct event_sides *sides, const struct event_look *look,
			const struct pidns_event *event, const struct field_row *row)
{
	const char *before = ": ";

	for (const struct event_fact *fact = look->facts; fact->field; fact++)
		if (event->was ? print_change(sides, look, fact, event->was, row, before)
			       : print_fact(look, fact, row, before))
			before = ", ";
}

/* The container of the namespace, or of the nearest one above that is one. */
static void print_container(const struct pidns_ns *ns)
{
	const struct pidns_container *container = NULL;
	char label[DESCRIBE_LABEL_MAX] = "-";
	size_t len = 1;

	for (; ns && !container; ns = pidns_ns_parent(ns))
		container = describe_container(ns);
	if (container)
		len = describe_container_label(container, label);
	out_padded(stdout, label, len, CONTAINER_COLUMNS);
	putchar(' ');
}

/* "clone3: EAGAIN by cgroup-pids 4/4 of /sys/fs/cgroup/a/pids.max", or what it may have been. */
static void print_refused(const struct pidns_refused *refused)
{
	const char *error = limit_error_name(refused->error), *before = " by ";
	uint32_t kind;

	printf("; %s: ", pidns_call_name(refused->call));
	if (error)
		fputs(error, stdout);
	else
		fputs(strerror(refused->error), stdout);
	if (refused->known & PIDNS_REFUSED_KIND && !refused->kind) {
		fputs(", no limit", stdout);
		return;
	}
	for (kind = 0; kind < 64; kind++)
		if (refused->kinds >> kind & 1 && pidns_limit_name(kind)) {
			printf("%s%s", before, pidns_limit_name(kind));
			before = " or ";
		}
	if (refused->known & PIDNS_REFUSED_USED && refused->known & PIDNS_REFUSED_MAX)
		printf(" %" PRIu64 "/%" PRIu64, refused->used, refused->max);
	else if (refused->known & PIDNS_REFUSED_MAX)
		printf(" %" PRIu64, refused->max);
	if (refused->source) {
		fputs(" of ", stdout);
		out_text(stdout, refused->source, strlen(refused->source));
	}
}

void event_print(const struct event_sides *sides, const struct pidns_event *event)
{
	const struct event_look *look = find_look(event->type);
	struct field_row row;
	struct value value;

	print_container(event->ns);
	fputs(pidns_event_name(event->type), stdout);
	if (look) {
		row = event_row(sides, look, event);
		get_by_name(look, look->who, &row, &value);
		putchar(' ');
		out_value(stdout, &value);
		if (look->where)
			print_fact(look, &(struct event_fact){look->where, ""}, &row, " in ");
		print_facts(sides, look, event, &row);
	}
	if (event->refused)
		print_refused(event->refused);
	if (event->count)
		printf(" %" PRIu64, event->count);
	putchar('\n');
}

bool event_is_wanted(const struct pidns_event *event, bool has_tasks)
{
	return pidns_event_name(event->type) &&
	       (has_tasks || !event->task || event->type == PIDNS_EVENT_REFUSED);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void json_record(struct json *j, const char *key, const struct field_table *table,
			const struct field_row *row)
{
	json_item(j, key);
	json_open(j, '{');
	json_fields(j, table, row);
	json_close(j, '}');
}

static void json_members(struct json *j, const struct event_sides *sides,
			 const struct event_look *look, const struct pidns_event *event)
{
	bool is_task = look->table == &task_field_table;
	struct field_row row = event_row(sides, look, event);

	json_item(j, "ns");
	if (event->ns->known & PIDNS_NS_INO)
		json_number(j, event->ns->ino);
	else
		json_null(j);
	json_record(j, is_task ? "task" : "namespace", look->table, &row);
	if (event->was) {
		struct field_row was = ns_field_table.make_row(sides->older, event->was);

		json_record(j, "was", &ns_field_table, &was);
	}
}

static void json_kinds(struct json *j, uint64_t kinds)
{
	uint32_t kind;

	json_item(j, "kinds");
	json_open(j, '[');
	for (kind = 0; kind < 64; kind++)
		if (kinds >> kind & 1 && pidns_limit_name(kind)) {
			json_item(j, NULL);
			json_string(j, pidns_limit_name(kind));
		}
	json_close(j, ']');
}

static void json_refused(struct json *j, const struct pidns_event *event)
{
	const struct pidns_refused *refused = event->refused;
	const struct pidns_ns *ns = event->ns;

	json_string_item(j, "call", pidns_call_name(refused->call));
	json_string_item(j, "errno", limit_error_name(refused->error));
	json_number_item(j, "error", true, (uint64_t)refused->error);
	json_string_item(j, "kind",
			 refused->known & PIDNS_REFUSED_KIND ? pidns_limit_name(refused->kind)
							     : NULL);
	json_item(j, "certain");
	json_bool(j, refused->known & PIDNS_REFUSED_KIND);
	json_kinds(j, refused->kinds);
	json_string_item(j, "source", refused->source);
	json_number_item(j, "used", refused->known & PIDNS_REFUSED_USED, refused->used);
	json_number_item(j, "max", refused->known & PIDNS_REFUSED_MAX, refused->max);
	json_number_item(j, "flags", refused->known & PIDNS_REFUSED_FLAGS, refused->flags);
	json_number_item(j, "cookie", ns->known & PIDNS_NS_COOKIE, ns->cookie);
	json_item(j, "container");
	for (; ns && !describe_container(ns); ns = pidns_ns_parent(ns))
		;
	if (ns)
		note_json_container(j, describe_container(ns));
	else
		json_null(j);
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
	if (event->refused)
		json_refused(j, event);
	if (event->type == PIDNS_EVENT_LOST)
		json_number_item(j, "count", event->count, event->count);
	json_close(j, '}');
}
