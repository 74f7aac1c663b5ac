// SPDX-License-Identifier: GPL-2.0-or-later
/* taker.c - the thread that takes snapshots. */
#include "taker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum taker_state {
	TAKER_IDLE,
	TAKER_ASKED,
	TAKER_DONE, /* with a result that nobody has collected */
	TAKER_LEAVING,
};

struct taker {
	struct pidns_ctx *ctx;
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

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void take(struct pidns_ctx *ctx, const struct taker_wish *wish, struct taker_result *ret)
{
	struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = wish->ns_fields,
		.task_fields = wish->task_fields,
		.flags = wish->flags,
		.why = ret->why,
		.why_len = sizeof(ret->why),
	};
	uint64_t begin = now_ns();

	ret->why[0] = '\0';
	ret->snapshot = NULL;
	ret->error = pidns_snapshot_take(ctx, &opts, &ret->snapshot);
	ret->duration_ns = now_ns() - begin;
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
		take(taker->ctx, &wish, &result);
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

/* Every signal is the main thread's. */
static int start_thread(struct taker *taker)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	/* Faults of this thread's own cannot wait: they would end the process unannounced. */
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&taker->thread, NULL, taker_thread, taker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

int taker_open(struct pidns_ctx *ctx, struct taker **ret_taker)
{
	struct taker *taker = calloc(1, sizeof(*taker));
	int r;

	if (!taker)
		return -ENOMEM;
	taker->ctx = ctx;
	taker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (taker->fd < 0) {
		r = -errno;
		free(taker);
		return r;
	}
	pthread_mutex_init(&taker->lock, NULL);
	pthread_cond_init(&taker->changed, NULL);
	r = start_thread(taker);
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
		taker->result.snapshot = NULL;
		taker->state = TAKER_IDLE;
	}
	pthread_mutex_unlock(&taker->lock);
	return is_done;
}
