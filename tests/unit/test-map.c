// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding by number: every key put is found, no other one is, whatever the keys are. */
#include "unit.h"

#include "base/map.h"

static void test_map_finds_what_was_put(void **state)
{
	struct map map = {0};

	(void)state;
	assert_int_equal(map_get(&map, 0), 0);
	for (uint64_t i = 0; i < 5000; i++)
		assert_int_equal(map_put(&map, i << 40, (uint32_t)i + 1), 0);
	for (uint64_t i = 0; i < 5000; i++)
		assert_int_equal(map_get(&map, i << 40), i + 1);
	assert_int_equal(map_get(&map, 1), 0);
	assert_int_equal(map_get(&map, UINT64_MAX), 0);
	map_clear(&map);
	assert_int_equal(map_get(&map, 0), 0);
}

static void test_map_replaces(void **state)
{
	struct map map = {0};

	(void)state;
	assert_int_equal(map_put(&map, UINT64_MAX, 1), 0);
	assert_int_equal(map_put(&map, UINT64_MAX, 7), 0);
	assert_int_equal(map.nr, 1);
	assert_int_equal(map_get(&map, UINT64_MAX), 7);
	map_clear(&map);
}

/* Of many with holes among them, those that stay are still found. */
static void test_map_removes(void **state)
{
	struct map map = {0};

	(void)state;
	map_remove(&map, 1);
	for (uint64_t i = 0; i < 5000; i++)
		assert_int_equal(map_put(&map, i * 3, (uint32_t)i + 1), 0);
	for (uint64_t i = 0; i < 5000; i += 2)
		map_remove(&map, i * 3);
	map_remove(&map, 0);
	assert_int_equal(map.nr, 2500);
	for (uint64_t i = 0; i < 5000; i++)
		assert_int_equal(map_get(&map, i * 3), i % 2 ? i + 1 : 0);
	map_clear(&map);
}

static const int ascending[] = {1, 3, 3, 7};

static bool is_less(const void *wanted, size_t i)
{
	return ascending[i] < *(const int *)wanted;
}

static void test_lower_bound(void **state)
{
	static const struct {
		int wanted;
		size_t at;
	} cases[] = {{0, 0}, {1, 0}, {2, 1}, {3, 1}, {4, 3}, {7, 3}, {8, 4}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(map_lower_bound(4, is_less, &cases[i].wanted), cases[i].at);
	assert_int_equal(map_lower_bound(0, is_less, &cases[0].wanted), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map_finds_what_was_put),
		cmocka_unit_test(test_map_replaces),
		cmocka_unit_test(test_map_removes),
		cmocka_unit_test(test_lower_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
