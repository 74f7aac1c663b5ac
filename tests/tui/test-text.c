// SPDX-License-Identifier: GPL-2.0-or-later
/* test-text.c - text that has to fit a screen: clean, measured, cut by columns. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pidns-top/rows/text.h"

static void expect_clean(const char *in, size_t len, const char *wanted)
{
	char out[512];

	assert_int_equal(text_clean(in, len, out, sizeof(out)), strlen(wanted));
	assert_string_equal(out, wanted);
}

#define CLEAN(in, wanted) expect_clean((in), sizeof(in) - 1, (wanted))

static void test_clean(void **state)
{
	(void)state;
	CLEAN("", "");
	CLEAN("plain", "plain");
	CLEAN("a\x1b[31m", "a\\033[31m");
	CLEAN("nul\0inside", "nul\\000inside");
	CLEAN("back\\slash", "back\\134slash");
	CLEAN("\xc2\x9b", "\\302\\233");
	CLEAN("\xff", "\\377");
	CLEAN("漢字", "漢字");
	CLEAN("e\xcc\x81", "e\xcc\x81");
}

/* A mark with nothing to stand on would go to whatever is to the left of the cell. */
static void test_clean_marks(void **state)
{
	(void)state;
	CLEAN("\xcc\x81x", "\\314\\201x");
	CLEAN("a\xcc\x81\xcc\x81\xcc\x81\xcc\x81", "a\xcc\x81\xcc\x81\xcc\x81\\314\\201");
	/* After an escape it would stand on that. */
	CLEAN("\x01\xcc\x81", "\\001\xcc\x81");
}

static void test_clean_has_no_half_characters(void **state)
{
	char out[16];

	(void)state;
	for (size_t size = 1; size < sizeof(out); size++) {
		size_t len = text_clean("漢\x1b漢", 7, out, size);

		assert_true(len < size);
		assert_int_equal(strlen(out), len);
		assert_true(len == 0 || len == 3 || len == 7 || len == 10);
	}
}

static void test_clean_without_utf8(void **state)
{
	(void)state;
	setlocale(LC_CTYPE, "C");
	assert_false(text_is_utf8());
	CLEAN("caf\xc3\xa9", "caf\\303\\251");
	CLEAN("plain", "plain");
	setlocale(LC_CTYPE, "");
	assert_true(text_is_utf8());
}

/* Whatever the bytes are, each column of the result can be counted. */
static void test_clean_always_has_a_width(void **state)
{
	char in[24], out[512];

	(void)state;
	srandom(1);
	for (int i = 0; i < 20000; i++) {
		size_t width, len;

		for (size_t k = 0; k < sizeof(in); k++)
			in[k] = (char)random();
		len = text_clean(in, sizeof(in), out, sizeof(out));
		assert_int_equal(text_cut(out, SIZE_MAX, &width), len);
		assert_int_equal(width, text_width(out));
	}
}

static void test_cut(void **state)
{
	size_t width;

	(void)state;
	assert_int_equal(text_cut("abc", 2, &width), 2);
	assert_int_equal(width, 2);
	/* Half of a wide character is none. */
	assert_int_equal(text_cut("漢字", 3, &width), 3);
	assert_int_equal(width, 2);
	assert_int_equal(text_cut("漢字", 4, &width), 6);
	assert_int_equal(text_cut("漢", 1, &width), 0);
	assert_int_equal(width, 0);
	/* Marks go with their character. */
	assert_int_equal(text_cut("e\xcc\x81x", 1, &width), 3);
	assert_int_equal(text_cut("", 5, &width), 0);
}

static void expect_fit(const char *text, size_t columns, enum text_align align, const char *wanted)
{
	char out[64];

	assert_int_equal(text_fit(text, columns, align, out, sizeof(out)), strlen(wanted));
	assert_string_equal(out, wanted);
}

static void test_fit(void **state)
{
	char out[4];

	(void)state;
	expect_fit("ab", 4, TEXT_LEFT, "ab  ");
	expect_fit("ab", 4, TEXT_RIGHT, "  ab");
	expect_fit("abcdef", 4, TEXT_LEFT, "abcd");
	expect_fit("漢字", 3, TEXT_LEFT, "漢 ");
	expect_fit("漢字", 3, TEXT_RIGHT, " 漢");
	expect_fit("", 0, TEXT_LEFT, "");
	assert_int_equal(text_fit("ab", 100, TEXT_LEFT, out, sizeof(out)), 3);
	assert_string_equal(out, "ab ");
	assert_int_equal(text_fit("abcdef", 100, TEXT_LEFT, out, sizeof(out)), 3);
	assert_int_equal(text_fit("ab", 1, TEXT_LEFT, out, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_clean_marks),
		cmocka_unit_test(test_clean_has_no_half_characters),
		cmocka_unit_test(test_clean_without_utf8),
		cmocka_unit_test(test_clean_always_has_a_width),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_fit),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
