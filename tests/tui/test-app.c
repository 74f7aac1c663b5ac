// SPDX-License-Identifier: GPL-2.0-or-later
/* test-app.c - what keys do to the state of the user interface, and whom the cursor follows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "pidns-top/ui/help.h"
#include "pidns-top/ui/keys.h"
#include "pidns-top/rows/text.h"
#include "pidns-top/view.h"

#define ROOT UINT64_C(4026531836)
#define NEW  UINT64_C(4026532199)
#define WEB  UINT64_C(4026532201)
#define DB   UINT64_C(4026532205)
#define NODE UINT64_C(4026532210)
#define POD  UINT64_C(4026532301)
#define JOB  UINT64_C(4026532302)
#define DEAD UINT64_C(4026532400)
#define LOST UINT64_C(4026532401)

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

/* ---- Moving ---- */

static void test_moving_stops_at_the_ends(void **state)
{
	(void)state;
	fixture_press(&f, "Up Up");
	assert_int_equal(fixture_selected(&f), ROOT);
	fixture_press(&f, "Down Down");
	assert_int_equal(fixture_selected(&f), DB);
	fixture_press(&f, "PgDn PgDn Down");
	assert_int_equal(fixture_selected(&f), LOST);
	fixture_press(&f, "Home");
	assert_int_equal(fixture_selected(&f), ROOT);
	fixture_press(&f, "G");
	assert_int_equal(fixture_selected(&f), LOST);
	fixture_press(&f, "PgUp");
	assert_int_equal(fixture_selected(&f), ROOT);
}

static void test_selected_row_is_on_the_screen(void **state)
{
	const struct app_place *place = app_place(&f.app);

	(void)state;
	f.app.page = 3;
	fixture_press(&f, "Down Down Down");
	assert_int_equal(place->top, 1);
	fixture_press(&f, "End");
	assert_int_equal(place->top, 5);
	fixture_press(&f, "Up Up Up");
	assert_int_equal(place->top, 4);
	/* A screen that grew shows no empty lines that rows could fill. */
	f.app.page = 10;
	app_settle(&f.app, &f.rows);
	assert_int_equal(place->top, 0);
	f.app.page = 0;
	app_settle(&f.app, &f.rows);
	assert_int_equal(place->top, place->selected);
}

static void test_keys_without_rows(void **state)
{
	(void)state;
	strcpy(app_place(&f.app)->filter, "nobody has this");
	fixture_rows(&f);
	assert_int_equal(f.rows.count, 0);
	fixture_press(&f, "Up Down PgUp PgDn Home End Enter - + * n");
	assert_int_equal(f.app.view, APP_NAMESPACES);
	fixture_press(&f, "Esc Esc");
	assert_int_equal(f.rows.count, 8);
}

/* ---- Whom the cursor follows ---- */

static void test_cursor_stays_with_the_namespace(void **state)
{
	(void)state;
	fixture_press(&f, "Down Down");
	fixture_look(&f, "top-later");
	assert_int_equal(fixture_selected(&f), DB);
	fixture_press(&f, "R");
	assert_int_equal(fixture_selected(&f), DB);
}

static void test_cursor_that_was_not_moved_stays_on_top(void **state)
{
	(void)state;
	fixture_press(&f, "t P");
	assert_int_equal(fixture_selected(&f), WEB);
	fixture_press(&f, "R");
	assert_int_equal(app_place(&f.app)->selected, 0);
	fixture_press(&f, "Down Home N");
	assert_int_equal(app_place(&f.app)->selected, 0);
}

static void test_cursor_of_what_is_gone_stays_at_its_row(void **state)
{
	(void)state;
	fixture_press(&f, "Down");
	assert_int_equal(fixture_selected(&f), WEB);
	fixture_look(&f, "top-later");
	assert_int_equal(app_place(&f.app)->selected, 1);
	assert_int_equal(fixture_selected(&f), NEW);
	/* From now on it is that one's. */
	fixture_press(&f, "R");
	assert_int_equal(fixture_selected(&f), NEW);
	fixture_press(&f, "End");
	fixture_look(&f, "top-machine");
	fixture_press(&f, "End");
	fixture_look(&f, "top-later");
	assert_true(app_place(&f.app)->selected < f.rows.count);
}

/* The inode is the same, its init is not: that is another namespace. */
static void test_an_inode_used_again_is_another_namespace(void **state)
{
	(void)state;
	fixture_press(&f, "Down Down Down");
	assert_int_equal(fixture_selected(&f), NODE);
	fixture_press(&f, "-");
	assert_int_equal(f.rows.count, 6);
	fixture_press(&f, "Enter");
	assert_int_equal(f.app.view, APP_PROCESSES);
	fixture_look(&f, "top-later");
	assert_int_equal(f.app.view, APP_NAMESPACES);
	assert_non_null(strstr(f.app.message, "4026532210 is gone"));
	assert_false(folds_has(&f.app.folds, pidns_ns_find(f.sample.snapshot, NODE)));
}

static void test_a_pid_used_again_is_another_process(void **state)
{
	(void)state;
	fixture_press(&f, "Enter Down Down");
	assert_int_equal(fixture_selected(&f), 300);
	f.app.places[APP_PROCESSES].sorted_by = 0;
	fixture_look(&f, "top-later");
	/* The row is that of another process, so the cursor keeps its place in the list: the last. */
	assert_int_equal(app_place(&f.app)->selected, 2);
	assert_int_equal(fixture_selected(&f), 301);
}

/* ---- Levels ---- */

static void test_each_level_has_its_own_place(void **state)
{
	(void)state;
	fixture_press(&f, "Down Down Enter");
	assert_int_equal(f.app.view, APP_PROCESSES);
	assert_int_equal(fixture_selected(&f), 800);
	fixture_press(&f, "Down M Esc");
	assert_int_equal(f.app.view, APP_NAMESPACES);
	assert_int_equal(fixture_selected(&f), DB);
	assert_int_equal(app_place(&f.app)->sorted_by, view_namespaces.sorted_by);
	/* The processes of another namespace begin at the first. */
	fixture_press(&f, "Up Enter");
	assert_int_equal(app_place(&f.app)->selected, 0);
	fixture_press(&f, "Enter");
	assert_int_equal(f.app.view, APP_PROCESSES);
	fixture_press(&f, "Esc Esc");
	assert_int_equal(f.app.view, APP_NAMESPACES);
	assert_false(f.app.is_leaving);
}

static void test_esc_drops_the_filter_first(void **state)
{
	(void)state;
	fixture_press(&f, "Down Down Enter \\ 8 0 3 Enter");
	assert_int_equal(f.rows.count, 1);
	fixture_press(&f, "Esc");
	assert_int_equal(f.app.view, APP_PROCESSES);
	assert_int_equal(f.rows.count, 9);
	fixture_press(&f, "Esc");
	assert_int_equal(f.app.view, APP_NAMESPACES);
}

/* ---- Tree ---- */

static void test_fold_goes_to_the_parent_where_nothing_folds(void **state)
{
	(void)state;
	fixture_press(&f, "Down Down Down Down Down");
	assert_int_equal(fixture_selected(&f), JOB);
	fixture_press(&f, "Left");
	assert_int_equal(fixture_selected(&f), POD);
	fixture_press(&f, "-");
	assert_int_equal(f.rows.count, 7);
	fixture_press(&f, "-");
	assert_int_equal(fixture_selected(&f), NODE);
	fixture_press(&f, "Down +");
	assert_int_equal(f.rows.count, 8);
}

static void test_fold_all(void **state)
{
	(void)state;
	fixture_press(&f, "*");
	assert_int_equal(f.rows.count, 6);
	fixture_press(&f, "*");
	assert_int_equal(f.rows.count, 8);
}

static void test_a_flat_list_does_not_fold(void **state)
{
	(void)state;
	fixture_press(&f, "t Down Down Down - *");
	assert_int_equal(f.rows.count, 8);
	assert_int_equal(f.app.folds.count, 0);
}

/* ---- Sorting ---- */

static void test_sort_keys(void **state)
{
	const struct app_place *place = app_place(&f.app);

	(void)state;
	fixture_press(&f, "P");
	assert_int_equal(place->sorted_by, view_namespaces.cpu);
	assert_true(f.app.wants_take);
	fixture_press(&f, "I");
	assert_true(place->is_reversed);
	/* The same key again keeps the order; another column begins with its own. */
	fixture_press(&f, "P");
	assert_true(place->is_reversed);
	fixture_press(&f, "M");
	assert_int_equal(place->sorted_by, view_namespaces.memory);
	assert_false(place->is_reversed);
	/* Namespaces have an age. */
	fixture_press(&f, "T");
	assert_int_equal(place->sorted_by, view_namespaces.time);
	fixture_press(&f, "N");
	assert_int_equal(place->sorted_by, view_namespaces.number);
	fixture_press(&f, "<");
	assert_int_equal(place->sorted_by, view_namespaces.number - 1);
	fixture_press(&f, "Enter T");
	assert_int_equal(app_place(&f.app)->sorted_by, view_processes.time);
}

/* What cannot be sorted by is stepped over, in the menu too. */
static void test_sort_steps_over_what_does_not_sort(void **state)
{
	struct app_place *place;

	(void)state;
	fixture_press(&f, "Enter");
	place = app_place(&f.app);
	fixture_press(&f, ">");
	assert_true(column_can_sort(&view_processes.columns[place->sorted_by]));
	assert_int_equal(place->sorted_by, 2);
	fixture_press(&f, "<");
	assert_int_equal(place->sorted_by, 0);
	for (int i = 0; i < 30; i++)
		fixture_press(&f, ">");
	assert_int_equal(place->sorted_by, view_processes.nr_columns - 1);
}

/* What will end is said before it is asked; only y confirms. */
static void test_kill_asks(void **state)
{
	(void)state;
	fixture_press(&f, "Down k");
	assert_int_equal(f.app.mode, APP_PROMPT);
	fixture_press(&f, "K I L L Enter");
	assert_int_equal(f.app.mode, APP_ASK);
	assert_non_null(strstr(f.app.question, "Send SIGKILL to PID 700 (nginx), init of nginx: "
					       "SIGKILL ends all 3 processes there?"));
	assert_false(f.app.wants_act);
	fixture_press(&f, "Enter");
	assert_false(f.app.wants_act);
	assert_int_equal(f.app.mode, APP_LIST);
	fixture_press(&f, "k Enter y");
	assert_true(f.app.wants_act);
	assert_int_equal(f.app.act.value, 15);
	fixture_press(&f, "k x Enter");
	assert_string_equal(f.app.message, "not a signal: nothing was sent");
	f.app.is_readonly = true;
	fixture_press(&f, "k");
	assert_int_equal(f.app.mode, APP_LIST);
}

/* Tags follow processes, not rows. */
static void test_tags(void **state)
{
	(void)state;
	fixture_press(&f, "Down Enter Space Space");
	assert_int_equal(f.app.tags.count, 2);
	fixture_press(&f, "Home Space");
	assert_int_equal(f.app.tags.count, 1);
	assert_int_equal(f.app.tags.list[0].pid, 701);
	fixture_press(&f, "U");
	assert_int_equal(f.app.tags.count, 0);
}

static void test_setup(void **state)
{
	const struct app_place *place = app_place(&f.app);

	(void)state;
	fixture_press(&f, "F2 Up - Down Space +");
	assert_int_equal(f.app.mode, APP_SETUP);
	assert_int_equal(place->order[2], 1);
	assert_int_equal(place->order[1], 2);
	assert_false(place->has_column[1]);
	fixture_press(&f, "z");
	assert_string_equal(f.app.message, "no such key; Esc leaves");
	fixture_press(&f, "- Space Esc");
	assert_int_equal(f.app.mode, APP_LIST);
	assert_int_equal(place->order[1], 1);
	assert_true(place->has_column[1]);
	/* Nothing was changed, so nothing was written. */
	assert_string_equal(f.app.message, "");
	fixture_press(&f, "Enter F2 End + +");
	assert_int_equal(f.app.menu, view_processes.nr_columns - 1);
	for (size_t i = 0; i < view_processes.nr_columns; i++)
		app_place(&f.app)->has_column[i] = i == view_processes.nr_columns - 1;
	fixture_press(&f, "Space");
	assert_string_equal(f.app.message, "one column has to stay");
}

static void test_sort_menu(void **state)
{
	const struct app_place *place = app_place(&f.app);

	(void)state;
	fixture_press(&f, "F6 Down Down Esc");
	assert_int_equal(place->sorted_by, view_namespaces.sorted_by);
	fixture_press(&f, "F6 Down Down x Up Enter");
	assert_int_equal(f.app.mode, APP_LIST);
	assert_int_equal(place->sorted_by, view_namespaces.sorted_by + 1);
}

/* ---- Search, filter, delay ---- */

static void test_search_as_typed(void **state)
{
	(void)state;
	fixture_press(&f, "/ s");
	assert_int_equal(fixture_selected(&f), ROOT);
	fixture_press(&f, "h");
	assert_int_equal(fixture_selected(&f), JOB);
	assert_true(f.app.wants_take);
	fixture_press(&f, "Enter");
	assert_int_equal(f.app.mode, APP_LIST);
	assert_string_equal(f.app.search, "sh");
}

static void test_search_goes_round(void **state)
{
	(void)state;
	fixture_press(&f, "/ s y s t Enter");
	assert_int_equal(fixture_selected(&f), ROOT);
	fixture_press(&f, "n");
	assert_int_equal(fixture_selected(&f), NODE);
	fixture_press(&f, "n");
	assert_int_equal(fixture_selected(&f), ROOT);
	fixture_press(&f, "p");
	assert_int_equal(fixture_selected(&f), NODE);
}

static void test_search_without_match_says_so(void **state)
{
	(void)state;
	fixture_press(&f, "Down / z z z");
	assert_string_equal(f.app.message, "No row matches.");
	assert_int_equal(fixture_selected(&f), WEB);
	fixture_press(&f, "Backspace Backspace");
	assert_string_equal(f.app.message, "");
	assert_int_equal(fixture_selected(&f), LOST);
	/* What is taken back leaves no trace. */
	fixture_press(&f, "Backspace");
	assert_int_equal(fixture_selected(&f), WEB);
	fixture_press(&f, "z Esc");
	assert_int_equal(fixture_selected(&f), WEB);
}

static void test_search_next_asks_where_there_is_no_search(void **state)
{
	(void)state;
	fixture_press(&f, "n");
	assert_int_equal(f.app.mode, APP_PROMPT);
	assert_int_equal(f.app.prompt.kind, PROMPT_SEARCH);
}

static void test_an_empty_search_is_the_last_one(void **state)
{
	(void)state;
	fixture_press(&f, "/ p o Enter / Enter");
	assert_string_equal(f.app.search, "po");
	fixture_press(&f, "/ x Esc");
	assert_string_equal(f.app.search, "po");
}

static void test_filter_as_typed(void **state)
{
	(void)state;
	fixture_press(&f, "F4 p o");
	assert_int_equal(f.rows.count, 2);
	fixture_press(&f, "Esc");
	assert_int_equal(f.rows.count, 8);
	fixture_press(&f, "\\ p o Enter");
	assert_int_equal(f.rows.count, 2);
	/* It is edited where it stands. */
	fixture_press(&f, "\\ Backspace Enter");
	assert_string_equal(app_place(&f.app)->filter, "p");
	fixture_press(&f, "\\ ^W Enter");
	assert_int_equal(f.rows.count, 8);
}

static void test_delay(void **state)
{
	(void)state;
	fixture_press(&f, "d 0 . 5 Enter");
	assert_true(f.app.delay > 0.49 && f.app.delay < 0.51);
	fixture_press(&f, "s Enter");
	assert_true(f.app.delay > 0.49 && f.app.delay < 0.51);
	fixture_press(&f, "d 9 Esc");
	assert_true(f.app.delay > 0.49 && f.app.delay < 0.51);
	fixture_press(&f, "d 0 Enter");
	assert_true(f.app.delay > 0.49 && f.app.delay < 0.51);
	assert_non_null(strstr(f.app.message, "0.1 to 86400"));
}

static void test_delays_that_are_none(void **state)
{
	static const char *const bad[] = {"",	 "0",  "-1",   "nan",	   "inf",
					  "1e9", "1x", "0.01", "99999999", "0x"};
	double delay = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(app_parse_delay(bad[i], &delay));
	assert_true(delay > 6.9 && delay < 7.1);
	assert_true(app_parse_delay("0.1", &delay));
}

/* ---- The prompt ---- */

static void type(struct prompt *prompt, int code, int times)
{
	for (int i = 0; i < times; i++)
		prompt_key(prompt, code);
}

static void test_prompt_holds_whole_characters(void **state)
{
	struct prompt prompt;

	(void)state;
	prompt_open(&prompt, PROMPT_SEARCH, "before");
	assert_string_equal(prompt.before, "before");
	assert_string_equal(prompt.text, "");
	type(&prompt, 0x6f22, 1);
	type(&prompt, 0xe9, 1);
	type(&prompt, 0x1f680, 1);
	assert_string_equal(prompt.text, "漢é🚀");
	type(&prompt, TOP_KEY_ERASE, 1);
	assert_string_equal(prompt.text, "漢é");
	type(&prompt, TOP_KEY_ERASE, 2);
	assert_string_equal(prompt.text, "");
	assert_false(prompt_key(&prompt, TOP_KEY_ERASE));
	/* Full is full, and never with half a character. */
	type(&prompt, 0x6f22, 1000);
	assert_int_equal(prompt.len % 3, 0);
	assert_true(prompt.len < PROMPT_SIZE);
	assert_int_equal(strlen(prompt.text), prompt.len);
}

static void test_prompt_takes_no_control_characters(void **state)
{
	struct prompt prompt;

	(void)state;
	prompt_open(&prompt, PROMPT_FILTER, "");
	for (int key = 1; key < ' '; key++)
		prompt_key(&prompt, key);
	prompt_key(&prompt, 0x7f);
	prompt_key(&prompt, TOP_KEY_UP);
	prompt_key(&prompt, TOP_KEY_UNKNOWN);
	assert_string_equal(prompt.text, "");
}

static void test_prompt_words(void **state)
{
	struct prompt prompt;

	(void)state;
	prompt_open(&prompt, PROMPT_FILTER, "");
	prompt_set(&prompt, "one two  ");
	assert_true(prompt_key(&prompt, TOP_KEY_CTRL_W));
	assert_string_equal(prompt.text, "one ");
	assert_true(prompt_key(&prompt, TOP_KEY_CTRL_U));
	assert_string_equal(prompt.text, "");
	assert_false(prompt_key(&prompt, TOP_KEY_CTRL_U));
}

/* ---- The rest ---- */

static void test_switches(void **state)
{
	(void)state;
	fixture_press(&f, "c Z a");
	assert_false(f.app.has_commands);
	assert_true(f.app.is_paused);
	assert_true(f.app.is_below);
	fixture_press(&f, "^R");
	assert_true(f.app.wants_take);
	fixture_press(&f, "^L");
	assert_true(f.app.wants_redraw);
	fixture_press(&f, "q");
	assert_true(f.app.is_leaving);
}

static void test_help(void **state)
{
	(void)state;
	fixture_press(&f, "F1 PgDn Down");
	assert_int_equal(f.app.help_top, f.app.help_page + 1);
	fixture_press(&f, "End");
	assert_int_equal(f.app.help_top, help_lines() - f.app.help_page);
	fixture_press(&f, "Down PgDn Space");
	assert_int_equal(f.app.help_top, help_lines() - f.app.help_page);
	fixture_press(&f, "Home Up PgUp Right Left Left");
	assert_int_equal(f.app.help_top, 0);
	assert_int_equal(f.app.help_left, 0);
	fixture_press(&f, "q");
	assert_int_equal(f.app.mode, APP_LIST);
	assert_false(f.app.is_leaving);
}

/* It fits a screen of the usual width, and nothing is missing at its end. */
static void test_help_lines(void **state)
{
	char line[256];

	(void)state;
	for (size_t i = 0; i < help_lines(); i++) {
		help_line(i, line, sizeof(line));
		if (text_width(line) > 80)
			fail_msg("too long: %s", line);
	}
	help_line(help_lines() - 1, line, sizeof(line));
	assert_true(line[0] != '\0');
	help_line(help_lines(), line, sizeof(line));
	assert_string_equal(line, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_moving_stops_at_the_ends),
		TEST(test_selected_row_is_on_the_screen),
		TEST(test_keys_without_rows),
		TEST(test_cursor_stays_with_the_namespace),
		TEST(test_cursor_that_was_not_moved_stays_on_top),
		TEST(test_cursor_of_what_is_gone_stays_at_its_row),
		TEST(test_an_inode_used_again_is_another_namespace),
		TEST(test_a_pid_used_again_is_another_process),
		TEST(test_each_level_has_its_own_place),
		TEST(test_esc_drops_the_filter_first),
		TEST(test_fold_goes_to_the_parent_where_nothing_folds),
		TEST(test_fold_all),
		TEST(test_a_flat_list_does_not_fold),
		TEST(test_sort_keys),
		TEST(test_sort_steps_over_what_does_not_sort),
		TEST(test_kill_asks),
		TEST(test_tags),
		TEST(test_setup),
		TEST(test_sort_menu),
		TEST(test_search_as_typed),
		TEST(test_search_goes_round),
		TEST(test_search_without_match_says_so),
		TEST(test_search_next_asks_where_there_is_no_search),
		TEST(test_an_empty_search_is_the_last_one),
		TEST(test_filter_as_typed),
		TEST(test_delay),
		TEST(test_delays_that_are_none),
		TEST(test_prompt_holds_whole_characters),
		TEST(test_prompt_takes_no_control_characters),
		TEST(test_prompt_words),
		TEST(test_switches),
		TEST(test_help),
		TEST(test_help_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
