// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-diff.c - pidns diff: what changed between two pictures. */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "field.h"
#include "json.h"
#include "message.h"
#include "options.h"
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

struct comparison {
	const struct pidns_snapshot *older, *newer;
	const struct pidns_event *const *events;
	size_t nr_events;
};

static const struct event_look *find_look(uint32_t type)
{
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (looks[i].type == type)
			return &looks[i];
	return NULL;
}

/* What is gone stands in the older picture. */
static struct row event_row(const struct comparison *c, const struct event_look *look,
			    const struct pidns_event *event)
{
	bool is_gone = event->type == PIDNS_EVENT_NS_GONE || event->type == PIDNS_EVENT_TASK_GONE;
	const void *record = event->ns;

	if (look->table == &task_field_table)
		record = event->task;
	return look->table->make_row(is_gone ? c->older : c->newer, record);
}

/* ---- for people ------------------------------------------------------------------------------ */

static void get_by_name(const struct event_look *look, const char *name, const struct row *row,
			struct value *ret)
{
	field_get(field_find(look->table, name, strlen(name)), row, ret);
}

/* "pids_max=32768->100", or nothing where nothing has changed. */
static void print_change(const struct comparison *c, const struct event_look *look,
			 const char *name, const struct pidns_ns *was, const struct row *row)
{
	struct row old_row = ns_field_table.make_row(c->older, was);
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

static void print_event(const struct comparison *c, const struct event_look *look,
			const struct pidns_event *event)
{
	struct row row = event_row(c, look, event);
	struct value value;

	printf("%s ", pidns_event_name(event->type));
	get_by_name(look, look->who, &row, &value);
	out_value(stdout, &value);
	for (size_t i = 0; look->fields[i]; i++) {
		if (event->was) {
			print_change(c, look, look->fields[i], event->was, &row);
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

static void json_event(struct json *j, const struct comparison *c, const struct event_look *look,
		       const struct pidns_event *event)
{
	bool is_task = look->table == &task_field_table;
	const char *name = pidns_event_name(event->type);
	struct row row = event_row(c, look, event);

	json_line(j, NULL);
	json_open(j, '{');
	json_item(j, "event");
	json_text(j, name, strlen(name));
	json_item(j, "time_ns");
	json_number(j, event->time_ns);
	json_item(j, "ns");
	if (event->ns->known & PIDNS_NS_INO)
		json_number(j, event->ns->ino);
	else
		json_null(j);
	json_record(j, is_task ? "task" : "namespace", look->table, &row);
	if (event->was) {
		struct row was = ns_field_table.make_row(c->older, event->was);

		json_record(j, "was", &ns_field_table, &was);
	}
	json_close(j, '}');
}

static void print_json(const struct comparison *c)
{
	struct json j = {.file = stdout};

	json_head(&j, pidns_snapshot_provider(c->newer),
		  pidns_snapshot_cannot_see(c->older) | pidns_snapshot_cannot_see(c->newer));
	json_line(&j, "events");
	json_open(&j, '[');
	for (size_t i = 0; i < c->nr_events; i++) {
		const struct event_look *look = find_look(c->events[i]->type);

		if (look)
			json_event(&j, c, look, c->events[i]);
	}
	json_close(&j, ']');
	json_end(&j);
}

/* ---------------------------------------------------------------------------------------------- */

static int compare(const struct options *options, struct pidns_snapshot *older,
		   struct pidns_snapshot *newer)
{
	_cleanup_diff_ struct pidns_diff *diff = NULL;
	struct comparison c = {.older = older, .newer = newer};

	if (pidns_diff_open(older, newer, &diff) < 0)
		return message_exit(EXIT_FAILED, "out of memory");
	c.nr_events = pidns_diff_events(diff, &c.events);
	if (options->json)
		print_json(&c);
	for (size_t i = 0; !options->json && i < c.nr_events; i++) {
		const struct event_look *look = find_look(c.events[i]->type);

		if (look)
			print_event(&c, look, c.events[i]);
	}
	return c.nr_events ? EXIT_ANSWER_NO : EXIT_DONE;
}

static int take_side(const struct source *source, uint32_t flags,
		     struct pidns_snapshot **ret_snapshot)
{
	_cleanup_ctx_ struct pidns_ctx *ctx = NULL;
	const struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = PIDNS_FIELDS_ALL,
		.task_fields = PIDNS_FIELDS_ALL,
		.flags = flags,
	};
	int r = source_open(source, 0, &ctx);

	return r ? r : source_take(source, ctx, &opts, ret_snapshot);
}

/* Threads and hidden namespaces are looked for where the other side has them, too: a recording has
 * what it has, whatever is asked. */
static uint32_t newer_flags(const struct options *options, const struct pidns_snapshot *older)
{
	uint32_t flags = options->all ? PIDNS_TAKE_ALL : 0;

	if (pidns_snapshot_flags(older) & PIDNS_SNAPSHOT_THREADS)
		flags |= PIDNS_TAKE_THREADS;
	return flags;
}

int cmd_diff(const struct options *options)
{
	_cleanup_snapshot_ struct pidns_snapshot *older = NULL;
	_cleanup_snapshot_ struct pidns_snapshot *newer = NULL;
	struct source a = {.from = options->operands[0]}, b = options->source;
	int r;

	if (options->nr_operands == 2) {
		if (options->source.from)
			return usage_error(options, "B and --from exclude each other");
		b.from = options->operands[1];
		a.provider = options->source.provider;
	}
	r = take_side(&a, PIDNS_TAKE_THREADS | (options->all ? PIDNS_TAKE_ALL : 0), &older);
	if (!r)
		r = take_side(&b, newer_flags(options, older), &newer);
	return r ? r : compare(options, older, newer);
}
