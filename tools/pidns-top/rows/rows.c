// SPDX-License-Identifier: GPL-2.0-or-later
/* rows.c - a snapshot and the state of the UI make an array of rows. rows-tree.c plants the tree. */
#include "rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/users.h"
#include "pidns-top/ui/app.h"
#include "pidns-top/cells.h"
#include "rows-internal.h"
#include "pidns-top/view.h"

/* Enough for every number and name of a row; more of them could not be told apart anyway. */
#define WORDS_SIZE 8192

void rows_clear(struct rows *rows)
{
	free(rows->list);
	*rows = (struct rows){0};
}

static struct cell_source source_of(const struct rows *rows, const struct app *app,
				    const struct sample *sample, const struct row *row)
{
	return (struct cell_source){.sample = sample, .app = app, .rows = rows, .row = row};
}

bool rows_match(const struct rows *rows, const struct app *app, const struct sample *sample,
		const struct row *row, const char *text)
{
	struct cell_source source = source_of(rows, app, sample, row);
	char words[WORDS_SIZE];

	view_of(app)->words(&source, words, sizeof(words));
	return strcasestr(words, text) != NULL;
}

/* ---- Sorting: each row's key is made once ---- */

struct sorted_row {
	struct sort_key key;
	struct row row;
};

static int compare_keys(const struct sort_key *a, const struct sort_key *b)
{
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->text && b->text ? strcmp(a->text, b->text) : 0;
}

/* arg: 1, or -1 for the other way round. Rows that are equal keep the snapshot's order. */
static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct sorted_row *x = a, *y = b;
	int r;

	if (x->key.is_known != y->key.is_known)
		return x->key.is_known ? -1 : 1;
	r = x->key.is_known ? compare_keys(&x->key, &y->key) * *(int *)arg : 0;
	if (r)
		return r;
	return x->row.place < y->row.place ? -1 : x->row.place > y->row.place;
}

int rows_sort(const struct rows *rows, const struct app *app, const struct sample *sample,
	      struct row *list, size_t count)
{
	const struct app_place *place = &app->places[app->view];
	const struct column *column = &view_of(app)->columns[place->sorted_by];
	bool is_big_first = column->flags & COLUMN_BIG_FIRST;
	int direction = is_big_first != place->is_reversed ? -1 : 1;
	struct sorted_row *sorted;

	if (count < 2)
		return 0;
	sorted = malloc(count * sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct cell_source source = source_of(rows, app, sample, &list[i]);

		sorted[i] = (struct sorted_row){.row = list[i]};
		source.column = column;
		view_key(&source, &sorted[i].key);
	}
	qsort_r(sorted, count, sizeof(*sorted), compare_rows, &direction);
	for (size_t i = 0; i < count; i++)
		list[i] = sorted[i].row;
	free(sorted);
	return 0;
}

/* ---- Widths ---- */

static void raise_max(uint64_t *max, uint64_t value)
{
	if (*max < value)
		*max = value;
}

static void measure_ns(struct rows *rows, const struct pidns_ns *ns)
{
	if (ns->known & PIDNS_NS_INO)
		raise_max(&rows->max_ino, ns->ino);
	if (ns->known & PIDNS_NS_REAPER && ns->reaper > 0)
		raise_max(&rows->max_pid, (uint64_t)ns->reaper);
	if (ns->known & PIDNS_NS_PROCESSES)
		raise_max(&rows->max_count, ns->processes_below);
	if (ns->known & PIDNS_NS_THREADS)
		raise_max(&rows->max_count, ns->threads_below);
	if (ns->known & PIDNS_NS_ZOMBIES)
		raise_max(&rows->max_zombies, ns->zombies_below);
	if (ns->known & PIDNS_NS_PIDS_USED)
		raise_max(&rows->max_used, ns->pids_used);
	if (ns->known & PIDNS_NS_PIDS_MAX)
		raise_max(&rows->max_pids_max, ns->pids_max);
	if (ns->known & PIDNS_NS_LEVEL)
		raise_max(&rows->max_level, ns->level);
	if (ns->known & PIDNS_NS_OWNER_UID)
		raise_max(&rows->max_owner, ns->owner_uid);
}

static void measure_task(struct rows *rows, const struct pidns_task *task)
{
	raise_max(&rows->max_pid, task->tid > 0 ? (uint64_t)task->tid : 0);
	raise_max(&rows->max_ino, task->ns->known & PIDNS_NS_INO ? task->ns->ino : 0);
	raise_max(&rows->max_uid, task->known & PIDNS_TASK_UID ? task->uid : 0);
	for (uint32_t i = 1; i < task->nr_vpids && i <= PIDNS_LEVEL_MAX; i++) {
		raise_max(&rows->max_vpid[i], task->vpids[i] > 0 ? (uint64_t)task->vpids[i] : 0);
		if (rows->levels < i)
			rows->levels = i;
	}
}

/* ---- Processes ---- */

/* The kernel's threads are children of PID 2 of the initial namespace, whatever they are called. */
static bool is_of_kernel(const struct sample *sample, const struct pidns_task *task)
{
	const struct pidns_task *two = pidns_task_find(sample->snapshot, NULL, 2);

	if (!two || two->ns != task->ns || pidns_ns_parent(task->ns) ||
	    !(two->known & PIDNS_TASK_COMM) || strcmp(two->comm, "kthreadd") != 0)
		return false;
	return task == two || (task->known & PIDNS_TASK_PPID && task->ppid == 2);
}

static bool is_of_user(const struct sample *sample, const struct pidns_task *task, const char *user)
{
	const char *name;
	char number[16];

	if (!(task->known & PIDNS_TASK_UID))
		return false;
	name = users_name(sample->users, task->uid);
	snprintf(number, sizeof(number), "%" PRIu32, task->uid);
	return strcmp(number, user) == 0 || (name && strcmp(name, user) == 0);
}

static bool is_wanted_task(const struct rows *rows, const struct app *app,
			   const struct sample *sample, const struct row *row)
{
	const char *filter = app->places[APP_PROCESSES].filter;

	if (!app->has_threads && row->task->pid != row->task->tid)
		return false;
	if (app->hides_kernel && is_of_kernel(sample, row->task))
		return false;
	if (app->user[0] && !is_of_user(sample, row->task, app->user))
		return false;
	return !filter[0] || rows_match(rows, app, sample, row, filter);
}

static int processes_make(struct rows *rows, const struct app *app, const struct sample *sample)
{
	const struct pidns_task *const *tasks;
	bool is_tree = app_is_tree(app);
	size_t count, first;

	rows->has_nice = sample->has_nice;
	rows->inside = ident_find_ns(&app->inside, sample->snapshot);
	if (!rows->inside)
		return -ENOENT;
	count = app->is_below ? pidns_ns_subtree_tasks(rows->inside, &tasks)
			      : pidns_ns_tasks(rows->inside, &tasks);
	first = count ? usage_task_place(sample->snapshot, tasks) : 0;
	rows->list = calloc(count + 1, sizeof(*rows->list));
	if (!rows->list)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct row row = {.ns = tasks[i]->ns, .task = tasks[i], .place = first + i};

		measure_task(rows, tasks[i]);
		row.is_context = !is_wanted_task(rows, app, sample, &row);
		if (is_tree || !row.is_context)
			rows->list[rows->count++] = row;
	}
	if (is_tree)
		return rows_plant(rows, app, sample);
	return rows_sort(rows, app, sample, rows->list, rows->count);
}

/* ---- Namespaces ---- */

static void measure_name(struct rows *rows, const struct app *app, const struct sample *sample,
			 const struct row *row)
{
	const struct pidns_container *container = noted_container(&sample->noted, row->ns);
	struct row deep = *row;
	struct cell_source source = source_of(rows, app, sample, &deep);

	deep.depth = row->ns->depth;
	raise_max(&rows->max_name, cells_name_width(&source));
	rows->has_pods |= container && container->pod;
}

static bool is_wanted(struct rows *rows, const struct app *app, const struct sample *sample,
		      const struct row *row, const char *filter)
{
	unsigned int health = noted_health(&sample->noted, row->ns);

	for (int i = 0; i < NR_HEALTH; i++)
		rows->health[i] += health >> i & 1;
	if (app->only && !(health & app->only))
		return false;
	return !filter[0] || rows_match(rows, app, sample, row, filter);
}

static int namespaces_make(struct rows *rows, const struct app *app, const struct sample *sample)
{
	const struct pidns_ns *const *namespaces;
	const char *filter = app->places[app->view].filter;
	size_t count = pidns_snapshot_namespaces(sample->snapshot, &namespaces);

	rows->list = calloc(count + 1, sizeof(*rows->list));
	if (!rows->list)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct row row = {.ns = namespaces[i], .place = i};

		measure_ns(rows, namespaces[i]);
		measure_name(rows, app, sample, &row);
		row.is_context = !is_wanted(rows, app, sample, &row, filter);
		if (app->is_tree || !row.is_context)
			rows->list[rows->count++] = row;
	}
	if (app->is_tree)
		return rows_plant(rows, app, sample);
	return rows_sort(rows, app, sample, rows->list, rows->count);
}

int rows_make(struct rows *rows, const struct app *app, const struct sample *sample)
{
	int r;

	rows_clear(rows);
	rows->snapshot = sample->snapshot;
	if (!sample->snapshot)
		return 0;
	r = app->view == APP_PROCESSES ? processes_make(rows, app, sample)
				       : namespaces_make(rows, app, sample);
	if (r < 0)
		rows_clear(rows);
	return r;
}
