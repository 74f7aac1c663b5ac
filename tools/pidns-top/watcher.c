// SPDX-License-Identifier: GPL-2.0-or-later
/* watcher.c - the thread that is told by the kernel what happens. */
#include "watcher.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/tally.h"
#include "thread.h"

/* Of a flood as many are read before they are handed over. */
#define EVENTS_READ 256
/* Where something has happened, more is left to come together for so long. */
#define REST_MS 50

struct watcher {
	const struct source *source;
	struct tally *tally; /* the thread's */
	pthread_t thread;
	int news_fd, end_fd;
	pthread_mutex_t lock;
	/* Under the lock: */
	bool is_told, is_asking, is_leaving, has_ended;
	char why[256]; /* written before has_ended is set */
	struct events events;
};

/* ---- the thread ------------------------------------------------------------------------------ */

static bool set_asking(struct watcher *watcher, bool is_asking)
{
	bool is_leaving;

	pthread_mutex_lock(&watcher->lock);
	watcher->is_asking = is_asking;
	is_leaving = watcher->is_leaving;
	pthread_mutex_unlock(&watcher->lock);
	return !is_leaving;
}

static void hand_over(struct watcher *watcher, struct events *events)
{
	size_t count = events->count;

	pthread_mutex_lock(&watcher->lock);
	events_append(&watcher->events, events);
	pthread_mutex_unlock(&watcher->lock);
	if (count)
		eventfd_write(watcher->news_fd, 1);
}

/* 1: there may be more; 0: there is none now; -Exxx. */
static int read_events(struct watcher *watcher, struct pidns_watch *watch)
{
	const struct pidns_event *event;
	struct events events = {0};
	int r = 1;

	for (size_t i = 0; r > 0 && i < EVENTS_READ; i++) {
		r = pidns_watch_next(watch, &event);
		if (r <= 0)
			break;
		tally_add(watcher->tally, event);
		events_add(&events, event, pidns_watch_event_snapshot(watch, 1),
			   pidns_watch_event_snapshot(watch, 0));
	}
	tally_publish(watcher->tally);
	hand_over(watcher, &events);
	return r;
}

static void follow(struct watcher *watcher, struct pidns_watch *watch)
{
	struct pollfd fds[] = {
		{.fd = pidns_watch_fd(watch), .events = POLLIN},
		{.fd = watcher->end_fd, .events = POLLIN},
	};
	int r = 0;

	while (set_asking(watcher, false)) {
		if (!r) {
			poll(&fds[1], 1, REST_MS);
			poll(fds, 2, -1);
		}
		if (!set_asking(watcher, true))
			break;
		r = read_events(watcher, watch);
		if (r < 0)
			break;
	}
}

static void set_told(struct watcher *watcher, bool is_told)
{
	pthread_mutex_lock(&watcher->lock);
	watcher->is_told = is_told;
	pthread_mutex_unlock(&watcher->lock);
	eventfd_write(watcher->news_fd, 1);
}

/* True: it was told of all that happens, until now. */
static bool watch_and_follow(struct watcher *watcher, struct pidns_ctx *ctx)
{
	const uint32_t wanted = PIDNS_WATCH_EXACT | PIDNS_WATCH_REFUSED;
	const struct pidns_watch_opts opts = {
		.size = sizeof(opts),
		.wants = PIDNS_WATCH_WANTS_NAMESPACES | PIDNS_WATCH_WANTS_REFUSED,
		.why = watcher->why,
		.why_len = sizeof(watcher->why),
	};
	struct pidns_watch *watch;
	bool is_told;

	if (pidns_watch_open(ctx, &opts, &watch) < 0)
		return false;
	is_told = (pidns_watch_flags(watch) & wanted) == wanted;
	if (is_told) {
		set_told(watcher, true);
		watcher->tally = tally_open();
		follow(watcher, watch);
		watcher->tally = tally_close(watcher->tally);
	} else if (pidns_watch_missing(watch)) {
		snprintf(watcher->why, sizeof(watcher->why), "%s", pidns_watch_missing(watch));
	}
	pidns_watch_close(watch);
	return is_told;
}

static bool ask_provider(struct watcher *watcher, const char *name)
{
	const struct pidns_open_opts opts = {
		.size = sizeof(opts),
		.provider = name,
		.why = watcher->why,
		.why_len = sizeof(watcher->why),
	};
	struct pidns_ctx *ctx;
	bool is_told;

	if (pidns_open(&opts, &ctx) < 0)
		return false;
	is_told = watch_and_follow(watcher, ctx);
	pidns_close(ctx);
	return is_told;
}

/* What was chosen by name is not gone round; a procfs and a recording are never told anything. */
static bool may_be_told(const struct source *source, const char *name)
{
	const uint32_t never = PIDNS_PROVIDER_RECORDED | PIDNS_PROVIDER_PROCFS;
	const char *wanted = source->provider;

	return !(pidns_provider_flags(name) & never) &&
	       (!wanted || !strcmp(wanted, "auto") || !strcmp(wanted, name));
}

static void *run(void *arg)
{
	struct watcher *watcher = arg;
	const char *name;

	for (size_t i = 0; (name = pidns_provider_name(i)); i++)
		if (may_be_told(watcher->source, name) && ask_provider(watcher, name))
			break;
	pthread_mutex_lock(&watcher->lock);
	watcher->has_ended = true;
	pthread_mutex_unlock(&watcher->lock);
	set_told(watcher, false);
	set_asking(watcher, false);
	return NULL;
}

/* ---- the main thread's side ------------------------------------------------------------------- */

static void free_watcher(struct watcher *watcher)
{
	if (watcher->news_fd >= 0)
		close(watcher->news_fd);
	if (watcher->end_fd >= 0)
		close(watcher->end_fd);
	events_clear(&watcher->events);
	pthread_mutex_destroy(&watcher->lock);
	free(watcher);
}

struct watcher *watcher_open(const struct source *source)
{
	struct watcher *watcher = source->from || source->root ? NULL : calloc(1, sizeof(*watcher));

	if (!watcher)
		return NULL;
	watcher->source = source;
	watcher->is_asking = true;
	pthread_mutex_init(&watcher->lock, NULL);
	watcher->news_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	watcher->end_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (watcher->news_fd < 0 || watcher->end_fd < 0 ||
	    thread_start(&watcher->thread, run, watcher) < 0) {
		free_watcher(watcher);
		return NULL;
	}
	return watcher;
}

bool watcher_close(struct watcher *watcher)
{
	bool is_asking;

	if (!watcher)
		return true;
	pthread_mutex_lock(&watcher->lock);
	watcher->is_leaving = true;
	is_asking = watcher->is_asking;
	pthread_mutex_unlock(&watcher->lock);
	if (is_asking)
		return false;
	eventfd_write(watcher->end_fd, 1);
	pthread_join(watcher->thread, NULL);
	free_watcher(watcher);
	return true;
}

int watcher_fd(const struct watcher *watcher)
{
	return watcher ? watcher->news_fd : -1;
}

const char *watcher_why(struct watcher *watcher)
{
	bool has_ended;

	if (!watcher)
		return NULL;
	pthread_mutex_lock(&watcher->lock);
	has_ended = watcher->has_ended;
	pthread_mutex_unlock(&watcher->lock);
	return has_ended && watcher->why[0] ? watcher->why : NULL;
}

bool watcher_is_told(struct watcher *watcher)
{
	bool is_told;

	if (!watcher)
		return false;
	pthread_mutex_lock(&watcher->lock);
	is_told = watcher->is_told;
	pthread_mutex_unlock(&watcher->lock);
	return is_told;
}

size_t watcher_collect(struct watcher *watcher, struct events *events)
{
	eventfd_t ignored;
	size_t count;

	if (!watcher || eventfd_read(watcher->news_fd, &ignored) < 0)
		return 0;
	pthread_mutex_lock(&watcher->lock);
	count = watcher->events.count;
	events_append(events, &watcher->events);
	pthread_mutex_unlock(&watcher->lock);
	return count;
}
