// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-record.c - pidns record: save the snapshot, with all that can be known of it, or one after
 * another. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "json.h"
#include "common/message.h"
#include "options.h"
#include "record-series.h"

/* What was saved, for scripts; of a series, the last of so many. */
static void print_record_json(const struct pidns_snapshot *snapshot, const char *path,
			      uint64_t nr_snapshots)
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
	if (nr_snapshots) {
		json_item(&j, "snapshots");
		json_number(&j, nr_snapshots);
	}
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
	if (r == -EOPNOTSUPP)
		return message_exit(EXIT_FAILED, "%s: this build lacks zstd", path);
	return message_exit(EXIT_FAILED, "%s: %s", is_stdout ? "standard output" : path,
			    strerror(-r));
}

static int record_one(const struct options *options, struct pidns_ctx *ctx,
		      const struct pidns_take_opts *opts, struct pidns_snapshot **ret_snapshot)
{
	int r = source_take(&options->source, ctx, opts, ret_snapshot);

	return r ? r : save(*ret_snapshot, options->write);
}

static int check_options(const struct options *options, struct series_plan *plan)
{
	char *end;

	if (!options->write || !*options->write)
		return usage_error(options, "where to? --write FILE is missing");
	if (options->json && !strcmp(options->write, "-"))
		return usage_error(options, "--json and a recording cannot share standard output");
	if (options->keep && !options->every)
		return usage_error(options, "--keep needs --every");
	if (!options->every)
		return 0;
	plan->every_ns = options_seconds(options->every);
	if (!plan->every_ns)
		return usage_error(options, "--every: \"%.64s\" is not a number of seconds",
				   options->every);
	if (!options->keep)
		return 0;
	if (!strcmp(options->write, "-"))
		return usage_error(options, "--keep needs a file");
	errno = 0;
	plan->keep = strtoul(options->keep, &end, 10);
	if (*options->keep < '0' || *options->keep > '9' || *end || errno || !plan->keep ||
	    plan->keep > UINT32_MAX)
		return usage_error(options, "--keep: \"%.64s\" is not a number from 1 on",
				   options->keep);
	return 0;
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
	struct series_plan plan = {.opts = &opts};
	int r = check_options(options, &plan);

	if (!r)
		r = source_open(&options->source, 0, &ctx);
	if (!r && options->every)
		r = record_series(options, ctx, &plan, &snapshot);
	else if (!r)
		r = record_one(options, ctx, &opts, &snapshot);
	if (r)
		return r;
	if (options->json)
		print_record_json(snapshot, options->write, plan.nr);
	source_tell_unseen(snapshot, opts.flags, UINT32_MAX);
	return EXIT_DONE;
}
