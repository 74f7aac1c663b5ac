// SPDX-License-Identifier: GPL-2.0-or-later
/* test-format.c - numbers as people read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/format.h"

#define KIB UINT64_C(1024)

static void expect_bytes(uint64_t bytes, const char *wanted)
{
	char out[64];

	format_bytes(bytes, out, sizeof(out));
	assert_string_equal(out, wanted);
}

static void test_bytes(void **state)
{
	char out[64];

	(void)state;
	expect_bytes(0, "0");
	expect_bytes(1, "0K");
	expect_bytes(4 * KIB, "4K");
	expect_bytes(999 * KIB, "999K");
	expect_bytes(1000 * KIB, "1.0M");
	expect_bytes(1536 * KIB, "1.5M");
	expect_bytes(10 * KIB * KIB, "10M");
	expect_bytes(KIB * KIB * KIB, "1.0G");
	expect_bytes(UINT64_MAX, "16E");
	for (uint64_t bytes = 1; bytes < UINT64_MAX / 3; bytes += bytes / 2 + 1) {
		format_bytes(bytes, out, sizeof(out));
		assert_true(strlen(out) <= 5);
	}
}

static void expect_percent(double percent, const char *wanted)
{
	char out[64];

	format_percent(percent, out, sizeof(out));
	assert_string_equal(out, wanted);
}

static void test_percent(void **state)
{
	(void)state;
	expect_percent(0, "0.0");
	expect_percent(99.94, "99.9");
	expect_percent(99.96, "100");
	expect_percent(12800, "12800");
}

static void expect_time(uint64_t ms, const char *wanted)
{
	char out[64];

	format_cpu_time(ms * 1000000, out, sizeof(out));
	assert_string_equal(out, wanted);
}

static void test_cpu_time(void **state)
{
	(void)state;
	expect_time(0, "0:00.00");
	expect_time(1990, "0:01.99");
	expect_time(61000, "1:01.00");
	expect_time(UINT64_C(5999) * 60000 + 59990, "5999:59.99");
	expect_time(UINT64_C(6000) * 60000, "100h");
}

static void expect_uptime(double seconds, const char *wanted)
{
	char out[64];

	format_uptime(seconds, out, sizeof(out));
	assert_string_equal(out, wanted);
}

static void test_uptime(void **state)
{
	(void)state;
	expect_uptime(0, "00:00");
	expect_uptime(59 * 60 + 59, "00:59");
	expect_uptime(86400, "1 day, 00:00");
	expect_uptime(86400 * 10 + 3660, "10 days, 01:01");
}

static void expect_bar(double percent, const char *label, unsigned int width, const char *wanted)
{
	char out[64];

	format_bar(percent, label, width, out, sizeof(out));
	assert_string_equal(out, wanted);
}

static void test_bar(void **state)
{
	(void)state;
	expect_bar(0, "0", 9, "[      0]");
	expect_bar(50, "50", 8, "[||  50]");
	expect_bar(100, "ab", 8, "[||||ab]");
	/* Little is not nothing, and nearly all is not all. */
	expect_bar(1, "1", 9, "[|     1]");
	expect_bar(99, "99", 8, "[||| 99]");
	expect_bar(-5, "x", 6, "[   x]");
	expect_bar(500, "x", 6, "[|||x]");
	/* Too narrow for both. */
	expect_bar(50, "12345", 6, " 12345");
	expect_bar(50, "123", 0, "123");
}

static void test_digits(void **state)
{
	(void)state;
	assert_int_equal(format_digits(0), 1);
	assert_int_equal(format_digits(9), 1);
	assert_int_equal(format_digits(10), 2);
	assert_int_equal(format_digits(UINT64_MAX), 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),	 cmocka_unit_test(test_percent),
		cmocka_unit_test(test_cpu_time), cmocka_unit_test(test_uptime),
		cmocka_unit_test(test_bar),	 cmocka_unit_test(test_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
