// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * watch.c - a stream of events: wake, take, diff.
 *
 * There is always a timer: the kernel tells of namespaces, not of tasks, and not everybody. What it
 * tells only makes the next look come earlier.
 */
#include "ctx.h"
#include "base/util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)
/* Thirty years: sums with a clock stay far from overflowing. */
#define INTERVAL_MAX_NS (NS_PER_S * 1000000000)
/* A flood of notices is read up to here; the rest wakes again. */
#define MAX_NOTICES 1024

/* Without these there is no telling who is who, or what changed. */
#define NS_FIELDS                                                                     \
	(PIDNS_NS_COOKIE | PIDNS_NS_STATE | PIDNS_NS_REAPER | PIDNS_NS_REAPER_START | \
	 PIDNS_NS_PIDS_MAX | PIDNS_NS_ALLOC_FAILURES)

struct pidns_watch {
	struct pidns_ctx *ctx;
	struct pidns_watch_opts opts;
	int poll_fd;
	int timer_fd;
	int notice_fd;	    /* -1: nobody tells */
	uint64_t rested_ns; /* not to look before: CLOCK_MONOTONIC */
	bool is_noticed;    /* something has changed since the last look */
	struct pidns_snapshot *newest;
	struct pidns_diff *diff;
	const struct pidns_event *const *events;
	size_t nr_events, next;
	struct pidns_event lost;
	bool has_lost;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* ---- waking ---------------------------------------------------------------------------------- */

static void set_timer(const struct pidns_watch *watch, uint64_t when_ns)
{
	const struct itimerspec timer = {
		.it_value = {.tv_sec = (time_t)(when_ns / NS_PER_S),
			     .tv_nsec = (long)(when_ns % NS_PER_S)},
	};

	timerfd_settime(watch->timer_fd, TFD_TIMER_ABSTIME, &timer, NULL);
}

/* ENOBUFS says that some were lost: that is a notice, too. */
static bool has_notices(const struct pidns_watch *watch)
{
	unsigned char buffer[1024];
	bool has_some = false;
	int i;

	for (i = 0; watch->notice_fd >= 0 && i < MAX_NOTICES; i++) {
		if (read(watch->notice_fd, buffer, sizeof(buffer)) < 0 && errno != ENOBUFS)
			break;
		has_some = true;
	}
	return has_some;
}

static bool is_time(struct pidns_watch *watch)
{
	uint64_t expirations;
	bool is_due = read(watch->timer_fd, &expirations, sizeof(expirations)) > 0;

	if (has_notices(watch))
		watch->is_noticed = true;
	if (is_due || !watch->is_noticed)
		return is_due;
	if (now_ns() >= watch->rested_ns)
		return true;
	set_timer(watch, watch->rested_ns);
	return false;
}

static int add_fd(const struct pidns_watch *watch, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(watch->poll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

static int open_fds(struct pidns_watch *watch)
{
	int r = 0;

	watch->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	watch->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (watch->poll_fd < 0 || watch->timer_fd < 0)
		r = -errno;
	if (r >= 0)
		r = add_fd(watch, watch->timer_fd);
	watch->notice_fd = pidns_listen(watch->ctx);
	if (r >= 0 && watch->notice_fd >= 0)
		r = add_fd(watch, watch->notice_fd);
	return r;
}

/* ---- looking --------------------------------------------------------------------------------- */

static int take(struct pidns_watch *watch, struct pidns_snapshot **ret)
{
	const struct pidns_take_opts opts = {
		.size = sizeof(opts),
		.ns_fields = watch->opts.ns_fields | NS_FIELDS,
		.task_fields = watch->opts.task_fields | PIDNS_TASK_START,
		.flags = watch->opts.flags,
		.why = watch->opts.why,
		.why_len = watch->opts.why_len,
	};
	uint64_t begun_ns = now_ns(), done_ns;
	int r;

	watch->is_noticed = false;
	r = pidns_snapshot_take(watch->ctx, &opts, ret);
	done_ns = now_ns();
	watch->rested_ns = done_ns + (done_ns - begun_ns);
	set_timer(watch, watch->rested_ns > begun_ns + watch->opts.interval_ns
				 ? watch->rested_ns
				 : begun_ns + watch->opts.interval_ns);
	return r;
}

/* Without memory to compare them, the newer snapshot is all there is. */
static int look(struct pidns_watch *watch)
{
	struct pidns_snapshot *newer;
	int r = take(watch, &newer);

	if (r < 0)
		return r;
	watch->has_lost = pidns_diff_open(watch->newest, newer, &watch->diff) < 0;
	if (!watch->has_lost)
		watch->nr_events = pidns_diff_events(watch->diff, &watch->events);
	pidns_snapshot_unref(watch->newest);
	watch->newest = newer;
	return 0;
}

/* ---- the public side ------------------------------------------------------------------------- */

static int check_opts(const struct pidns_watch_opts *user, struct pidns_watch_opts *ret)
{
	struct why why;
	int r;

	*ret = (struct pidns_watch_opts){.size = sizeof(*ret)};
	r = user ? util_copy_opts(ret, sizeof(*ret), user) : 0;
	if (r < 0)
		return r;
	why = (struct why){ret->why, ret->why_len};
	if (ret->reserved)
		return why_set(&why, -EINVAL, "unknown flags %#x", ret->reserved);
	if (!ret->interval_ns)
		ret->interval_ns = NS_PER_S;
	if (ret->interval_ns > INTERVAL_MAX_NS)
		ret->interval_ns = INTERVAL_MAX_NS;
	return 0;
}

int pidns_watch_open(struct pidns_ctx *ctx, const struct pidns_watch_opts *user,
		     struct pidns_watch **ret_watch)
{
	struct pidns_watch_opts opts;
	struct pidns_watch *watch;
	struct why why;
	int r = check_opts(user, &opts);

	if (r < 0)
		return r;
	why = (struct why){opts.why, opts.why_len};
	if (!ctx_is_living(ctx))
		return why_set(&why, -EOPNOTSUPP, "a recording never changes");
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return why_set(&why, -ENOMEM, "out of memory");
	watch->ctx = ctx;
	watch->opts = opts;
	r = open_fds(watch);
	if (r < 0)
		why_set(&why, r, "%s", strerror(-r));
	else
		r = take(watch, &watch->newest);
	if (r < 0) {
		pidns_watch_close(watch);
		return r;
	}
	*ret_watch = watch;
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

struct pidns_watch *pidns_watch_close(struct pidns_watch *watch)
{
	if (!watch)
		return NULL;
	close_fd(watch->notice_fd);
	close_fd(watch->timer_fd);
	close_fd(watch->poll_fd);
	pidns_diff_close(watch->diff);
	pidns_snapshot_unref(watch->newest);
	free(watch);
	return NULL;
}

int pidns_watch_fd(const struct pidns_watch *watch)
{
	return watch->poll_fd;
}

/* What was told last may be let go of once the next is asked for. */
static void let_go(struct pidns_watch *watch)
{
	watch->diff = pidns_diff_close(watch->diff);
	watch->nr_events = watch->next = 0;
}

int pidns_watch_next(struct pidns_watch *watch, const struct pidns_event **ret_event)
{
	int r = 0;

	if (watch->next == watch->nr_events) {
		let_go(watch);
		r = is_time(watch) ? look(watch) : 0;
	}
	if (r < 0)
		return r;
	if (watch->has_lost) {
		watch->has_lost = false;
		watch->lost = (struct pidns_event){
			.type = PIDNS_EVENT_LOST,
			.time_ns = pidns_snapshot_time(watch->newest),
		};
		*ret_event = &watch->lost;
		return 1;
	}
	if (watch->next == watch->nr_events)
		return 0;
	*ret_event = watch->events[watch->next++];
	return 1;
}

struct pidns_snapshot *pidns_watch_snapshot(struct pidns_watch *watch)
{
	return pidns_snapshot_ref(watch->newest);
}

uint32_t pidns_watch_flags(const struct pidns_watch *watch)
{
	return watch->notice_fd >= 0 ? PIDNS_WATCH_PROMPT : 0;
}
