// SPDX-License-Identifier: GPL-2.0-or-later
/* viewer-screen.c - the loop on a terminal: wait, obey keys, sample, draw. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/format.h"
#include "common/message.h"
#include "pidns-top/screen/draw.h"
#include "pidns-top/ui/keys.h"
#include "act.h"
#include "shell.h"
#include "pidns-top/screen/term.h"
#include "pidns-top/rows/text.h"
#include "viewer-past.h"
#include "viewer-screen.h"

#define MS UINT64_C(1000000)

/* So long the first sample may keep the screen from being drawn at all. */
#define FIRST_LOOK_NS (250 * MS)
/* Keys pasted by the thousand: obeyed for so long, then there is a frame. */
#define KEYS_NS (50 * MS)
/* What is looked up for the rows of a new sample is waited for so long, with keys obeyed meanwhile. */
#define HELD_NS (100 * MS)
/* A terminal that takes no output is asked again after so long. */
#define STALLED_NS (100 * MS)
/* Whether the terminal is still there is asked so often, in case no signal says so. */
#define ALIVE_NS (500 * MS)

/* 0, or an exit code with one sentence in screen->trouble. */
static int open_terminal(struct screen *screen)
{
	const struct options *options = screen->viewer->options;
	struct term_opts opts = {
		.has_colour = options->has_colour && !options->is_plain,
		.has_cursor = options->is_plain,
		.has_mouse = !options->is_plain && !options->has_no_mouse,
		.theme = screen->viewer->app.theme,
	};
	int r = term_open(&opts, screen->trouble, sizeof(screen->trouble));

	screen->viewer->app.has_colours = !r && term_has_colour();
	screen->theme = opts.theme;
	return r;
}

/* ---- Acting ---- */

/* The selected process is held from now on, so that what is done to it is done to no later one. */
static void hold_selected(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	size_t selected = app->places[app->view].selected;
	struct scene scene = {&screen->rows, &screen->viewer->sample};
	struct ident ident = {0};

	if (!screen->act || app->is_readonly || !screen->round || screen->viewer->is_past)
		return;
	if (selected < screen->rows.count)
		app_process_of(&scene, &screen->rows.list[selected], &ident);
	act_hold(screen->act, &ident, &app->tags);
}

static void enter_shell(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	int fd = act_pidfd(screen->act, &app->act.target);

	if (fd < 0) {
		snprintf(app->message, sizeof(app->message), "PID %d: %s", app->act.target.pid,
			 strerror(-fd));
		return;
	}
	term_close();
	shell_run(fd, app->act.target.pid);
	if (open_terminal(screen))
		screen_leave(screen, EXIT_FAILED);
	app->wants_take = screen->is_anew = true;
}

static void obey_act(struct screen *screen)
{
	struct app *app = &screen->viewer->app;

	app->wants_act = false;
	if (!screen->act)
		return;
	if (app->act.kind == ACT_SHELL) {
		enter_shell(screen);
		return;
	}
	act_do(screen->act, app, app->message, sizeof(app->message));
	app->wants_take = true;
}

/* ---- Keys ---- */

static void obey_key(struct screen *screen, int key)
{
	struct app *app = &screen->viewer->app;
	struct scene scene = {&screen->rows, &screen->viewer->sample};
	unsigned int row, column;
	struct app_hit hit;
	enum mouse what;

	if (!key_is_mouse(key, &what, &row, &column)) {
		app_key(app, &scene, key);
	} else if (what == MOUSE_PRESS) {
		draw_hit(&screen->frame, app, &screen->rows, row, column, &hit);
		app_click(app, &scene, &hit);
	} else {
		app_wheel(app, &scene, what == MOUSE_WHEEL_DOWN);
	}
}

static void obey_keys(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	uint64_t end_ns = screen_now_ns() + KEYS_NS;
	int key;

	while (!app->is_leaving && (key = term_key()) != TOP_KEY_NONE) {
		obey_key(screen, key);
		screen->wants_frame = true;
		/* The next key must find the rows, or lines, that this one made. */
		if (app->wants_mark)
			viewer_mark(screen->viewer);
		if (viewer_step(screen->viewer) || app->wants_rows)
			screen_make_rows(screen);
		screen_make_report(screen);
		if (screen_now_ns() >= end_ns)
			break;
	}
	if (app->wants_act)
		obey_act(screen);
	hold_selected(screen);
	screen->is_anew |= app->wants_redraw;
	app->wants_redraw = false;
}

/* ---- Drawing ---- */

/* The pids whose details the rows on the screen show. */
static void look_at_details(struct screen *screen)
{
	struct viewer *viewer = screen->viewer;
	const struct view *view = view_of(&viewer->app);
	size_t first = viewer->app.places[viewer->app.view].top;
	int32_t pids[TERM_ROWS_MAX];
	struct details_wish wish = {
		.pids = pids,
		.round = screen->round,
		.commands = viewer->app.has_commands || viewer->app.mode == APP_COMMAND,
		.nice = viewer->sample.has_nice,
		.cpus = viewer->sample.machine.cpus,
	};
	struct layout_needs needs;

	/* What is looked up is of now. */
	if (!screen->details || !screen->round || viewer->is_past)
		return;
	for (size_t i = first; i < screen->rows.count && i < first + screen->frame.page; i++) {
		int32_t pid = view->pid(&screen->rows.list[i]);

		if (pid && wish.nr_pids < TERM_ROWS_MAX)
			pids[wish.nr_pids++] = pid;
	}
	layout_needs(&screen->frame.layout, &viewer->app, &needs);
	/* Of what is paused, the snapshot knows all but the command lines. */
	wish.task_fields = viewer->app.is_paused ? 0 : needs.screen_fields;
	if (wish.task_fields || wish.commands)
		wish.task_fields |= PIDNS_TASK_START;
	details_ask(screen->details, &wish);
}

/* Users that only the details know may need a wider column. */
static bool has_wider_users(struct screen *screen)
{
	const struct view *view = view_of(&screen->viewer->app);
	size_t first = screen->viewer->app.places[screen->viewer->app.view].top;
	struct rows *rows = &screen->rows;
	uint64_t before = rows->max_uid;

	for (size_t i = first; i < rows->count && i < first + screen->frame.page; i++) {
		const struct pidns_task *task =
			details_task(screen->viewer->sample.details, view->pid(&rows->list[i]));

		if (task && task->known & PIDNS_TASK_UID && task->uid > rows->max_uid)
			rows->max_uid = task->uid;
	}
	return format_digits(rows->max_uid) > format_digits(before);
}

static void plan_frame(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	unsigned int height, width;

	term_size(&height, &width);
	draw_plan(&screen->frame, app, &screen->rows, &screen->viewer->sample, screen->trouble,
		  height, width);
	app->page = screen->frame.page;
	app->help_page = height > 1 ? height - 1 : 1;
}

static void draw_frame(struct screen *screen)
{
	struct app *app = &screen->viewer->app;

	if (screen->theme != app->theme) {
		screen->theme = app->theme;
		term_set_theme(app->theme);
		screen->is_anew = true;
	}
	plan_frame(screen);
	app_settle(app, &screen->rows);
	app_follow_events(app, &screen->viewer->sample);
	look_at_details(screen);
	if (has_wider_users(screen))
		plan_frame(screen);
	screen_make_report(screen);
	hold_selected(screen);
	draw(&screen->frame, app, &screen->rows, &screen->viewer->sample, screen->is_anew);
	screen->wants_frame = screen->is_anew = false;
	if (screen->viewer->options->iterations &&
	    screen->round >= screen->viewer->options->iterations)
		app->is_leaving = true;
}

/* A new sample is drawn together with what is looked up for its rows, unless that takes long. */
static bool is_held(const struct screen *screen)
{
	return details_is_behind(screen->details) && screen_now_ns() < screen->held_ns;
}

/* Of the rows that a new sample has, look up what only these need. */
static void look_ahead(struct screen *screen)
{
	if (!screen->is_new)
		return;
	screen->is_new = false;
	plan_frame(screen);
	app_settle(&screen->viewer->app, &screen->rows);
	look_at_details(screen);
	screen->held_ns = screen_now_ns() + HELD_NS;
}

static bool is_time_to_draw(const struct screen *screen)
{
	return screen->wants_frame && !is_held(screen) &&
	       (screen->round || screen_now_ns() >= screen->begun_ns + FIRST_LOOK_NS);
}

/* ---- Waiting ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void wait_for_something(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = taker_fd(screen->taker), .events = POLLIN},
		{.fd = screen->notice_fd, .events = POLLIN},
		{.fd = app->is_paused ? -1 : watcher_fd(screen->watcher), .events = POLLIN},
		{.fd = details_fd(screen->details), .events = POLLIN},
	};
	uint64_t now = screen_now_ns(), until = now + ALIVE_NS;
	struct timespec timeout;

	if (!app->is_paused || app->wants_take)
		until = earlier(until, screen->next_sample_ns);
	if (screen->wants_frame && is_held(screen))
		until = earlier(until, screen->held_ns);
	else if (screen->wants_frame && screen->round)
		until = earlier(until, now + STALLED_NS);
	else if (screen->wants_frame)
		until = earlier(until, screen->begun_ns + FIRST_LOOK_NS);
	until = earlier(until, term_keys_wake_ns());
	until = until > now ? until - now : 0;
	timeout.tv_sec = (time_t)(until / 1000000000);
	timeout.tv_nsec = (long)(until % 1000000000);
	ppoll(fds, sizeof(fds) / sizeof(fds[0]), &timeout, term_signal_mask());
}

static void loop(struct screen *screen)
{
	struct app *app = &screen->viewer->app;

	while (!app->is_leaving) {
		look_ahead(screen);
		if (is_time_to_draw(screen) && term_is_ready())
			draw_frame(screen);
		wait_for_something(screen);
		if (!term_is_there()) {
			snprintf(screen->trouble, sizeof(screen->trouble), "the terminal is gone");
			screen_leave(screen, EXIT_FAILED);
			break;
		}
		if (term_obey_signals())
			screen->wants_frame = screen->is_anew = true;
		screen->wants_frame |= details_collect(screen->details);
		obey_keys(screen);
		screen_sample(screen);
	}
}

static void open_and_loop(struct screen *screen)
{
	int r = taker_open(screen->viewer->ctx, screen->viewer->machine, &screen->taker);

	if (r < 0) {
		snprintf(screen->trouble, sizeof(screen->trouble), "thread: %s", strerror(-r));
		screen_leave(screen, EXIT_FAILED);
		return;
	}
	screen->begun_ns = screen_now_ns();
	screen->wants_frame = true;
	plan_frame(screen);
	screen->viewer->app.wants_take = true;
	screen_sample(screen);
	loop(screen);
}

static int run(struct screen *screen)
{
	int r = open_terminal(screen);

	if (r)
		return message_exit(r, "%s", screen->trouble);
	open_and_loop(screen);
	term_close();
	if (screen->exit_code)
		message("%s", screen->trouble);
	return screen->exit_code;
}

int viewer_screen(struct viewer *viewer)
{
	struct screen screen = {.viewer = viewer, .next_sample_ns = NEVER, .notice_fd = -1};
	int r;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return message_exit(EXIT_FAILED, "standard %s is not a terminal (use -b)",
				    isatty(STDIN_FILENO) ? "output" : "input");
	if (viewer->screen_ctx)
		screen.details = details_open(viewer->screen_ctx, viewer->helper);
	if (viewer->act_ctx)
		screen.act = act_open(viewer->act_ctx);
	screen.has_cheap_tasks =
		!(pidns_provider_flags(pidns_provider(viewer->ctx)) & PIDNS_PROVIDER_PROCFS);
	viewer->past_max = viewer->sample.recording ? 0 : PAST_BYTES_MAX;
	viewer->sample.details = screen.details;
	viewer->sample.report = &screen.report;
	screen.notice_fd = pidns_listen(viewer->ctx);
	screen.watcher = watcher_open(&viewer->options->source);
	r = run(&screen);
	if (screen.notice_fd >= 0)
		close(screen.notice_fd);
	/* A look that hangs holds what it uses; the end of the process does not wait for it. */
	if (!taker_close(screen.taker)) {
		viewer->ctx = NULL;
		viewer->is_stuck = true;
	}
	if (!details_close(screen.details)) {
		viewer->screen_ctx = NULL;
		viewer->helper = NULL;
		viewer->is_stuck = true;
	}
	if (!watcher_close(screen.watcher))
		viewer->is_stuck = true;
	rows_clear(&screen.rows);
	viewer_go_live(viewer);
	viewer->sample.details = NULL;
	viewer->sample.report = NULL;
	report_clear(&screen.report);
	act_close(screen.act);
	return r;
}
