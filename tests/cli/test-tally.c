// SPDX-License-Identifier: GPL-2.0-or-later
/* Refusals counted by namespace, limit and error, and what of them was in the last minute. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/tally.h"

#define SECOND UINT64_C(1000000000)

static void refuse(struct tally_counts *counts, uint64_t ino, uint32_t kind, uint64_t seconds)
{
	const struct pidns_refused refused = {
		.known = PIDNS_REFUSED_KIND, .kind = kind, .error = EAGAIN};
	const struct pidns_ns ns = {.known = PIDNS_NS_INO, .ino = ino};
	const struct pidns_task task = {.known = PIDNS_TASK_COMM, .pid = 7, .comm = "sh"};
	const struct pidns_event event = {.type = PIDNS_EVENT_REFUSED,
					  .time_ns = seconds * SECOND,
					  .ns = &ns,
					  .task = &task,
					  .refused = &refused};

	tally_count(counts, &event);
}

static void test_a_row_a_namespace_and_limit(void **state)
{
	struct tally_counts counts = {0};

	(void)state;
	refuse(&counts, 1, PIDNS_LIMIT_PID_MAX, 100);
	refuse(&counts, 1, PIDNS_LIMIT_PID_MAX, 101);
	refuse(&counts, 1, PIDNS_LIMIT_NPROC, 102);
	refuse(&counts, 2, PIDNS_LIMIT_PID_MAX, 103);
	assert_int_equal(counts.nr, 3);
	assert_int_equal(counts.rows[0].count, 2);
	assert_int_equal(counts.rows[0].last_ns, 101 * SECOND);
	assert_int_equal(counts.rows[0].pid, 7);
	assert_string_equal(counts.rows[0].comm, "sh");
	assert_string_equal(tally_row_kind(&counts.rows[1]), "nproc");
	assert_int_equal(counts.rows[2].ns_ino, 2);
}

static void test_the_last_minute_passes(void **state)
{
	struct tally_counts counts = {0};

	(void)state;
	refuse(&counts, 1, PIDNS_LIMIT_PID_MAX, 1000);
	refuse(&counts, 1, PIDNS_LIMIT_PID_MAX, 1035);
	refuse(&counts, 1, PIDNS_LIMIT_PID_MAX, 1036);
	assert_int_equal(tally_row_recent(&counts.rows[0], 1036 * SECOND), 3);
	assert_int_equal(tally_row_recent(&counts.rows[0], 1059 * SECOND), 3);
	assert_int_equal(tally_row_recent(&counts.rows[0], 1060 * SECOND), 2);
	assert_int_equal(tally_row_recent(&counts.rows[0], 1090 * SECOND), 0);
	assert_int_equal(tally_row_recent(&counts.rows[0], UINT64_MAX), 0);
	refuse(&counts, 1, PIDNS_LIMIT_PID_MAX, 2000);
	assert_int_equal(tally_row_recent(&counts.rows[0], 2000 * SECOND), 1);
	assert_int_equal(counts.rows[0].count, 4);
	/* One that comes late changes nothing but the counts. */
	refuse(&counts, 1, PIDNS_LIMIT_PID_MAX, 1990);
	assert_int_equal(counts.rows[0].last_ns, 2000 * SECOND);
	assert_int_equal(tally_row_recent(&counts.rows[0], 2000 * SECOND), 2);
}

/* Rows are bounded: old ones give way, and what no row has is counted all the same. */
static void test_more_namespaces_than_rows(void **state)
{
	struct tally_counts counts = {0};
	uint64_t i, sum = 0;

	(void)state;
	for (i = 0; i < TALLY_ROWS_MAX + 10; i++)
		refuse(&counts, 1 + i, PIDNS_LIMIT_PID_MAX, 1000);
	assert_int_equal(counts.nr, TALLY_ROWS_MAX);
	assert_int_equal(counts.nr_left_out, 10);
	refuse(&counts, 5000, PIDNS_LIMIT_PID_MAX, 1100);
	assert_int_equal(counts.nr, TALLY_ROWS_MAX);
	assert_int_equal(counts.rows[0].ns_ino, 5000);
	for (i = 0; i < counts.nr; i++)
		sum += counts.rows[i].count;
	assert_int_equal(sum + counts.nr_left_out, TALLY_ROWS_MAX + 11);
}

static void test_whose_and_by_what(void **state)
{
	struct tally_row row = {.ns_ino = 5, .ns_cookie = 9};
	struct pidns_ns ns = {.known = PIDNS_NS_INO, .ino = 5};

	(void)state;
	assert_true(tally_row_is_of(&row, &ns));
	ns.known |= PIDNS_NS_COOKIE;
	ns.cookie = 8;
	assert_false(tally_row_is_of(&row, &ns));
	ns.cookie = 9;
	assert_true(tally_row_is_of(&row, &ns));
	ns.ino = 6;
	assert_false(tally_row_is_of(&row, &ns));
	assert_string_equal(tally_row_kind(&row), "unknown");
	row.is_kind_known = 1;
	assert_string_equal(tally_row_kind(&row), "none");
	row.kind = 1000;
	assert_string_equal(tally_row_kind(&row), "unknown");
}

static void test_lost_events(void **state)
{
	struct tally_counts counts = {0};
	struct pidns_event event = {.type = PIDNS_EVENT_LOST, .count = 3};

	(void)state;
	tally_count(&counts, &event);
	event.count = 0;
	tally_count(&counts, &event);
	event.type = PIDNS_EVENT_NS_NEW;
	tally_count(&counts, &event);
	assert_int_equal(counts.nr_lost, 4);
	assert_int_equal(counts.nr, 0);
	tally_add(NULL, &event);
	tally_publish(NULL);
	assert_null(tally_close(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_row_a_namespace_and_limit),
		cmocka_unit_test(test_the_last_minute_passes),
		cmocka_unit_test(test_more_namespaces_than_rows),
		cmocka_unit_test(test_whose_and_by_what),
		cmocka_unit_test(test_lost_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
