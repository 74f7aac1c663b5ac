// SPDX-License-Identifier: GPL-2.0-or-later
/* The stream of events, over the running machine's own /proc: a child comes and goes. */
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEADLINE_S  60
#define INTERVAL_NS 10000000

static struct pidns_ctx *ctx;

static int setup(void **state)
{
	const struct pidns_open_opts opts = {.size = sizeof(opts), .provider = "procfs"};

	(void)state;
	return pidns_open(&opts, &ctx);
}

static int teardown(void **state)
{
	(void)state;
	ctx = pidns_close(ctx);
	return 0;
}

static struct pidns_watch *open_watch(void)
{
	const struct pidns_watch_opts opts = {.size = sizeof(opts), .interval_ns = INTERVAL_NS};
	struct pidns_watch *watch;

	assert_int_equal(pidns_watch_open(ctx, &opts, &watch), 0);
	return watch;
}

/* Waits as a program would, until that task has an event of that type. */
static void wait_for(struct pidns_watch *watch, uint32_t type, int32_t pid)
{
	struct pollfd fd = {.fd = pidns_watch_fd(watch), .events = POLLIN};
	time_t end = time(NULL) + DEADLINE_S;
	const struct pidns_event *event;
	int r = 0;

	while (time(NULL) < end) {
		assert_true(poll(&fd, 1, 1000) >= 0);
		while ((r = pidns_watch_next(watch, &event)) > 0) {
			assert_true(event->time_ns > 0);
			if (event->type != type || event->task->pid != pid)
				continue;
			assert_ptr_equal(event->ns, event->task->ns);
			return;
		}
		assert_int_equal(r, 0);
	}
	fail_msg("no %s of %d within %d s", pidns_event_name(type), pid, DEADLINE_S);
}

static pid_t start_child(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_a_child_comes_and_goes(void **state)
{
	struct pidns_watch *watch = open_watch();
	struct pidns_snapshot *s;
	pid_t pid;

	(void)state;
	pid = start_child();
	wait_for(watch, PIDNS_EVENT_TASK_NEW, pid);
	s = pidns_watch_snapshot(watch);
	assert_non_null(pidns_task_find(s, NULL, pid));
	end_child(pid);
	wait_for(watch, PIDNS_EVENT_TASK_GONE, pid);
	/* The snapshot is the caller's: it stays when the watch has gone on and is closed. */
	assert_null(pidns_watch_close(watch));
	assert_int_equal(pidns_task_find(s, NULL, pid)->pid, pid);
	pidns_snapshot_unref(s);
}

/* Who was there before is no event, and before it is time nothing is looked at. */
static void test_nothing_at_first(void **state)
{
	const struct pidns_watch_opts opts = {.size = sizeof(opts), .interval_ns = UINT64_MAX};
	const struct pidns_event *event;
	struct pidns_snapshot *before, *after;
	struct pidns_watch *watch;
	pid_t pid;

	(void)state;
	assert_int_equal(pidns_watch_open(ctx, &opts, &watch), 0);
	before = pidns_watch_snapshot(watch);
	pid = start_child();
	assert_int_equal(pidns_watch_next(watch, &event), 0);
	after = pidns_watch_snapshot(watch);
	assert_ptr_equal(before, after);
	assert_int_equal(pidns_watch_flags(watch), 0); /* /proc does not tell by itself */
	end_child(pid);
	pidns_snapshot_unref(before);
	pidns_snapshot_unref(after);
	pidns_watch_close(watch);
}

static void test_opts(void **state)
{
	struct {
		struct pidns_watch_opts known;
		unsigned char newer[8];
	} opts = {.known = {.size = sizeof(opts)}};
	struct pidns_watch *watch = NULL;
	char why[256] = "";

	(void)state;
	assert_int_equal(pidns_watch_open(ctx, &opts.known, &watch), 0);
	watch = pidns_watch_close(watch);
	assert_int_equal(pidns_watch_open(ctx, NULL, &watch), 0);
	watch = pidns_watch_close(watch);
	opts.newer[3] = 1;
	assert_int_equal(pidns_watch_open(ctx, &opts.known, &watch), -E2BIG);
	opts.known = (struct pidns_watch_opts){
		.size = sizeof(opts.known), .wants = 1u << 31, .why = why, .why_len = sizeof(why)};
	assert_int_equal(pidns_watch_open(ctx, &opts.known, &watch), -EINVAL);
	assert_true(*why);
	*why = '\0';
	opts.known.wants = 0;
	opts.known.flags = UINT32_C(1) << 31;
	assert_int_equal(pidns_watch_open(ctx, &opts.known, &watch), -EINVAL);
	assert_true(*why);
	assert_null(watch);
	assert_null(pidns_watch_close(NULL));
}

static void test_a_recording_never_changes(void **state)
{
	char why[256] = "";
	const struct pidns_watch_opts opts = {
		.size = sizeof(opts), .why = why, .why_len = sizeof(why)};
	struct pidns_watch *watch = NULL;
	struct pidns_ctx *recording;

	(void)state;
	assert_int_equal(open_recording(write_recording(""), why, &recording), 0);
	assert_int_equal(pidns_watch_open(recording, &opts, &watch), -EOPNOTSUPP);
	assert_string_equal(why, "a recording never changes");
	assert_null(watch);
	pidns_close(recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_child_comes_and_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_at_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_opts, setup, teardown),
		cmocka_unit_test(test_a_recording_never_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
