// SPDX-License-Identifier: GPL-2.0-or-later
/* test-layout.c - which columns fit which width, and what has to be known for them. */
#include <inttypes.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "pidns-top/rows/layout.h"
#include "pidns-top/rows/text.h"

static struct fixture f;

#define OF_ALL                                                                   \
	(PIDNS_TASK_STATE | PIDNS_TASK_CPU | PIDNS_TASK_START | PIDNS_TASK_RSS | \
	 PIDNS_TASK_THREADS | PIDNS_TASK_PPID)

static int setup(void **state)
{
	(void)state;
	fixture_open(&f, "top-deep");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fixture_close(&f);
	return 0;
}

static void enter_deepest(void)
{
	app_enter_namespace(&f.app, pidns_ns_find(f.sample.snapshot, 4026532032));
	fixture_rows(&f);
}

static size_t find(const struct layout *layout, const char *name)
{
	for (size_t i = 0; i < layout->count; i++) {
		if (strcmp(layout->columns[i].column->field->name, name) == 0)
			return i;
	}
	return layout->count;
}

static bool has(const struct layout *layout, const char *name)
{
	return find(layout, name) < layout->count;
}

/* Columns stand side by side with one space between, and all that need not go in is inside. */
static void expect_sound(const struct layout *layout, unsigned int width)
{
	unsigned int x = 0;

	assert_true(layout->count > 0);
	for (size_t i = 0; i < layout->count; i++) {
		assert_int_equal(layout->columns[i].x, x);
		x += layout->columns[i].width + 1;
	}
	if (width >= 20)
		assert_int_equal(x - 1, width);
}

static void test_any_width_is_sound(void **state)
{
	struct layout layout;

	(void)state;
	for (int level = 0; level < 2; level++) {
		for (unsigned int width = 1; width <= 1024; width++) {
			layout_make(&layout, &f.app, &f.rows, width);
			expect_sound(&layout, width);
		}
		enter_deepest();
	}
}

/* The column that the user chose to sort by stays, with its title, however narrow the screen. */
static void test_sorted_by_stays(void **state)
{
	const struct view *view = view_of(&f.app);
	struct app_place *place = app_place(&f.app);
	struct layout layout;

	(void)state;
	for (place->sorted_by = 0; place->sorted_by < view->nr_columns; place->sorted_by++) {
		const struct column *column = &view->columns[place->sorted_by];

		if (!column_can_sort(column) || column->repeat ||
		    place->sorted_by == view->sorted_by)
			continue;
		for (unsigned int width = 30; width <= 250; width++) {
			layout_make(&layout, &f.app, &f.rows, width);
			assert_true(has(&layout, column->field->name));
			expect_sound(&layout, width);
		}
	}
}

/* A wider screen never shows less, and a number is never cut. */
static void test_wider_shows_more(void **state)
{
	struct layout layout;
	size_t before = 0;

	(void)state;
	for (unsigned int width = 20; width <= 400; width++) {
		layout_make(&layout, &f.app, &f.rows, width);
		assert_true(layout.count >= before);
		assert_true(has(&layout, "name") && has(&layout, "limit"));
		assert_true(!has(&layout, "ino") ||
			    layout.columns[find(&layout, "ino")].width >= 10);
		before = layout.count;
	}
	for (size_t i = 0; i < view_of(&f.app)->nr_columns; i++) {
		const struct column *column = &view_of(&f.app)->columns[i];

		assert_int_equal(has(&layout, column->field->name),
				 !(column->flags & COLUMN_CHOSEN) &&
					 strcmp(column->field->name, "pod") != 0);
	}
}

static void test_numbers_are_never_cut(void **state)
{
	struct layout layout;
	struct cell cell;

	(void)state;
	enter_deepest();
	f.rows.max_pid = 4194304;
	for (unsigned int width = 20; width <= 300; width++) {
		layout_make(&layout, &f.app, &f.rows, width);
		assert_true(layout.columns[find(&layout, "pid")].width >= 7);
		for (size_t i = 0; i < layout.count; i++) {
			struct cell_source source = {&f.sample, &f.app, &f.rows, f.rows.list,
						     NULL,	0,	0};

			layout_fill(&layout.columns[i], &source, &cell);
			assert_int_equal(text_width(cell.text), layout.columns[i].width);
		}
	}
}

static void test_least_important_goes_first(void **state)
{
	struct layout layout;

	(void)state;
	layout_make(&layout, &f.app, &f.rows, 80);
	assert_true(has(&layout, "limit") && has(&layout, "zombies") && has(&layout, "cpu"));
	assert_true(has(&layout, "forks") && has(&layout, "age"));
	assert_false(has(&layout, "owner_uid") || has(&layout, "command"));
	layout_make(&layout, &f.app, &f.rows, 20);
	assert_int_equal(layout.count, 3);
	assert_true(has(&layout, "name") && has(&layout, "limit") && has(&layout, "processes"));
}

/* The number in its own namespace stays, those between you and it go. */
static void test_levels_between_go_first(void **state)
{
	struct layout layout;
	char title[32];
	size_t between = 0;

	(void)state;
	enter_deepest();
	layout_make(&layout, &f.app, &f.rows, 1000);
	for (size_t i = 0; i < layout.count; i++)
		between += strcmp(layout.columns[i].column->field->name, "vpids") == 0;
	assert_int_equal(between, 31);
	layout_title(&layout.columns[find(&layout, "vpids")], title, sizeof(title));
	assert_string_equal(title, "VPID1");
	layout_make(&layout, &f.app, &f.rows, 60);
	assert_true(has(&layout, "vpid"));
	assert_false(has(&layout, "vpids"));
}

static void test_your_own_namespace_has_no_vpid(void **state)
{
	struct layout layout;

	(void)state;
	app_enter_namespace(&f.app, pidns_ns_find(f.sample.snapshot, 4026531836));
	fixture_rows(&f);
	layout_make(&layout, &f.app, &f.rows, 200);
	assert_false(has(&layout, "vpid") || has(&layout, "vpids"));
	assert_false(has(&layout, "ns"));
	f.app.is_below = true;
	fixture_rows(&f);
	layout_make(&layout, &f.app, &f.rows, 1000);
	assert_true(has(&layout, "vpid") && has(&layout, "ns"));
}

/* ---- Numbers ---- */

/* Digits, and at the end of them a unit, a point among them, or what a lower bound ends in. */
static bool is_whole_number(const char *text, uint64_t value)
{
	char digits[24], *end;

	text += strspn(text, " [|");
	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	if (strncmp(text, digits, strlen(digits)) == 0)
		return strcspn(text + strlen(digits), "0123456789") ==
		       strlen(text + strlen(digits));
	strtod(text, &end);
	return end != text && *end && strchr("kKMGTPEhm:", *end);
}

static void expect_whole(const struct layout_column *at, const struct row *row, uint64_t value)
{
	struct usage_sum sum = {true, true, (double)value, value, 0};
	float percent = (float)value;
	struct sample sample = f.sample;
	struct cell_source source = {&sample, &f.app, &f.rows, row, NULL, 0, 0};
	struct cell cell;

	sample.usage = (struct usage){&percent, &sum, &sum};
	sample.forks.rate = &percent;
	layout_fill(at, &source, &cell);
	assert_int_equal(text_width(cell.text), at->width);
	/* These say the value in a unit of their own. */
	if (strcmp(at->column->field->name, "cpu") == 0 ||
	    strcmp(at->column->field->name, "memory") == 0 ||
	    strcmp(at->column->field->name, "rss_bytes") == 0 ||
	    strcmp(at->column->field->name, "cpu_ns") == 0)
		assert_true(strspn(cell.text, " 0123456789.:kKMGTPEh") == at->width);
	else if (!is_whole_number(cell.text, value))
		fail_msg("%s %" PRIu64 " in %u columns: \"%s\"", at->column->field->name, value,
			 at->width, cell.text);
}

static bool is_number(const struct column *column)
{
	/* An age has a unit of its own: test-format.c. */
	if (strcmp(column->field->name, "age") == 0)
		return false;
	return column->flags & COLUMN_RIGHT || strcmp(column->field->name, "uid") == 0 ||
	       strcmp(column->field->name, "owner_uid") == 0;
}

/* Every field of both records has that value, or the largest that is there for it. */
static void fill_records(uint64_t value, struct pidns_ns *ns, struct pidns_task *task,
			 int32_t *vpids)
{
	uint32_t small = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;

	for (size_t i = 0; i <= PIDNS_LEVEL_MAX; i++)
		vpids[i] = small > INT32_MAX ? INT32_MAX : (int32_t)small;
	*ns = (struct pidns_ns){.known = PIDNS_FIELDS_ALL & ~PIDNS_NS_NOTES,
				.ino = value,
				.level = small,
				.reaper = vpids[0],
				.owner_uid = small,
				.pids_used = small,
				.pids_max = small,
				.processes = small,
				.threads = small,
				.zombies = small};
	*task = (struct pidns_task){.known = PIDNS_FIELDS_ALL,
				    .ns = ns,
				    .vpids = vpids,
				    .nr_vpids = PIDNS_LEVEL_MAX + 1,
				    .pid = vpids[0],
				    .tid = vpids[0],
				    .ppid = vpids[0],
				    .uid = small,
				    .threads = small,
				    .rss_bytes = value,
				    .cpu_ns = value,
				    .comm = "x"};
}

static uint64_t value_in(const struct column *column, uint64_t value)
{
	static const char *const pids[] = {"pid", "vpid", "vpids", "reaper", "ppid"};

	for (size_t i = 0; i < 5; i++) {
		if (strcmp(column->field->name, pids[i]) == 0)
			return value > INT32_MAX ? INT32_MAX : value;
	}
	if (strcmp(column->field->name, "ino") == 0 || strcmp(column->field->name, "ns") == 0)
		return value;
	return value > UINT32_MAX ? UINT32_MAX : value;
}

static void expect_no_number_cut(unsigned int width, uint64_t value)
{
	int32_t vpids[PIDNS_LEVEL_MAX + 1];
	struct pidns_task task;
	struct layout layout;
	struct pidns_ns ns;
	struct row row = {.ns = &ns, .task = f.app.view == APP_PROCESSES ? &task : NULL};

	fill_records(value, &ns, &task, vpids);
	layout_make(&layout, &f.app, &f.rows, width);
	for (size_t i = 0; i < layout.count; i++) {
		/* A rate has a point. */
		if (value < 10 && strcmp(layout.columns[i].column->field->name, "forks") == 0)
			continue;
		if (is_number(layout.columns[i].column) && layout.columns[i].width)
			expect_whole(&layout.columns[i], &row,
				     value_in(layout.columns[i].column, value));
	}
}

/* Also in columns that were laid out for smaller numbers than there are now. */
static void test_a5_no_number_is_cut(void **state)
{
	(void)state;
	f.app.is_below = true;
	for (int view = 0; view < 4; view++) {
		f.app.is_plain = view & 1;
		if (view == 2)
			enter_deepest();
		for (unsigned int width = 20; width < 330; width += 7) {
			for (uint64_t value = 10; value < UINT64_MAX / 10; value *= 10) {
				expect_no_number_cut(width, value);
				expect_no_number_cut(width, value - 1);
			}
			expect_no_number_cut(width, UINT64_MAX);
		}
	}
}

/* ---- What has to be known ---- */

static void test_a9_what_was_not_asked_for_is_to_come(void **state)
{
	struct layout layout;

	(void)state;
	layout_make(&layout, &f.app, &f.rows, 200);
	f.sample.unasked_ns = PIDNS_NS_PIDS_MAX;
	f.sample.unasked_task = PIDNS_TASK_RSS;
	for (size_t i = 0; i < layout.count; i++) {
		const struct column *column = layout.columns[i].column;
		struct cell_source source = {&f.sample, &f.app, &f.rows, f.rows.list, NULL, 0, 0};
		bool is_asked = !(column_ns_fields(column) & PIDNS_NS_PIDS_MAX ||
				  column_task_fields(column) & PIDNS_TASK_RSS);
		struct cell cell;

		layout_fill(&layout.columns[i], &source, &cell);
		assert_int_equal(strstr(cell.text, "…") == NULL, is_asked);
	}
}

static struct layout_needs needs_at(unsigned int width)
{
	struct layout layout;
	struct layout_needs needs;

	layout_make(&layout, &f.app, &f.rows, width);
	layout_needs(&layout, &f.app, &needs);
	return needs;
}

/* Sums over namespaces need every task, but only where they are shown or sorted by. */
static void test_namespaces_need_sums_only_where_shown(void **state)
{
	struct layout_needs needs = needs_at(80);

	(void)state;
	assert_true(needs.task_fields & PIDNS_TASK_CPU && needs.task_fields & PIDNS_TASK_RSS);
	assert_true(needs.ns_fields & PIDNS_NS_ZOMBIES);
	assert_true(needs.screen_fields & PIDNS_TASK_COMM);
	needs = needs_at(20);
	assert_int_equal(needs.task_fields, 0);
	app_place(&f.app)->sorted_by = view_namespaces.memory;
	assert_int_equal(needs_at(20).task_fields, PIDNS_TASK_RSS);
}

/* State, times and memory come with what the header counts; the rest only of those on the screen. */
static void test_processes_need_little_of_all(void **state)
{
	struct layout_needs needs;

	(void)state;
	enter_deepest();
	needs = needs_at(200);
	assert_int_equal(needs.task_fields, OF_ALL);
	assert_int_equal(needs.screen_fields, PIDNS_TASK_UID | PIDNS_TASK_COMM);
	assert_int_equal(needs_at(20).task_fields, PIDNS_TASK_PPID);
	app_place(&f.app)->sorted_by = view_processes.cpu;
	assert_int_equal(needs_at(20).task_fields, PIDNS_TASK_CPU | PIDNS_TASK_START);
}

/* Whatever the view and its width: the totals of the header. */
static void test_a9_the_header_has_its_totals(void **state)
{
	const uint64_t totals = PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES;

	(void)state;
	for (unsigned int width = 20; width < 200; width += 20)
		assert_int_equal(needs_at(width).ns_fields & totals, totals);
	enter_deepest();
	for (unsigned int width = 20; width < 200; width += 20)
		assert_int_equal(needs_at(width).ns_fields & totals, totals);
}

/* A pause asks for all of it, so that nothing of a later moment has to be shown. */
static void test_a9_all_there_is_to_know(void **state)
{
	struct layout_needs all, needs;

	(void)state;
	layout_needs_all(&all);
	assert_int_equal(all.screen_fields, 0);
	for (int i = 0; i < 2; i++) {
		needs = needs_at(400);
		assert_int_equal(needs.ns_fields & ~all.ns_fields, 0);
		assert_int_equal((needs.task_fields | needs.screen_fields) & ~all.task_fields, 0);
		enter_deepest();
		f.app.is_below = true;
	}
}

static void test_looking_for_a_name_needs_all_names(void **state)
{
	(void)state;
	enter_deepest();
	strcpy(app_place(&f.app)->filter, "x");
	assert_true(needs_at(80).task_fields & PIDNS_TASK_COMM);
	assert_true(needs_at(80).task_fields & PIDNS_TASK_UID);
	app_place(&f.app)->filter[0] = '\0';
	assert_int_equal(needs_at(80).task_fields & PIDNS_TASK_COMM, 0);
	f.app.mode = APP_PROMPT;
	f.app.prompt.kind = PROMPT_SEARCH;
	assert_true(needs_at(80).task_fields & PIDNS_TASK_COMM);
	f.app.prompt.kind = PROMPT_DELAY;
	assert_int_equal(needs_at(80).task_fields & PIDNS_TASK_COMM, 0);
}

/* Namespaces have no name of their own: what is looked for is in their init. */
static void test_every_column_says_what_it_shows(void **state)
{
	const struct view *views[] = {&view_namespaces, &view_processes};

	(void)state;
	for (size_t v = 0; v < 2; v++) {
		const struct view *view = views[v];

		assert_true(view->columns[view->nr_columns - 1].flags & COLUMN_REST);
		assert_true(column_can_sort(&view->columns[view->sorted_by]));
		for (size_t i = 0; i < view->nr_columns; i++) {
			assert_non_null(view->columns[i].field->name);
			assert_non_null(view->columns[i].field->title);
			assert_non_null(view->columns[i].field->help);
			assert_true(view->columns[i].field->width > 0);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_any_width_is_sound),
		TEST(test_sorted_by_stays),
		TEST(test_wider_shows_more),
		TEST(test_numbers_are_never_cut),
		TEST(test_least_important_goes_first),
		TEST(test_levels_between_go_first),
		TEST(test_your_own_namespace_has_no_vpid),
		TEST(test_namespaces_need_sums_only_where_shown),
		TEST(test_processes_need_little_of_all),
		TEST(test_a9_the_header_has_its_totals),
		TEST(test_a9_all_there_is_to_know),
		TEST(test_a5_no_number_is_cut),
		TEST(test_a9_what_was_not_asked_for_is_to_come),
		TEST(test_looking_for_a_name_needs_all_names),
		TEST(test_every_column_says_what_it_shows),
	};

	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
