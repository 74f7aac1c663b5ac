// SPDX-License-Identifier: GPL-2.0-or-later
/* layout.c - which columns of a view fit a width, and what they need to know. */
#include "layout.h"

#include <stdio.h>
#include <string.h>

#include "header.h"
#include "text.h"

/* The first column that takes the rest gets at least so much of the whole width before others are left
 * out for it. */
#define REST_SHARE 6

#define TITLE_SIZE 32

/* Then it stays, however narrow the screen: an order without a visible reason helps no user. */
static bool is_sorted_by_choice(const struct column *column, const struct app *app)
{
	const struct view *view = view_of(app);
	size_t sorted_by = app->places[app->view].sorted_by;

	return column == &view->columns[sorted_by] && sorted_by != view->sorted_by;
}

static bool is_shown(const struct column *column, const struct app *app)
{
	const struct view *view = view_of(app);

	if (is_sorted_by_choice(column, app))
		return true;
	if (!app_has_column(app, (size_t)(column - view->columns)))
		return false;
	return !(column->flags & COLUMN_ONLY_BELOW) || app->is_below;
}

static int make_title(const struct column *column, unsigned int arg, bool is_wide, char *out,
		      size_t size)
{
	const char *title = column_title(column, is_wide);

	if (column->flags & COLUMN_NUMBERED)
		return snprintf(out, size, "%s%u", title, arg);
	return snprintf(out, size, "%s", title);
}

static unsigned int larger(unsigned int a, unsigned int b)
{
	return a > b ? a : b;
}

/* What it cannot do without. */
static unsigned int least_width(const struct column *column, const struct rows *rows,
				unsigned int arg)
{
	char title[TITLE_SIZE];
	unsigned int width = (unsigned int)make_title(column, arg, false, title, sizeof(title));

	if (column->flags & COLUMN_REST)
		return column->field->width;
	return larger(larger(column_width(column, rows, arg), width), column->field->width);
}

static unsigned int first_width(const struct column *column, const struct rows *rows,
				unsigned int arg)
{
	return larger(least_width(column, rows, arg), larger(column->wide, column->middle));
}

static void add_column(struct layout *layout, const struct column *column, const struct rows *rows)
{
	unsigned int times = column->repeat ? column->repeat(rows) : 1;

	for (unsigned int k = 1; k <= times && layout->count < LAYOUT_MAX; k++) {
		unsigned int arg = column->repeat ? k : 0;

		layout->columns[layout->count++] = (struct layout_column){
			.column = column,
			.arg = arg,
			.width = first_width(column, rows, arg),
		};
	}
}

static void add_all(struct layout *layout, const struct app *app, const struct rows *rows)
{
	const struct view *view = view_of(app);

	layout->count = 0;
	for (size_t i = 0; i < view->nr_columns; i++) {
		const struct column *column = &view->columns[app_column_at(app, i)];

		if (is_shown(column, app))
			add_column(layout, column, rows);
	}
}

/* ---- What a narrow screen leaves out ---- */

static bool has_step(const struct layout_column *at, unsigned int width)
{
	return width && at->width == width && at->column->field->width < width;
}

/* Of a repeated column the last goes first. One that is wider than it need be becomes narrower before it
 * goes. */
static unsigned int rank_of(const struct layout_column *at)
{
	const struct column *column = at->column;
	unsigned int rank = column->rank ? column->rank : column->field->rank;

	if (has_step(at, column->wide))
		return column->wide_rank;
	if (has_step(at, column->middle))
		return column->middle_rank;
	if (column->flags & COLUMN_CHOSEN)
		return 1;
	return rank + (at->arg ? at->arg - 1 : 0);
}

static void drop(struct layout *layout, const struct rows *rows, size_t i)
{
	struct layout_column *at = &layout->columns[i];

	if (has_step(at, at->column->wide) && at->column->middle) {
		at->width = at->column->middle;
	} else if (has_step(at, at->column->wide) || has_step(at, at->column->middle)) {
		at->width = least_width(at->column, rows, at->arg);
	} else {
		layout->count--;
		memmove(at, at + 1, (layout->count - i) * sizeof(*at));
	}
}

/* The one to go next, or count: none may. */
static size_t least_important(const struct layout *layout, const struct app *app)
{
	size_t found = layout->count;
	unsigned int rank = 0;

	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_column *at = &layout->columns[i];
		bool is_narrow = !has_step(at, at->column->wide) &&
				 !has_step(at, at->column->middle);

		if (is_narrow && is_sorted_by_choice(at->column, app))
			continue;
		if (rank_of(at) > rank) {
			rank = rank_of(at);
			found = i;
		}
	}
	return found;
}

static bool takes_rest(const struct layout_column *at)
{
	return at->column->flags & COLUMN_REST;
}

static unsigned int width_needed(const struct layout *layout, unsigned int width)
{
	unsigned int needed = 0;
	bool is_first = true;

	for (size_t i = 0; i < layout->count; i++) {
		unsigned int own = layout->columns[i].width;

		if (takes_rest(&layout->columns[i]) && is_first)
			own = larger(own, width / REST_SHARE);
		is_first &= !takes_rest(&layout->columns[i]);
		needed += own + (i ? 1 : 0);
	}
	return needed;
}

/* ---- Who gets what is left ---- */

static struct layout_column *last_rest(struct layout *layout)
{
	for (size_t i = layout->count; i-- > 0;)
		if (takes_rest(&layout->columns[i]))
			return &layout->columns[i];
	return NULL;
}

/* Each that takes the rest as much as its longest text needs, and the last of them all of it. */
static void share_rest(struct layout *layout, const struct rows *rows, unsigned int width)
{
	struct layout_column *last = last_rest(layout);
	unsigned int used = layout->count ? (unsigned int)layout->count - 1 : 0;

	for (size_t i = 0; i < layout->count; i++)
		used += layout->columns[i].width;
	for (size_t i = 0; i < layout->count && used < width; i++) {
		struct layout_column *at = &layout->columns[i];
		unsigned int wanted = takes_rest(at) ? column_width(at->column, rows, at->arg) : 0;

		if (at == last || wanted <= at->width)
			continue;
		wanted -= at->width;
		if (wanted > (width - used) / 4 * 3)
			wanted = (width - used) / 4 * 3;
		at->width += wanted;
		used += wanted;
	}
	if (last && used < width)
		last->width += width - used;
	else if (last && last->width > used - width)
		last->width -= used - width;
}

void layout_make(struct layout *layout, const struct app *app, const struct rows *rows,
		 unsigned int width)
{
	unsigned int x = 0;

	add_all(layout, app, rows);
	while (width_needed(layout, width) > width) {
		size_t i = least_important(layout, app);

		if (i == layout->count)
			break;
		drop(layout, rows, i);
	}
	share_rest(layout, rows, width);
	for (size_t i = 0; i < layout->count; i++) {
		struct layout_column *at = &layout->columns[i];

		at->x = x;
		if (x + at->width > width)
			at->width = x < width ? width - x : 0;
		x += at->width + 1;
	}
}

static void add_needs(struct layout_needs *needs, const struct column *column, bool is_for_all)
{
	needs->ns_fields |= column_ns_fields(column);
	needs->notes |= column->notes;
	if (column->flags & COLUMN_OF_SCREEN && !is_for_all)
		needs->screen_fields |= column_task_fields(column);
	else
		needs->task_fields |= column_task_fields(column);
}

static bool is_looking_for_text(const struct app *app)
{
	if (app->mode == APP_PROMPT &&
	    (app->prompt.kind == PROMPT_SEARCH || app->prompt.kind == PROMPT_FILTER))
		return true;
	return app->search[0] || app->places[app->view].filter[0];
}

void layout_needs(const struct layout *layout, const struct app *app, struct layout_needs *ret)
{
	const struct view *view = view_of(app);

	*ret = (struct layout_needs){.ns_fields = view->ns_fields | HEADER_NS_FIELDS,
				     .notes = NOTED_FLAGS};
	for (size_t i = 0; i < layout->count; i++)
		add_needs(ret, layout->columns[i].column, false);
	add_needs(ret, &view->columns[app->places[app->view].sorted_by], true);
	if (app->view == APP_PROCESSES && app->user[0])
		ret->task_fields |= PIDNS_TASK_UID;
	if (app->view == APP_PROCESSES && (app_is_tree(app) || app->hides_kernel))
		ret->task_fields |= PIDNS_TASK_PPID;
	if (is_looking_for_text(app)) {
		ret->task_fields |= PIDNS_TASK_COMM;
		if (app->view == APP_PROCESSES)
			ret->task_fields |= PIDNS_TASK_UID;
	}
	/* What is looked up for a row is of its process. */
	if (app->view == APP_PROCESSES && app->has_threads)
		ret->task_fields |= ret->screen_fields;
	ret->screen_fields &= ~ret->task_fields;
}

void layout_needs_all(struct layout_needs *ret)
{
	static const struct view *const views[] = {&view_namespaces, &view_processes};

	*ret = (struct layout_needs){.ns_fields = HEADER_NS_FIELDS, .notes = NOTED_FLAGS};
	for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++) {
		ret->ns_fields |= views[v]->ns_fields;
		for (size_t i = 0; i < views[v]->nr_columns; i++)
			add_needs(ret, &views[v]->columns[i], true);
	}
}

/* A value that is looked up for the rows on the screen alone, and is not there yet. */
static bool is_looked_up(const struct cell_source *source, const struct cell *cell)
{
	int32_t pid;

	if (!(source->column->flags & COLUMN_OF_SCREEN) || strcmp(cell->text, "-") != 0)
		return false;
	pid = view_of(source->app)->pid(source->row);
	return pid && details_is_coming(source->sample->details, pid);
}

/* Columns have come to the screen, and the next snapshot will know what is in them. */
static bool is_to_come(const struct column *column, const struct sample *sample)
{
	bool is_of_tasks = !(column->flags & COLUMN_OF_SCREEN);

	return column_ns_fields(column) & sample->unasked_ns ||
	       (is_of_tasks && column_task_fields(column) & sample->unasked_task);
}

void layout_fill(const struct layout_column *at, struct cell_source *source, struct cell *cell)
{
	enum text_align align = at->column->flags & COLUMN_RIGHT ? TEXT_RIGHT : TEXT_LEFT;
	char text[CELL_SIZE];
	size_t len;

	source->column = at->column;
	source->arg = at->arg;
	source->width = at->width;
	cell->faint = 0;
	cell->style = STYLE_TEXT;
	cell->text[0] = '\0';
	if (is_to_come(at->column, source->sample))
		snprintf(cell->text, sizeof(cell->text), "%s", text_is_utf8() ? "…" : ".");
	else
		view_fill(source, cell);
	if (is_looked_up(source, cell))
		snprintf(cell->text, sizeof(cell->text), "%s", text_is_utf8() ? "…" : ".");
	len = text_fit(cell->text, at->width, align, text, sizeof(text));
	memcpy(cell->text, text, len + 1);
	if (cell->faint > len)
		cell->faint = len;
}

void layout_title(const struct layout_column *at, char *out, size_t size)
{
	enum text_align align = at->column->flags & COLUMN_RIGHT ? TEXT_RIGHT : TEXT_LEFT;
	char title[TITLE_SIZE];

	make_title(at->column, at->arg, at->column->wide && at->width >= at->column->wide, title,
		   sizeof(title));
	text_fit(title, at->width, align, out, size);
}
