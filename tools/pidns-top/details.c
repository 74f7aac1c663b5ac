// SPDX-License-Identifier: GPL-2.0-or-later
/* details.c - what only the rows on the screen need, looked up for them alone. */
#include "details.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/cmdline.h"
#include "cpu.h"

struct detail {
	int32_t pid;
	bool has_command, was_asked; /* for its command line */
	bool has_nice;
	int nice;
	const struct pidns_task *task;
	double cpu;
	char *command;
	size_t command_len;
};

struct details {
	struct pidns_ctx *ctx;
	struct cmdline_helper *helper;
	struct cpu_history *history;
	struct pidns_snapshot *snapshot; /* of the pids below; NULL: no take was needed */
	uint64_t round, task_fields;
	unsigned int cpus;
	struct detail *list; /* by pid, each once */
	size_t count;
};

struct details *details_open(struct pidns_ctx *ctx, struct cmdline_helper *helper)
{
	struct details *details = calloc(1, sizeof(*details));

	if (!details)
		return NULL;
	details->ctx = ctx;
	details->helper = helper;
	details->history = cpu_history_new();
	return details->history ? details : details_close(details);
}

static void list_free(struct detail *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i].command);
	free(list);
}

struct details *details_close(struct details *details)
{
	if (details) {
		pidns_snapshot_unref(details->snapshot);
		cpu_history_free(details->history);
		list_free(details->list, details->count);
		free(details);
	}
	return NULL;
}

static int detail_compare(const void *a, const void *b)
{
	const struct detail *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static struct detail *detail_find(struct detail *list, size_t count, int32_t pid)
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

static bool is_same_list(const struct details *details, const struct detail *list, size_t count)
{
	if (details->count != count)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (details->list[i].pid != list[i].pid)
			return false;
	}
	return true;
}

/* Scrolling keeps most rows: what was read this round need not be read again. */
static void keep_commands(struct details *details, struct detail *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct detail *old = detail_find(details->list, details->count, list[i].pid);

		if (!old)
			continue;
		list[i].has_command = old->has_command;
		list[i].was_asked = old->was_asked;
		list[i].command = old->command;
		list[i].command_len = old->command_len;
		old->command = NULL;
	}
}

static void note_tasks(struct details *details)
{
	uint64_t now_ns = pidns_snapshot_time(details->snapshot);
	bool is_noted = cpu_history_begin(details->history, details->count, now_ns) == 0;

	for (size_t i = 0; i < details->count; i++) {
		struct detail *detail = &details->list[i];

		detail->task = pidns_task_find(details->snapshot, NULL, detail->pid);
		if (detail->task && is_noted)
			detail->cpu = cpu_at_most(cpu_history_note(details->history, detail->task),
						  details->cpus);
	}
	if (is_noted)
		cpu_history_end(details->history);
}

/* A take that fails leaves the rows without details, which is what they then are. */
static void take_tasks(struct details *details)
{
	struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.task_fields = details->task_fields,
		.nr_pids = details->count,
	};
	int32_t *pids = malloc((details->count + 1) * sizeof(*pids));

	details->snapshot = pidns_snapshot_unref(details->snapshot);
	for (size_t i = 0; i < details->count; i++) {
		details->list[i].task = NULL;
		details->list[i].cpu = CPU_UNKNOWN;
		if (pids)
			pids[i] = details->list[i].pid;
	}
	opts.pids = pids;
	if (pids && details->count && details->ctx && details->task_fields &&
	    pidns_snapshot_take(details->ctx, &opts, &details->snapshot) >= 0)
		note_tasks(details);
	free(pids);
}

struct asking {
	struct details *details;
	size_t *places; /* in the list, of each query */
};

static void got_command(void *arg, size_t i, const char *bytes, size_t len)
{
	struct asking *asking = arg;
	struct detail *detail = &asking->details->list[asking->places[i]];

	free(detail->command);
	detail->command = malloc(len + 1);
	detail->has_command = detail->command != NULL;
	detail->command_len = len;
	if (detail->command)
		memcpy(detail->command, bytes, len);
}

static void ask_commands(struct details *details)
{
	struct cmdline_query *queries = calloc(details->count + 1, sizeof(*queries));
	struct asking asking = {details, calloc(details->count + 1, sizeof(size_t))};
	size_t count = 0;

	for (size_t i = 0; queries && asking.places && i < details->count; i++) {
		struct detail *detail = &details->list[i];

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
		cmdline_ask(details->helper, queries, count, got_command, &asking);
	free(queries);
	free(asking.places);
}

/* A call, and no file: it never waits. */
static void ask_nice(struct details *details)
{
	for (size_t i = 0; i < details->count; i++) {
		struct detail *detail = &details->list[i];

		errno = 0;
		detail->nice = getpriority(PRIO_PROCESS, (id_t)detail->pid);
		detail->has_nice = !errno;
	}
}

void details_look(struct details *details, const struct details_wish *wish)
{
	size_t count;
	struct detail *list = list_make(wish->pids, wish->nr_pids, &count);
	bool is_new_round = wish->round != details->round;

	details->cpus = wish->cpus;
	if (is_new_round || wish->task_fields != details->task_fields ||
	    !is_same_list(details, list, count)) {
		if (!is_new_round)
			keep_commands(details, list, count);
		list_free(details->list, details->count);
		details->list = list;
		details->count = count;
		details->round = wish->round;
		details->task_fields = wish->task_fields;
		take_tasks(details);
	} else {
		list_free(list, count);
	}
	if (wish->nice)
		ask_nice(details);
	if (wish->commands && details->helper)
		ask_commands(details);
}

bool details_nice(const struct details *details, int32_t pid, int *ret_nice)
{
	const struct detail *detail = NULL;

	if (details)
		detail = detail_find(details->list, details->count, pid);
	if (!detail || !detail->has_nice)
		return false;
	*ret_nice = detail->nice;
	return true;
}

const struct pidns_task *details_task(const struct details *details, int32_t pid)
{
	const struct detail *detail = NULL;

	if (details)
		detail = detail_find(details->list, details->count, pid);
	return detail ? detail->task : NULL;
}

double details_cpu(const struct details *details, int32_t pid)
{
	const struct detail *detail = NULL;

	if (details)
		detail = detail_find(details->list, details->count, pid);
	return detail && detail->task ? detail->cpu : CPU_UNKNOWN;
}

const char *details_command(const struct details *details, int32_t pid, size_t *ret_len)
{
	const struct detail *detail = NULL;

	if (details)
		detail = detail_find(details->list, details->count, pid);
	if (!detail || !detail->has_command)
		return NULL;
	*ret_len = detail->command_len;
	return detail->command;
}
