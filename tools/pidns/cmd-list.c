// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-list.c - pidns tree and pidns list: the namespaces, one a row. */
#include "common/cleanup.h"
#include "columns.h"
#include "common/message.h"
#include "options.h"
#include "order.h"
#include "out.h"

/* They fit into 80 columns with a name of usual length, which stands where it may run on. */
#define USUAL_COLUMNS "ino,container,reaper,processes,zombies,pids_used,limit,state,comm"

static int print_rows(struct out *out, const struct pidns_ns *const *list, size_t nr,
		      const size_t *order)
{
	for (size_t i = 0; i < nr; i++) {
		const struct pidns_ns *ns = list[order ? order[i] : i];
		struct field_row row = ns_field_table.make_row(out->snapshot, ns);
		int r = out_row(out, &row, ns->depth);

		if (r < 0)
			return r;
	}
	return 0;
}

static int print_list(const struct options *options, const struct columns *columns,
		      const struct pidns_snapshot *snapshot, bool is_tree)
{
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(snapshot, &list);
	_cleanup_free_ size_t *order = NULL;
	struct out out;
	int r, closed;

	if (is_tree)
		r = order_tree(columns, snapshot, list, nr, &order);
	else
		r = order_list(columns, snapshot, (const void *const *)list, nr, &order);
	if (r < 0)
		return message_exit(EXIT_FAILED, "out of memory");
	r = out_open(&out, options, columns, snapshot, "namespaces", is_tree);
	if (r >= 0)
		r = print_rows(&out, list, nr, order);
	closed = out_close(&out);
	if (r < 0 || closed < 0)
		return message_exit(EXIT_FAILED, "out of memory");
	source_tell_unseen(snapshot, options->all ? PIDNS_TAKE_ALL : 0, UINT32_MAX);
	return EXIT_DONE;
}

static int take_list(const struct options *options, const struct columns *columns, bool is_tree)
{
	_cleanup_ctx_ struct pidns_ctx *ctx = NULL;
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	struct pidns_take_opts opts = {.size = sizeof(opts)};
	int r = source_open(&options->source, 0, &ctx);

	if (r)
		return r;
	opts.ns_fields = columns->known;
	opts.reaper_fields = columns->needs & NEEDS_REAPER ? PIDNS_TASK_COMM : 0;
	opts.flags = (options->all ? PIDNS_TAKE_ALL : 0) | field_take_flags(columns->needs);
	/* Who has joined shows only in the tasks. */
	if (!(columns->known & PIDNS_NS_JOINED))
		opts.flags |= PIDNS_TAKE_NAMESPACES;
	r = source_take(&options->source, ctx, &opts, &snapshot);
	return r ? r : print_list(options, columns, snapshot, is_tree);
}

static int list_namespaces(const struct options *options, bool is_tree)
{
	struct columns columns;
	int r;

	if (options->list_columns)
		return columns_list(options, &ns_field_table);
	r = columns_parse(options, &ns_field_table, USUAL_COLUMNS, &columns);
	if (!r)
		r = take_list(options, &columns, is_tree);
	columns_close(&columns);
	return r;
}

int cmd_tree(const struct options *options)
{
	return list_namespaces(options, true);
}

int cmd_list(const struct options *options)
{
	return list_namespaces(options, false);
}
