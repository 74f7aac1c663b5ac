// SPDX-License-Identifier: GPL-2.0-or-later
/* taker.c - the thread that takes snapshots. */
#include "taker.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "thread.h"

enum taker_state {
	TAKER_IDLE,
	TAKER_ASKED,
	TAKER_DONE, /* with a result that has not been collected */
	TAKER_LEAVING,
};

struct taker {
	struct pidns_ctx *ctx;
	struct machine *machine;
	struct pidns_snapshot *before; /* the thread's own: what the next is compared with */
	pthread_t thread;
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* Under the lock: */
	enum taker_state state;
	bool is_taking;
	struct taker_wish wish;
	struct taker_result result;
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int take_moment(struct taker *taker, const struct pidns_take_opts *opts, size_t moment,
		       struct pidns_snapshot **ret)
{
	int r = pidns_moment_move(taker->ctx, moment, opts->why, opts->why_len);

	return r < 0 ? r : pidns_snapshot_take(taker->ctx, opts, ret);
}

/* What happened just before is put before what is known to have happened since. */
static void put_before(struct events *events, struct pidns_snapshot *older,
		       struct pidns_snapshot *newer)
{
	struct events all = {0};

	events_make(&all, older, newer);
	events_append(&all, events);
	*events = all;
}

/* For so long events are looked for, back from the moment that is shown. */
#define EVENTS_NS 100000000

/* Moments before it that are damaged have no events. */
static void look_back(struct taker *taker, const struct pidns_take_opts *opts,
		      struct taker_result *ret)
{
	struct pidns_snapshot *newer = pidns_snapshot_ref(ret->snapshot), *older;
	uint64_t end = now_ns(CLOCK_MONOTONIC) + EVENTS_NS;
	struct pidns_take_opts quiet = *opts;

	quiet.why = NULL;
	quiet.why_len = 0;
	for (size_t i = ret->moment; i-- > 0 && ret->events.count < EVENTS_MAX;) {
		older = NULL;
		if (take_moment(taker, &quiet, i, &older) < 0)
			continue;
		put_before(&ret->events, older, newer);
		if (!ret->before)
			ret->before = pidns_snapshot_ref(older);
		pidns_snapshot_unref(newer);
		newer = older;
		if (now_ns(CLOCK_MONOTONIC) > end)
			break;
	}
	pidns_snapshot_unref(newer);
}

static int take_of_series(struct taker *taker, const struct pidns_take_opts *opts,
			  struct taker_result *ret)
{
	int r = take_moment(taker, opts, ret->moment, &ret->snapshot);

	if (r >= 0)
		look_back(taker, opts, ret);
	return r;
}

static void take(struct taker *taker, const struct taker_wish *wish, struct taker_result *ret)
{
	struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = wish->ns_fields,
		.task_fields = wish->task_fields,
		.flags = wish->flags,
		.why = ret->why,
		.why_len = sizeof(ret->why),
	};
	uint64_t begin = now_ns(CLOCK_MONOTONIC), begin_cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);

	ret->why[0] = '\0';
	ret->snapshot = ret->before = NULL;
	ret->events = (struct events){0};
	ret->moment = wish->moment;
	machine_ask(taker->machine);
	if (wish->is_of_series)
		ret->error = take_of_series(taker, &opts, ret);
	else
		ret->error = pidns_snapshot_take(taker->ctx, &opts, &ret->snapshot);
	ret->duration_ns = now_ns(CLOCK_MONOTONIC) - begin;
	ret->cpu_ns = now_ns(CLOCK_THREAD_CPUTIME_ID) - begin_cpu;
	machine_collect(taker->machine, &ret->machine);
}

/* With little memory there are no events. */
static void compare(struct taker *taker, struct taker_result *ret)
{
	if (!ret->snapshot)
		return;
	if (taker->before)
		events_make(&ret->events, taker->before, ret->snapshot);
	pidns_snapshot_unref(taker->before);
	taker->before = pidns_snapshot_ref(ret->snapshot);
}

static void *taker_thread(void *arg)
{
	struct taker *taker = arg;
	struct taker_result result;

	pthread_mutex_lock(&taker->lock);
	for (;;) {
		struct taker_wish wish;

		while (taker->state == TAKER_IDLE || taker->state == TAKER_DONE)
			pthread_cond_wait(&taker->changed, &taker->lock);
		if (taker->state == TAKER_LEAVING)
			break;
		wish = taker->wish;
		taker->is_taking = true;
		pthread_mutex_unlock(&taker->lock);
		take(taker, &wish, &result);
		if (!wish.is_of_series)
			compare(taker, &result);
		pthread_mutex_lock(&taker->lock);
		taker->is_taking = false;
		taker->result = result;
		if (taker->state == TAKER_ASKED)
			taker->state = TAKER_DONE;
		eventfd_write(taker->fd, 1);
	}
	pthread_mutex_unlock(&taker->lock);
	return NULL;
}

int taker_open(struct pidns_ctx *ctx, struct machine *machine, struct taker **ret_taker)
{
	struct taker *taker = calloc(1, sizeof(*taker));
	int r;

	if (!taker)
		return -ENOMEM;
	taker->ctx = ctx;
	taker->machine = machine;
	taker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (taker->fd < 0) {
		r = -errno;
		free(taker);
		return r;
	}
	pthread_mutex_init(&taker->lock, NULL);
	pthread_cond_init(&taker->changed, NULL);
	r = thread_start(&taker->thread, taker_thread, taker);
	if (r < 0) {
		close(taker->fd);
		free(taker);
		return r;
	}
	*ret_taker = taker;
	return 0;
}

bool taker_close(struct taker *taker)
{
	bool is_taking;

	if (!taker)
		return true;
	pthread_mutex_lock(&taker->lock);
	is_taking = taker->is_taking;
	taker->state = TAKER_LEAVING;
	pthread_cond_signal(&taker->changed);
	pthread_mutex_unlock(&taker->lock);
	if (is_taking)
		return false;
	pthread_join(taker->thread, NULL);
	pidns_snapshot_unref(taker->result.snapshot);
	pidns_snapshot_unref(taker->result.before);
	pidns_snapshot_unref(taker->before);
	events_clear(&taker->result.events);
	close(taker->fd);
	pthread_mutex_destroy(&taker->lock);
	pthread_cond_destroy(&taker->changed);
	free(taker);
	return true;
}

int taker_fd(const struct taker *taker)
{
	return taker->fd;
}

void taker_ask(struct taker *taker, const struct taker_wish *wish)
{
	pthread_mutex_lock(&taker->lock);
	if (taker->state == TAKER_IDLE) {
		taker->wish = *wish;
		taker->state = TAKER_ASKED;
		pthread_cond_signal(&taker->changed);
	}
	pthread_mutex_unlock(&taker->lock);
}

bool taker_is_busy(struct taker *taker)
{
	bool is_busy;

	pthread_mutex_lock(&taker->lock);
	is_busy = taker->state != TAKER_IDLE;
	pthread_mutex_unlock(&taker->lock);
	return is_busy;
}

bool taker_collect(struct taker *taker, struct taker_result *ret)
{
	eventfd_t ignored;
	bool is_done;

	pthread_mutex_lock(&taker->lock);
	eventfd_read(taker->fd, &ignored);
	is_done = taker->state == TAKER_DONE;
	if (is_done) {
		*ret = taker->result;
		taker->result.snapshot = taker->result.before = NULL;
		taker->result.events = (struct events){0};
		taker->state = TAKER_IDLE;
	}
	pthread_mutex_unlock(&taker->lock);
	return is_done;
}
