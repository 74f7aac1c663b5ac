// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-show.c - pidns show: everything about one namespace. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/field.h"
#include "common/findings.h"
#include "json.h"
#include "common/message.h"
#include "note.h"
#include "options.h"
#include "out.h"
#include "common/pidmap.h"
#include "operand.h"

struct show {
	const struct options *options;
	struct pidns_ctx *ctx;
	struct target target;
	struct pidns_snapshot *snapshot;
	const struct pidns_ns *ns;
	struct findings findings;
	struct pidmap map; /* of what the tasks show, where the kernel does not say */
};

/* ---- for people ------------------------------------------------------------------------------ */

static void print_map(const struct show *show)
{
	struct pidmap_drawing drawing;

	if (show->ns->known & PIDNS_NS_PIDMAP)
		pidmap_draw_blocks(show->ns, PIDMAP_CELLS, &drawing);
	else
		pidmap_draw(&show->map, PIDMAP_CELLS, &drawing);
	printf("%-16s [%s] %" PRIu64 " to a cell\n", "pidmap", drawing.cells, drawing.cell_size);
}

/* What the doctor says of this one. */
static void print_findings(const struct findings *findings)
{
	bool is_first = true;

	for (size_t i = 0; i < findings->nr; i++) {
		const struct finding *finding = &findings->list[i];
		char many[FINDING_MANY_SIZE];

		if (!finding->alike)
			continue;
		printf("%-16s %s: %s", is_first ? "findings" : "", finding_name(finding->kind),
		       finding_many(finding, many));
		note_print_finding(finding);
		is_first = false;
	}
}

static void print_notes(const struct pidns_ns *ns, bool is_raw)
{
	const struct pidns_container *container = describe_container(ns);
	const struct pidns_limit *const *limits;
	size_t nr;

	if (container)
		note_print_container(container);
	nr = describe_limits(ns, &limits);
	if (is_raw)
		note_print_all_limits(limits, nr);
	else
		note_print_limits(limits, nr);
	if (describe_has(ns, PIDNS_NOTE_PINS))
		note_print_pins(ns->notes->pins, ns->notes->nr_pins);
}

static void print_show_text(const struct show *show)
{
	struct field_row row = ns_field_table.make_row(show->snapshot, show->ns);

	for (size_t i = 0; i < ns_field_table.nr_fields; i++) {
		const struct field *field = &ns_field_table.fields[i];
		struct value value;

		field_get(field, &row, &value);
		printf("%-16s ", field->name);
		out_value(stdout, &value);
		putchar('\n');
	}
	print_notes(show->ns, show->options->raw);
	print_findings(&show->findings);
	print_map(show);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void json_block(struct json *j, uint64_t block, uint64_t used)
{
	json_item(j, NULL);
	json_open(j, '{');
	json_item(j, "block");
	json_number(j, block);
	json_item(j, "used");
	json_number(j, used);
	json_close(j, '}');
}

static void json_blocks(struct json *j, const struct pidns_ns *ns)
{
	json_open(j, '[');
	for (uint32_t i = 0; i < ns->nr_pidmap; i++)
		if (ns->pidmap[i])
			json_block(j, i, ns->pidmap[i]);
	json_close(j, ']');
}

static void json_map(struct json *j, const struct pidmap *map)
{
	size_t at = 0;

	json_open(j, '[');
	while (at < map->nr) {
		int64_t block = map->vpids[at] >> PIDMAP_BLOCK_SHIFT;
		uint32_t used = pidmap_count(map, block << PIDMAP_BLOCK_SHIFT,
					     (block + 1) << PIDMAP_BLOCK_SHIFT);

		json_block(j, (uint64_t)block, used);
		at += used;
	}
	json_close(j, ']');
}

static void json_limits(struct json *j, const struct pidns_ns *ns)
{
	const struct pidns_limit *const *limits;
	size_t nr = describe_limits(ns, &limits);

	json_item(j, "limits");
	if (describe_has(ns, PIDNS_NOTE_LIMITS))
		note_json_limits(j, limits, nr);
	else
		json_null(j);
}

static void json_findings(struct json *j, const struct findings *findings)
{
	json_item(j, "findings");
	json_open(j, '[');
	for (size_t i = 0; i < findings->nr; i++) {
		json_item(j, NULL);
		note_json_finding(j, &findings->list[i]);
	}
	json_close(j, ']');
}

static void print_show_json(const struct show *show)
{
	struct field_row row = ns_field_table.make_row(show->snapshot, show->ns);
	struct json j = {.file = stdout};
	struct value value;

	json_head(&j, show->snapshot);
	json_line(&j, "namespace");
	json_open(&j, '{');
	for (size_t i = 0; i < ns_field_table.nr_fields; i++) {
		const struct field *field = &ns_field_table.fields[i];

		if (field->needs & NEEDS_REAPER)
			continue;
		field_get(field, &row, &value);
		json_item(&j, field->name);
		json_value(&j, &value);
	}
	json_limits(&j, show->ns);
	json_item(&j, "oldest_zombie");
	note_json_zombie(&j, show->ns);
	json_findings(&j, &show->findings);
	json_item(&j, "pidmap");
	if (show->ns->known & PIDNS_NS_PIDMAP)
		json_blocks(&j, show->ns);
	else
		json_map(&j, &show->map);
	json_close(&j, '}');
	json_end(&j);
}

/* ---------------------------------------------------------------------------------------------- */

/* Threads have PIDs, too: where the provider does not count PIDs, threads are listed for it. */
static uint32_t map_flags(const struct pidns_ctx *ctx)
{
	return pidns_provider_flags(pidns_provider(ctx)) & PIDNS_PROVIDER_COUNTS_PIDS
		       ? 0
		       : PIDNS_TAKE_THREADS;
}

static int show_run(struct show *show)
{
	struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = PIDNS_FIELDS_ALL,
		.flags = PIDNS_TAKE_CONTAINERS,
	};
	int r = operand_parse(show->options, show->options->operands[0], &show->target);

	findings_wish(&opts);
	if (!show->options->all)
		opts.flags &= ~PIDNS_TAKE_ALL;
	if (!r)
		r = source_open(&show->options->source, 0, &show->ctx);
	if (!r)
		opts.flags |= map_flags(show->ctx);
	if (!r)
		r = operand_take(show->options, show->ctx, &opts, &show->target, 1, &show->snapshot,
				 &show->ns);
	if (r)
		return r;
	if (!(show->ns->known & PIDNS_NS_PIDMAP) && pidmap_make(show->ns, &show->map) < 0)
		return message_exit(EXIT_FAILED, "out of memory");
	if (findings_make_of(show->snapshot, show->ns, &show->findings) < 0)
		return message_exit(EXIT_FAILED, "out of memory");
	if (show->options->json)
		print_show_json(show);
	else
		print_show_text(show);
	source_tell_unseen(show->snapshot, 0, SOURCE_UNSEEN_TASKS);
	return EXIT_DONE;
}

int cmd_show(const struct options *options)
{
	struct show show = {.options = options, .target.fd = -1};
	int r = show_run(&show);

	findings_clear(&show.findings);
	pidmap_free(&show.map);
	target_close(&show.target);
	pidns_snapshot_unref(show.snapshot);
	pidns_close(show.ctx);
	return r;
}
