// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-export.c - pidns export: a snapshot as JSON lines, an object for each namespace and task. */
#include "common/cleanup.h"
#include "common/describe.h"
#include "common/field.h"
#include "common/message.h"
#include "json.h"
#include "note.h"
#include "options.h"

/* Every line says what it is and of when, so that lines of several snapshots may be put together. */
static void begin_line(struct json *j, const char *record, uint64_t time_ns)
{
	json_open(j, '{');
	json_string_item(j, "record", record);
	json_number_item(j, "time_ns", true, time_ns);
}

static void end_line(struct json *j)
{
	json_close(j, '}');
	putchar('\n');
	j->needs_comma = false;
}

static void export_notes(struct json *j, const struct pidns_ns *ns)
{
	const struct pidns_limit *const *limits;
	size_t nr_limits = describe_limits(ns, &limits);

	json_item(j, "container");
	if (describe_container(ns))
		note_json_container(j, describe_container(ns));
	else
		json_null(j);
	json_item(j, "limits");
	if (describe_has(ns, PIDNS_NOTE_LIMITS))
		note_json_limits(j, limits, nr_limits);
	else
		json_null(j);
	json_item(j, "pins");
	if (describe_has(ns, PIDNS_NOTE_PINS))
		note_json_pins(j, ns->notes->pins, ns->notes->nr_pins);
	else
		json_null(j);
	json_item(j, "oldest_zombie");
	note_json_zombie(j, ns);
}

static void export_namespaces(struct json *j, const struct pidns_snapshot *snapshot)
{
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(snapshot, &list);

	for (size_t i = 0; i < nr; i++) {
		struct field_row row = ns_field_table.make_row(snapshot, list[i]);

		begin_line(j, "namespace", pidns_snapshot_time(snapshot));
		json_fields(j, &ns_field_table, &row);
		export_notes(j, list[i]);
		end_line(j);
	}
}

static void export_tasks(struct json *j, const struct pidns_snapshot *snapshot)
{
	const struct pidns_task *const *list;
	size_t nr = pidns_snapshot_tasks(snapshot, &list);

	for (size_t i = 0; i < nr; i++) {
		struct field_row row = task_field_table.make_row(snapshot, list[i]);

		begin_line(j, "task", pidns_snapshot_time(snapshot));
		json_fields(j, &task_field_table, &row);
		end_line(j);
	}
}

int cmd_export(const struct options *options)
{
	_cleanup_ctx_ struct pidns_ctx *ctx = NULL;
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	struct json j = {.file = stdout};
	const struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = PIDNS_FIELDS_ALL,
		.task_fields = PIDNS_FIELDS_ALL,
		.flags = (options->threads ? PIDNS_TAKE_THREADS : 0) |
			 (options->all ? PIDNS_TAKE_ALL | PIDNS_TAKE_PINS : 0) | PIDNS_TAKE_LIMITS |
			 PIDNS_TAKE_CONTAINERS | PIDNS_TAKE_ZOMBIES,
	};
	int r;

	if (!options->jsonl)
		return usage_error(options, "as what? --jsonl is missing");
	r = source_open(&options->source, 0, &ctx);
	if (!r)
		r = source_take(&options->source, ctx, &opts, &snapshot);
	if (r)
		return r;
	json_head(&j, snapshot);
	json_string_item(&j, "record", "snapshot");
	json_number_item(&j, "time_ns", true, pidns_snapshot_time(snapshot));
	end_line(&j);
	export_namespaces(&j, snapshot);
	export_tasks(&j, snapshot);
	source_tell_unseen(snapshot, opts.flags, UINT32_MAX);
	return EXIT_DONE;
}
