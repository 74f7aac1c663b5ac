// SPDX-License-Identifier: GPL-2.0-or-later
/* How full a limit is: one rounding, one threshold, and what is proved by what is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/limit.h"

static struct pidns_limit limit_of(uint64_t used, uint64_t max)
{
	return (struct pidns_limit){.known = PIDNS_LIMIT_USED | PIDNS_LIMIT_MAX,
				    .kind = PIDNS_LIMIT_PID_MAX,
				    .used = used,
				    .max = max};
}

static void assert_percent(uint64_t used, uint64_t max, uint64_t percent)
{
	struct pidns_limit limit = limit_of(used, max);

	assert_int_equal(limit_percent(&limit), percent);
	assert_int_equal(limit_is_full(&limit), percent >= 100);
	assert_int_equal(limit_is_near(&limit), percent >= LIMIT_NEAR_PERCENT);
	assert_false(limit_is_unknown(&limit));
}

static void test_a16_one_rounding(void **state)
{
	(void)state;
	assert_percent(0, 10, 0);
	assert_percent(7, 8, 87);
	assert_percent(7, 6, 116);
	assert_percent(12, 10, 120);
	assert_percent(799, 1000, 79);
	assert_percent(800, 1000, 80);
	assert_percent(99999, 100000, 99);
	assert_percent(100000, 100000, 100);
	assert_percent(0, 0, 100);
	assert_percent(5, 0, 100);
	assert_percent(UINT64_MAX - 1, UINT64_MAX, 99);
	assert_percent(UINT64_MAX, UINT64_MAX, 100);
	assert_percent(UINT64_MAX / 2, UINT64_MAX, 50);
}

static void test_a2_what_is_proved(void **state)
{
	struct pidns_limit limit = limit_of(5, 10);

	(void)state;
	limit.known |= PIDNS_LIMIT_FLAGS;
	limit.flags = PIDNS_LIMIT_IS_AT_LEAST;
	assert_true(limit_is_unknown(&limit));
	assert_true(limit_has_share(&limit));
	limit.used = 10;
	assert_false(limit_is_unknown(&limit));
	assert_true(limit_is_full(&limit));
	limit.flags = PIDNS_LIMIT_IS_EXEMPT;
	assert_false(limit_is_unknown(&limit));
	assert_false(limit_is_full(&limit));
	assert_false(limit_is_near(&limit));
	limit = limit_of(5, 10);
	limit.known = PIDNS_LIMIT_MAX;
	assert_true(limit_is_unknown(&limit));
	assert_false(limit_has_share(&limit));
	limit.known = PIDNS_LIMIT_USED;
	assert_true(limit_is_unknown(&limit));
	limit.known = PIDNS_LIMIT_FLAGS;
	limit.flags = PIDNS_LIMIT_IS_EXEMPT;
	assert_false(limit_is_unknown(&limit));
}

static void test_without_an_init(void **state)
{
	struct pidns_limit limit = {.kind = PIDNS_LIMIT_INIT};

	(void)state;
	assert_true(limit_is_full(&limit));
	assert_false(limit_is_unknown(&limit));
	assert_int_equal(limit_percent(&limit), 100);
	limit.known = PIDNS_LIMIT_FLAGS;
	limit.flags = PIDNS_LIMIT_IS_AT_LEAST;
	assert_false(limit_is_full(&limit));
	assert_false(limit_has_share(&limit));
	assert_true(limit_is_unknown(&limit));
}

/* A container start is judged beside fork(2), and nothing is proved of what was never asked. */
static void test_a3_two_calls(void **state)
{
	struct pidns_limit nproc = limit_of(5, 10), users = limit_of(0, 0), nets = limit_of(3, 3);
	const struct pidns_limit *limits[] = {&nproc, &nets, &users};
	struct limit_verdict verdict;

	(void)state;
	nproc.kind = PIDNS_LIMIT_NPROC;
	nproc.is_fork = 1;
	users.kind = PIDNS_LIMIT_USER_NAMESPACES;
	nets.kind = PIDNS_LIMIT_NET_NAMESPACES;
	users.is_fork = nets.is_fork = 0;
	verdict = limit_judge_fork(limits, 3);
	assert_null(verdict.refusing);
	assert_true(limit_is_certain(&verdict));
	verdict = limit_judge_new_namespaces(limits, 3);
	assert_ptr_equal(verdict.refusing, &users); /* clone(2) asks for that one first */
	assert_true(limit_is_certain(&verdict));
	verdict = limit_judge_new_namespaces(limits, 1);
	assert_null(verdict.refusing);
	assert_false(limit_is_certain(&verdict));
	nets.max = 4;
	nets.known |= PIDNS_LIMIT_FLAGS;
	nets.flags = PIDNS_LIMIT_IS_AT_LEAST;
	verdict = limit_judge_new_namespaces(limits, 2);
	assert_null(verdict.refusing);
	assert_false(limit_is_certain(&verdict));
	assert_int_equal(verdict.nr_unknown, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a16_one_rounding),
		cmocka_unit_test(test_a2_what_is_proved),
		cmocka_unit_test(test_without_an_init),
		cmocka_unit_test(test_a3_two_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
