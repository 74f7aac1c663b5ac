// SPDX-License-Identifier: GPL-2.0-or-later
/* Findings as a function of snapshots: their order, and what a second look leaves of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pidnsinfo.h>

#include "common/findings.h"

static struct pidns_snapshot *take(const char *name, const int32_t *pids, size_t nr_pids)
{
	const struct pidns_open_opts opts = {.size = sizeof(opts), .source = name};
	struct pidns_take_opts wish = {.size = sizeof(wish), .pids = pids, .nr_pids = nr_pids};
	struct pidns_snapshot *snapshot = NULL;
	struct pidns_ctx *ctx;

	findings_wish(&wish);
	assert_int_equal(pidns_open(&opts, &ctx), 0);
	assert_int_equal(pidns_snapshot_take(ctx, &wish, &snapshot), 0);
	pidns_close(ctx);
	return snapshot;
}

static size_t count(const struct findings *findings, enum finding_kind kind)
{
	size_t nr = 0;

	for (size_t i = 0; i < findings->nr; i++)
		nr += findings->list[i].kind == kind;
	return nr;
}

static void test_worst_first(void **state)
{
	struct pidns_snapshot *snapshot = take(FIXTURES "/ailing.pidns", NULL, 0);
	struct findings findings;

	(void)state;
	assert_int_equal(findings_make(snapshot, &findings), 0);
	assert_int_equal(count(&findings, FINDING_LIMIT), 3);
	assert_int_equal(count(&findings, FINDING_ZOMBIES), 3);
	assert_int_equal(count(&findings, FINDING_DEAD), 7);
	assert_int_equal(count(&findings, FINDING_UNBORN), 1);
	assert_int_equal(count(&findings, FINDING_JOINED), 1);
	for (size_t i = 1; i < findings.nr; i++)
		assert_true(findings.list[i - 1].rank <= findings.list[i].rank);
	for (size_t i = 0; i < findings.nr; i++)
		assert_true(*findings.list[i].message && *findings.list[i].remedy);
	findings_clear(&findings);
	pidns_snapshot_unref(snapshot);
}

/* Of two who hold a file, PID 203 has the lower number, and PID 800 has been there longer. */
static void test_who_holds_it(void **state)
{
	struct pidns_snapshot *snapshot = take(FIXTURES "/ailing.pidns", NULL, 0);
	struct findings findings;

	(void)state;
	assert_int_equal(findings_make_of(snapshot, pidns_ns_find(snapshot, 4026532104), &findings),
			 0);
	assert_int_equal(findings.nr, 1);
	assert_int_equal(findings.list[0].kind, FINDING_DEAD);
	assert_int_equal(findings.list[0].pid, 800);
	assert_non_null(strstr(findings.list[0].message, " and 3 more"));
	findings_clear(&findings);
	pidns_snapshot_unref(snapshot);
}

/* What is as it was is confirmed, also by a look at those alone whom it is about. */
static void test_still_there(void **state)
{
	struct pidns_snapshot *snapshot = take(FIXTURES "/ailing.pidns", NULL, 0), *later;
	struct findings findings;
	int32_t *pids;
	size_t before;
	int nr;

	(void)state;
	assert_int_equal(findings_make(snapshot, &findings), 0);
	before = findings.nr;
	nr = findings_pids(&findings, &pids);
	assert_true(nr > 0 && (size_t)nr < before);
	later = take(FIXTURES "/ailing.pidns", pids, (size_t)nr);
	findings_confirm(&findings, later);
	assert_int_equal(findings.nr, before);
	free(pids);
	findings_clear(&findings);
	pidns_snapshot_unref(later);
	pidns_snapshot_unref(snapshot);
}

/* Reaped, let go, born, left: of all that nothing is told. A limit is one all the same. */
static void test_passed_by(void **state)
{
	struct pidns_snapshot *snapshot = take(FIXTURES "/ailing.pidns", NULL, 0);
	struct pidns_snapshot *later = take(FIXTURES "/healthy.pidns", NULL, 0);
	struct findings findings;

	(void)state;
	assert_int_equal(findings_make(snapshot, &findings), 0);
	findings_confirm(&findings, later);
	assert_int_equal(findings.nr, 3);
	assert_int_equal(count(&findings, FINDING_LIMIT), 3);
	findings_clear(&findings);
	assert_int_equal(findings_make(later, &findings), 0);
	assert_int_equal(findings.nr, 0);
	findings_clear(&findings);
	pidns_snapshot_unref(later);
	pidns_snapshot_unref(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worst_first),
		cmocka_unit_test(test_who_holds_it),
		cmocka_unit_test(test_still_there),
		cmocka_unit_test(test_passed_by),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
