// SPDX-License-Identifier: GPL-2.0-or-later
/* viewer-screen.c - the loop on a terminal: wait, look, make rows, draw. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/format.h"
#include "common/message.h"
#include "pidns-top/screen/draw.h"
#include "pidns-top/ui/keys.h"
#include "act.h"
#include "shell.h"
#include "taker.h"
#include "pidns-top/screen/term.h"
#include "pidns-top/rows/text.h"
#include "viewer.h"

#define MS    UINT64_C(1000000)
#define NEVER UINT64_MAX

/* So long the first look may keep the screen from being drawn at all. */
#define FIRST_LOOK_NS (250 * MS)
/* Keys pasted by the thousand: obeyed for so long, then there is a frame. */
#define KEYS_NS (50 * MS)
/* A terminal that takes no output is asked again after so long. */
#define STALLED_NS (100 * MS)
/* Whether the terminal is still there is asked so often, in case nobody tells. */
#define ALIVE_NS (500 * MS)

struct screen {
	struct viewer *viewer;
	struct taker *taker;
	struct details *details;
	struct act *act;
	struct rows rows;
	struct sheet sheet;
	struct draw_frame frame;
	struct layout_needs asked;	   /* what the snapshot was asked to know */
	uint32_t asked_flags, shown_flags; /* of the next snapshot; of the one that is shown */
	uint64_t begun_ns;
	uint64_t next_look_ns;	/* when, on the monotonic clock */
	uint64_t rested_ns;	/* not before, even if something is known to have changed */
	int notice_fd;		/* tells that; -1: nobody does */
	uint64_t round;		/* one for each snapshot */
	uint64_t plain_cost_ns; /* what the last snapshot without notes has cost */
	uint64_t next_notes_ns; /* when one with notes is due */
	bool wants_frame, is_anew;
	char trouble[256]; /* why the last look failed; "" */
	int exit_code;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* 0, or an exit code with one sentence in screen->trouble. */
static int open_terminal(struct screen *screen)
{
	const struct options *options = screen->viewer->options;
	struct term_opts opts = {
		.has_colour = options->has_colour && !options->is_plain,
		.has_cursor = options->is_plain,
	};

	return term_open(&opts, screen->trouble, sizeof(screen->trouble));
}

/* ---- Looking ---- */

static void add_trouble(struct screen *screen, const char *why, int error)
{
	const char *what = why[0] ? why : strerror(-error);

	text_clean(what, strlen(what), screen->trouble, sizeof(screen->trouble));
}

static void make_rows(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	int r = rows_make(&screen->rows, app, &screen->viewer->picture);

	if (r == -ENOENT) {
		app_leave_namespace(app);
		r = rows_make(&screen->rows, app, &screen->viewer->picture);
	}
	if (r < 0)
		add_trouble(screen, "", r);
	app->wants_rows = false;
	app_settle(app, &screen->rows);
	screen->wants_frame = true;
}

static void make_sheet(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	unsigned int height, width;

	if (app->mode != APP_DETAILS)
		return;
	term_size(&height, &width);
	sheet_make(&screen->sheet, screen->viewer->picture.snapshot, &app->detailed, width,
		   !(SHEET_FLAGS & ~screen->shown_flags) &&
			   !(SHEET_NS_FIELDS & screen->viewer->picture.unasked_ns));
	app->details = screen->sheet.count;
}

/* A recording says it all at once, and never anything else. */
static struct layout_needs needs_of(struct screen *screen)
{
	struct layout_needs needs;

	if (screen->viewer->picture.recording)
		return (struct layout_needs){PIDNS_FIELDS_ALL, PIDNS_FIELDS_ALL, 0, NOTED_FLAGS};
	layout_needs(&screen->frame.layout, &screen->viewer->app, &needs);
	/* Names of what comes and goes. */
	needs.task_fields |= PIDNS_TASK_COMM | PIDNS_TASK_START;
	/* What is paused will be looked at from all sides. */
	if (screen->viewer->app.is_paused)
		layout_needs_all(&needs);
	if (screen->viewer->app.mode == APP_DETAILS) {
		needs.task_fields |= SHEET_TASK_FIELDS;
		needs.ns_fields |= SHEET_NS_FIELDS;
	}
	return needs;
}

/* Of the first frame, and of all others of a machine with hundreds of namespaces, notes would be most of
 * what it costs. */
static uint32_t notes_of(const struct screen *screen)
{
	const size_t *health = screen->rows.health;

	if (!screen->round || now_ns() < screen->next_notes_ns)
		return 0;
	/* Who holds what no process is in: that goes through all open files. */
	return NOTED_FLAGS | (health[HEALTH_DEAD] || health[HEALTH_UNBORN] ? PIDNS_TAKE_PINS : 0);
}

/* Going through all open files costs: only while somebody looks at what comes of it. */
static uint32_t flags_of(const struct screen *screen)
{
	uint32_t flags = screen->viewer->options->is_all ? PIDNS_TAKE_ALL : 0;

	if (screen->viewer->app.mode == APP_DETAILS || screen->viewer->picture.recording)
		flags |= SHEET_FLAGS;
	return flags;
}

static void start_look(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	struct taker_wish wish;

	if (taker_is_busy(screen->taker))
		return;
	app->wants_take = false;
	screen->next_look_ns = NEVER;
	if (screen->viewer->picture.recording && screen->round)
		return;
	screen->asked = needs_of(screen);
	wish.ns_fields = screen->asked.ns_fields;
	wish.task_fields = screen->asked.task_fields;
	screen->asked_flags = flags_of(screen) | notes_of(screen);
	wish.flags = screen->asked_flags;
	if (!screen->round && screen->viewer->target)
		target_wish(screen->viewer->target, &wish.flags, &wish.task_fields);
	taker_ask(screen->taker, &wish);
}

/* Never look for more than half of the time, however large the machine. */
static void plan_next_look(struct screen *screen, uint64_t duration_ns)
{
	uint64_t delay_ns = (uint64_t)(screen->viewer->app.delay * 1e9);
	uint64_t rest_ns = delay_ns > duration_ns * 2 ? delay_ns - duration_ns : duration_ns;
	uint64_t now = now_ns();

	screen->next_look_ns = now + rest_ns;
	screen->rested_ns = now + duration_ns;
}

/* So many times what notes cost goes by before the next. */
#define NOTES_REST 100

static void plan_next_notes(struct screen *screen, uint64_t cost_ns)
{
	uint64_t extra = cost_ns > screen->plain_cost_ns ? cost_ns - screen->plain_cost_ns : 0;

	if (!(screen->asked_flags & NOTED_FLAGS)) {
		screen->plain_cost_ns = cost_ns;
		/* At first they are wanted at once. */
		screen->viewer->app.wants_take |= screen->round == 1;
		return;
	}
	screen->next_notes_ns = now_ns() + extra * NOTES_REST;
	/* With those that are taken as often as all else there is no difference to tell. */
	if (extra * NOTES_REST < (uint64_t)(screen->viewer->app.delay * 1e9))
		screen->next_notes_ns = 0;
}

static bool is_first_entry(struct screen *screen)
{
	return screen->round == 1 && screen->viewer->target;
}

/* With screen->trouble as the last word. */
static void leave(struct screen *screen, int exit_code)
{
	screen->viewer->app.is_leaving = true;
	screen->exit_code = exit_code;
}

static void collect_look(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	struct taker_result result;
	int code = 0;

	if (!taker_collect(screen->taker, &result))
		return;
	plan_next_look(screen, result.duration_ns);
	screen->wants_frame = true;
	if (result.error < 0) {
		add_trouble(screen, result.why, result.error);
		if (!screen->round)
			leave(screen, EXIT_FAILED);
		return;
	}
	screen->trouble[0] = '\0';
	screen->round++;
	viewer_show(screen->viewer, result.snapshot, screen->asked_flags, &result.machine);
	plan_next_notes(screen, result.cpu_ns);
	events_append(&screen->viewer->events, &result.events);
	screen->shown_flags = screen->asked_flags;
	screen->viewer->picture.unasked_ns = ~screen->asked.ns_fields;
	screen->viewer->picture.unasked_task = ~screen->asked.task_fields;
	if (is_first_entry(screen))
		code = viewer_enter_target(screen->viewer, screen->trouble,
					   sizeof(screen->trouble));
	if (code) {
		leave(screen, code);
		return;
	}
	make_rows(screen);
	/* Names that were not known when the first letters of a search were typed are now. */
	if (app->mode == APP_PROMPT && app->prompt.kind == PROMPT_SEARCH && app->search[0])
		app_find_typed(app, &(struct scene){&screen->rows, &screen->viewer->picture});
}

/* Columns came to the screen, or a key asked for something, that the snapshot does not know. */
static bool needs_more(struct screen *screen)
{
	struct layout_needs needs = needs_of(screen);

	return flags_of(screen) & ~screen->asked_flags ||
	       needs.ns_fields & ~screen->asked.ns_fields ||
	       needs.task_fields & ~screen->asked.task_fields;
}

static void hear_notices(struct screen *screen)
{
	unsigned char bytes[1024];

	if (screen->notice_fd < 0 || read(screen->notice_fd, bytes, sizeof(bytes)) < 0)
		return;
	if (screen->next_look_ns != NEVER && screen->next_look_ns > screen->rested_ns)
		screen->next_look_ns = screen->rested_ns;
}

static void look(struct screen *screen)
{
	struct app *app = &screen->viewer->app;

	collect_look(screen);
	hear_notices(screen);
	if (screen->next_look_ns == NEVER && !app->wants_take)
		return;
	if (app->wants_take || needs_more(screen) ||
	    (!app->is_paused && now_ns() >= screen->next_look_ns))
		start_look(screen);
}

/* ---- Acting ---- */

/* The selected process is held from now on, so that what is done to it is done to no later one. */
static void hold_selected(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	size_t selected = app->places[app->view].selected;
	struct scene scene = {&screen->rows, &screen->viewer->picture};
	struct ident ident = {0};

	if (!screen->act || app->is_readonly || !screen->round)
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
		leave(screen, EXIT_FAILED);
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

static void obey_keys(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	uint64_t end_ns = now_ns() + KEYS_NS;
	int key;

	while (!app->is_leaving && (key = term_key()) != TOP_KEY_NONE) {
		struct scene scene = {&screen->rows, &screen->viewer->picture};

		app_key(app, &scene, key);
		screen->wants_frame = true;
		/* The next key must find the rows, or lines, that this one made. */
		if (app->wants_rows)
			make_rows(screen);
		make_sheet(screen);
		if (now_ns() >= end_ns)
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
		.commands = viewer->app.has_commands,
		.cpus = viewer->picture.machine.cpus,
	};
	struct layout_needs needs;

	if (!screen->details || !screen->round)
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
	details_look(screen->details, &wish);
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
			details_task(screen->details, view->pid(&rows->list[i]));

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
	draw_plan(&screen->frame, app, &screen->rows, &screen->viewer->picture, screen->trouble,
		  height, width);
	app->page = screen->frame.page;
	app->help_page = height > 1 ? height - 1 : 1;
}

static void draw_frame(struct screen *screen)
{
	struct app *app = &screen->viewer->app;

	plan_frame(screen);
	app_settle(app, &screen->rows);
	look_at_details(screen);
	if (has_wider_users(screen))
		plan_frame(screen);
	make_sheet(screen);
	hold_selected(screen);
	draw(&screen->frame, app, &screen->rows, &screen->viewer->picture, screen->is_anew);
	screen->wants_frame = screen->is_anew = false;
	if (screen->viewer->options->iterations &&
	    screen->round >= screen->viewer->options->iterations)
		app->is_leaving = true;
}

static bool is_time_to_draw(const struct screen *screen)
{
	return screen->wants_frame &&
	       (screen->round || now_ns() >= screen->begun_ns + FIRST_LOOK_NS);
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
	};
	uint64_t now = now_ns(), until = now + ALIVE_NS;
	struct timespec timeout;

	if (!app->is_paused || app->wants_take)
		until = earlier(until, screen->next_look_ns);
	if (screen->wants_frame && screen->round)
		until = earlier(until, now + STALLED_NS);
	else if (screen->wants_frame)
		until = earlier(until, screen->begun_ns + FIRST_LOOK_NS);
	until = earlier(until, term_keys_wake_ns());
	until = until > now ? until - now : 0;
	timeout.tv_sec = (time_t)(until / 1000000000);
	timeout.tv_nsec = (long)(until % 1000000000);
	ppoll(fds, 3, &timeout, term_signal_mask());
}

static void loop(struct screen *screen)
{
	struct app *app = &screen->viewer->app;

	while (!app->is_leaving) {
		if (is_time_to_draw(screen) && term_is_ready())
			draw_frame(screen);
		wait_for_something(screen);
		if (!term_is_there()) {
			snprintf(screen->trouble, sizeof(screen->trouble), "the terminal is gone");
			leave(screen, EXIT_FAILED);
			break;
		}
		if (term_obey_signals())
			screen->wants_frame = screen->is_anew = true;
		obey_keys(screen);
		look(screen);
	}
}

static void open_and_loop(struct screen *screen)
{
	int r = taker_open(screen->viewer->ctx, screen->viewer->machine, &screen->taker);

	if (r < 0) {
		snprintf(screen->trouble, sizeof(screen->trouble), "thread: %s", strerror(-r));
		leave(screen, EXIT_FAILED);
		return;
	}
	screen->begun_ns = now_ns();
	screen->wants_frame = true;
	plan_frame(screen);
	screen->viewer->app.wants_take = true;
	look(screen);
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
	struct screen screen = {.viewer = viewer, .next_look_ns = NEVER, .notice_fd = -1};
	int r;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return message_exit(EXIT_FAILED, "standard %s is not a terminal (use -b)",
				    isatty(STDIN_FILENO) ? "output" : "input");
	if (viewer->screen_ctx)
		screen.details = details_open(viewer->screen_ctx, viewer->helper);
	if (viewer->screen_ctx)
		screen.act = act_open(viewer->screen_ctx);
	viewer->picture.details = screen.details;
	viewer->picture.sheet = &screen.sheet;
	screen.notice_fd = pidns_listen(viewer->ctx);
	r = run(&screen);
	if (screen.notice_fd >= 0)
		close(screen.notice_fd);
	/* A look that hangs holds what it uses; the end of the process does not wait for it. */
	if (!taker_close(screen.taker)) {
		viewer->ctx = NULL;
		viewer->is_stuck = true;
	}
	rows_clear(&screen.rows);
	viewer->picture.details = NULL;
	viewer->picture.sheet = NULL;
	sheet_clear(&screen.sheet);
	details_close(screen.details);
	act_close(screen.act);
	return r;
}
