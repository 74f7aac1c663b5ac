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

static double note(int32_t pid, uint64_t start_ns, uint64_t cpu_ns, uint64_t now_ns)
{
	struct pidns_task task = {
		.known = PIDNS_TASK_CPU | PIDNS_TASK_START,
		.pid = pid,
		.tid = pid,
		.start_ns = start_ns,
		.cpu_ns = cpu_ns,
	};

	return cpu_history_note(history, &task, now_ns);
}

/* One look at one task. */
static double look(int32_t pid, uint64_t start_ns, uint64_t cpu_ns, uint64_t now_ns)
{
	double percent;

	assert_int_equal(cpu_history_begin(history, 1), 0);
	percent = note(pid, start_ns, cpu_ns, now_ns);
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

static void test_a_pid_used_again_starts_anew(void **state)
{
	(void)state;
	look(10, 100 * S, 90 * S, 200 * S);
	expect(look(10, 201 * S, 1 * S, 203 * S), 50);
	/* A time that steps back is somebody else's as well. */
	look(11, 0, 5 * S, 200 * S);
	expect(look(11, 100 * S, 1 * S, 200 * S), 1);
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
	assert_int_equal(cpu_history_begin(history, 1), 0);
	assert_true(cpu_history_note(history, &task, 10 * S) < 0);
	/* Without its start there is no average, but there will be a difference. */
	task.known = PIDNS_TASK_CPU;
	expect(cpu_history_note(history, &task, 10 * S), 0);
	cpu_history_end(history);
	task.cpu_ns = 2 * S;
	assert_int_equal(cpu_history_begin(history, 1), 0);
	expect(cpu_history_note(history, &task, 12 * S), 50);
	cpu_history_end(history);
}

static void test_many(void **state)
{
	(void)state;
	for (uint64_t round = 0; round < 3; round++) {
		assert_int_equal(cpu_history_begin(history, 50000), 0);
		for (int32_t pid = 1; pid <= 50000; pid++) {
			uint64_t cpu_ns = round * (uint64_t)(pid % 100) * 10 * MS;
			double percent = note(pid, S, cpu_ns, (100 + round) * S);

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
		TEST(test_a_pid_used_again_starts_anew),
		TEST(test_what_was_not_seen_is_forgotten),
		TEST(test_not_known),
		TEST(test_many),
		TEST(test_time_that_stands_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
