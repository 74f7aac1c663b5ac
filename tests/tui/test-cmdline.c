// SPDX-License-Identifier: GPL-2.0-or-later
/* test-cmdline.c - the helper that reads command lines: right, in time, and never waited for. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cmdline.h"
#include "scratch.h"

#define NR 200

/* What the helper told of each question. */
static struct {
	bool is_there;
	size_t len;
	char *bytes;
} answers[NR];

static struct cmdline_helper *helper;

static void got(void *arg, size_t i, const char *bytes, size_t len)
{
	assert_ptr_equal(arg, answers);
	assert_true(i < NR);
	assert_false(answers[i].is_there);
	answers[i].is_there = true;
	answers[i].len = len;
	answers[i].bytes = malloc(len + 1);
	assert_non_null(answers[i].bytes);
	memcpy(answers[i].bytes, bytes, len);
}

static void forget_answers(void)
{
	for (size_t i = 0; i < NR; i++)
		free(answers[i].bytes);
	memset(answers, 0, sizeof(answers));
}

static int setup(void **state)
{
	(void)state;
	forget_answers();
	return cmdline_open(NULL, 0, &helper);
}

static int teardown(void **state)
{
	(void)state;
	helper = cmdline_close(helper);
	forget_answers();
	return 0;
}

/* Our youngest child: those of earlier tests may not have been waited for. */
static pid_t helper_pid(void)
{
	char path[64];
	FILE *file;
	int pid = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "re");
	assert_non_null(file);
	while (fscanf(file, "%d", &pid) == 1)
		continue;
	assert_true(pid > 0);
	fclose(file);
	return pid;
}

static int ask_one(int32_t pid, uint64_t start_ns)
{
	struct cmdline_query query = {.pid = pid, .start_ns = start_ns};

	return cmdline_ask(helper, &query, 1, got, answers);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void test_our_own(void **state)
{
	char own[4096];
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, own, sizeof(own));

	(void)state;
	close(fd);
	assert_int_equal(ask_one(getpid(), 0), 0);
	assert_true(answers[0].is_there);
	assert_int_equal(answers[0].len, len);
	assert_memory_equal(answers[0].bytes, own, (size_t)len);
}

static void test_no_such_process(void **state)
{
	(void)state;
	assert_int_equal(ask_one(INT32_MAX, 0), 0);
	assert_false(answers[0].is_there);
	assert_int_equal(ask_one(-1, 0), 0);
	assert_false(answers[0].is_there);
	assert_int_equal(cmdline_ask(helper, NULL, 0, got, answers), 0);
}

static uint64_t start_of(pid_t pid)
{
	char path[64], line[2048], *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	fclose(file);
	at = strrchr(line, ')');
	for (int field = 2; field < 22; field++)
		at = strchr(at + 1, ' ');
	return strtoull(at, NULL, 10) * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* A pid that was used again is another process, whose arguments are not shown as the first one's. */
static void test_start_time_is_checked(void **state)
{
	uint64_t start_ns = start_of(getpid());

	(void)state;
	assert_int_equal(ask_one(getpid(), start_ns), 0);
	assert_true(answers[0].is_there);
	forget_answers();
	assert_int_equal(ask_one(getpid(), start_ns + UINT64_C(5000000000)), 0);
	assert_false(answers[0].is_there);
}

static void test_many_in_order(void **state)
{
	struct cmdline_query queries[NR];

	(void)state;
	for (size_t i = 0; i < NR; i++)
		queries[i] = (struct cmdline_query){.pid = i % 2 ? INT32_MAX : getpid()};
	assert_int_equal(cmdline_ask(helper, queries, NR, got, answers), 0);
	for (size_t i = 0; i < NR; i++)
		assert_int_equal(answers[i].is_there, i % 2 == 0);
}

/* A folder that looks like /proc, so that any argument can be in it. */
struct fake {
	char root[PATH_MAX], folder[PATH_MAX + 4], cmdline[PATH_MAX + 16];
};

static void fake_make(struct fake *fake, const char *bytes, size_t len)
{
	int fd;

	strcpy(fake->root, scratch("proc"));
	assert_int_equal(mkdir(fake->root, 0700), 0);
	snprintf(fake->folder, sizeof(fake->folder), "%s/7", fake->root);
	snprintf(fake->cmdline, sizeof(fake->cmdline), "%s/cmdline", fake->folder);
	assert_int_equal(mkdir(fake->folder, 0700), 0);
	fd = open(fake->cmdline, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
	helper = cmdline_close(helper);
}

/* A megabyte may take a busy machine longer than the caller waits for it; then the helper is given up. */
static void ask_patiently(const struct fake *fake, size_t cut)
{
	int tries = 100, r;

	do {
		helper = cmdline_close(helper);
		assert_int_equal(cmdline_open(fake->root, cut, &helper), 0);
		r = ask_one(7, 0);
	} while (r == -ETIMEDOUT && --tries);
	assert_int_equal(r, 0);
}

static void test_huge_and_cut(void **state)
{
	size_t len = 1 << 20;
	char *bytes = malloc(len);
	struct fake fake;

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 31);
	fake_make(&fake, bytes, len);
	ask_patiently(&fake, 0);
	assert_int_equal(answers[0].len, len);
	assert_memory_equal(answers[0].bytes, bytes, len);
	forget_answers();
	ask_patiently(&fake, 100);
	assert_int_equal(answers[0].len, 100);
	scratch_clear();
	free(bytes);
}

static void test_empty(void **state)
{
	struct fake fake;

	(void)state;
	fake_make(&fake, "", 0);
	assert_int_equal(cmdline_open(fake.root, 0, &helper), 0);
	assert_int_equal(ask_one(7, 0), 0);
	assert_true(answers[0].is_there);
	assert_int_equal(answers[0].len, 0);
	scratch_clear();
}

static void test_no_procfs(void **state)
{
	(void)state;
	helper = cmdline_close(helper);
	assert_int_equal(cmdline_open("/nonexistent", 0, &helper), 0);
	assert_int_equal(ask_one(1, 0), 0);
	assert_false(answers[0].is_there);
}

/* Hung where it is, as on a file system that does not answer: late once, and never asked again. */
static void test_hung_helper_is_abandoned(void **state)
{
	int64_t begin = now_ms(), taken;

	(void)state;
	assert_int_equal(kill(helper_pid(), SIGSTOP), 0);
	assert_int_equal(ask_one(getpid(), 0), -ETIMEDOUT);
	taken = now_ms() - begin;
	assert_true(taken >= CMDLINE_PATIENCE_MS);
	assert_false(answers[0].is_there);
	begin = now_ms();
	for (int i = 0; i < 1000; i++)
		assert_int_equal(ask_one(getpid(), 0), -ETIMEDOUT);
	/* A thousand times its patience would be minutes. */
	assert_true(now_ms() - begin < 20 * CMDLINE_PATIENCE_MS);
}

static void test_dead_helper(void **state)
{
	pid_t pid = helper_pid();

	(void)state;
	assert_int_equal(kill(pid, SIGKILL), 0);
	/* It is dead when the kernel says so; it stays ours to wait for. */
	assert_int_equal(waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT), 0);
	assert_int_equal(ask_one(getpid(), 0), -EPIPE);
	assert_int_equal(ask_one(getpid(), 0), -EPIPE);
}

static void test_no_helper(void **state)
{
	struct cmdline_query query = {.pid = 1};

	(void)state;
	assert_int_equal(cmdline_ask(NULL, &query, 1, got, answers), -EPIPE);
	assert_null(cmdline_close(NULL));
}

/* When its parent ends without a word, it ends too. */
static void test_helper_ends_with_us(void **state)
{
	int to_test[2];
	pid_t parent;
	char byte;

	(void)state;
	assert_int_equal(pipe(to_test), 0);
	parent = fork();
	if (!parent) {
		struct cmdline_helper *another;

		/* The helper closes what it inherits, so the pipe is in our hands alone. */
		if (cmdline_open(NULL, 0, &another) < 0)
			_exit(1);
		if (write(to_test[1], "x", 1) != 1)
			_exit(1);
		pause();
	}
	close(to_test[1]);
	assert_int_equal(read(to_test[0], &byte, 1), 1);
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	/* End of file: no process holds the other end any more. */
	assert_int_equal(read(to_test[0], &byte, 1), 0);
	close(to_test[0]);
}

static void test_helper_is_out_of_the_way(void **state)
{
	char path[64], target[256];
	pid_t pid;

	(void)state;
	assert_int_equal(ask_one(getpid(), 0), 0);
	pid = helper_pid();
	assert_int_not_equal(getsid(pid), getsid(0));
	for (int fd = 0; fd < 10; fd++) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		len = readlink(path, target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		/* Its socket, and its folder. */
		assert_true(strncmp(target, "socket:", 7) == 0 || strcmp(target, "/proc") == 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_our_own),
		TEST(test_no_such_process),
		TEST(test_start_time_is_checked),
		TEST(test_many_in_order),
		TEST(test_huge_and_cut),
		TEST(test_empty),
		TEST(test_no_procfs),
		TEST(test_hung_helper_is_abandoned),
		TEST(test_dead_helper),
		TEST(test_no_helper),
		TEST(test_helper_ends_with_us),
		TEST(test_helper_is_out_of_the_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
