// SPDX-License-Identifier: GPL-2.0-or-later
/* lookup.c - what only the rows on the screen need, looked up for them alone. */
#include "lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/cmdline.h"
#include "cpu.h"

struct lookup {
	struct pidns_ctx *ctx;
	struct cmdline_helper *helper;
	struct cpu_history *history;
	struct pidns_snapshot *snapshot; /* of the pids below; NULL: no take was needed */
	uint64_t round, task_fields;
	unsigned int cpus;
	struct detail *list; /* by pid, each once */
	size_t count;
};

struct lookup *lookup_open(struct pidns_ctx *ctx, struct cmdline_helper *helper)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));

	if (!lookup)
		return NULL;
	lookup->ctx = ctx;
	lookup->helper = helper;
	lookup->history = cpu_history_new();
	return lookup->history ? lookup : lookup_close(lookup);
}

void detail_list_free(struct detail *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i].command);
	free(list);
}

struct lookup *lookup_close(struct lookup *lookup)
{
	if (lookup) {
		pidns_snapshot_unref(lookup->snapshot);
		cpu_history_free(lookup->history);
		detail_list_free(lookup->list, lookup->count);
		free(lookup);
	}
	return NULL;
}

static int detail_compare(const void *a, const void *b)
{
	const struct detail *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

struct detail *detail_find(struct detail *list, size_t count, int32_t pid)
{
	struct detail wanted = {.pid = pid};

	if (!count)
		return NULL;
	return bsearch(&wanted, list, count, sizeof(wanted), detail_compare);
}

/* A list for these pids, sorted, each once, nothing known of any; NULL: none, or no memory. */
static struct detail *list_make(const int32_t *pids, size_t nr_pids, size_t *ret_count)
{
	struct detail *list = nr_pids ? calloc(nr_pids, sizeof(*list)) : NULL;
	size_t count = 0;

	*ret_count = 0;
	if (!list)
		return NULL;
	for (size_t i = 0; i < nr_pids; i++)
		list[i].pid = pids[i];
	qsort(list, nr_pids, sizeof(*list), detail_compare);
	for (size_t i = 0; i < nr_pids; i++) {
		if (!count || list[count - 1].pid != list[i].pid)
			list[count++] = list[i];
	}
	*ret_count = count;
	return list;
}

static bool is_same_list(const struct lookup *lookup, const struct detail *list, size_t count)
{
	if (lookup->count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (lookup->list[i].pid != list[i].pid)
			return false;
	}
	return true;
}

/* Scrolling keeps most rows: what was read this round need not be read again. */
static void keep_commands(struct lookup *lookup, struct detail *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct detail *old = detail_find(lookup->list, lookup->count, list[i].pid);

		if (!old)
			continue;
		list[i].has_command = old->has_command;
		list[i].was_asked = old->was_asked;
		list[i].command = old->command;
		list[i].command_len = old->command_len;
		old->command = NULL;
	}
}

static void note_tasks(struct lookup *lookup)
{
	uint64_t now_ns = pidns_snapshot_time(lookup->snapshot);
	bool is_noted = cpu_history_begin(lookup->history, lookup->count, now_ns) == 0;

	for (size_t i = 0; i < lookup->count; i++) {
		struct detail *detail = &lookup->list[i];

		detail->task = pidns_task_find(lookup->snapshot, NULL, detail->pid);
		if (detail->task && is_noted)
			detail->cpu = cpu_at_most(cpu_history_note(lookup->history, detail->task),
						  lookup->cpus);
	}
	if (is_noted)
		cpu_history_end(lookup->history);
}

/* A take that fails leaves the rows without details, which is what they then are. */
static void take_tasks(struct lookup *lookup)
{
	struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.task_fields = lookup->task_fields,
		.nr_pids = lookup->count,
	};
	int32_t *pids = malloc((lookup->count + 1) * sizeof(*pids));

	lookup->snapshot = pidns_snapshot_unref(lookup->snapshot);
	for (size_t i = 0; i < lookup->count; i++) {
		lookup->list[i].task = NULL;
		lookup->list[i].cpu = CPU_UNKNOWN;
		if (pids)
			pids[i] = lookup->list[i].pid;
	}
	opts.pids = pids;
	if (pids && lookup->count && lookup->ctx && lookup->task_fields &&
	    pidns_snapshot_take(lookup->ctx, &opts, &lookup->snapshot) >= 0)
		note_tasks(lookup);
	free(pids);
}

struct asking {
	struct lookup *lookup;
	size_t *places; /* in the list, of each query */
};

static void got_command(void *arg, size_t i, const char *bytes, size_t len)
{
	struct asking *asking = arg;
	struct detail *detail = &asking->lookup->list[asking->places[i]];

	free(detail->command);
	detail->command = malloc(len + 1);
	detail->has_command = detail->command != NULL;
	detail->command_len = len;
	if (detail->command)
		memcpy(detail->command, bytes, len);
}

static void ask_commands(struct lookup *lookup)
{
	struct cmdline_query *queries = calloc(lookup->count + 1, sizeof(*queries));
	struct asking asking = {lookup, calloc(lookup->count + 1, sizeof(size_t))};
	size_t count = 0;

	for (size_t i = 0; queries && asking.places && i < lookup->count; i++) {
		struct detail *detail = &lookup->list[i];

		if (detail->was_asked)
			continue;
		detail->was_asked = true;
		queries[count].pid = detail->pid;
		if (detail->task && detail->task->known & PIDNS_TASK_START)
			queries[count].start_ns = detail->task->start_ns;
		asking.places[count++] = i;
	}
	/* Its failure is the absence of what was asked for: names are shown instead. */
	if (count)
		cmdline_ask(lookup->helper, queries, count, got_command, &asking);
	free(queries);
	free(asking.places);
}

/* A call, and no file: it never waits. */
static void ask_nice(struct lookup *lookup)
{
	for (size_t i = 0; i < lookup->count; i++) {
		struct detail *detail = &lookup->list[i];

		errno = 0;
		detail->nice = getpriority(PRIO_PROCESS, (id_t)detail->pid);
		detail->has_nice = !errno;
	}
}

void lookup_run(struct lookup *lookup, const struct details_wish *wish)
{
	size_t count;
	struct detail *list = list_make(wish->pids, wish->nr_pids, &count);
	bool is_new_round = wish->round != lookup->round;

	lookup->cpus = wish->cpus;
	if (is_new_round || wish->task_fields != lookup->task_fields ||
	    !is_same_list(lookup, list, count)) {
		if (!is_new_round)
			keep_commands(lookup, list, count);
		detail_list_free(lookup->list, lookup->count);
		lookup->list = list;
		lookup->count = count;
		lookup->round = wish->round;
		lookup->task_fields = wish->task_fields;
		take_tasks(lookup);
	} else {
		detail_list_free(list, count);
	}
	if (wish->nice)
		ask_nice(lookup);
	if (wish->commands && lookup->helper)
		ask_commands(lookup);
}

size_t lookup_copy(const struct lookup *lookup, struct detail **ret_list,
		   struct pidns_snapshot **ret_snapshot)
{
	struct detail *list = calloc(lookup->count + 1, sizeof(*list));

	*ret_list = list;
	*ret_snapshot = list ? pidns_snapshot_ref(lookup->snapshot) : NULL;
	for (size_t i = 0; list && i < lookup->count; i++) {
		list[i] = lookup->list[i];
		if (!list[i].command)
			continue;
		list[i].command = malloc(list[i].command_len + 1);
		list[i].has_command = list[i].command != NULL;
		if (list[i].command)
			memcpy(list[i].command, lookup->list[i].command, list[i].command_len);
	}
	return list ? lookup->count : 0;
}
