// SPDX-License-Identifier: GPL-2.0-or-later
/* cmd-ps.c - pidns ps: tasks, all of them or those of some namespaces, one a row. */
#include <stdio.h>

#include "common/cleanup.h"
#include "cmdlines.h"
#include "columns.h"
#include "common/message.h"
#include "common/users.h"
#include "options.h"
#include "order.h"
#include "out.h"
#include "operand.h"

#define PROCESS_COLUMNS "pid,vpids,container,user,state,cpu,rss_bytes,cpu_ns,comm"
#define THREAD_COLUMNS	"pid,tid,vpids,container,user,state,cpu,cpu_ns,comm"

/* Rows are printed in lots, so that the command lines of a lot can be asked for together. */
#define LOT CMDLINES_MAX

struct ps {
	const struct options *options;
	struct columns columns;
	struct pidns_ctx *ctx;
	struct cmdlines cmdlines;
	struct users *users;
	struct pidns_snapshot *snapshot; /* in which the namespaces are */
	struct pidns_snapshot *details;	 /* of their members; NULL: the snapshot has all */
	bool *is_chosen;		 /* by place in the snapshot's list of namespaces */
};

static int no_memory(void)
{
	return message_exit(EXIT_FAILED, "out of memory");
}

static int print_lot(struct ps *ps, struct out *out, const struct pidns_task *const *list,
		     const size_t *order, size_t first, size_t nr)
{
	const struct pidns_task *lot[LOT];

	for (size_t i = 0; i < nr; i++)
		lot[i] = list[order ? order[first + i] : first + i];
	cmdlines_ask(&ps->cmdlines, lot, nr);
	for (size_t i = 0; i < nr; i++) {
		struct field_row row = task_field_table.make_row(out->snapshot, lot[i]);
		int r;

		row.users = ps->columns.users;
		row.cmdline = cmdlines_get(&ps->cmdlines, i, &row.cmdline_len);
		r = out_row(out, &row, 0);
		if (r < 0)
			return r;
	}
	return 0;
}

static int print_tasks(struct ps *ps, const struct pidns_task *const *list, size_t nr)
{
	_cleanup_free_ size_t *order = NULL;
	struct out out;
	int r, closed;

	if (order_list(&ps->columns, ps->snapshot, (const void *const *)list, nr, &order) < 0)
		return no_memory();
	r = out_open(&out, ps->options, &ps->columns, ps->snapshot, "tasks", false);
	for (size_t i = 0; r >= 0 && i < nr; i += LOT)
		r = print_lot(ps, &out, list, order, i, nr - i < LOT ? nr - i : LOT);
	closed = out_close(&out);
	if (r < 0 || closed < 0)
		return no_memory();
	source_tell_unseen(ps->snapshot, 0, SOURCE_UNSEEN_TASKS);
	return EXIT_DONE;
}

static struct pidns_take_opts take_opts(const struct ps *ps)
{
	return (struct pidns_take_opts){
		.size = sizeof(struct pidns_take_opts),
		.task_fields = ps->columns.known,
		.flags = (ps->options->threads ? PIDNS_TAKE_THREADS : 0) |
			 (ps->options->all ? PIDNS_TAKE_ALL : 0) |
			 field_take_flags(ps->columns.needs),
	};
}

static int print_everything(struct ps *ps)
{
	const struct pidns_take_opts opts = take_opts(ps);
	const struct pidns_task *const *list;
	int r = source_take(&ps->options->source, ps->ctx, &opts, &ps->snapshot);
	size_t nr;

	if (r)
		return r;
	nr = pidns_snapshot_tasks(ps->snapshot, &list);
	return print_tasks(ps, list, nr);
}

/* ---- the members of some namespaces ---------------------------------------------------------- */

/* Overlapping ones count once. */
static void choose(struct ps *ps, const struct pidns_ns *const *found, size_t nr)
{
	const struct pidns_ns *const *all, *const *below;

	pidns_snapshot_namespaces(ps->snapshot, &all);
	for (size_t i = 0; i < nr; i++) {
		size_t nr_below = pidns_ns_subtree(found[i], &below);

		if (!ps->options->descendants)
			nr_below = 1;
		for (size_t k = 0; k < nr_below; k++)
			ps->is_chosen[below - all + (ptrdiff_t)k] = true;
	}
}

/* Every task of the chosen namespaces, as `snapshot` has them, into list; how many. With list NULL
 * it only counts. */
static size_t gather(const struct ps *ps, const struct pidns_snapshot *snapshot,
		     const struct pidns_task **list)
{
	const struct pidns_ns *const *all;
	size_t nr_all = pidns_snapshot_namespaces(ps->snapshot, &all), nr = 0;

	for (size_t i = 0; i < nr_all; i++) {
		const struct pidns_task *const *members;
		const struct pidns_ns *ns = ps->is_chosen[i] ? all[i] : NULL;
		size_t nr_members;

		if (ns && snapshot != ps->snapshot)
			ns = pidns_ns_find(snapshot, ns->ino);
		nr_members = ns ? pidns_ns_tasks(ns, &members) : 0;
		for (size_t k = 0; list && k < nr_members; k++)
			list[nr + k] = members[k];
		nr += nr_members;
	}
	return nr;
}

/* Ask about the chosen tasks alone. */
static int take_details(struct ps *ps, const struct pidns_task *const *list, size_t nr)
{
	struct pidns_take_opts opts = take_opts(ps);
	_cleanup_free_ int32_t *pids = malloc((nr ? nr : 1) * sizeof(*pids));

	if (!pids)
		return no_memory();
	for (size_t i = 0; i < nr; i++)
		pids[i] = list[i]->pid;
	opts.pids = pids;
	opts.nr_pids = nr;
	/* The first snapshot has the notes, too. */
	opts.flags &= PIDNS_TAKE_THREADS;
	return source_take(&ps->options->source, ps->ctx, &opts, &ps->details);
}

static int gather_list(struct ps *ps, const struct pidns_snapshot *snapshot,
		       const struct pidns_task ***ret_list, size_t *ret_nr)
{
	size_t nr = gather(ps, snapshot, NULL);

	*ret_list = malloc((nr ? nr : 1) * sizeof(**ret_list));
	if (!*ret_list)
		return no_memory();
	*ret_nr = gather(ps, snapshot, *ret_list);
	return 0;
}

static int print_chosen(struct ps *ps, bool has_details)
{
	_cleanup_free_ const struct pidns_task **list = NULL;
	_cleanup_free_ const struct pidns_task **detailed = NULL;
	size_t nr = 0;
	int r = gather_list(ps, ps->snapshot, &list, &nr);

	if (r)
		return r;
	if (has_details)
		return print_tasks(ps, list, nr);
	r = take_details(ps, list, nr);
	if (!r)
		r = gather_list(ps, ps->details, &detailed, &nr);
	return r ? r : print_tasks(ps, detailed, nr);
}

/*
 * Who is a member must be asked of all tasks, but costs little; the rest is asked of the members,
 * in a second snapshot, unless all tasks are needed for that too or nothing else is wanted.
 */
static int print_members(struct ps *ps, const struct target *targets, size_t nr)
{
	struct pidns_take_opts opts = take_opts(ps);
	bool is_cheap = !(opts.task_fields & ~PIDNS_TASK_VPIDS) && !ps->options->threads;
	bool has_details = is_cheap || ps->columns.needs & NEEDS_ALL;
	_cleanup_free_ const struct pidns_ns **found = malloc(nr * sizeof(*found));
	const struct pidns_ns *const *all;
	int r;

	if (!found)
		return no_memory();
	if (!has_details) {
		opts.task_fields = 0;
		opts.flags &= ~PIDNS_TAKE_THREADS;
	}
	r = operand_take(ps->options, ps->ctx, &opts, targets, nr, &ps->snapshot, found);
	if (r)
		return r;
	ps->is_chosen = calloc(pidns_snapshot_namespaces(ps->snapshot, &all), 1);
	if (!ps->is_chosen)
		return no_memory();
	choose(ps, found, nr);
	return print_chosen(ps, has_details);
}

static int print_namespaces(struct ps *ps)
{
	size_t nr = ps->options->nr_operands, parsed = 0;
	_cleanup_free_ struct target *targets = calloc(nr, sizeof(*targets));
	int r = targets ? 0 : no_memory();

	while (!r && parsed < nr) {
		r = operand_parse(ps->options, ps->options->operands[parsed], &targets[parsed]);
		parsed++;
	}
	if (!r)
		r = print_members(ps, targets, nr);
	for (size_t i = 0; i < parsed; i++)
		target_close(&targets[i]);
	return r;
}

/* ---------------------------------------------------------------------------------------------- */

static int ps_run(struct ps *ps)
{
	int r = source_open(&ps->options->source, 0, &ps->ctx);

	if (r)
		return r;
	/* Another machine's users are not those of this one. */
	if (ps->columns.needs & NEEDS_USERS && !source_is_elsewhere(&ps->options->source))
		ps->columns.users = ps->users = users_open("/etc/passwd");
	if (ps->columns.needs & NEEDS_CMDLINE)
		cmdlines_open(&ps->cmdlines, ps->ctx, &ps->options->source);
	return ps->options->nr_operands ? print_namespaces(ps) : print_everything(ps);
}

int cmd_ps(const struct options *options)
{
	struct ps ps = {.options = options};
	int r;

	if (options->list_columns)
		return columns_list(options, &task_field_table);
	r = columns_parse(options, &task_field_table,
			  options->threads ? THREAD_COLUMNS : PROCESS_COLUMNS, &ps.columns);
	if (!r)
		r = ps_run(&ps);
	columns_close(&ps.columns);
	cmdlines_close(&ps.cmdlines);
	users_close(ps.users);
	free(ps.is_chosen);
	pidns_snapshot_unref(ps.details);
	pidns_snapshot_unref(ps.snapshot);
	pidns_close(ps.ctx);
	return r;
}
