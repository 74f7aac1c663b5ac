// SPDX-License-Identifier: GPL-2.0-or-later
/* test-format.c - numbers as people read them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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
	expect_percent(99999.4, "99999");
	expect_percent(819200, "819k");
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
	expect_time(UINT64_C(999) * 60000 + 59990, "999:59.99");
	expect_time(UINT64_C(1000) * 60000, "1000:00");
	expect_time(UINT64_C(5999) * 60000 + 59990, "5999:59");
	expect_time(UINT64_C(6000) * 60000, "100h");
}

static void expect_count(uint64_t number, unsigned int width, const char *wanted)
{
	char out[64];

	format_count(number, width, out, sizeof(out));
	assert_string_equal(out, wanted);
}

static void test_a5_count(void **state)
{
	(void)state;
	expect_count(12345, 4, "12k");
	expect_count(12345, 5, "12345");
	expect_count(12345, 0, "12345");
	expect_count(9999, 4, "9999");
	expect_count(10000, 4, "10k");
	expect_count(999499, 4, "999k");
	expect_count(999500, 4, "1.0M");
	expect_count(1234567, 5, "1.2M");
	expect_count(123456, 3, ".1M");
	expect_count(99499, 3, "99k");
	expect_count(UINT32_MAX, 4, "4.3G");
	expect_count(UINT64_MAX, 4, "18E");
	expect_count(UINT64_MAX, 20, "18446744073709551615");
	expect_count(UINT64_MAX, 19, "18E");
	expect_count(12345, 1, "+");
}

/* What it says is the number, to half of the last digit that is shown. */
static void expect_close(const char *text, uint64_t number)
{
	static const char units[] = "kMGTPE";
	char *end;
	double amount = strtod(text, &end), scale = 1, digit;

	for (const char *unit = units; *end && *unit; unit++) {
		scale *= 1000;
		if (*unit == *end)
			break;
	}
	digit = strchr(text, '.') ? scale / 10 : scale;
	assert_true(end != text && (!*end || !end[1]));
	assert_true(fabs(amount * scale - (double)number) <= digit * 0.51);
	if (!*end)
		assert_int_equal(strtoull(text, NULL, 10), number);
}

/* Every number, at every width a column can have: never more columns, never a digit less. */
static void test_a5_count_is_never_cut(void **state)
{
	char out[64];

	(void)state;
	srandom(1);
	for (int i = 0; i < 300000; i++) {
		uint64_t random_bits = (uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^
				       (uint64_t)random();
		uint64_t number = i < 64 ? UINT64_MAX >> i : random_bits >> random() % 64;
		unsigned int width = 3 + (unsigned int)(random() % 20);

		format_count(number, width, out, sizeof(out));
		assert_true(strlen(out) <= width);
		expect_close(out, number);
	}
}

static void test_a5_no_format_is_wider_than_it_says(void **state)
{
	char out[64];

	(void)state;
	for (int shift = 0; shift < 64; shift++) {
		for (uint64_t less = 0; less < 3; less++) {
			uint64_t number = (UINT64_MAX >> shift) - (less && shift < 62 ? less : 0);

			format_bytes(number, out, sizeof(out));
			assert_true(strlen(out) <= 5);
			format_percent((double)number / 10, out, sizeof(out));
			assert_true(strlen(out) <= 5);
			format_cpu_time(number, out, sizeof(out));
			assert_true(strlen(out) <= 9);
		}
	}
	for (uint64_t minutes = 1; minutes < UINT64_C(300000000); minutes += minutes / 7 + 1) {
		format_cpu_time(minutes * 60000000000 - 1, out, sizeof(out));
		assert_true(strlen(out) <= 9);
	}
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

/* Never more than four columns, whatever the age. */
static void test_short_age(void **state)
{
	static const struct {
		uint64_t seconds;
		const char *text;
	} cases[] = {{0, "0s"},
		     {99, "99s"},
		     {100, "1m"},
		     {5999, "99m"},
		     {6000, "1h"},
		     {172799, "47h"},
		     {172800, "2d"},
		     {86400 * 999, "999d"},
		     {86400UL * 1100, "3y"},
		     {1000000000UL * 18, "570y"}};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		format_short_age(cases[i].seconds * 1000000000UL, out, sizeof(out));
		assert_string_equal(out, cases[i].text);
	}
}

static void test_rate(void **state)
{
	static const struct {
		double rate;
		const char *text;
	} cases[] = {{0, "0"},	   {0.01, "0.1"},  {0.34, "0.3"},  {9.94, "9.9"}, {9.96, "10"},
		     {38.2, "38"}, {9999, "9999"}, {12345, "12k"}, {1e12, "1.0T"}};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		format_rate(cases[i].rate, out, sizeof(out));
		assert_string_equal(out, cases[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a5_count),
		cmocka_unit_test(test_a5_count_is_never_cut),
		cmocka_unit_test(test_a5_no_format_is_wider_than_it_says),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_percent),
		cmocka_unit_test(test_cpu_time),
		cmocka_unit_test(test_uptime),
		cmocka_unit_test(test_bar),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_short_age),
		cmocka_unit_test(test_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
