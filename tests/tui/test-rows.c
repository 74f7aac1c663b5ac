// SPDX-License-Identifier: GPL-2.0-or-later
/* test-rows.c - a snapshot and the state of the UI make rows: tree, folds, filter, order. */
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "pidns-top/view.h"

#define ROOT UINT64_C(4026531836)
#define WEB  UINT64_C(4026532201)
#define DB   UINT64_C(4026532205)
#define NODE UINT64_C(4026532210)
#define POD  UINT64_C(4026532301)
#define JOB  UINT64_C(4026532302)
#define DEAD UINT64_C(4026532400)
#define LOST UINT64_C(4026532401)

#define EXPECT(f, ...) fixture_expect((f), (const uint64_t[]){__VA_ARGS__, 0})

static struct fixture f;

static int setup(void **state)
{
	(void)state;
	fixture_open(&f, "top-machine");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static const struct row *row_of(uint64_t ino)
{
	for (size_t i = 0; i < f.rows.count; i++) {
		if (f.rows.list[i].ns->ino == ino)
			return &f.rows.list[i];
	}
	fail_msg("no row of %" PRIu64, ino);
	return NULL;
}

/* What the row's cell in that column says. */
static const char *cell_of(const struct row *row, const char *name)
{
	static struct cell cell;
	const struct view *view = view_of(&f.app);
	struct cell_source source = {&f.sample, &f.app, &f.rows, row, NULL, 0, 0};

	for (size_t i = 0; i < view->nr_columns; i++) {
		if (strcmp(view->columns[i].field->name, name) != 0)
			continue;
		memset(&cell, 0, sizeof(cell));
		source.column = &view->columns[i];
		view_fill(&source, &cell);
		return cell.text;
	}
	fail_msg("no column %s", name);
	return NULL;
}

static void sort_by_column(const char *name)
{
	const struct view *view = view_of(&f.app);

	for (size_t i = 0; i < view->nr_columns; i++) {
		if (strcmp(view->columns[i].field->name, name) == 0)
			app_place(&f.app)->sorted_by = i;
	}
	fixture_rows(&f);
}

static void test_nothing_yet(void **state)
{
	struct sample empty = {0};

	(void)state;
	assert_int_equal(rows_make(&f.rows, &f.app, &empty), 0);
	assert_int_equal(f.rows.count, 0);
}

static void test_tree(void **state)
{
	(void)state;
	EXPECT(&f, ROOT, WEB, DB, NODE, POD, JOB, DEAD, LOST);
	assert_int_equal(row_of(ROOT)->depth, 0);
	assert_int_equal(row_of(NODE)->depth, 1);
	assert_int_equal(row_of(JOB)->depth, 3);
	assert_true(row_of(NODE)->has_children);
	assert_false(row_of(WEB)->has_children);
}

/* Bit i of `lines`: at depth i, another sibling follows further down. */
static void test_lines_of_the_tree(void **state)
{
	(void)state;
	assert_int_equal(row_of(NODE)->lines, 1 << 1);
	assert_int_equal(row_of(JOB)->lines, 1 << 1);
	assert_int_equal(row_of(LOST)->lines, 0);
}

static void test_flat(void **state)
{
	(void)state;
	f.app.is_tree = false;
	sort_by_column("processes");
	EXPECT(&f, DB, ROOT, JOB, WEB, NODE, POD, LOST, DEAD);
	assert_int_equal(row_of(JOB)->depth, 0);
}

static void test_siblings_are_sorted(void **state)
{
	(void)state;
	sort_by_column("processes");
	EXPECT(&f, ROOT, DB, WEB, NODE, POD, JOB, LOST, DEAD);
}

static void test_reversed(void **state)
{
	(void)state;
	f.app.is_tree = false;
	sort_by_column("ino");
	app_place(&f.app)->is_reversed = true;
	fixture_rows(&f);
	EXPECT(&f, LOST, DEAD, JOB, POD, NODE, DB, WEB, ROOT);
}

/* What is not known is neither the least nor the most. */
static void test_unknown_comes_last(void **state)
{
	(void)state;
	f.app.is_tree = false;
	sort_by_column("pids_max");
	EXPECT(&f, ROOT, WEB, NODE, POD, DB, JOB, DEAD, LOST);
	app_place(&f.app)->is_reversed = true;
	fixture_rows(&f);
	EXPECT(&f, JOB, DB, POD, ROOT, WEB, NODE, DEAD, LOST);
}

static void test_every_column_sorts(void **state)
{
	(void)state;
	for (int level = 0; level < 2; level++) {
		const struct view *view = view_of(&f.app);

		for (size_t i = 0; i < view->nr_columns; i++) {
			size_t count = f.rows.count;

			if (!column_can_sort(&view->columns[i]))
				continue;
			app_place(&f.app)->sorted_by = i;
			fixture_rows(&f);
			assert_int_equal(f.rows.count, count);
		}
		app_enter_namespace(&f.app, pidns_ns_find(f.sample.snapshot, DB));
		fixture_rows(&f);
	}
}

static void test_folded(void **state)
{
	(void)state;
	assert_int_equal(folds_add(&f.app.folds, pidns_ns_find(f.sample.snapshot, NODE)), 0);
	fixture_rows(&f);
	EXPECT(&f, ROOT, WEB, DB, NODE, DEAD, LOST);
	assert_true(row_of(NODE)->is_folded);
	/* It speaks for all that is below it: 2 of its own, 2, and 5. */
	assert_string_equal(cell_of(row_of(NODE), "processes"), "9");
	assert_string_equal(cell_of(row_of(NODE), "zombies"), "3");
	assert_string_equal(cell_of(row_of(NODE), "memory"), "129M");
	f.app.is_tree = false;
	fixture_rows(&f);
	assert_int_equal(f.rows.count, 8);
	assert_string_equal(cell_of(row_of(NODE), "processes"), "2");
}

static void test_filter_keeps_ancestors(void **state)
{
	(void)state;
	strcpy(app_place(&f.app)->filter, "SH");
	fixture_rows(&f);
	EXPECT(&f, ROOT, NODE, POD, JOB);
	assert_true(row_of(POD)->is_context);
	assert_false(row_of(JOB)->is_context);
	/* The tree is drawn for what is left. */
	assert_int_equal(row_of(JOB)->lines, 0);
	/* A match is shown even where it was folded away. */
	assert_int_equal(folds_add(&f.app.folds, pidns_ns_find(f.sample.snapshot, NODE)), 0);
	fixture_rows(&f);
	EXPECT(&f, ROOT, NODE, POD, JOB);
	/* A flat list has no use for them. */
	f.app.is_tree = false;
	fixture_rows(&f);
	EXPECT(&f, JOB);
}

static void test_filter_by_number_and_state(void **state)
{
	(void)state;
	f.app.is_tree = false;
	strcpy(app_place(&f.app)->filter, "2205");
	fixture_rows(&f);
	EXPECT(&f, DB);
	strcpy(app_place(&f.app)->filter, "dead");
	fixture_rows(&f);
	EXPECT(&f, DEAD);
}

static void test_filter_with_no_match(void **state)
{
	(void)state;
	strcpy(app_place(&f.app)->filter, "nobody has this");
	fixture_rows(&f);
	assert_int_equal(f.rows.count, 0);
}

static void test_processes(void **state)
{
	(void)state;
	app_enter_namespace(&f.app, pidns_ns_find(f.sample.snapshot, POD));
	fixture_rows(&f);
	EXPECT(&f, 950, 951);
	assert_ptr_equal(f.rows.inside, pidns_ns_find(f.sample.snapshot, POD));
	assert_int_equal(f.rows.levels, 2);
	assert_int_equal(f.rows.max_vpid[1], 91);
	assert_int_equal(f.rows.max_vpid[2], 12);
	f.app.is_below = true;
	fixture_rows(&f);
	EXPECT(&f, 950, 951, 970, 971, 972, 973, 974);
	assert_int_equal(f.rows.levels, 3);
}

static void test_processes_sorted(void **state)
{
	(void)state;
	app_enter_namespace(&f.app, pidns_ns_find(f.sample.snapshot, WEB));
	sort_by_column("cpu");
	EXPECT(&f, 701, 702, 700);
	sort_by_column("uid");
	EXPECT(&f, 700, 701, 702);
	sort_by_column("command");
	EXPECT(&f, 700, 701, 702);
}

static void test_processes_filtered(void **state)
{
	(void)state;
	app_enter_namespace(&f.app, pidns_ns_find(f.sample.snapshot, JOB));
	/* A number in any of the namespaces, a user, a name. */
	strcpy(app_place(&f.app)->filter, "96");
	fixture_rows(&f);
	EXPECT(&f, 971);
	strcpy(app_place(&f.app)->filter, "CC");
	fixture_rows(&f);
	EXPECT(&f, 972, 973, 974);
}

static void test_namespace_gone(void **state)
{
	struct pidns_snapshot *snapshot = f.sample.snapshot;

	(void)state;
	app_enter_namespace(&f.app, pidns_ns_find(snapshot, WEB));
	f.app.inside.ino = 1;
	assert_int_equal(rows_make(&f.rows, &f.app, &f.sample), -ENOENT);
	assert_int_equal(f.rows.count, 0);
}

static void test_no_sums_without_memory(void **state)
{
	(void)state;
	usage_clear(&f.sample.usage);
	assert_string_equal(cell_of(row_of(WEB), "cpu"), "-");
	assert_string_equal(cell_of(row_of(WEB), "memory"), "-");
}

/* By their parents, as long as they are sorted by PID; a zombie says who should reap it. */
static void test_tree_of_processes(void **state)
{
	(void)state;
	fixture_look(&f, "notes");
	app_enter_namespace(&f.app, pidns_ns_find(f.sample.snapshot, WEB));
	fixture_rows(&f);
	EXPECT(&f, 6025, 6031, 6040, 7000);
	assert_int_equal(f.rows.list[0].depth, 0);
	assert_int_equal(f.rows.list[1].depth, 1);
	assert_string_equal(cell_of(&f.rows.list[2], "command"),
			    "└─defunct  6025 (sh) should reap it");
	sort_by_column("rss_bytes");
	assert_int_equal(f.rows.list[0].depth, 0);
	assert_int_equal(f.rows.list[1].depth, 0);
}

/* Each count of the header is a filter. */
static void test_only_those(void **state)
{
	(void)state;
	assert_int_equal(f.rows.health[HEALTH_DEAD], 2);
	assert_int_equal(f.rows.health[HEALTH_ZOMBIES], 3);
	f.app.is_tree = false;
	fixture_press(&f, "4");
	EXPECT(&f, DEAD, LOST);
	fixture_press(&f, "3");
	EXPECT(&f, ROOT, JOB, LOST);
	fixture_press(&f, "3");
	assert_int_equal(f.rows.count, 8);
	/* All 16 of its PIDs are in use; and 52 of 64. */
	fixture_press(&f, "1");
	EXPECT(&f, JOB);
	fixture_press(&f, "2");
	EXPECT(&f, DB);
	fixture_press(&f, "5");
	assert_int_equal(f.rows.count, 0);
	fixture_press(&f, "Esc");
	assert_int_equal(f.rows.count, 8);
}

/* What annotators found out names it, and is found by a search. */
static void test_names(void **state)
{
	(void)state;
	assert_string_equal(cell_of(row_of(ROOT), "name"), "host");
	fixture_look(&f, "notes");
	assert_string_equal(cell_of(row_of(WEB), "name"), "├─web");
	assert_non_null(strstr(cell_of(row_of(WEB), "limit"), "pids.max"));
	assert_non_null(strstr(cell_of(row_of(WEB), "limit"), "95%"));
	assert_string_equal(cell_of(row_of(WEB), "zombies"), "1 (98m)");
	assert_string_equal(cell_of(row_of(WEB), "age"), "1h");
	strcpy(app_place(&f.app)->filter, "docker");
	f.app.is_tree = false;
	fixture_rows(&f);
	assert_int_equal(fixture_ino(&f, 0), WEB);
}

static void test_cells_that_are_not_known(void **state)
{
	(void)state;
	assert_string_equal(cell_of(row_of(DEAD), "reaper"), "-");
	assert_string_equal(cell_of(row_of(DEAD), "cpu"), "-");
	assert_string_equal(cell_of(row_of(DEAD), "pids_max"), "-");
	assert_string_equal(cell_of(row_of(DEAD), "processes"), "0");
}

/* Has any line of the details that text? */
static bool has_line(const struct report *report, const char *text)
{
	for (size_t i = 0; i < report->count; i++) {
		if (strstr(report->lines[i], text))
			return true;
	}
	return false;
}

/* What was not asked for yet is not unknown. */
static void test_a9_details_are_looked_for(void **state)
{
	struct report report = {0};
	struct ident ident;

	(void)state;
	ident = ident_of_ns(f.rows.list[0].ns);
	report_make(&report, f.sample.snapshot, &ident, 80, false);
	assert_true(has_line(&report, "reading") && !has_line(&report, "not known"));
	report_make(&report, f.sample.snapshot, &ident, 80, true);
	assert_true(has_line(&report, "not known") && !has_line(&report, "reading"));
	report_clear(&report);
}

/* ---- Whose processes ---- */

static void test_users_and_the_kernel(void **state)
{
	(void)state;
	fixture_press(&f, "Enter K");
	for (size_t i = 0; i < f.rows.count; i++)
		assert_int_not_equal(fixture_pid(&f, i), 2);
	fixture_press(&f, "K t");
	assert_int_equal(f.rows.count, 7);
	fixture_press(&f, "Esc Down Enter u 3 3 Enter");
	fixture_expect(&f, (const uint64_t[]){701, 702, 0});
	fixture_press(&f, "u 4 7 1 1 Enter");
	assert_int_equal(f.rows.count, 0);
	fixture_press(&f, "Esc");
	assert_int_equal(f.app.view, APP_PROCESSES);
	assert_int_equal(f.rows.count, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a9_details_are_looked_for, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tree_of_processes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_those, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_yet, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lines_of_the_tree, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flat, setup, teardown),
		cmocka_unit_test_setup_teardown(test_siblings_are_sorted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reversed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_comes_last, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_column_sorts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_folded, setup, teardown),
		cmocka_unit_test_setup_teardown(test_filter_keeps_ancestors, setup, teardown),
		cmocka_unit_test_setup_teardown(test_filter_by_number_and_state, setup, teardown),
		cmocka_unit_test_setup_teardown(test_filter_with_no_match, setup, teardown),
		cmocka_unit_test_setup_teardown(test_processes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_processes_sorted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_processes_filtered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_users_and_the_kernel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_namespace_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_sums_without_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cells_that_are_not_known, setup, teardown),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
