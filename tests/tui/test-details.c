// SPDX-License-Identifier: GPL-2.0-or-later
/* test-details.c - what is looked up for the rows on the screen comes when it comes: nothing waits for it. */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <pidnsinfo.h>

#include "common/cmdline.h"
#include "pidns-top/details.h"

#define DEADLINE_MS 60000

struct scene_of {
	struct pidns_ctx *ctx;
	struct cmdline_helper *helper;
	struct details *details;
	int32_t pid;
	struct details_wish wish;
};

static int setup(void **state)
{
	static struct scene_of scene;
	const struct pidns_open_opts opts = {.size = sizeof(opts), .provider = "procfs"};

	memset(&scene, 0, sizeof(scene));
	assert_int_equal(cmdline_open(NULL, 4096, &scene.helper), 0);
	assert_int_equal(pidns_open(&opts, &scene.ctx), 0);
	scene.details = details_open(scene.ctx, scene.helper);
	assert_non_null(scene.details);
	scene.pid = getpid();
	scene.wish = (struct details_wish){
		.pids = &scene.pid,
		.nr_pids = 1,
		.task_fields = PIDNS_TASK_UID | PIDNS_TASK_START,
		.round = 1,
		.commands = true,
	};
	*state = &scene;
	return 0;
}

static int teardown(void **state)
{
	struct scene_of *scene = *state;

	if (!scene->details || details_close(scene->details)) {
		pidns_close(scene->ctx);
		cmdline_close(scene->helper);
	}
	return 0;
}

static void wait_for_answer(struct details *details)
{
	struct pollfd fd = {.fd = details_fd(details), .events = POLLIN};

	do
		assert_int_equal(poll(&fd, 1, DEADLINE_MS), 1);
	while (!details_collect(details));
}

static pid_t helper_pid(void)
{
	char path[64];
	int pid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "re");
	assert_non_null(file);
	while (fscanf(file, "%d", &pid) == 1)
		continue;
	fclose(file);
	assert_true(pid > 0);
	return pid;
}

static void test_an_answer_comes(void **state)
{
	struct scene_of *scene = *state;
	const struct pidns_task *task;
	size_t len;

	details_ask(scene->details, &scene->wish);
	assert_true(details_is_behind(scene->details));
	assert_true(details_is_coming(scene->details, scene->pid));
	wait_for_answer(scene->details);
	details_ask(scene->details, &scene->wish);
	assert_false(details_is_behind(scene->details));
	task = details_task(scene->details, scene->pid);
	assert_non_null(task);
	assert_int_equal(task->uid, geteuid());
	assert_non_null(details_command(scene->details, scene->pid, &len));
	assert_true(len > 0);
}

/* The helper does not answer, as where a command line lies in memory that cannot be read: the caller goes on,
 * and what it cannot know yet is on its way. */
static void test_a_slow_command_line(void **state)
{
	struct scene_of *scene = *state;
	size_t len;

	assert_int_equal(kill(helper_pid(), SIGSTOP), 0);
	details_ask(scene->details, &scene->wish);
	assert_true(details_is_behind(scene->details));
	assert_true(details_is_coming(scene->details, scene->pid));
	assert_null(details_command(scene->details, scene->pid, &len));
	/* It may be asked again and again, and nothing changes. */
	details_ask(scene->details, &scene->wish);
	assert_true(details_is_behind(scene->details));
	/* It is given up, and all else is known. */
	wait_for_answer(scene->details);
	assert_non_null(details_task(scene->details, scene->pid));
	assert_null(details_command(scene->details, scene->pid, &len));
}

/* What was looked up for a sample is not shown with the next. */
static void test_of_another_round(void **state)
{
	struct scene_of *scene = *state;
	size_t len;

	details_ask(scene->details, &scene->wish);
	wait_for_answer(scene->details);
	scene->wish.round = 2;
	details_ask(scene->details, &scene->wish);
	assert_true(details_is_coming(scene->details, scene->pid));
	assert_null(details_task(scene->details, scene->pid));
	assert_non_null(details_command(scene->details, scene->pid, &len));
	wait_for_answer(scene->details);
	assert_non_null(details_task(scene->details, scene->pid));
}

/* The end does not wait for the thread either. */
static void test_the_end(void **state)
{
	struct scene_of *scene = *state;

	assert_int_equal(kill(helper_pid(), SIGSTOP), 0);
	details_ask(scene->details, &scene->wish);
	if (!details_close(scene->details))
		scene->ctx = NULL; /* what it uses stays until the process ends */
	scene->details = NULL;
	if (!scene->ctx)
		scene->helper = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_answer_comes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_slow_command_line, setup, teardown),
		cmocka_unit_test_setup_teardown(test_of_another_round, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_end, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
