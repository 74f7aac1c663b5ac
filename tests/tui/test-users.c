// SPDX-License-Identifier: GPL-2.0-or-later
/* test-users.c - names of users: the entry that getpwuid(3) finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/users.h"
#include "scratch.h"

static struct users *users_of(const char *text)
{
	const char *path = scratch("passwd");
	FILE *file = fopen(path, "we");
	struct users *users;

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	users = users_open(path);
	assert_non_null(users);
	return users;
}

static void expect_name(const char *text, uint32_t uid, const char *wanted)
{
	struct users *users = users_of(text);
	const char *name = users_name(users, uid);

	if (wanted) {
		assert_non_null(name);
		assert_string_equal(name, wanted);
	} else {
		assert_null(name);
	}
	users_close(users);
}

static void test_a7_first_entry_wins(void **state)
{
	(void)state;
	expect_name("root:x:0:0::/:\ntoor:x:0:0::/:\nbackup0:x:0:0::/:\n", 0, "root");
	expect_name("b:x:7:7::/:\nroot:x:0:0::/:\na:x:7:7::/:\n", 7, "b");
	expect_name("z:x:7:7::/:\ny:x:6:6::/:\nx:x:7:7::/:\nw:x:6:6::/:\n", 6, "y");
}

/* Many equal ones, which a sort that is not stable puts into any order. */
static void test_a7_first_of_many(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < 5000; i++)
		fprintf(file, "user%d:x:%d:0::/:\n", i, i % 10);
	fclose(file);
	for (uint32_t uid = 0; uid < 10; uid++) {
		char wanted[16];

		snprintf(wanted, sizeof(wanted), "user%u", uid);
		expect_name(text, uid, wanted);
	}
	free(text);
}

static void test_lines_of_other_services(void **state)
{
	(void)state;
	expect_name("+::::::\n-bad::::::\nroot:x:0:0::/:\n+@admins::::::\n", 0, "root");
	expect_name("+::::::\n", 0, NULL);
}

static void test_no_such_user(void **state)
{
	(void)state;
	expect_name("root:x:0:0::/:\n", 1, NULL);
	expect_name("", 0, NULL);
	assert_null(users_name(NULL, 0));
	assert_null(users_open("/nonexistent/passwd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a7_first_entry_wins),
		cmocka_unit_test(test_a7_first_of_many),
		cmocka_unit_test(test_lines_of_other_services),
		cmocka_unit_test(test_no_such_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
