// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-record.c - pidns record: save the snapshot, with all that can be known of it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "json.h"
#include "common/message.h"
#include "options.h"

/* What was saved, for scripts. */
static void print_record_json(const struct pidns_snapshot *snapshot, const char *path)
{
	const struct pidns_task *const *tasks;
	const struct pidns_ns *const *namespaces;
	struct json j = {.file = stdout};

	json_schema(&j, pidns_snapshot_provider(snapshot), pidns_snapshot_cannot_see(snapshot));
	json_origin(&j, "recorded", snapshot);
	json_line(&j, "recording");
	json_open(&j, '{');
	json_item(&j, "file");
	json_text(&j, path, strlen(path));
	json_item(&j, "time_ns");
	json_number(&j, pidns_snapshot_time(snapshot));
	json_item(&j, "namespaces");
	json_number(&j, pidns_snapshot_namespaces(snapshot, &namespaces));
	json_item(&j, "tasks");
	json_number(&j, pidns_snapshot_tasks(snapshot, &tasks));
	json_close(&j, '}');
	json_end(&j);
}

static int save(const struct pidns_snapshot *snapshot, const char *path)
{
	bool is_stdout = !strcmp(path, "-");
	int r = is_stdout ? pidns_snapshot_write(snapshot, STDOUT_FILENO)
			  : pidns_snapshot_save(snapshot, path);

	if (r >= 0)
		return 0;
	if (is_stdout && r == -EPIPE)
		return EXIT_FAILED;
	if (r == -EINVAL)
		return message_exit(EXIT_FAILED, "%s: not a regular file", path);
	return message_exit(EXIT_FAILED, "%s: %s", is_stdout ? "standard output" : path,
			    strerror(-r));
}

int cmd_record(const struct options *options)
{
	_cleanup_ctx_ struct pidns_ctx *ctx = NULL;
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	const struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = PIDNS_FIELDS_ALL,
		.task_fields = PIDNS_FIELDS_ALL,
		.flags = (options->threads ? PIDNS_TAKE_THREADS : 0) |
			 (options->all ? PIDNS_TAKE_ALL | PIDNS_TAKE_PINS : 0) | PIDNS_TAKE_LIMITS |
			 PIDNS_TAKE_CONTAINERS | PIDNS_TAKE_ZOMBIES,
	};
	int r;

	if (!options->write || !*options->write)
		return usage_error(options, "where to? --write FILE is missing");
	if (options->json && !strcmp(options->write, "-"))
		return usage_error(options, "--json and a recording cannot share standard output");
	r = source_open(&options->source, 0, &ctx);
	if (!r)
		r = source_take(&options->source, ctx, &opts, &snapshot);
	if (!r)
		r = save(snapshot, options->write);
	if (r)
		return r;
	if (options->json)
		print_record_json(snapshot, options->write);
	source_tell_unseen(snapshot, opts.flags, UINT32_MAX);
	return EXIT_DONE;
}
