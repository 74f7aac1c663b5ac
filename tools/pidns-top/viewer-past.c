// SPDX-License-Identifier: GPL-2.0-or-later
/* viewer-past.c - moments other than the newest: back and forward, of the past or of a series. */
#include "viewer-past.h"

#include <stdio.h>
#include <stdlib.h>

#include "pidns-top/rows/compare.h"

struct sample *viewer_live(struct viewer *viewer)
{
	return viewer->is_past ? &viewer->live : &viewer->sample;
}

/* ---- The past of the running machine ---- */

static uint64_t time_between(const struct pidns_snapshot *older, const struct pidns_snapshot *newer)
{
	uint64_t from = pidns_snapshot_time(older), to = pidns_snapshot_time(newer);

	return to > from ? to - from : 1;
}

/* What had happened up to then; no later event is of that moment. */
static void choose_events(struct viewer *viewer, uint64_t wall_ns)
{
	struct events *chosen = &viewer->past_events;
	const struct events *all = &viewer->events;

	events_clear(chosen);
	chosen->list = all->count ? malloc(all->count * sizeof(*chosen->list)) : NULL;
	chosen->room = chosen->list ? all->count : 0;
	for (size_t i = 0; chosen->list && i < all->count; i++)
		if (all->list[i].wall_ns <= wall_ns)
			chosen->list[chosen->count++] = all->list[i];
}

static void show_moment(struct viewer *viewer, const struct sample *moment)
{
	const struct report *report = viewer->sample.report;
	const struct sample *mark = viewer->sample.mark;

	if (!viewer->is_past)
		viewer->live = viewer->sample;
	viewer->is_past = true;
	viewer->sample = *moment;
	viewer->sample.report = report;
	viewer->sample.mark = mark;
	viewer->sample.events = &viewer->past_events;
	choose_events(viewer, pidns_snapshot_wall_time(moment->snapshot));
}

/* The header tells how long ago it was, which grows while it is shown. */
static void tell_age(struct viewer *viewer)
{
	struct sample *sample = &viewer->sample;

	sample->replay_ns = time_between(sample->snapshot, viewer->live.snapshot);
	sample->moment = viewer->past_number - viewer->past.first + 1;
	sample->moments = viewer->past.count + 1;
}

void viewer_go_live(struct viewer *viewer)
{
	const struct sample *mark = viewer->sample.mark;

	if (!viewer->is_past)
		return;
	viewer->sample = viewer->live;
	viewer->sample.mark = mark;
	viewer->is_past = false;
	events_clear(&viewer->past_events);
}

bool viewer_stay_past(struct viewer *viewer)
{
	uint64_t number = viewer->past_number;
	const struct sample *moment;

	if (!viewer->is_past)
		return false;
	moment = past_find(&viewer->past, &viewer->past_number);
	if (!moment) {
		viewer_go_live(viewer);
		return true;
	}
	if (number != viewer->past_number)
		show_moment(viewer, moment);
	tell_age(viewer);
	return number != viewer->past_number;
}

static void step_past(struct viewer *viewer, enum app_step step)
{
	const struct past *past = &viewer->past;
	uint64_t now = past->first + past->count;
	uint64_t number = viewer->is_past ? viewer->past_number : now;
	struct app *app = &viewer->app;
	const struct sample *moment;

	if (step == STEP_OLDEST || (step == STEP_EARLIER && number <= past->first))
		number = past->first;
	else if (step == STEP_EARLIER)
		number--;
	else
		number = step == STEP_LATER && number < now ? number + 1 : now;
	if (step <= STEP_LATER && number == (viewer->is_past ? viewer->past_number : now))
		snprintf(app->message, sizeof(app->message), "%s",
			 step == STEP_LATER ? "this is now" : "no earlier sample is kept");
	moment = past_find(past, &number);
	viewer->past_number = number;
	if (!moment) {
		viewer_go_live(viewer);
		return;
	}
	show_moment(viewer, moment);
	tell_age(viewer);
}

/* ---- The moments of a series ---- */

static void step_series(struct viewer *viewer, enum app_step step)
{
	size_t last = viewer->moments - 1, wanted = viewer->wanted_moment;
	struct app *app = &viewer->app;

	if (step == STEP_OLDEST)
		wanted = 0;
	else if (step == STEP_NEWEST)
		wanted = last;
	else if (step == STEP_EARLIER ? wanted > 0 : wanted < last)
		wanted += step == STEP_EARLIER ? (size_t)-1 : 1;
	else
		snprintf(app->message, sizeof(app->message), "this is the %s of %zu snapshots",
			 step == STEP_EARLIER ? "first" : "last", viewer->moments);
	viewer->wanted_moment = wanted;
}

void viewer_show_series(struct viewer *viewer, size_t moment)
{
	struct sample *sample = &viewer->sample;
	uint64_t last = viewer->walls[viewer->moments - 1], this = viewer->walls[moment];

	sample->moment = moment + 1;
	sample->moments = viewer->moments;
	sample->replay_ns = 0;
	if (moment + 1 < viewer->moments)
		sample->replay_ns = last > this ? last - this : 1;
}

/* ---- Both ---- */

bool viewer_step(struct viewer *viewer)
{
	enum app_step step = viewer->app.step;

	viewer->app.step = STEP_NONE;
	if (step == STEP_NONE || !viewer->sample.snapshot)
		return false;
	if (viewer->moments) {
		step_series(viewer, step);
		return false;
	}
	step_past(viewer, step);
	return true;
}

static void forget_mark(struct viewer *viewer)
{
	noted_clear(&viewer->mark.noted);
	pidns_snapshot_unref(viewer->mark.snapshot);
	viewer->mark = (struct sample){0};
	viewer->sample.mark = NULL;
}

void viewer_mark(struct viewer *viewer)
{
	struct app *app = &viewer->app;
	char time[COMPARE_TIME_SIZE];

	app->wants_mark = false;
	if (viewer->mark.snapshot) {
		forget_mark(viewer);
		snprintf(app->message, sizeof(app->message), "no moment is marked any more");
		return;
	}
	if (!viewer->sample.snapshot)
		return;
	viewer->mark.snapshot = pidns_snapshot_ref(viewer->sample.snapshot);
	noted_copy(&viewer->mark.noted, &viewer->sample.noted);
	viewer->sample.mark = &viewer->mark;
	compare_time(&viewer->mark, time);
	snprintf(app->message, sizeof(app->message), "marked %s: = shows what is different", time);
}

void viewer_past_clear(struct viewer *viewer)
{
	viewer_go_live(viewer);
	forget_mark(viewer);
	past_clear(&viewer->past);
	events_clear(&viewer->past_events);
}
