// SPDX-License-Identifier: GPL-2.0-or-later
/* test-config.c - settings: what is understood, what is passed over, and which file is trusted. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "pidns-top/ui/config.h"
#include "pidns-top/view.h"
#include "scratch.h"

static struct app app;
static char home[CONFIG_PATH_SIZE], path[CONFIG_PATH_SIZE], why[CONFIG_PATH_SIZE + 100];

static int setup(void **state)
{
	(void)state;
	app_init(&app);
	strcpy(home, scratch("home"));
	if (mkdir(home, 0700) < 0)
		return -1;
	setenv("HOME", home, 1);
	unsetenv("XDG_CONFIG_HOME");
	why[0] = '\0';
	return config_path(path, sizeof(path));
}

static int teardown(void **state)
{
	(void)state;
	scratch_clear();
	return 0;
}

static void parse(const char *text)
{
	config_parse(text, strlen(text), &app);
}

/* ---- The text ---- */

static void test_every_setting(void **state)
{
	(void)state;
	parse("# a remark\ndelay=5\ntree=0\ncommands=0\nbelow=1\nsort-namespaces=-cpu\n"
	      "sort-processes=TIME\nsort-processes=cpu_ns");
	assert_true(app.delay > 4.9 && app.delay < 5.1);
	assert_false(app.is_tree || app.has_commands);
	assert_true(app.is_below);
	assert_int_equal(app.places[APP_NAMESPACES].sorted_by, view_namespaces.cpu);
	assert_true(app.places[APP_NAMESPACES].is_reversed);
	assert_int_equal(app.places[APP_PROCESSES].sorted_by, view_processes.time);
	assert_false(app.places[APP_PROCESSES].is_reversed);
}

static void test_what_is_printed_is_understood(void **state)
{
	struct app other;
	char text[1024];
	size_t len;

	(void)state;
	parse("columns-namespaces=cpu,name,-limit,state,cpu,nobody\ncolumns-processes=-pid\n"
	      "hide-kernel=1\ndelay=0.25\ntree=0\nbelow=1\nsort-processes=-uid\nsort-namespaces="
	      "pids_used\n");
	len = config_print(&app, text, sizeof(text));
	assert_int_equal(len, strlen(text));
	app_init(&other);
	config_parse(text, len, &other);
	assert_memory_equal(&other, &app, sizeof(app));
	for (size_t size = 1; size < len; size++)
		assert_int_equal(config_print(&app, text, size), size - 1);
}

static void test_nonsense_changes_nothing(void **state)
{
	static const char *const lines[] = {
		"",
		"\n\n\n",
		"=",
		"delay",
		"delay=",
		"delay=-1",
		"delay=nan",
		"delay=2147483648",
		"delay=4294967297000000000000000000",
		"delay=1e400",
		"tree=2",
		"tree=yes",
		"tree=-1",
		"tree=2147483648",
		"sort-namespaces=",
		"columns-namespaces=",
		"columns-namespaces=,,-,nobody,--",
		"columns-processes=-pid,-vpids,-vpid,-ppid,-ns,-uid,-state,-nice,-cpu,-rss_bytes,-"
		"threads,-age,"
		"-cpu_ns,"
		"-command",
		"sort-namespaces=-",
		"sort-namespaces=--cpu",
		"sort-namespaces=2147483648",
		"sort-namespaces=pid",
		"sort-processes=vpids",
		"sort-processes=\x1b[31m",
		" tree=0",
		"Tree=0",
		"\xff\xfe\x00=",
		"delay=3\r",
	};
	struct app before = app;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		parse(lines[i]);
		assert_memory_equal(&app, &before, sizeof(app));
	}
	config_parse("delay=5\0", 8, &app);
	config_parse("tree=0\0tree=0", 13, &app);
	assert_memory_equal(&app, &before, sizeof(app));
}

static void test_long_lines_are_passed_over(void **state)
{
	char text[4096];

	(void)state;
	memset(text, '0', sizeof(text));
	memcpy(text, "delay=5", 7);
	memcpy(text + 4000, "\ntree=0\n", 8);
	config_parse(text, 4008, &app);
	assert_true(app.delay > 1.9 && app.delay < 2.1);
	assert_false(app.is_tree);
}

static void test_random_bytes(void **state)
{
	char text[256];

	(void)state;
	srandom(1);
	for (int i = 0; i < 20000; i++) {
		for (size_t k = 0; k < sizeof(text); k++)
			text[k] = "dely=01.-sortpce\n\0\xff"[random() % 19];
		config_parse(text, sizeof(text), &app);
		assert_true(app.delay >= APP_DELAY_MIN && app.delay <= APP_DELAY_MAX);
		assert_true(app.places[APP_PROCESSES].sorted_by < view_processes.nr_columns);
	}
}

/* ---- Where it is ---- */

static void test_where(void **state)
{
	char out[CONFIG_PATH_SIZE], *longest = malloc(CONFIG_PATH_SIZE + 1);

	(void)state;
	assert_non_null(longest);
	setenv("XDG_CONFIG_HOME", "/x/y", 1);
	assert_int_equal(config_path(out, sizeof(out)), 0);
	assert_string_equal(out, "/x/y/pidns-top/config");
	/* A relative one would be a file of whatever folder this is. */
	setenv("XDG_CONFIG_HOME", "x", 1);
	setenv("HOME", "/h", 1);
	assert_int_equal(config_path(out, sizeof(out)), 0);
	assert_string_equal(out, "/h/.config/pidns-top/config");
	setenv("HOME", "", 1);
	assert_int_equal(config_path(out, sizeof(out)), -ENOENT);
	unsetenv("HOME");
	assert_int_equal(config_path(out, sizeof(out)), -ENOENT);
	memset(longest, '/', CONFIG_PATH_SIZE);
	longest[CONFIG_PATH_SIZE] = '\0';
	setenv("HOME", longest, 1);
	assert_int_equal(config_path(out, sizeof(out)), -ENOENT);
	free(longest);
}

/* ---- The file ---- */

static void test_none_is_no_trouble(void **state)
{
	(void)state;
	assert_int_equal(config_load(path, &app, why, sizeof(why)), 0);
	assert_int_equal(config_load("/dev/null/x", &app, why, sizeof(why)), 0);
}

static void test_saved_and_loaded(void **state)
{
	struct app other;
	struct stat st;

	(void)state;
	app.delay = 7;
	assert_int_equal(config_save(path, &app, why, sizeof(why)), 0);
	app.delay = 8;
	assert_int_equal(config_save(path, &app, why, sizeof(why)), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	app_init(&other);
	assert_int_equal(config_load(path, &other, why, sizeof(why)), 0);
	assert_true(other.delay > 7.9 && other.delay < 8.1);
}

static void put_file(const char *text, mode_t mode)
{
	int fd;

	assert_int_equal(config_save(path, &app, why, sizeof(why)), 0);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void expect_refused(int error, const char *word)
{
	struct app before = app;

	assert_int_equal(config_load(path, &app, why, sizeof(why)), error);
	assert_non_null(strstr(why, word));
	assert_memory_equal(&app, &before, sizeof(app));
}

static void test_others_may_write_it(void **state)
{
	(void)state;
	put_file("delay=9\n", 0602);
	expect_refused(-EPERM, "others may write");
	put_file("delay=9\n", 0620);
	expect_refused(-EPERM, "others may write");
}

static void test_folder_of_another_user(void **state)
{
	(void)state;
	if (geteuid()) {
		print_message("only root can give a file away\n");
		return;
	}
	put_file("delay=9\n", 0600);
	assert_int_equal(chown(path, 65534, 65534), 0);
	expect_refused(-EPERM, "not yours");
	assert_int_equal(config_save(path, &app, why, sizeof(why)), -EPERM);
	assert_non_null(strstr(why, "not yours"));
}

static void replace_by(int (*make)(const char *))
{
	unlink(path);
	put_file("delay=9\n", 0600);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(make(path), 0);
}

static int make_fifo(const char *at)
{
	return mkfifo(at, 0600);
}

static int make_folder(const char *at)
{
	return mkdir(at, 0700);
}

static int make_dangling(const char *at)
{
	return symlink("/nonexistent/x", at);
}

static int make_link_to_secret(const char *at)
{
	return symlink("/etc/passwd", at);
}

static void expect_not_written(void)
{
	struct stat before, after;

	assert_int_equal(lstat(path, &before), 0);
	assert_int_equal(config_save(path, &app, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "not a regular file"));
	assert_int_equal(lstat(path, &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
}

/* Reading a FIFO would wait for a writer. */
static void test_fifo(void **state)
{
	(void)state;
	replace_by(make_fifo);
	expect_refused(-EINVAL, "not a regular file");
	expect_not_written();
}

static void test_folder(void **state)
{
	(void)state;
	replace_by(make_folder);
	expect_refused(-EINVAL, "not a regular file");
	expect_not_written();
	assert_int_equal(rmdir(path), 0);
}

static void test_link(void **state)
{
	(void)state;
	replace_by(make_dangling);
	expect_refused(-EINVAL, "not a regular file");
	expect_not_written();
	replace_by(make_link_to_secret);
	expect_refused(-EINVAL, "not a regular file");
	expect_not_written();
}

/* A shell command about $HOME. */
static void run(const char *command)
{
	assert_int_equal(system(command), 0);
}

/* Neither read nor written, with that word in the sentence; and the folder `secret` is as it was. */
static void expect_folder_refused(const char *word)
{
	struct app before = app;

	assert_true(config_save(path, &app, why, sizeof(why)) < 0);
	assert_non_null(strstr(why, "not written"));
	assert_non_null(strstr(why, word));
	assert_true(config_load(path, &app, why, sizeof(why)) < 0);
	assert_non_null(strstr(why, "not read"));
	assert_non_null(strstr(why, word));
	assert_memory_equal(&app, &before, sizeof(app));
	run("test \"$(find $HOME/secret -type f | wc -l) $(cat $HOME/secret/config)\" = '1 "
	    "delay=9'");
}

static void make_secret(void)
{
	run("mkdir -p $HOME/secret $HOME/.config && echo delay=9 >$HOME/secret/config");
	run("chmod 600 $HOME/secret/config");
}

/* A user's folder that is a link to one of root's must not lead a write there. */
static void test_c4_folder_is_a_link(void **state)
{
	(void)state;
	make_secret();
	run("ln -s $HOME/secret $HOME/.config/pidns-top");
	expect_folder_refused("a symbolic link");
	run("rm $HOME/.config/pidns-top && ln -s ../secret $HOME/.config/pidns-top");
	expect_folder_refused("a symbolic link");
}

static void test_c4_folder_above_is_a_link(void **state)
{
	(void)state;
	make_secret();
	run("mv $HOME/secret $HOME/pidns-top && mkdir $HOME/secret && mv $HOME/pidns-top "
	    "$HOME/secret");
	run("rmdir $HOME/.config && ln -s secret $HOME/.config");
	assert_true(config_save(path, &app, why, sizeof(why)) < 0);
	assert_non_null(strstr(why, "a symbolic link"));
	assert_true(config_load(path, &app, why, sizeof(why)) < 0);
	run("test \"$(cat $HOME/secret/pidns-top/config)\" = delay=9");
}

/* XDG_CONFIG_HOME that leads through a link in a folder that others may write. */
static void test_c4_base_is_a_link(void **state)
{
	char base[CONFIG_PATH_SIZE + 16];

	(void)state;
	make_secret();
	run("mkdir -m 1777 $HOME/open && ln -s ../secret $HOME/open/link");
	snprintf(base, sizeof(base), "%s/open/link", home);
	setenv("XDG_CONFIG_HOME", base, 1);
	assert_int_equal(config_path(path, sizeof(path)), 0);
	if (geteuid() == 0) {
		assert_true(config_save(path, &app, why, sizeof(why)) < 0);
		assert_non_null(strstr(why, "a symbolic link"));
		run("test ! -e $HOME/secret/pidns-top");
	}
}

/* HOME that sudo has kept: all is written by root, into folders of the user. */
static void test_c4_folder_of_another_user(void **state)
{
	static const char *const folders[] = {"", "/.config", "/.config/pidns-top"};

	(void)state;
	if (geteuid()) {
		print_message("only root can give a folder away\n");
		return;
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		struct app before = app;

		put_file("delay=9\n", 0600);
		setenv("FOLDER", folders[i], 1);
		run("chown 1000 $HOME$FOLDER");
		assert_int_equal(config_save(path, &app, why, sizeof(why)), -EPERM);
		assert_non_null(strstr(why, "not yours"));
		assert_int_equal(config_load(path, &app, why, sizeof(why)), -EPERM);
		assert_memory_equal(&app, &before, sizeof(app));
		run("chown 0 $HOME$FOLDER");
	}
	/* What is not there needs no sentence at the start. */
	run("rm -r $HOME/.config && chown 1000 $HOME");
	assert_int_equal(config_load(path, &app, why, sizeof(why)), 0);
	assert_int_equal(config_save(path, &app, why, sizeof(why)), -EPERM);
	run("test ! -e $HOME/.config && chown 0 $HOME");
}

static void test_c4_folder_that_others_may_write(void **state)
{
	(void)state;
	put_file("delay=9\n", 0600);
	run("chmod 777 $HOME/.config/pidns-top");
	assert_int_equal(config_save(path, &app, why, sizeof(why)), -EPERM);
	assert_non_null(strstr(why, "others may write it"));
	assert_int_equal(config_load(path, &app, why, sizeof(why)), -EPERM);
}

static void test_folders_are_made(void **state)
{
	(void)state;
	assert_int_equal(config_save(path, &app, why, sizeof(why)), 0);
	run("test $(stat -c %a $HOME/.config) = 700 && test $(stat -c %a $HOME/.config/pidns-top) "
	    "= 700");
}

static void test_huge_file(void **state)
{
	(void)state;
	put_file("delay=9\n", 0600);
	assert_int_equal(truncate(path, (off_t)1 << 40), 0);
	assert_int_equal(config_load(path, &app, why, sizeof(why)), 0);
	assert_true(app.delay > 8.9);
}

static void test_nothing_half_written(void **state)
{
	char command[CONFIG_PATH_SIZE + 64];

	(void)state;
	assert_int_equal(config_save(path, &app, why, sizeof(why)), 0);
	/* A folder in which nothing can be made: not even by root, for it is not there. */
	assert_true(config_save("/proc/self/pidns-top/config", &app, why, sizeof(why)) < 0);
	assert_true(strlen(why) > 0);
	snprintf(command, sizeof(command), "test \"$(ls -A %s/.config/pidns-top)\" = config", home);
	assert_int_equal(system(command), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_setting),
		TEST(test_what_is_printed_is_understood),
		TEST(test_nonsense_changes_nothing),
		TEST(test_long_lines_are_passed_over),
		TEST(test_random_bytes),
		TEST(test_where),
		TEST(test_none_is_no_trouble),
		TEST(test_saved_and_loaded),
		TEST(test_others_may_write_it),
		TEST(test_folder_of_another_user),
		TEST(test_fifo),
		TEST(test_folder),
		TEST(test_link),
		TEST(test_c4_folder_is_a_link),
		TEST(test_c4_folder_above_is_a_link),
		TEST(test_c4_base_is_a_link),
		TEST(test_c4_folder_of_another_user),
		TEST(test_c4_folder_that_others_may_write),
		TEST(test_folders_are_made),
		TEST(test_huge_file),
		TEST(test_nothing_half_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
