// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * P12: every n-th allocation fails, for each n until none is left to fail. The answer is -ENOMEM
 * each time, with a sentence where one can be had; that nothing leaks is for AddressSanitizer and
 * valgrind to say.
 */
#include "unit.h"
#include "alloc.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "annotate/annotate.h"
#include "proc-tree.h"

/* ---- what is tried --------------------------------------------------------------------------- */

static char *body;
static char path[512], saved[512], why[256];

static int take(const char *provider, const char *source, uint32_t flags,
		struct pidns_snapshot **ret_snapshot)
{
	const struct pidns_open_opts open_opts = {.size = sizeof(open_opts),
						  .provider = provider,
						  .source = source,
						  .why = why,
						  .why_len = sizeof(why)};
	const struct pidns_take_opts take_opts = {.size = sizeof(take_opts),
						  .ns_fields = PIDNS_FIELDS_ALL,
						  .task_fields = PIDNS_FIELDS_ALL,
						  .flags = flags,
						  .why = why,
						  .why_len = sizeof(why)};
	struct pidns_ctx *ctx;
	int r = pidns_open(&open_opts, &ctx);

	if (r < 0)
		return r;
	r = pidns_snapshot_take(ctx, &take_opts, ret_snapshot);
	pidns_close(ctx);
	return r;
}

static int try_replay(void)
{
	struct pidns_snapshot *s = NULL;
	int r = take("replay", path, PIDNS_TAKE_THREADS, &s);

	assert_int_equal(!s, r < 0);
	pidns_snapshot_unref(s);
	return r;
}

static int try_chosen(void)
{
	static const int32_t pids[] = {7, 1, 100};
	const struct pidns_take_opts opts = {.size = sizeof(opts),
					     .pids = pids,
					     .nr_pids = 3,
					     .why = why,
					     .why_len = sizeof(why)};
	struct pidns_snapshot *s = NULL;
	struct pidns_ctx *ctx;
	int r = open_recording(path, why, &ctx);

	if (r < 0)
		return r;
	r = pidns_snapshot_take(ctx, &opts, &s);
	assert_int_equal(!s, r < 0);
	pidns_snapshot_unref(s);
	pidns_close(ctx);
	return r;
}

static struct pidns_snapshot *older, *newer;

static int try_save(void)
{
	strcpy(why, "no sentence is promised");
	return pidns_snapshot_save(newer, saved);
}

static int try_diff(void)
{
	struct pidns_diff *diff = NULL;
	int r = pidns_diff_open(older, newer, &diff);

	strcpy(why, "no sentence is promised");
	assert_int_equal(!diff, r < 0);
	pidns_diff_close(diff);
	return r;
}

static int try_procfs(void)
{
	struct pidns_snapshot *s = NULL;
	int r = take("procfs", NULL, PIDNS_TAKE_THREADS | PIDNS_TAKE_ALL, &s);

	assert_int_equal(!s, r < 0);
	pidns_snapshot_unref(s);
	return r;
}

/* On a snapshot of its own each time: an annotator leaves what it got done. */
static int try_limits(void)
{
	long left = alloc_pause();
	struct pidns_snapshot *s;
	int r;

	assert_int_equal(take("replay", path, 0, &s), 0);
	alloc_fail_after(left);
	strcpy(why, "no sentence is promised");
	r = annotate(s, -1, PIDNS_TAKE_LIMITS, getpid());
	pidns_snapshot_unref(s);
	return r;
}

/* Notes may be written again, on the same snapshot. */
static int try_annotate(void)
{
	int fd = open_root();
	int r = annotate(newer, fd, PIDNS_TAKE_PINS | PIDNS_TAKE_ZOMBIES, 0);

	strcpy(why, "no sentence is promised");
	close(fd);
	return r;
}

/* How often did it fail, before nothing was left to fail? */
static long exhaust(int (*attempt)(void), bool may_cope, long limit)
{
	long n;
	int r;

	for (n = 1; n <= limit; n++) {
		strcpy(why, "");
		alloc_fail_after(n);
		r = attempt();
		if (!alloc_has_failed()) {
			assert_int_equal(r, 0);
			return n - 1;
		}
		if (r >= 0 && may_cope)
			continue;
		assert_int_equal(r, -ENOMEM);
		assert_true(*why);
	}
	return limit;
}

static void test_replay(void **state)
{
	(void)state;
	assert_between(exhaust(try_replay, false, LONG_MAX), 10, 1000);
}

static void test_chosen(void **state)
{
	(void)state;
	assert_between(exhaust(try_chosen, false, LONG_MAX), 10, 1000);
}

static void test_save(void **state)
{
	(void)state;
	assert_between(exhaust(try_save, false, LONG_MAX), 1, 100);
}

static void test_diff(void **state)
{
	(void)state;
	assert_between(exhaust(try_diff, false, LONG_MAX), 4, 100);
}

/* A side question of procfs may go unanswered; the whole is refused or right. The machine's size
 * decides how many there are: enough is enough. */
static void test_procfs(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	if (take("procfs", NULL, 0, &s) < 0)
		skip_because(why);
	pidns_snapshot_unref(s);
	assert_between(exhaust(try_procfs, true, 150), 10, 150);
}

static void test_limits(void **state)
{
	(void)state;
	assert_between(exhaust(try_limits, false, 300), 5, 300);
}

static void test_annotate(void **state)
{
	(void)state;
	new_root(NULL);
	put_link("7/fd/3", "pid:[5]");
	put_link("7/fd/4", "anon_inode:[pidfd]");
	put("7/fdinfo/4", "Pid:\t-1\n");
	put_link("7/ns/mnt", "mnt:[90]");
	put("7/mountinfo",
	    "1 1 0:4 pid:[6] /a rw - nsfs nsfs rw\n1 1 0:5 / /b rw - proc proc rw\n");
	put("1/status", "SigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n");
	assert_between(exhaust(try_annotate, true, LONG_MAX), 5, 2000);
	assert_true(pidns_ns_find(newer, 5)->notes->known & PIDNS_NOTE_PINS);
}

/* Some of everything, and enough of it for arrays to grow. */
static void write_body(void)
{
	char *end = body = malloc(1 << 20);
	int i;

	assert_non_null(body);
	end += sprintf(end, "snapshot time_ns=1 provider=test flags=threads cannot_see=- root=1\n"
			    "ns ino=1 depth=0\n");
	for (i = 2; i < 200; i++)
		end += sprintf(end, "ns ino=%d depth=1 parent=1 reaper_start_ns=%d000000000\n", i,
			       i);
	for (i = 1; i < 2000; i++)
		end += sprintf(end, "task pid=%d tid=%d ns=%d vpids=%d,%d comm=name-%d\n", i, i,
			       2 + i % 198, i, 1 + i / 198, i);
	for (; i < 2010; i++)
		end += sprintf(end, "task pid=%d tid=%d vpids=%d,9,9\n", i, i, i);
	for (i = 2; i < 20; i++)
		end += sprintf(end,
			       "notes ns=%d known=limits\nlimit ns=%d kind=init source=x\n"
			       "limit ns=%d kind=nproc\ncontainer ns=%d name=a id=b\n"
			       "pin ns=%d kind=bind path=/x\nzombie ns=%d pid=1\n",
			       i, i, i, i, i, i);
	sprintf(end, "limit kind=level used=3 max=32\n");
}

static int set_up(void **state)
{
	(void)state;
	write_body();
	older = snapshot_of("snapshot time_ns=1 provider=test flags=- cannot_see=- root=1\n"
			    "ns ino=1\ntask pid=1 tid=1 ns=1\ntask pid=9999 tid=9999 ns=1\n",
			    0);
	newer = snapshot_of(body, 0);
	strcpy(path, write_recording(body));
	strcpy(saved, scratch("saved.rec"));
	free(body);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	pidns_snapshot_unref(older);
	pidns_snapshot_unref(newer);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),	 cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_save),	 cmocka_unit_test(test_diff),
		cmocka_unit_test(test_procfs),	 cmocka_unit_test(test_limits),
		cmocka_unit_test(test_annotate),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
