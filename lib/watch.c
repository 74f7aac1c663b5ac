// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * watch.c - a stream of events: what the kernel reports (feed.c), or wake, take, diff.
 *
 * Where snapshots are compared there is always a timer: the netlink group reports namespaces, not
 * tasks, and not to everyone. What it reports only makes the next sample come earlier.
 */
#include "ctx.h"
#include "feed.h"
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
/* After so many events at once the next are left to come together for so long. */
#define MANY_EVENTS 64
#define PORTION_NS  5000000

/* Without these there is no telling who is who, or what changed. */
#define NS_FIELDS                                                                     \
	(PIDNS_NS_COOKIE | PIDNS_NS_STATE | PIDNS_NS_REAPER | PIDNS_NS_REAPER_START | \
	 PIDNS_NS_PIDS_MAX | PIDNS_NS_ALLOC_FAILURES)

struct pidns_watch {
	struct pidns_ctx *ctx;
	struct pidns_watch_opts opts;
	int poll_fd;
	int timer_fd;
	int notice_fd;	    /* -1: there is none */
	uint64_t rested_ns; /* not to look before: CLOCK_MONOTONIC */
	bool is_noticed;    /* something has changed since the last look */
	struct feed *feed;  /* NULL: nothing is fed by events */
	bool is_fed;	    /* all is; else only refusals are */
	size_t nr_fed;	    /* events since it was found empty */
	uint64_t resume_ns; /* not to be drained before: CLOCK_MONOTONIC; 0: at once */
	bool is_feed_event; /* the last event was */
	char missing[320];
	struct pidns_snapshot *older, *newest;
	struct pidns_diff *diff;
	const struct pidns_event *const *events;
	size_t nr_events, next;
	struct pidns_event lost;
	bool has_lost;
};

static uint64_t now_ns(void)
{
	return util_clock_ns(CLOCK_MONOTONIC);
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
	watch->notice_fd = watch->is_fed ? -1 : pidns_listen(watch->ctx);
	if (r >= 0 && watch->feed)
		r = add_fd(watch, feed_fd(watch->feed));
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
	pidns_snapshot_unref(watch->older);
	watch->older = watch->newest;
	watch->newest = newer;
	return 0;
}

/* ---- events of the kernel -------------------------------------------------------------------- */

/* What a mirror keeps up to date is all that may be asked for. */
static bool may_be_fed(const struct pidns_watch *watch)
{
	const uint32_t notes = PIDNS_TAKE_LIMITS | PIDNS_TAKE_PINS | PIDNS_TAKE_ZOMBIES;

	return ctx_has_events(watch->ctx) && !(watch->opts.wants & PIDNS_WATCH_WANTS_POLLING) &&
	       !(watch->opts.flags & (PIDNS_TAKE_THREADS | notes));
}

/* Without it there are snapshots to compare, and what is missing is said. */
static void open_feed(struct pidns_watch *watch)
{
	const struct why why = {watch->missing, sizeof(watch->missing)};
	struct feed_opts opts = {.watch = &watch->opts, .only_refused = !may_be_fed(watch)};

	if (opts.only_refused && !(watch->opts.wants & PIDNS_WATCH_WANTS_REFUSED))
		return;
	if (feed_open(watch->ctx, &opts, &why, &watch->feed) < 0)
		return;
	watch->is_fed = !opts.only_refused;
	if (feed_missing(watch->feed))
		why_set(&why, 0, "%s", feed_missing(watch->feed));
}

static void watch_feed_fd(const struct pidns_watch *watch, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.fd = feed_fd(watch->feed)};

	epoll_ctl(watch->poll_fd, EPOLL_CTL_MOD, event.data.fd, &event);
}

/*
 * Where much happens it is read in portions: the caller need not be woken for each event, and the
 * kernel need not wake it. The timer does.
 */
static void rest_from_feed(struct pidns_watch *watch)
{
	uint64_t due_ns = feed_due_ns(watch->feed);

	if (watch->nr_fed >= MANY_EVENTS) {
		watch->resume_ns = now_ns() + PORTION_NS;
		watch_feed_fd(watch, 0);
		if (!due_ns || due_ns > watch->resume_ns)
			due_ns = watch->resume_ns;
	}
	watch->nr_fed = 0;
	if (due_ns)
		set_timer(watch, due_ns);
}

static bool feed_rests(struct pidns_watch *watch)
{
	uint64_t expirations;

	if (watch->is_fed && read(watch->timer_fd, &expirations, sizeof(expirations)) < 0 &&
	    errno != EAGAIN)
		return false;
	if (!watch->resume_ns)
		return false;
	if (now_ns() < watch->resume_ns)
		return true;
	watch->resume_ns = 0;
	watch_feed_fd(watch, EPOLLIN);
	return false;
}

static int next_of_feed(struct pidns_watch *watch, const struct pidns_event **ret_event)
{
	int r;

	if (!watch->nr_fed && feed_rests(watch))
		return 0;
	r = feed_next(watch->feed, ret_event);
	if (r > 0)
		watch->nr_fed++;
	else if (watch->is_fed)
		rest_from_feed(watch);
	else
		watch->nr_fed = 0;
	return r;
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
	if (ret->wants &
	    ~(PIDNS_WATCH_WANTS_NAMESPACES | PIDNS_WATCH_WANTS_REFUSED | PIDNS_WATCH_WANTS_POLLING))
		return why_set(&why, -EINVAL, "unknown wants %#x", ret->wants);
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
	open_feed(watch);
	r = open_fds(watch);
	if (r < 0)
		why_set(&why, r, "%s", strerror(-r));
	else if (!watch->is_fed)
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
	feed_close(watch->feed);
	pidns_diff_close(watch->diff);
	pidns_snapshot_unref(watch->older);
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
	watch->older = pidns_snapshot_unref(watch->older);
	watch->nr_events = watch->next = 0;
}

int pidns_watch_next(struct pidns_watch *watch, const struct pidns_event **ret_event)
{
	int r = 0;

	if (watch->feed) {
		r = next_of_feed(watch, ret_event);
		watch->is_feed_event = r > 0;
		if (r || watch->is_fed)
			return r;
	}
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
	return watch->is_fed ? feed_snapshot(watch->feed) : pidns_snapshot_ref(watch->newest);
}

const struct pidns_snapshot *pidns_watch_event_snapshot(const struct pidns_watch *watch, int older)
{
	if (watch->is_feed_event)
		return feed_event_snapshot(watch->feed, older);
	return older ? watch->older : watch->newest;
}

uint32_t pidns_watch_flags(const struct pidns_watch *watch)
{
	uint32_t flags = watch->notice_fd >= 0 ? PIDNS_WATCH_PROMPT : 0;

	if (watch->is_fed)
		flags |= PIDNS_WATCH_PROMPT | PIDNS_WATCH_EXACT;
	return watch->feed ? flags | feed_flags(watch->feed) : flags;
}

const char *pidns_watch_source(const struct pidns_watch *watch)
{
	return watch->is_fed || watch->notice_fd >= 0 ? pidns_provider(watch->ctx) : "timer";
}

const char *pidns_watch_missing(const struct pidns_watch *watch)
{
	return *watch->missing ? watch->missing : NULL;
}
