// SPDX-License-Identifier: GPL-2.0-or-later
/* viewer-sample.c - when to take a snapshot, what to ask of it, and the rows it makes. */
#include "viewer-screen.h"

#include "viewer-past.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/message.h"
#include "pidns-top/rows/compare.h"
#include "pidns-top/rows/text.h"
#include "pidns-top/screen/term.h"

uint64_t screen_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void add_trouble(struct screen *screen, const char *why, int error)
{
	const char *what = why[0] ? why : strerror(-error);

	text_clean(what, strlen(what), screen->trouble, sizeof(screen->trouble));
}

void screen_make_rows(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	int r = rows_make(&screen->rows, app, &screen->viewer->sample);

	if (r == -ENOENT) {
		app_leave_namespace(app);
		r = rows_make(&screen->rows, app, &screen->viewer->sample);
	}
	if (r < 0)
		add_trouble(screen, "", r);
	app->wants_rows = false;
	app_settle(app, &screen->rows);
	screen->wants_frame = true;
}

/* The whole command line of app.detailed, a process. */
static void make_command(struct screen *screen, unsigned int width)
{
	const struct ident *ident = &screen->viewer->app.detailed;
	const struct sample *sample = &screen->viewer->sample;
	struct cell_source source = {.sample = sample, .app = &screen->viewer->app};
	const struct pidns_task *task = pidns_task_find(sample->snapshot, NULL, ident->pid);
	char command[CELL_SIZE] = "";
	struct ident now;

	if (task) {
		now = ident_of_task(task);
		task = ident_is_same(&now, ident) ? task : NULL;
	}
	if (task)
		view_fill_command(&source, task, task->pid, 0, command, sizeof(command));
	report_make_command(&screen->report, ident->pid, task ? command : NULL, width);
	screen->viewer->app.details = screen->report.count;
}

void screen_make_report(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	unsigned int height, width;

	if (app->mode != APP_DETAILS && app->mode != APP_COMMAND && app->mode != APP_COMPARE)
		return;
	term_size(&height, &width);
	if (app->mode == APP_COMPARE) {
		report_make_compare(&screen->report, app, &screen->viewer->sample, width);
		app->details = screen->report.count;
		return;
	}
	if (app->mode == APP_COMMAND) {
		make_command(screen, width);
		return;
	}
	report_make(&screen->report, screen->viewer->sample.snapshot, &app->detailed, width,
		    screen->viewer->is_past ||
			    (!(REPORT_FLAGS & ~screen->shown_flags) &&
			     !(REPORT_NS_FIELDS & screen->viewer->sample.unasked_ns)));
	app->details = screen->report.count;
}

/* Where a task is not asked for them one by one, all that a list of processes shows costs little. */
#define CHEAP_TASK_FIELDS                                                                        \
	(PIDNS_TASK_STATE | PIDNS_TASK_PPID | PIDNS_TASK_UID | PIDNS_TASK_CPU | PIDNS_TASK_RSS | \
	 PIDNS_TASK_THREADS)

/* A recording says it all at once, and never anything else. */
static struct layout_needs needs_of(struct screen *screen)
{
	struct layout_needs needs;

	if (screen->viewer->sample.recording)
		return (struct layout_needs){PIDNS_FIELDS_ALL, PIDNS_FIELDS_ALL, 0, NOTED_FLAGS};
	layout_needs(&screen->frame.layout, &screen->viewer->app, &needs);
	/* Names of what comes and goes. */
	needs.task_fields |= PIDNS_TASK_COMM | PIDNS_TASK_START;
	/* What is shown may be stepped back to: then it can only be what was asked for at the time. */
	if (screen->has_cheap_tasks)
		needs.task_fields |= CHEAP_TASK_FIELDS;
	/* What is paused will be looked at from all sides. */
	if (screen->viewer->app.is_paused)
		layout_needs_all(&needs);
	if (screen->viewer->app.mode == APP_DETAILS) {
		needs.task_fields |= REPORT_TASK_FIELDS;
		needs.ns_fields |= REPORT_NS_FIELDS;
	}
	return needs;
}

/* Of the first frame, and of all others of a machine with hundreds of namespaces, notes would be most of
 * what it costs. */
static uint32_t notes_of(const struct screen *screen)
{
	const size_t *health = screen->rows.health;

	if (!screen->round || screen_now_ns() < screen->next_notes_ns)
		return 0;
	/* Who holds what no process is in: that goes through all open files. */
	return NOTED_FLAGS | (health[HEALTH_DEAD] || health[HEALTH_UNBORN] ? PIDNS_TAKE_PINS : 0);
}

/* Going through all open files costs: only while the screen shows what comes of it. */
static uint32_t flags_of(const struct screen *screen)
{
	uint32_t flags = screen->viewer->options->is_all ? PIDNS_TAKE_ALL : 0;

	if (screen->viewer->app.mode == APP_DETAILS || screen->viewer->sample.recording)
		flags |= REPORT_FLAGS;
	if (app_shows_threads(&screen->viewer->app) || screen->viewer->sample.recording)
		flags |= PIDNS_TAKE_THREADS;
	return flags;
}

/* Another one of the series than is shown. */
static bool wants_moment(const struct screen *screen)
{
	const struct viewer *viewer = screen->viewer;

	return viewer->moments && viewer->sample.moment != viewer->wanted_moment + 1;
}

static void start_sample(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	struct taker_wish wish;

	if (taker_is_busy(screen->taker))
		return;
	app->wants_take = false;
	screen->next_sample_ns = NEVER;
	if (screen->viewer->sample.recording && screen->round && !wants_moment(screen))
		return;
	screen->asked = needs_of(screen);
	wish.ns_fields = screen->asked.ns_fields;
	wish.task_fields = screen->asked.task_fields;
	screen->asked_flags = flags_of(screen) | notes_of(screen);
	wish.flags = screen->asked_flags;
	wish.is_of_series = screen->viewer->moments > 0;
	wish.moment = screen->viewer->wanted_moment;
	if (!screen->round && screen->viewer->target)
		target_wish(screen->viewer->target, &wish.flags, &wish.task_fields);
	taker_ask(screen->taker, &wish);
}

/* Never sample for more than half of the time, however large the machine. */
static void plan_next_sample(struct screen *screen, uint64_t duration_ns)
{
	uint64_t delay_ns = (uint64_t)(screen->viewer->app.delay * 1e9);
	uint64_t rest_ns = delay_ns > duration_ns * 2 ? delay_ns - duration_ns : duration_ns;
	uint64_t now = screen_now_ns();

	screen->next_sample_ns = now + rest_ns;
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
	screen->next_notes_ns = screen_now_ns() + extra * NOTES_REST;
	/* With those that are taken as often as all else there is no difference to tell. */
	if (extra * NOTES_REST < (uint64_t)(screen->viewer->app.delay * 1e9))
		screen->next_notes_ns = 0;
}

static bool is_first_entry(struct screen *screen)
{
	return screen->round == 1 && screen->viewer->target;
}

void screen_leave(struct screen *screen, int exit_code)
{
	screen->viewer->app.is_leaving = true;
	screen->exit_code = exit_code;
}

/* What led to that moment of the series; events of others are not shown. */
static void show_moment(struct screen *screen, struct taker_result *result)
{
	struct viewer *viewer = screen->viewer;

	events_clear(&viewer->events);
	viewer_begin_from(viewer, result->before);
	pidns_snapshot_unref(result->before);
	viewer_show_series(viewer, result->moment);
}

static void collect_sample(struct screen *screen)
{
	struct app *app = &screen->viewer->app;
	struct taker_result result;
	int code = 0;

	if (!taker_collect(screen->taker, &result))
		return;
	plan_next_sample(screen, result.duration_ns);
	screen->wants_frame = true;
	if (result.error < 0) {
		add_trouble(screen, result.why, result.error);
		if (!screen->round)
			screen_leave(screen, EXIT_FAILED);
		return;
	}
	screen->trouble[0] = '\0';
	screen->round++;
	screen->is_new = true;
	if (screen->viewer->moments)
		show_moment(screen, &result);
	viewer_show(screen->viewer, result.snapshot, screen->asked_flags, &result.machine);
	plan_next_notes(screen, result.cpu_ns);
	if (screen->is_told)
		events_drop_told(&result.events);
	screen->is_told = watcher_is_told(screen->watcher);
	events_append(&screen->viewer->events, &result.events);
	watcher_collect(screen->watcher, &screen->viewer->events);
	screen->shown_flags = screen->asked_flags;
	viewer_live(screen->viewer)->unasked_ns = ~screen->asked.ns_fields;
	viewer_live(screen->viewer)->unasked_task = ~screen->asked.task_fields;
	if (is_first_entry(screen))
		code = viewer_enter_target(screen->viewer, screen->trouble,
					   sizeof(screen->trouble));
	if (code) {
		screen_leave(screen, code);
		return;
	}
	if (!screen->viewer->is_past || viewer_stay_past(screen->viewer))
		screen_make_rows(screen);
	/* Names that were not known when the first letters of a search were typed are now. */
	if (app->mode == APP_PROMPT && app->prompt.kind == PROMPT_SEARCH && app->search[0])
		app_find_typed(app, &(struct scene){&screen->rows, &screen->viewer->sample});
}

/* Columns came to the screen, or a key asked for something, that the snapshot does not know. */
static bool needs_more(struct screen *screen)
{
	struct layout_needs needs = needs_of(screen);

	return flags_of(screen) & ~screen->asked_flags ||
	       needs.ns_fields & ~screen->asked.ns_fields ||
	       needs.task_fields & ~screen->asked.task_fields;
}

static bool has_notices(const struct screen *screen)
{
	unsigned char bytes[1024];

	return screen->notice_fd >= 0 && read(screen->notice_fd, bytes, sizeof(bytes)) >= 0;
}

/* Whether all is told, and by what, or why it is not; a change is drawn without waiting for a snapshot. */
static void set_told(struct screen *screen)
{
	struct sample *sample = viewer_live(screen->viewer);
	const char *told = screen->notice_fd >= 0 ? "notices" : NULL;
	const char *untold = watcher_why(screen->watcher);

	if (watcher_is_told(screen->watcher))
		told = "events";
	if (!screen->viewer->app.is_paused)
		screen->wants_frame |= told != sample->told || untold != sample->untold;
	sample->told = told;
	sample->untold = untold;
}

/* Events are shown as they come; the figures follow once a snapshot is due again. */
static bool has_events(struct screen *screen)
{
	struct viewer *viewer = screen->viewer;
	bool has_some = !viewer->app.is_paused &&
			watcher_collect(screen->watcher, &viewer->events) > 0;

	screen->wants_frame |= has_some;
	set_told(screen);
	return has_some;
}

static void look_at(struct screen *screen, uint64_t time_ns)
{
	if (time_ns < screen->rested_ns)
		time_ns = screen->rested_ns;
	if (screen->next_sample_ns != NEVER && screen->next_sample_ns > time_ns)
		screen->next_sample_ns = time_ns;
}

static void hear_of_changes(struct screen *screen)
{
	uint64_t delay_ns = (uint64_t)(screen->viewer->app.delay * 1e9);

	if (has_notices(screen))
		look_at(screen, 0);
	if (has_events(screen))
		look_at(screen, screen_now_ns() + delay_ns / 4);
}

void screen_sample(struct screen *screen)
{
	struct app *app = &screen->viewer->app;

	collect_sample(screen);
	hear_of_changes(screen);
	if (screen->next_sample_ns == NEVER && !app->wants_take && !wants_moment(screen))
		return;
	if (app->wants_take || wants_moment(screen) || needs_more(screen) ||
	    (!app->is_paused && screen_now_ns() >= screen->next_sample_ns))
		start_sample(screen);
}
