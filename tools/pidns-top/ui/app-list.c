// SPDX-License-Identifier: GPL-2.0-or-later
/* app-list.c - requests that move in the list, between the levels, and in the tree. */
#include "app-requests.h"

#include <inttypes.h>
#include <stdio.h>

#include "pidns-top/rows/sample.h"

static struct ident ident_of_row(const struct row *row)
{
	return row->task ? ident_of_task(row->task) : ident_of_ns(row->ns);
}

const struct row *app_selected_row(struct app *app, const struct scene *scene)
{
	size_t selected = app_place(app)->selected;

	return selected < scene->rows->count ? &scene->rows->list[selected] : NULL;
}

/* ---- Moving ---- */

/* Keep the selected row on the screen, and the screen full. */
static void scroll_to_selected(struct app *app, size_t count)
{
	struct app_place *place = app_place(app);
	size_t page = app->page ? app->page : 1;

	if (place->top + page > count)
		place->top = count > page ? count - page : 0;
	if (place->selected < place->top)
		place->top = place->selected;
	if (place->selected >= place->top + page)
		place->top = place->selected - page + 1;
}

void app_select(struct app *app, const struct scene *scene, size_t selected)
{
	struct app_place *place = app_place(app);

	if (!scene->rows->count)
		return;
	if (selected >= scene->rows->count)
		selected = scene->rows->count - 1;
	place->selected = selected;
	place->cursor = ident_of_row(&scene->rows->list[selected]);
	scroll_to_selected(app, scene->rows->count);
}

void app_up(struct app *app, const struct scene *scene)
{
	size_t selected = app_place(app)->selected;

	app_select(app, scene, selected ? selected - 1 : 0);
}

void app_down(struct app *app, const struct scene *scene)
{
	app_select(app, scene, app_place(app)->selected + 1);
}

void app_page_up(struct app *app, const struct scene *scene)
{
	size_t selected = app_place(app)->selected;

	app_select(app, scene, selected > app->page ? selected - app->page : 0);
}

void app_page_down(struct app *app, const struct scene *scene)
{
	app_select(app, scene, app_place(app)->selected + app->page);
}

/* Back to no row in particular: the first row stays selected, whichever it is. */
void app_first(struct app *app, const struct scene *scene)
{
	struct app_place *place = app_place(app);

	(void)scene;
	place->cursor.is_set = false;
	place->selected = place->top = 0;
}

void app_last(struct app *app, const struct scene *scene)
{
	if (scene->rows->count)
		app_select(app, scene, scene->rows->count - 1);
}

static bool is_row_of(const struct row *row, const struct ident *ident)
{
	struct ident own = ident_of_row(row);

	return ident_is_same(&own, ident);
}

void app_settle(struct app *app, const struct rows *rows)
{
	struct app_place *place = app_place(app);

	if (!place->cursor.is_set) {
		place->selected = 0;
	} else if (place->selected >= rows->count ||
		   !is_row_of(&rows->list[place->selected], &place->cursor)) {
		for (size_t i = 0; i < rows->count; i++) {
			if (is_row_of(&rows->list[i], &place->cursor)) {
				place->selected = i;
				break;
			}
		}
	}
	if (place->selected >= rows->count)
		place->selected = rows->count ? rows->count - 1 : 0;
	if (place->cursor.is_set && rows->count)
		place->cursor = ident_of_row(&rows->list[place->selected]);
	scroll_to_selected(app, rows->count);
}

/* ---- The two levels ---- */

void app_enter_namespace(struct app *app, const struct pidns_ns *ns)
{
	struct app_place *place = &app->places[APP_PROCESSES];

	app->view = APP_PROCESSES;
	app->inside = ident_of_ns(ns);
	place->cursor.is_set = false;
	place->selected = place->top = 0;
	place->filter[0] = app->user[0] = '\0';
	app->wants_rows = true;
}

void app_open(struct app *app, const struct scene *scene)
{
	const struct row *row = app_selected_row(app, scene);

	if (app->view == APP_NAMESPACES && row)
		app_enter_namespace(app, row->ns);
	else
		app_wrap(app, scene);
}

void app_back(struct app *app, const struct scene *scene)
{
	struct app_place *place = app_place(app);

	(void)scene;
	if (place->filter[0])
		place->filter[0] = '\0';
	else if (app->view == APP_NAMESPACES)
		app->only = 0;
	else if (app->user[0])
		app->user[0] = '\0';
	else
		app->view = APP_NAMESPACES;
	app->wants_rows = true;
}

void app_leave_namespace(struct app *app)
{
	app->view = APP_NAMESPACES;
	app->wants_rows = true;
	snprintf(app->message, sizeof(app->message), "Namespace %" PRIu64 " is gone.",
		 app->inside.ino);
}

void app_below(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->is_below = !app->is_below;
	app->wants_rows = true;
}

void app_kernel(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->hides_kernel = !app->hides_kernel;
	app->wants_rows = app->wants_take = true;
}

void app_threads(struct app *app, const struct scene *scene)
{
	(void)scene;
	if (app->view != APP_PROCESSES) {
		snprintf(app->message, sizeof(app->message), "first Enter a namespace");
		return;
	}
	app->has_threads = !app->has_threads;
	app->wants_rows = app->wants_take = true;
}

/* ---- The tree ---- */

void app_tree(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->is_tree = !app->is_tree;
	app->wants_rows = true;
}

static bool is_in_tree(const struct app *app, const struct row *row)
{
	return row && !row->task && app->is_tree;
}

static void select_parent(struct app *app, const struct scene *scene, const struct row *row)
{
	const struct pidns_ns *parent = pidns_ns_parent(row->ns);

	for (const struct row *r = row; parent && r-- > scene->rows->list;) {
		if (r->ns == parent) {
			app_select(app, scene, (size_t)(r - scene->rows->list));
			return;
		}
	}
}

/* Of a process; where its parent is outside the list, with the list of the parent's namespace. */
static void select_parent_process(struct app *app, const struct scene *scene,
				  const struct pidns_task *task)
{
	int32_t pid = task->pid != task->tid ? task->pid : task->ppid;
	const struct pidns_task *parent = NULL;

	if (task->pid != task->tid || task->known & PIDNS_TASK_PPID)
		parent = pidns_task_find(scene->sample->snapshot, NULL, pid);
	if (!parent) {
		snprintf(app->message, sizeof(app->message), "its parent is not in sight");
		return;
	}
	for (size_t i = 0; i < scene->rows->count; i++) {
		if (scene->rows->list[i].task == parent) {
			app_select(app, scene, i);
			return;
		}
	}
	if (parent->ns != scene->rows->inside)
		app_enter_namespace(app, parent->ns);
	app_place(app)->cursor = ident_of_task(parent);
}

void app_fold(struct app *app, const struct scene *scene)
{
	const struct row *row = app_selected_row(app, scene);

	if (row && row->task)
		select_parent_process(app, scene, row->task);
	if (!is_in_tree(app, row))
		return;
	if (!row->has_children || row->is_folded) {
		select_parent(app, scene, row);
		return;
	}
	if (folds_add(&app->folds, row->ns) == 0)
		app->wants_rows = true;
}

void app_unfold(struct app *app, const struct scene *scene)
{
	const struct row *row = app_selected_row(app, scene);

	if (is_in_tree(app, row) && folds_remove(&app->folds, row->ns))
		app->wants_rows = true;
}

/* The roots stay open: one row for the whole machine tells nothing. */
void app_fold_all(struct app *app, const struct scene *scene)
{
	const struct rows *rows = scene->rows;

	if (app->view != APP_NAMESPACES || !app->is_tree)
		return;
	app->wants_rows = true;
	if (app->folds.count) {
		folds_clear(&app->folds);
		return;
	}
	for (size_t i = 0; i < rows->count; i++) {
		if (rows->list[i].has_children && rows->list[i].depth)
			folds_add(&app->folds, rows->list[i].ns);
	}
}

/* ---- Only those ---- */

static void toggle_only(struct app *app, enum health health)
{
	unsigned int bit = 1u << health;

	if (app->view != APP_NAMESPACES)
		return;
	app->only = app->only == bit ? 0 : bit;
	app->wants_rows = true;
}

#define ONLY(name, health)                                               \
	void app_only_##name(struct app *app, const struct scene *scene) \
	{                                                                \
		(void)scene;                                             \
		toggle_only(app, health);                                \
	}
ONLY(full, HEALTH_FULL)
ONLY(near, HEALTH_NEAR)
ONLY(zombies, HEALTH_ZOMBIES)
ONLY(dead, HEALTH_DEAD)
ONLY(unborn, HEALTH_UNBORN)
#undef ONLY

void app_pane(struct app *app, const struct scene *scene)
{
	(void)scene;
	app->has_pane = !app->has_pane;
}
