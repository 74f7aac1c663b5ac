// SPDX-License-Identifier: GPL-2.0-or-later
/* Growth, sentences, option structs, the hash. */
#include "unit.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"

static void test_grow_keeps_what_is_there(void **state)
{
	uint64_t *items = NULL;
	size_t room = 0, i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		assert_int_equal(util_grow(&items, &room, i, sizeof(*items)), 0);
		assert_true(room > i);
		items[i] = i;
	}
	for (i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	free(items);
}

static void test_grow_refuses_what_cannot_be(void **state)
{
	char *items = NULL;
	size_t room = SIZE_MAX / 2;

	(void)state;
	assert_int_equal(util_grow(&items, &room, room, 16), -ENOMEM);
	assert_null(items);
	assert_int_equal(room, SIZE_MAX / 2);
}

static void test_list(void **state)
{
	char directory[PATH_MAX], name[PATH_MAX + 16];
	bool has[500] = {false};
	struct file_list list;
	const char *entry;
	int i, nr = 0;

	(void)state;
	strcpy(directory, scratch("list"));
	assert_int_equal(mkdir(directory, 0700), 0);
	for (i = 0; i < 500; i++) { /* more than are had at once */
		snprintf(name, sizeof(name), "%s/%d", directory, i);
		assert_int_equal(mkdir(name, 0700), 0);
	}
	snprintf(name, sizeof(name), "%s/.hidden", directory);
	assert_int_equal(mkdir(name, 0700), 0);
	list = (struct file_list){.fd = open(directory, O_RDONLY | O_DIRECTORY)};
	for (; (entry = file_list_next(&list)); nr++) {
		i = atoi(entry);
		assert_true(i >= 0 && i < 500 && !has[i]);
		has[i] = true;
	}
	assert_int_equal(nr, 500);
	assert_null(file_list_next(&list));
	for (i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "%d", i);
		unlinkat(list.fd, name, AT_REMOVEDIR);
	}
	unlinkat(list.fd, ".hidden", AT_REMOVEDIR);
	close(list.fd);
	assert_int_equal(rmdir(directory), 0);
	list = (struct file_list){.fd = -1};
	assert_null(file_list_next(&list));
}

static void test_why(void **state)
{
	char text[8] = "before";
	const struct why why = {text, sizeof(text)}, none = {NULL, 0}, empty = {text, 0};

	(void)state;
	assert_int_equal(why_set(&none, -5, "%s", "nowhere"), -5);
	assert_int_equal(why_set(NULL, -5, "%s", "nowhere"), -5);
	assert_int_equal(why_set(&empty, -5, "%s", "nowhere"), -5);
	assert_string_equal(text, "before");
	assert_int_equal(why_set(&why, -7, "%d is too long", 12345), -7);
	assert_string_equal(text, "12345 i");
}

struct opts {
	size_t size;
	uint32_t first, second;
};

static void test_opts(void **state)
{
	struct {
		struct opts known;
		uint32_t newer[2];
	} user = {.known = {sizeof(user), 1, 2}};
	struct opts ours = {.second = 9};

	(void)state;
	user.known.size = sizeof(size_t) + sizeof(uint32_t);
	assert_int_equal(util_copy_opts(&ours, sizeof(ours), &user), 0);
	assert_int_equal(ours.first, 1);
	assert_int_equal(ours.second, 9);
	user.known.size = sizeof(user);
	assert_int_equal(util_copy_opts(&ours, sizeof(ours), &user), 0);
	assert_int_equal(ours.second, 2);
	user.newer[1] = 1;
	ours.second = 9;
	assert_int_equal(util_copy_opts(&ours, sizeof(ours), &user), -E2BIG);
	assert_int_equal(ours.second, 9);
	user.known.size = sizeof(size_t) - 1;
	assert_int_equal(util_copy_opts(&ours, sizeof(ours), &user), -EINVAL);
	user.known.size = SIZE_MAX;
	assert_int_equal(util_copy_opts(&ours, sizeof(ours), &user), -E2BIG);
}

/* Vectors of the algorithm's authors. */
static void test_hash(void **state)
{
	(void)state;
	assert_true(util_hash(FNV_START, "", 0) == UINT64_C(0xcbf29ce484222325));
	assert_true(util_hash(FNV_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(util_hash(FNV_START, "foobar", 6) == UINT64_C(0x85944171f73967e8));
	assert_true(util_hash(util_hash(FNV_START, "foo", 3), "bar", 3) ==
		    UINT64_C(0x85944171f73967e8));
}

static void test_cleanup(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), copy = fd;

	(void)state;
	errno = EXDEV;
	{
		_cleanup_close_ int own = fd;
		_cleanup_close_ int none = -1;

		assert_int_equal(steal_fd(&none), -1);
		assert_true(own >= 0);
	}
	assert_int_equal(errno, EXDEV);
	assert_int_equal(fcntl(copy, F_GETFD), -1);
	{
		_cleanup_free_ char *text = strdup("text");
		char *stolen = steal_pointer(&text);

		assert_null(text);
		free(stolen);
	}
}

/* A kernel that calls itself 2.6.78 is another one, of which nothing is known. */
static void test_a2_releases(void **state)
{
	static const struct {
		const char *release;
		bool is_before; /* 6.14 */
	} list[] = {
		{"6.13.9", true},
		{"6.14.0-rc1", false},
		{"6.18", false},
		{"5.10.0-32-amd64", true},
		{"2.6.32-754.el6", true},
		{"2.6.39", true},
		{"2.6.40", false},
		{"2.6.78-cloud", false},
		{"7.0", false},
		{"3.10.0", true},
		{"", false},
		{"unknown", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		assert_int_equal(util_release_is_before(list[i].release, 6, 14), list[i].is_before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grow_keeps_what_is_there),
		cmocka_unit_test(test_grow_refuses_what_cannot_be),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_opts),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_cleanup),
		cmocka_unit_test(test_a2_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
