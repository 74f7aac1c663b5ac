// SPDX-License-Identifier: GPL-2.0-or-later
/* draw.c - one frame: the state of the UI and its rows become cells of the terminal. */
#include "draw-internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/format.h"
#include "pidns-top/ui/help.h"
#include "pidns-top/ui/keys.h"
#include "term.h"
#include "pidns-top/cells.h"
#include "pidns-top/rows/pane.h"
#include "pidns-top/rows/text.h"

void draw_plan(struct draw_frame *frame, const struct app *app, const struct rows *rows,
	       const struct sample *sample, const char *trouble, unsigned int height,
	       unsigned int width)
{
	unsigned int above, below = height >= 4 ? 1 : 0;
	bool has_pane = app->has_pane && height > PANE_HEIGHT;

	frame->height = height;
	frame->width = width;
	header_make(&frame->header, app, rows, sample, trouble, width, height);
	layout_make(&frame->layout, app, rows, width);
	above = (unsigned int)frame->header.count + (height >= 3 ? 1 : 0);
	below += has_pane ? PANE_LINES : 0;
	frame->pane_y = has_pane ? height - below : 0;
	frame->list_y = above;
	frame->page = height > above + below ? height - above - below : 1;
}

void draw_put_line(const struct draw_frame *frame, unsigned int y, unsigned int x, const char *text,
		   enum style style)
{
	char line[CELL_SIZE];

	if (x >= frame->width)
		return;
	text_fit(text, frame->width - x, TEXT_LEFT, line, sizeof(line));
	term_put(y, x, line, style);
}

static void draw_header_line(unsigned int y, const struct header_line *line)
{
	char text[HEADER_WIDTH];

	term_put(y, 0, line->text, line->style);
	for (size_t i = 0; i < line->nr_spans; i++) {
		const struct header_span *span = &line->spans[i];
		unsigned int x;

		snprintf(text, sizeof(text), "%.*s", (int)span->at, line->text);
		x = (unsigned int)text_width(text);
		snprintf(text, sizeof(text), "%.*s", (int)span->len, line->text + span->at);
		term_put(y, x, text, span->style);
	}
}

static void draw_header(const struct draw_frame *frame)
{
	for (size_t i = 0; i < frame->header.count; i++)
		draw_header_line((unsigned int)i, &frame->header.lines[i]);
}

/* ---- Titles ---- */

/* Beside the title, in the space that parts the columns: no column is ever too narrow for it. */
static void draw_sort_mark(unsigned int y, const struct layout_column *at, bool is_big_first)
{
	const char *mark = is_big_first ? "v" : "^";
	bool is_wide = at->column->wide && at->width >= at->column->wide;
	unsigned int title = (unsigned int)strlen(column_title(at->column, is_wide));
	unsigned int x;

	if (text_is_utf8())
		mark = is_big_first ? "▼" : "▲";
	if (!(at->column->flags & COLUMN_RIGHT))
		x = at->x + title;
	else if (at->x + at->width > title)
		x = at->x + at->width - title - 1;
	else
		return;
	term_put(y, x, mark, STYLE_SORTED);
}

static void draw_titles(const struct draw_frame *frame, const struct app *app)
{
	const struct app_place *place = &app->places[app->view];
	const struct column *sorted = &view_of(app)->columns[place->sorted_by];
	bool is_big_first = !!(sorted->flags & COLUMN_BIG_FIRST) != place->is_reversed;
	unsigned int y = frame->list_y - 1;

	draw_put_line(frame, y, 0, "", STYLE_TITLE);
	for (size_t i = 0; i < frame->layout.count; i++) {
		const struct layout_column *at = &frame->layout.columns[i];
		char title[CELL_SIZE];

		layout_title(at, title, sizeof(title));
		term_put(y, at->x, title, at->column == sorted ? STYLE_SORTED : STYLE_TITLE);
	}
	for (size_t i = 0; i < frame->layout.count; i++) {
		if (frame->layout.columns[i].column == sorted)
			draw_sort_mark(y, &frame->layout.columns[i], is_big_first);
	}
}

/* ---- Rows ---- */

static void draw_cell(unsigned int y, const struct layout_column *at, struct cell *cell,
		      bool is_selected)
{
	char faint[CELL_SIZE];
	unsigned int x = at->x;

	if (is_selected) {
		term_put(y, x, cell->text, STYLE_SELECTED);
		return;
	}
	if (cell->faint) {
		memcpy(faint, cell->text, cell->faint);
		faint[cell->faint] = '\0';
		x = term_put(y, x, faint, STYLE_FAINT);
	}
	term_put(y, x, cell->text + cell->faint, cell->style);
}

static bool is_tagged(const struct cell_source *source)
{
	const struct scene scene = {source->rows, source->sample};
	struct ident ident;

	return source->app->tags.count && app_process_of(&scene, source->row, &ident) &&
	       app_tags_has(&source->app->tags, &ident);
}

static void draw_row(const struct draw_frame *frame, unsigned int y, struct cell_source *source,
		     bool is_selected)
{
	struct cell cell;

	if (is_selected)
		draw_put_line(frame, y, 0, "", STYLE_SELECTED);
	for (size_t i = 0; i < frame->layout.count; i++) {
		const struct layout_column *at = &frame->layout.columns[i];

		layout_fill(at, source, &cell);
		draw_cell(y, at, &cell, is_selected);
	}
	if (is_tagged(source))
		term_put(y, frame->layout.columns[0].x + frame->layout.columns[0].width, "*",
			 is_selected ? STYLE_SELECTED : STYLE_WARNING);
	/* Where nothing can be shown in reverse, a mark in the one place that is always free. */
	if (is_selected && !term_can_mark())
		term_put(y, frame->layout.columns[0].x + frame->layout.columns[0].width, ">",
			 STYLE_SELECTED);
}

static void draw_list(const struct draw_frame *frame, const struct app *app,
		      const struct rows *rows, const struct sample *sample)
{
	const struct app_place *place = &app->places[app->view];

	for (unsigned int i = 0; i < frame->page && place->top + i < rows->count; i++) {
		size_t at = place->top + i;
		struct cell_source source = {
			.sample = sample,
			.app = app,
			.rows = rows,
			.row = &rows->list[at],
		};

		draw_row(frame, frame->list_y + i, &source, at == place->selected);
	}
	if (sample->snapshot && !rows->count)
		term_put(frame->list_y, 0,
			 place->filter[0] || app->only || app->user[0]
				 ? "Nothing matches the filter."
				 : "No processes are here.",
			 STYLE_TEXT);
}

/* ---- The pane ---- */

static void draw_pane(const struct draw_frame *frame, const struct app *app,
		      const struct rows *rows, const struct sample *sample)
{
	struct pane pane;

	pane_make(&pane, app, rows, sample, frame->width);
	for (unsigned int i = 0; i < PANE_LINES; i++)
		term_put(frame->pane_y + i, 0, pane.lines[i],
			 i == 0	  ? STYLE_FAINT
			 : i == 2 ? pane.style
				  : STYLE_TEXT);
}

/* ---- Help and details: the whole screen ---- */

void draw_page_end(const struct draw_frame *frame, const struct app *app, const char *words)
{
	if (frame->height > 1)
		draw_put_line(frame, frame->height - 1, 0, app->message[0] ? app->message : words,
			      app->message[0] ? STYLE_WARNING : STYLE_TITLE);
}

/* A page has no header: where it is not of now, its last line says so. */
static void draw_page_end_of(const struct draw_frame *frame, const struct app *app,
			     const struct sample *sample, const char *words)
{
	char line[512], ago[16];

	format_short_age(sample->replay_ns, ago, sizeof(ago));
	snprintf(line, sizeof(line), "%s%s%s%s", sample->replay_ns ? "REPLAY -" : "",
		 sample->replay_ns ? ago : "", sample->replay_ns ? "  " : "", words);
	draw_page_end(frame, app, line);
}

static void draw_details(const struct draw_frame *frame, const struct app *app,
			 const struct sample *sample)
{
	const struct report *report = sample->report;

	for (size_t y = 0; report && y < app->help_page && app->help_top + y < report->count; y++)
		draw_put_line(frame, (unsigned int)y, 0, report->lines[app->help_top + y],
			      STYLE_TEXT);
	draw_page_end_of(frame, app, sample,
			 app->mode == APP_COMPARE
				 ? "Esc leaves, [ ] other moments, = forgets the mark"
				 : "Esc leaves, PgDn goes on");
	term_end(0, 0);
}

#define EVENTS_WIDE 60

static void draw_events(const struct draw_frame *frame, const struct app *app,
			const struct sample *sample)
{
	const struct events *events = sample->events;
	char what[256], time[16], name[NAME_SIZE], line[CELL_SIZE];

	for (size_t y = 0; events && y < app->help_page && app->help_top + y < events->count; y++) {
		const struct event *event = &events->list[app->help_top + y];
		const struct pidns_ns *ns = ident_find_ns(&event->ns, sample->snapshot);

		name[0] = '\0'; /* what was lost is of no namespace */
		if (event->ns.is_set)
			snprintf(name, sizeof(name), "%" PRIu64, event->ns.ino);
		if (ns)
			cells_ns_name(sample, ns, name, sizeof(name));
		event_format(event, what, sizeof(what));
		event_time(event, time, sizeof(time));
		/* What is cut off on a narrow screen is of which namespace it was. */
		if (frame->width < EVENTS_WIDE)
			snprintf(line, sizeof(line), "%s%s  %s", time, what, name);
		else
			snprintf(line, sizeof(line), "%s%-20s %s", time, name, what);
		draw_put_line(frame, (unsigned int)y, 0, line, STYLE_TEXT);
	}
	if (!events || !events->count)
		term_put(0, 0, "Nothing has happened since the first sample.", STYLE_TEXT);
	snprintf(line, sizeof(line), "Esc leaves, PgUp goes back%s%s",
		 sample->untold ? ". Only differences between samples are seen: " : "",
		 sample->untold ? sample->untold : "");
	draw_page_end_of(frame, app, sample, line);
	term_end(0, 0);
}

static void draw_help(const struct draw_frame *frame, const struct app *app)
{
	char line[256];
	size_t width;

	for (unsigned int y = 0; y < app->help_page; y++) {
		help_line(app->help_top + y, line, sizeof(line));
		term_put(y, 0, line + text_cut(line, app->help_left, &width), STYLE_TEXT);
	}
	draw_page_end(frame, app, "Esc leaves, PgDn goes on");
	term_end(0, 0);
}

void draw(const struct draw_frame *frame, const struct app *app, const struct rows *rows,
	  const struct sample *sample, bool is_anew)
{
	const struct app_place *place = &app->places[app->view];
	unsigned int bottom = frame->height - 1, x = 0;

	term_begin(is_anew);
	if (app->mode == APP_HELP) {
		draw_help(frame, app);
		return;
	}
	if (app->mode == APP_EVENTS) {
		draw_events(frame, app, sample);
		return;
	}
	if (app->mode == APP_DETAILS || app->mode == APP_COMMAND || app->mode == APP_COMPARE) {
		draw_details(frame, app, sample);
		return;
	}
	if (app->mode == APP_SETUP) {
		term_end(draw_setup(frame, app), 0);
		return;
	}
	if (app->mode == APP_MENU) {
		term_end(draw_menu(frame, app), 0);
		return;
	}
	draw_header(frame);
	if (frame->height >= 3)
		draw_titles(frame, app);
	draw_list(frame, app, rows, sample);
	if (frame->pane_y)
		draw_pane(frame, app, rows, sample);
	if (frame->height >= 4 || app->mode == APP_PROMPT)
		x = draw_bottom(frame, app, rows, bottom);
	/* A screen reader reads where the cursor is. */
	if (app->mode == APP_PROMPT)
		term_end(bottom, x);
	else
		term_end(frame->list_y + (unsigned int)(place->selected - place->top), 0);
}
