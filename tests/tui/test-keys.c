// SPDX-License-Identifier: GPL-2.0-or-later
/* test-keys.c - names of keys, and that every key of the table can be typed and means one thing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pidns-top/ui/keys.h"

static int parse(const char *name)
{
	return key_parse(name, strlen(name));
}

static void test_names(void **state)
{
	(void)state;
	assert_int_equal(parse("a"), 'a');
	assert_int_equal(parse("^L"), 12);
	assert_int_equal(parse("Space"), ' ');
	assert_int_equal(parse("Esc"), TOP_KEY_ESCAPE);
	assert_int_equal(parse("F1"), TOP_KEY_FUNCTION + 1);
	assert_int_equal(parse("F12"), TOP_KEY_FUNCTION + 12);
	assert_int_equal(parse("Shift-F3"), TOP_KEY_SHIFT_FUNCTION + 3);
	assert_int_equal(parse("PgUp"), TOP_KEY_PAGE_UP);
}

static void test_names_that_are_none(void **state)
{
	static const char *const names[] = {"F0",     "F13",	"F1x",	"Shift-F13", "Shift-F",
					    "F99999", "Enterr", "ente", "^a"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(parse(names[i]), TOP_KEY_NONE);
}

static void test_no_two_keys_are_the_same(void **state)
{
	static const int keys[] = {
		TOP_KEY_UP,
		TOP_KEY_DOWN,
		TOP_KEY_LEFT,
		TOP_KEY_RIGHT,
		TOP_KEY_PAGE_UP,
		TOP_KEY_PAGE_DOWN,
		TOP_KEY_HOME,
		TOP_KEY_END,
		TOP_KEY_RETURN,
		TOP_KEY_ERASE,
		TOP_KEY_FUNCTION + 1,
		TOP_KEY_FUNCTION + 12,
		TOP_KEY_UNKNOWN,
		TOP_KEY_SHIFT_FUNCTION + 1,
		TOP_KEY_SHIFT_FUNCTION + 12,
	};
	size_t count = sizeof(keys) / sizeof(keys[0]);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_true(keys[i] > 0x10ffff);
		for (size_t k = i + 1; k < count; k++)
			assert_int_not_equal(keys[i], keys[k]);
	}
}

/* Each key of the table asks for the very request in whose line it stands. */
static void test_every_key_of_the_table(void **state)
{
	(void)state;
	for (int request = 0; request < NR_REQUESTS; request++) {
		const char *at = request_infos[request].keys;

		while (*at) {
			size_t len = strcspn(at, " ");
			int key = key_parse(at, len);

			assert_int_not_equal(key, TOP_KEY_NONE);
			if (key_request(key) != (enum request)request)
				fail_msg("%.*s: twice", (int)len, at);
			at += len;
			at += strspn(at, " ");
		}
	}
}

static void test_other_keys_mean_nothing(void **state)
{
	(void)state;
	assert_int_equal(key_request(TOP_KEY_UNKNOWN), REQUEST_NONE);
	assert_int_equal(key_request(TOP_KEY_NONE), REQUEST_NONE);
	assert_int_equal(key_request(0x6f22), REQUEST_NONE);
	assert_int_equal(key_request(-1), REQUEST_NONE);
}

static void test_first_key(void **state)
{
	const char *name;
	size_t len = request_first_key(REQUEST_quit, &name);

	(void)state;
	assert_int_equal(len, 1);
	assert_int_equal(name[0], 'q');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_names_that_are_none),
		cmocka_unit_test(test_no_two_keys_are_the_same),
		cmocka_unit_test(test_every_key_of_the_table),
		cmocka_unit_test(test_other_keys_mean_nothing),
		cmocka_unit_test(test_first_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
