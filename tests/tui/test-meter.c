// SPDX-License-Identifier: GPL-2.0-or-later
/* test-meter.c - how busy the CPUs are, also where the kernel's ticks go back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pidns-top/meter.h"

static struct meter meter;

static int setup(void **state)
{
	(void)state;
	memset(&meter, 0, sizeof(meter));
	return 0;
}

static void expect(uint64_t busy, uint64_t total, double wanted)
{
	meter_add(&meter, busy, total);
	assert_true(meter.has_percent);
	if (fabs(meter.percent - wanted) > 0.01)
		fail_msg("%f, not %f", meter.percent, wanted);
}

static void test_since_boot_and_since_the_last(void **state)
{
	(void)state;
	expect(250, 1000, 25);
	expect(450, 1400, 50);
	expect(450, 1800, 0);
	expect(850, 2200, 100);
}

static void test_a_few_ticks_are_no_share(void **state)
{
	(void)state;
	meter_add(&meter, 5, 19);
	assert_false(meter.has_percent);
	expect(250, 1000, 25);
	expect(260, 1010, 25);
	expect(450, 1400, 50);
}

/* Idle time that goes back by an hour: one sample is lost, not all that follow. */
static void test_a8_ticks_that_go_back(void **state)
{
	(void)state;
	expect(100000, 1000000, 10);
	expect(100100, 651687, 10);
	expect(100300, 652087, 50);
	expect(100300, 652487, 0);
	/* Busy time that does: some kernels round so. */
	expect(100299, 652887, 0);
	expect(100499, 653287, 50);
}

static void test_a8_never_above_all(void **state)
{
	(void)state;
	expect(0, 1000, 0);
	expect(200, 1100, 100);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_since_boot_and_since_the_last),
		TEST(test_a_few_ticks_are_no_share),
		TEST(test_a8_ticks_that_go_back),
		TEST(test_a8_never_above_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
