// SPDX-License-Identifier: GPL-2.0-or-later
/* test-cpu.c - from CPU time to CPU use: since the last look, and of the same task alone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pidns-top/cpu.h"

#define S  UINT64_C(1000000000)
#define MS UINT64_C(1000000)

static struct cpu_history *history;

static int setup(void **state)
{
	(void)state;
	history = cpu_history_new();
	return history ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	history = cpu_history_free(history);
	return 0;
}

static double note(int32_t pid, uint64_t start_ns, uint64_t cpu_ns)
{
	struct pidns_task task = {
		.known = PIDNS_TASK_CPU | PIDNS_TASK_START,
		.pid = pid,
		.tid = pid,
		.start_ns = start_ns,
		.cpu_ns = cpu_ns,
	};

	return cpu_history_note(history, &task);
}

/* One look at one task. */
static double look(int32_t pid, uint64_t start_ns, uint64_t cpu_ns, uint64_t now_ns)
{
	double percent;

	assert_int_equal(cpu_history_begin(history, 1, now_ns), 0);
	percent = note(pid, start_ns, cpu_ns);
	cpu_history_end(history);
	return percent;
}

static void expect(double got, double wanted)
{
	if (fabs(got - wanted) > 0.01)
		fail_msg("%f, not %f", got, wanted);
}

static void test_first_look_is_the_average(void **state)
{
	(void)state;
	expect(look(10, 100 * S, 5 * S, 200 * S), 5);
	/* The first threads of the kernel start at 0. */
	expect(look(2, 0, 5 * S, 200 * S), 2.5);
}

static void test_second_look_is_since_the_first(void **state)
{
	(void)state;
	look(10, 100 * S, 5 * S, 200 * S);
	expect(look(10, 100 * S, 7 * S, 204 * S), 50);
	expect(look(10, 100 * S, 7 * S, 206 * S), 0);
	expect(look(10, 100 * S, 15 * S, 208 * S), 400);
}

/* Ticks are too coarse for it, and scrolling looks often. */
static void test_looks_close_together_are_one(void **state)
{
	(void)state;
	look(10, 100 * S, 5 * S, 200 * S);
	expect(look(10, 100 * S, 6 * S, 202 * S), 50);
	expect(look(10, 100 * S, 6 * S + 10 * MS, 202 * S + 20 * MS), 50);
	/* The time between counts from the look that was one. */
	expect(look(10, 100 * S, 7 * S, 203 * S), 100);
}

static void test_a8_a_pid_used_again_starts_anew(void **state)
{
	(void)state;
	look(10, 100 * S, 90 * S, 200 * S);
	/* Born since: all it has used is of these four seconds. */
	expect(look(10, 201 * S, 1 * S, 204 * S), 25);
	/* The next one has used more than its predecessor, which is no difference between them. */
	expect(look(10, 205 * S, 3 * S, 208 * S), 75);
	/* Born before, but not sampled: the average over its life. */
	look(11, 0, 5 * S, 300 * S);
	expect(look(11, 100 * S, 1 * S, 301 * S), 0.4975);
}

/* Not its average while it lives, which is 100 % or, by clock ticks, more. */
static void test_a8_born_since_the_last_sample(void **state)
{
	(void)state;
	look(10, 100 * S, 0, 200 * S);
	expect(look(11, 201 * S + 900 * MS, 100 * MS, 202 * S), 5);
	expect(look(12, 203 * S + 995 * MS, 10 * MS, 204 * S), 0.5);
	/* Born with the tick that the sample before fell into. */
	expect(look(13, 204 * S - 5 * MS, 1 * S, 206 * S), 50);
	/* Since then it is one of those that were there before. */
	expect(look(13, 204 * S - 5 * MS, 3 * S, 208 * S), 100);
}

static void test_a8_born_between_samples_close_together(void **state)
{
	(void)state;
	look(10, 100 * S, 0, 200 * S);
	expect(look(11, 200 * S + 50 * MS, 50 * MS, 200 * S + 100 * MS), 10);
	/* The next sample that counts is since the last one that did. */
	expect(look(11, 200 * S + 50 * MS, 950 * MS, 201 * S), 95);
	expect(look(11, 200 * S + 50 * MS, 950 * MS, 202 * S), 0);
}

static void test_a8_time_used_that_goes_back(void **state)
{
	(void)state;
	look(10, 100 * S, 5 * S, 200 * S);
	expect(look(10, 100 * S, 4 * S, 202 * S), 0);
	expect(look(10, 100 * S, 5 * S, 204 * S), 50);
}

/* As after a suspend, or by a clock of another time namespace. */
static void test_a8_time_that_goes_back(void **state)
{
	(void)state;
	look(10, 100 * S, 5 * S, 200 * S);
	expect(look(10, 100 * S, 5 * S, 150 * S), 10);
	expect(look(10, 100 * S, 6 * S, 152 * S), 50);
}

static void test_a8_never_more_than_there_is(void **state)
{
	(void)state;
	expect(cpu_at_most(257, 2), 200);
	expect(cpu_at_most(199, 2), 199);
	expect(cpu_at_most(257, 0), 257);
	expect(cpu_at_most(CPU_UNKNOWN, 2), CPU_UNKNOWN);
}

static void test_what_was_not_seen_is_forgotten(void **state)
{
	(void)state;
	look(10, 100 * S, 5 * S, 200 * S);
	look(11, 100 * S, 5 * S, 202 * S);
	expect(look(10, 100 * S, 20 * S, 300 * S), 10);
}

static void test_not_known(void **state)
{
	struct pidns_task task = {.pid = 1, .tid = 1, .cpu_ns = S};

	(void)state;
	assert_int_equal(cpu_history_begin(history, 1, 10 * S), 0);
	assert_true(cpu_history_note(history, &task) < 0);
	/* Without its start there is no average, but there will be a difference. */
	task.known = PIDNS_TASK_CPU;
	assert_true(cpu_history_note(history, &task) < 0);
	cpu_history_end(history);
	task.cpu_ns = 2 * S;
	assert_int_equal(cpu_history_begin(history, 1, 12 * S), 0);
	expect(cpu_history_note(history, &task), 50);
	cpu_history_end(history);
	/* Less time than before: another task, of which nothing is known yet. */
	task.cpu_ns = S;
	assert_int_equal(cpu_history_begin(history, 1, 14 * S), 0);
	assert_true(cpu_history_note(history, &task) < 0);
	cpu_history_end(history);
}

static void test_many(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 3; round++) {
		assert_int_equal(cpu_history_begin(history, 50000, (100 + round) * S), 0);
		for (int32_t pid = 1; pid <= 50000; pid++) {
			uint64_t cpu_ns = round * (uint64_t)(pid % 100) * 10 * MS;
			double percent = note(pid, S, cpu_ns);

			if (round)
				expect(percent, pid % 100);
		}
		cpu_history_end(history);
	}
}

static void test_time_that_stands_still(void **state)
{
	(void)state;
	expect(look(10, 100 * S, 5 * S, 100 * S), 0);
	expect(look(10, 100 * S, 5 * S, 100 * S), 0);
	expect(look(10, 100 * S, 5 * S, 50 * S), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_first_look_is_the_average),
		TEST(test_second_look_is_since_the_first),
		TEST(test_looks_close_together_are_one),
		TEST(test_a8_a_pid_used_again_starts_anew),
		TEST(test_a8_born_since_the_last_sample),
		TEST(test_a8_born_between_samples_close_together),
		TEST(test_a8_time_used_that_goes_back),
		TEST(test_a8_time_that_goes_back),
		TEST(test_a8_never_more_than_there_is),
		TEST(test_what_was_not_seen_is_forgotten),
		TEST(test_not_known),
		TEST(test_many),
		TEST(test_time_that_stands_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
