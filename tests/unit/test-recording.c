// SPDX-License-Identifier: GPL-2.0-or-later
/* Recordings written: what they look like, that they come back as they were, and what becomes of
 * the file. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/builder.h"
#include "core/provider.h"

static struct pidns_snapshot *freeze(struct builder *b)
{
	struct pidns_snapshot *s = NULL;

	assert_int_equal(builder_freeze(b, &s), 0);
	return s;
}

/* One namespace with everything known of it, one task likewise, and beside each one with nothing. */
static struct pidns_snapshot *all_and_nothing(void)
{
	static const int32_t vpids[] = {77, 3};
	static const uint32_t blocks[] = {18, 0, UINT32_MAX};
	const struct raw_ns root = {.known = PIDNS_NS_INO, .ino = 10};
	const struct raw_ns full = {.known = (PIDNS_NS_PROCESSES - 1) | PIDNS_NS_PIDMAP,
				    .ino = UINT64_MAX,
				    .parent_ino = 10,
				    .cookie = UINT64_MAX - 1,
				    .owner_ns = 12,
				    .alloc_failures = 13,
				    .level = 14,
				    .state = PIDNS_STATE_ZOMBIE_INIT,
				    .reaper = INT32_MAX,
				    .reaper_start_ns = 16,
				    .owner_uid = UINT32_MAX,
				    .pids_used = 18,
				    .pids_peak = 19,
				    .last_pid = 20,
				    .pids_max = 21,
				    .pidmap_block = 32768,
				    .nr_pidmap = 3,
				    .pidmap = blocks};
	const struct raw_task task = {.known = PIDNS_TASK_HAS_JOINED - 1,
				      .ns_ino = UINT64_MAX,
				      .ns_for_children_ino = 10,
				      .vpids = vpids,
				      .nr_vpids = 2,
				      .comm = "a b\\\n\033\x7f\xc3\xa9\xff=,-",
				      .start_ns = 1,
				      .cpu_ns = 2,
				      .rss_bytes = 3,
				      .pid = 77,
				      .tid = 77,
				      .ppid = 4,
				      .vpgid = 5,
				      .vsid = 6,
				      .uid = 7,
				      .ruid = 8,
				      .state = 't',
				      .threads = 9};
	const struct raw_task bare = {.pid = 78, .tid = 78};
	struct builder *b = builder_new("procfs", 0, NULL);

	assert_non_null(b);
	builder_set_time(b, 123456789);
	builder_add_flags(b, PIDNS_SNAPSHOT_RACED);
	builder_add_unseen(b, PIDNS_UNSEEN_UNBORN | PIDNS_UNSEEN_PROCFS_MOUNT);
	assert_int_equal(builder_set_root(b, 10), 0);
	assert_int_equal(builder_add_ns(b, &root), 0);
	assert_int_equal(builder_add_ns(b, &full), 0);
	assert_int_equal(builder_add_task(b, &task), 0);
	assert_int_equal(builder_add_task(b, &bare), 0);
	return freeze(b);
}

/* The format of version 1, to the byte: recordings that people keep must stay readable. */
static const char golden[] =
	"pidns-recording 1\n"
	"snapshot time_ns=123456789 provider=procfs flags=partial,raced "
	"cannot_see=unborn,procfs-mount,ns-links root=10\n"
	"ns ino=10 depth=0 pids_used=9 pids_used_exact=0 processes=0 processes_below=1 "
	"threads=0 threads_below=9 zombies=0 zombies_below=0 joined=0\n"
	"ns ino=18446744073709551615 cookie=18446744073709551614 parent=10 level=14 depth=1 "
	"state=zombie-init reaper=2147483647 reaper_start_ns=16 owner_uid=4294967295 owner_ns=12 "
	"pids_used=18 pids_used_exact=1 pids_peak=19 alloc_failures=13 last_pid=20 pids_max=21 "
	"pidmap=32768:18,0,4294967295 processes=1 processes_below=1 threads=9 threads_below=9 "
	"zombies=0 zombies_below=0\n"
	"ns depth=0 processes=1 processes_below=1\n"
	"task pid=77 tid=77 ns=18446744073709551615 vpids=77,3 ppid=4 state=t uid=7 ruid=8 "
	"comm=a\\040b\\134\\012\\033\\177\\303\\251\\377=,- start_ns=1 cpu_ns=2 rss_bytes=3 "
	"threads=9 vpgid=5 vsid=6 ns_for_children=10\n"
	"task pid=78 tid=78\n"
	"end namespaces=3 tasks=2 fnv1a64=";

static void test_golden(void **state)
{
	struct pidns_snapshot *s = all_and_nothing();
	size_t len;
	char *bytes = bytes_of(s, &len);

	(void)state;
	assert_int_equal(len, sizeof(golden) - 1 + 16 + 1);
	bytes[sizeof(golden) - 1] = '\0';
	assert_string_equal(bytes, golden);
	free(bytes);
	pidns_snapshot_unref(s);
}

static struct pidns_snapshot *replay(const char *path, uint32_t flags)
{
	struct pidns_take_opts opts = {.size = sizeof(opts),
				       .ns_fields = PIDNS_FIELDS_ALL,
				       .task_fields = PIDNS_FIELDS_ALL,
				       .flags = flags};
	struct pidns_snapshot *s;
	struct pidns_ctx *ctx;
	char why[256];

	if (open_recording(path, why, &ctx) < 0)
		fail_msg("%s", why);
	assert_int_equal(pidns_snapshot_take(ctx, &opts, &s), 0);
	pidns_close(ctx);
	return s;
}

static void test_comes_back_as_it_was(void **state)
{
	struct pidns_snapshot *s = all_and_nothing(), *again;
	const struct pidns_task *task;
	const struct pidns_ns *ns;
	char *before, *after;

	(void)state;
	assert_int_equal(pidns_snapshot_save(s, scratch("a.rec")), 0);
	again = replay(scratch("a.rec"), 0);
	assert_string_equal(pidns_snapshot_provider(again), "replay");
	assert_int_equal(pidns_snapshot_time(again), 123456789);
	assert_int_equal(pidns_snapshot_flags(again), pidns_snapshot_flags(s));
	assert_int_equal(pidns_snapshot_cannot_see(again), pidns_snapshot_cannot_see(s));
	ns = pidns_ns_find(again, UINT64_MAX);
	assert_non_null(ns);
	assert_int_equal(ns->known, pidns_ns_find(s, UINT64_MAX)->known);
	assert_int_equal(ns->pids_used_exact, 1);
	task = pidns_task_find(again, NULL, 77);
	assert_string_equal(task->comm, "a b\\\n\033\x7f\xc3\xa9\xff=,-");
	assert_int_equal(task->known, pidns_task_find(s, NULL, 77)->known);
	/* Recorded once more, it is the same to the byte. */
	before = bytes_of(s, NULL);
	after = bytes_of(again, NULL);
	assert_string_equal(before, after);
	free(before);
	free(after);
	pidns_snapshot_unref(s);
	pidns_snapshot_unref(again);
}

static void test_a15_origin(void **state)
{
	struct pidns_snapshot *s, *again;

	(void)state;
	s = snapshot_of(
		"snapshot time_ns=5 wall_time_ns=18446744073709551615 host=a\\040b boot_id=c-d "
		"time_ns_ino=7 root=10\nns ino=10\n",
		0);
	assert_int_equal(pidns_snapshot_save(s, scratch("origin.rec")), 0);
	assert_int_equal(pidns_snapshot_wall_time(s), UINT64_MAX);
	pidns_snapshot_unref(s);
	again = replay(scratch("origin.rec"), 0);
	assert_int_equal(pidns_snapshot_time(again), 5);
	assert_int_equal(pidns_snapshot_wall_time(again), UINT64_MAX);
	assert_string_equal(pidns_snapshot_host(again), "a b");
	assert_string_equal(pidns_snapshot_boot_id(again), "c-d");
	pidns_snapshot_unref(again);
	s = snapshot_of("snapshot time_ns=5 host= boot_id= wall_time_ns=0\nns ino=10\n", 0);
	assert_int_equal(pidns_snapshot_wall_time(s), 0);
	assert_null(pidns_snapshot_host(s));
	assert_null(pidns_snapshot_boot_id(s));
	pidns_snapshot_unref(s);
}

static void test_every_byte_of_a_name(void **state)
{
	char comm[256];
	const struct raw_task task = {.known = PIDNS_TASK_COMM, .pid = 5, .tid = 5, .comm = comm};
	struct builder *b = builder_new("test", 0, NULL);
	struct pidns_snapshot *s, *again;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(comm) - 1; i++)
		comm[i] = (char)(i + 1);
	comm[i] = '\0';
	assert_int_equal(builder_add_task(b, &task), 0);
	s = freeze(b);
	assert_int_equal(pidns_snapshot_save(s, scratch("names.rec")), 0);
	again = replay(scratch("names.rec"), 0);
	assert_string_equal(pidns_task_find(again, NULL, 5)->comm, comm);
	pidns_snapshot_unref(s);
	pidns_snapshot_unref(again);
}

static void test_a_name_that_is_empty(void **state)
{
	struct pidns_snapshot *s = snapshot_of("task pid=5 tid=5 comm=\n", 0);
	const struct pidns_task *task = pidns_task_find(s, NULL, 5);

	(void)state;
	assert_true(task->known & PIDNS_TASK_COMM);
	assert_string_equal(task->comm, "");
	pidns_snapshot_unref(s);
}

/* A lower bound is worked out again, an exact figure is not. */
static void test_pids_used(void **state)
{
	struct pidns_snapshot *s = snapshot_of("ns ino=10 pids_used=99 pids_used_exact=0\n"
					       "ns ino=20 pids_used=99 pids_used_exact=1\n"
					       "ns ino=30 pids_used=99\n"
					       "task pid=5 tid=5 ns=10 threads=1\n",
					       0);

	(void)state;
	assert_int_equal(pidns_ns_find(s, 10)->pids_used, 1);
	assert_int_equal(pidns_ns_find(s, 10)->pids_used_exact, 0);
	assert_int_equal(pidns_ns_find(s, 20)->pids_used, 99);
	assert_int_equal(pidns_ns_find(s, 20)->pids_used_exact, 1);
	assert_int_equal(pidns_ns_find(s, 30)->pids_used_exact, 0);
	pidns_snapshot_unref(s);
}

static const char with_threads[] =
	"snapshot time_ns=1 provider=test flags=threads cannot_see=- root=10\n"
	"ns ino=10 depth=0\n"
	"task pid=5 tid=5 ns=10 vpids=5 threads=3\n"
	"task pid=5 tid=6 ns=10 vpids=6 threads=3\n"
	"task pid=5 tid=7 ns=10 vpids=7 threads=3\n"
	"task pid=8 tid=8 ns=10 vpids=8 threads=1\n";

static void test_threads(void **state)
{
	const struct pidns_task *const *tasks;
	struct pidns_snapshot *s = snapshot_of(with_threads, PIDNS_TAKE_THREADS);

	(void)state;
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 4);
	assert_int_equal(pidns_snapshot_flags(s), PIDNS_SNAPSHOT_THREADS);
	assert_int_equal(pidns_ns_find(s, 10)->threads, 4);
	assert_int_equal(pidns_ns_find(s, 10)->processes, 2);
	pidns_snapshot_unref(s);
	s = snapshot_of(with_threads, 0);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 2);
	assert_int_equal(pidns_snapshot_flags(s), 0);
	assert_int_equal(pidns_ns_find(s, 10)->threads, 4);
	assert_null(pidns_task_find(s, NULL, 6));
	pidns_snapshot_unref(s);
}

/* Asking does not bring back threads that were not recorded, nor may it pretend. */
static void test_threads_that_were_not_recorded(void **state)
{
	struct pidns_snapshot *s = snapshot_of("ns ino=10 depth=0\n"
					       "task pid=5 tid=5 ns=10 threads=3\n",
					       PIDNS_TAKE_THREADS);

	(void)state;
	assert_int_equal(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_THREADS, 0);
	assert_int_equal(pidns_ns_find(s, 10)->threads, 3);
	pidns_snapshot_unref(s);
}

static size_t take_chosen(const int32_t *pids, size_t nr, uint32_t flags, uint32_t *ret_flags)
{
	const struct pidns_take_opts opts = {
		.size = sizeof(opts), .pids = pids, .nr_pids = nr, .flags = flags};
	const struct pidns_task *const *tasks;
	struct pidns_snapshot *s;
	struct pidns_ctx *ctx;
	char why[256];
	size_t nr_tasks;

	assert_int_equal(open_recording(write_recording(with_threads), why, &ctx), 0);
	assert_int_equal(pidns_snapshot_take(ctx, &opts, &s), 0);
	nr_tasks = pidns_snapshot_tasks(s, &tasks);
	*ret_flags = pidns_snapshot_flags(s);
	assert_false(pidns_ns_find(s, 10)->known & PIDNS_NS_PROCESSES);
	pidns_snapshot_unref(s);
	pidns_close(ctx);
	return nr_tasks;
}

static void test_chosen_tasks(void **state)
{
	static const int32_t pids[] = {8, 5, 8, 99, -1};
	uint32_t flags;

	(void)state;
	assert_int_equal(take_chosen(pids, 5, 0, &flags), 2);
	assert_int_equal(flags, PIDNS_SNAPSHOT_SUBSET);
	assert_int_equal(take_chosen(pids, 5, PIDNS_TAKE_THREADS, &flags), 4);
	assert_int_equal(flags, PIDNS_SNAPSHOT_SUBSET | PIDNS_SNAPSHOT_THREADS);
	assert_int_equal(take_chosen(pids, 1, 0, &flags), 1);
	assert_int_equal(take_chosen(pids, 0, 0, &flags), 0);
	/* One thread, by its own number. */
	assert_int_equal(take_chosen((const int32_t[]){6}, 1, 0, &flags), 1);
	assert_int_equal(take_chosen((const int32_t[]){6}, 1, PIDNS_TAKE_THREADS, &flags), 1);
}

/* A context over a recording can be asked again and again. */
static void test_two_takes_are_equal(void **state)
{
	struct pidns_snapshot *a, *b;
	struct pidns_ctx *ctx;
	char why[256], *x, *y;

	(void)state;
	assert_int_equal(open_recording(write_recording(with_threads), why, &ctx), 0);
	assert_string_equal(pidns_provider(ctx), "replay");
	assert_int_equal(pidns_snapshot_take(ctx, NULL, &a), 0);
	assert_int_equal(pidns_snapshot_take(ctx, NULL, &b), 0);
	assert_null(pidns_close(ctx));
	x = bytes_of(a, NULL);
	y = bytes_of(b, NULL);
	assert_string_equal(x, y);
	free(x);
	free(y);
	pidns_snapshot_unref(a);
	pidns_snapshot_unref(b);
}

/* ---- the file -------------------------------------------------------------------------------- */

static size_t count_entries(const char *path)
{
	DIR *list = opendir(path);
	size_t nr = 0;

	assert_non_null(list);
	while (readdir(list))
		nr++;
	closedir(list);
	return nr;
}

static void test_save_replaces(void **state)
{
	struct pidns_snapshot *s = all_and_nothing();
	struct stat before, after;
	char path[512];
	char *bytes;

	(void)state;
	strcpy(path, scratch("replaced"));
	write_file(path, "old", 3);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(pidns_snapshot_save(s, path), 0);
	assert_int_equal(stat(path, &after), 0);
	/* Another file, so that a process that reads the old one reads all of it; and as private as it. */
	assert_true(before.st_ino != after.st_ino);
	assert_int_equal(after.st_mode & 07777, 0600);
	bytes = read_file(path, NULL);
	assert_memory_equal(bytes, golden, sizeof(golden) - 1);
	free(bytes);
	pidns_snapshot_unref(s);
}

static void test_save_honours_umask(void **state)
{
	struct pidns_snapshot *s = all_and_nothing();
	mode_t old = umask(027);
	struct stat st;

	(void)state;
	assert_int_equal(pidns_snapshot_save(s, scratch("umask")), 0);
	umask(old);
	assert_int_equal(stat(scratch("umask"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	pidns_snapshot_unref(s);
}

static void refuse_save(const struct pidns_snapshot *s, const char *path, int error)
{
	assert_int_equal(pidns_snapshot_save(s, path), error);
}

static void test_save_refuses(void **state)
{
	struct pidns_snapshot *s = all_and_nothing();
	char target[512], *bytes;
	size_t before;

	(void)state;
	assert_int_equal(mkdir(scratch("dir"), 0755), 0);
	assert_int_equal(mkfifo(scratch("fifo"), 0600), 0);
	strcpy(target, scratch("target"));
	write_file(target, "precious", 8);
	assert_int_equal(symlink(target, scratch("link")), 0);
	assert_int_equal(symlink("nowhere", scratch("dangling")), 0);
	before = count_entries(scratch("."));
	refuse_save(s, scratch("dir"), -EINVAL);
	refuse_save(s, scratch("fifo"), -EINVAL);
	refuse_save(s, scratch("link"), -EINVAL);
	refuse_save(s, scratch("dangling"), -EINVAL);
	refuse_save(s, "/dev/null", -EINVAL);
	refuse_save(s, "", -ENOENT);
	refuse_save(s, scratch("missing/file"), -ENOENT);
	refuse_save(s, scratch("target/file"), -ENOTDIR);
	assert_int_equal(count_entries(scratch(".")), before);
	bytes = read_file(target, NULL);
	assert_string_equal(bytes, "precious");
	free(bytes);
	pidns_snapshot_unref(s);
}

/* C2: the disk is full. The older file is whole, and nothing lies beside it. */
static void test_save_to_a_full_disk(void **state)
{
	struct pidns_snapshot *s = all_and_nothing();
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC), closed[2];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(pidns_snapshot_write(s, fd), -ENOSPC);
	close(fd);
	assert_int_equal(pidns_snapshot_write(s, -1), -EBADF);
	assert_int_equal(pipe2(closed, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pidns_snapshot_write(s, closed[0]), -EBADF);
	close(closed[0]);
	close(closed[1]);
	pidns_snapshot_unref(s);
}

/* The same in the middle of a save: files may not grow past a hundred bytes. */
static void test_save_that_fails_half_way(void **state)
{
	struct pidns_snapshot *s = all_and_nothing();
	struct rlimit limit, old;
	size_t before;
	char *bytes;
	int r;

	(void)state;
	write_file(scratch("half"), "precious", 8);
	before = count_entries(scratch("."));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = (struct rlimit){100, old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	r = pidns_snapshot_save(s, scratch("half"));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(r, -EFBIG);
	assert_int_equal(count_entries(scratch(".")), before);
	bytes = read_file(scratch("half"), NULL);
	assert_string_equal(bytes, "precious");
	free(bytes);
	pidns_snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_comes_back_as_it_was),
		cmocka_unit_test(test_a15_origin),
		cmocka_unit_test(test_every_byte_of_a_name),
		cmocka_unit_test(test_a_name_that_is_empty),
		cmocka_unit_test(test_pids_used),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_threads_that_were_not_recorded),
		cmocka_unit_test(test_chosen_tasks),
		cmocka_unit_test(test_two_takes_are_equal),
		cmocka_unit_test(test_save_replaces),
		cmocka_unit_test(test_save_honours_umask),
		cmocka_unit_test(test_save_refuses),
		cmocka_unit_test(test_save_to_a_full_disk),
		cmocka_unit_test(test_save_that_fails_half_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
