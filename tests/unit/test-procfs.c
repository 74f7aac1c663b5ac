// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The procfs provider over fixtures: small trees shaped like /proc, in which the files are missing,
 * cut, or full of nonsense in ways a kernel can rarely be brought to show. Their ns links lead
 * nowhere, so numbers come from status, as on kernels before 6.11.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/builder.h"
#include "proc-tree.h"
#include "procfs/procfs.h"

static void put_stat_of(const char *dir, int pid, const char *comm, char letter, int ppid,
			int threads)
{
	char name[64], text[512];

	snprintf(name, sizeof(name), "%s/stat", dir);
	snprintf(text, sizeof(text),
		 "%d (%s) %c %d 1 1 0 -1 4194304 0 0 0 0 3 4 0 0 20 0 %d 0 500 4096 7 0 0\n", pid,
		 comm, letter, ppid, threads);
	put(name, text);
}

static void put_stat(const char *dir, int pid, const char *comm, char letter, int ppid)
{
	put_stat_of(dir, pid, comm, letter, ppid, 2);
}

static void put_status(const char *dir, int tgid, const char *nspid)
{
	char name[64], text[512];

	snprintf(name, sizeof(name), "%s/status", dir);
	snprintf(text, sizeof(text),
		 "Name:\tx\nTgid:\t%d\nUid:\t11\t12\t13\t14\nNSpid:\t%s\nNSpgid:\t%s\nNSsid:\t%s\n",
		 tgid, nspid, nspid, nspid);
	put(name, text);
}

static void put_task(int pid, int ppid, const char *ns, const char *nspid)
{
	char dir[16], name[64];

	snprintf(dir, sizeof(dir), "%d", pid);
	snprintf(name, sizeof(name), "%s/ns/pid", dir);
	put_link(name, ns);
	put_stat(dir, pid, "name", 'S', ppid);
	put_status(dir, pid, nspid);
}

/* The reader's own namespace is 10, and 1 its init. */
static void put_first(void)
{
	put_task(1, 0, "pid:[10]", "1");
	put_link("self", "1");
}

static int take_in(uint32_t flags, const int32_t *pids, size_t nr_pids,
		   struct pidns_snapshot **ret_snapshot)
{
	static char sentence[256];
	const struct request request = {.ns_fields = PIDNS_FIELDS_ALL,
					.task_fields = PIDNS_FIELDS_ALL,
					.reaper_fields = PIDNS_FIELDS_ALL,
					.pids = pids,
					.nr_pids = nr_pids,
					.flags = flags,
					.why = {sentence, sizeof(sentence)}};
	int fd = open_root(), r;
	struct builder *b;
	void *state;

	assert_int_equal(procfs_open_at(fd, "fixture", &request.why, &state), 0);
	b = builder_new("procfs",
			(flags & PIDNS_TAKE_THREADS ? PIDNS_SNAPSHOT_THREADS : 0) |
				(pids ? PIDNS_SNAPSHOT_SUBSET : 0),
			&request.why);
	assert_non_null(b);
	r = provider_procfs.take(state, &request, b);
	provider_procfs.close(state);
	if (r < 0)
		builder_free(b);
	return r < 0 ? r : builder_freeze(b, ret_snapshot);
}

static struct pidns_snapshot *take(uint32_t flags)
{
	struct pidns_snapshot *s = NULL;

	assert_int_equal(take_in(flags, NULL, 0, &s), 0);
	return s;
}

static const struct pidns_task *find(const struct pidns_snapshot *s, int32_t tid)
{
	const struct pidns_task *task = pidns_task_find(s, NULL, tid);

	assert_non_null(task);
	return task;
}

static size_t count_tasks(const struct pidns_snapshot *s)
{
	const struct pidns_task *const *tasks;

	return pidns_snapshot_tasks(s, &tasks);
}

/* ---- what is there --------------------------------------------------------------------------- */

static void test_three_levels(void **state)
{
	const struct pidns_task *task;
	const struct pidns_ns *ns;
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	put_task(20, 1, "pid:[30]", "20\t1");
	put_task(21, 20, "pid:[40]", "21\t2\t1");
	put_task(22, 21, "pid:[40]", "22\t3\t2");
	s = take(0);
	assert_int_equal(count_tasks(s), 4);
	task = find(s, 22);
	assert_int_equal(task->nr_vpids, 3);
	assert_int_equal(task->vpids[1], 3);
	assert_int_equal(task->vpids[2], 2);
	assert_int_equal(task->ns->ino, 40);
	assert_int_equal(task->ruid, 11);
	assert_int_equal(task->uid, getuid());
	assert_int_equal(task->ppid, 21);
	assert_int_equal(task->vpgid, 2);
	assert_string_equal(task->comm, "name");
	assert_true(task->start_ns == UINT64_C(500) * 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK));
	assert_true(task->cpu_ns == UINT64_C(7) * 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK));
	assert_int_equal(task->rss_bytes, 7 * sysconf(_SC_PAGESIZE));
	assert_int_equal(task->threads, 2);
	/* No ioctl says who is whose parent: the inits' parents do. */
	ns = pidns_ns_find(s, 40);
	assert_int_equal(ns->depth, 2);
	assert_int_equal(ns->reaper, 21);
	assert_int_equal(pidns_ns_parent(ns)->ino, 30);
	assert_int_equal(pidns_ns_find(s, 30)->processes_below, 3);
	assert_ptr_equal(pidns_task_find(s, pidns_ns_find(s, 30), 3), task);
	pidns_snapshot_unref(s);
}

static void test_threads(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	/* Its leader is the process: with the time and the memory of all. */
	put_link("1/task/1/ns/pid", "pid:[10]");
	put_stat("1/task/1", 1, "not asked", 'D', 0);
	put_status("1/task/1", 1, "1");
	put_link("1/task/7/ns/pid", "pid:[10]");
	put_stat("1/task/7", 7, "thread", 'R', 0);
	put_status("1/task/7", 1, "7");
	s = take(PIDNS_TAKE_THREADS);
	assert_int_equal(count_tasks(s), 2);
	assert_int_equal(find(s, 7)->pid, 1);
	assert_string_equal(find(s, 7)->comm, "thread");
	assert_string_equal(find(s, 1)->comm, "name");
	assert_int_equal(find(s, 1)->state, 'S');
	assert_int_equal(pidns_ns_find(s, 10)->threads, 2);
	assert_int_equal(pidns_ns_find(s, 10)->processes, 1);
	pidns_snapshot_unref(s);
}

static void test_chosen(void **state)
{
	static const int32_t pids[] = {20, 99, -5, 0};
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	put_task(20, 1, "pid:[30]", "20\t1");
	put_task(21, 20, "pid:[30]", "21\t2");
	assert_int_equal(take_in(0, pids, 4, &s), 0);
	assert_int_equal(count_tasks(s), 1);
	assert_int_equal(find(s, 20)->ns->ino, 30);
	assert_true(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_SUBSET);
	pidns_snapshot_unref(s);
}

/* A procfs of another namespace has no "self" for the reader. */
static void test_without_self(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_task(1, 0, "pid:[10]", "1");
	put_task(20, 1, "pid:[30]", "20\t1");
	s = take(0);
	assert_int_equal(find(s, 1)->ns->ino, 10);
	assert_int_equal(find(s, 1)->ns->depth, 0);
	assert_int_equal(find(s, 20)->ns->depth, 1);
	assert_int_equal(pidns_ns_parent(find(s, 20)->ns)->ino, 10);
	pidns_snapshot_unref(s);
}

/* Nor is it the reader's own if that is further down: what counts is where the numbers begin. */
static void test_self_further_down(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_task(1, 0, "pid:[10]", "1");
	put_task(20, 1, "pid:[30]", "20\t1");
	put_link("self", "20");
	s = take(0);
	assert_int_equal(find(s, 1)->ns->ino, 10);
	assert_int_equal(find(s, 20)->ns->ino, 30);
	assert_int_equal(find(s, 20)->vpids[1], 1);
	assert_int_equal(pidns_ns_parent(find(s, 20)->ns)->ino, 10);
	pidns_snapshot_unref(s);
}

/* P1 and P2, through the whole of it. */
static void test_names(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	put_stat("1", 1, ") R 1 1 1", 'S', 0);
	put_task(20, 1, "pid:[30]", "20\t1");
	put_stat_of("20", 20, "a\nNSpid:\t7", 'Z', 1, 1);
	put("20/status", "Name:\ta\\nNSpid:\\t7\nTgid:\t20\nNSpid:\t20\t1\n");
	s = take(0);
	assert_string_equal(find(s, 1)->comm, ") R 1 1 1");
	assert_int_equal(find(s, 1)->state, 'S');
	assert_int_equal(find(s, 1)->ppid, 0);
	assert_string_equal(find(s, 20)->comm, "a\nNSpid:\t7");
	assert_int_equal(find(s, 20)->vpids[1], 1);
	assert_int_equal(pidns_ns_find(s, 30)->state, PIDNS_STATE_ZOMBIE_INIT);
	pidns_snapshot_unref(s);
}

/* The state of a process whose leader has ended is that of a thread; without one, it is unknown. */
static void test_a1_leader_that_has_ended(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	put_task(20, 1, "pid:[30]", "20\t1");
	put_stat_of("20", 20, "lead", 'Z', 1, 3);
	put_stat_of("20/task/20", 20, "lead", 'Z', 1, 3);
	s = take(0);
	assert_false(find(s, 20)->known & PIDNS_TASK_STATE);
	assert_false(pidns_ns_find(s, 30)->known & (PIDNS_NS_STATE | PIDNS_NS_ZOMBIES));
	pidns_snapshot_unref(s);
	put_stat_of("20/task/21", 21, "thread", 'D', 1, 3);
	s = take(0);
	assert_int_equal(find(s, 20)->state, 'D');
	assert_false(pidns_task_is_zombie(find(s, 20)));
	assert_int_equal(pidns_ns_find(s, 30)->state, PIDNS_STATE_ALIVE);
	assert_int_equal(pidns_ns_find(s, 30)->zombies, 0);
	pidns_snapshot_unref(s);
}

/* ---- what is not ----------------------------------------------------------------------------- */

static void test_empty(void **state)
{
	struct pidns_snapshot *s = take(0);

	(void)state;
	assert_int_equal(count_tasks(s), 0);
	pidns_snapshot_unref(s);
}

static void test_what_is_no_task(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	put("01/stat", "");
	put("2x/stat", "");
	put("-3/stat", "");
	put("4294967297/stat", "");
	put("5", "a file");
	put_link("6", "nowhere");
	put("sys/kernel/pid_max", "x");
	put("loadavg", "nonsense");
	put("stat", "processes");
	s = take(0);
	assert_int_equal(count_tasks(s), 1);
	pidns_snapshot_unref(s);
}

/* P4: gone between the listing and the look. Whatever was read before is dropped with it. */
static void test_gone(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	make_parents("20/");
	put_task(21, 1, "pid:[10]", "21");
	assert_int_equal(unlink(in_root("21/stat")), 0);
	s = take(0);
	assert_int_equal(count_tasks(s), 1);
	assert_true(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_RACED);
	pidns_snapshot_unref(s);
}

static void test_nonsense(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	put_task(20, 1, "pid:[10]", "20");
	put("20/stat", "20 (cat) S 1");
	put_task(21, 1, "pid:[10]", "21");
	put("21/stat", "");
	put_task(22, 1, "pid:[30]", "22\t1");
	put("22/status", "NSpid:\t22\tx\n");
	put_task(23, 1, "pid:[30]", "99\t1");
	s = take(0);
	assert_int_equal(count_tasks(s), 5);
	assert_false(find(s, 20)->known & (PIDNS_TASK_STATE | PIDNS_TASK_COMM | PIDNS_TASK_START));
	assert_false(find(s, 21)->known & (PIDNS_TASK_STATE | PIDNS_TASK_COMM | PIDNS_TASK_START));
	/* In the namespace that its link names, but by which number is not known. */
	assert_int_equal(find(s, 22)->ns->ino, 30);
	assert_false(find(s, 22)->known & PIDNS_TASK_VPIDS);
	assert_false(find(s, 23)->known & PIDNS_TASK_VPIDS);
	pidns_snapshot_unref(s);
}

/* P7: what the link may not say, NSpid proves where it can; no task is dropped. */
static void test_links_that_say_nothing(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	put_task(20, 1, "pid:[30]", "20\t1");
	put_task(21, 20, "nonsense", "21\t2");
	put_task(22, 1, "mnt:[30]", "22\t1");
	put_task(23, 1, "pid:[0]", "23");
	s = take(0);
	assert_int_equal(count_tasks(s), 5);
	assert_int_equal(find(s, 21)->ns->ino, 30);
	assert_int_equal(find(s, 23)->ns->ino, 10);
	assert_false(find(s, 22)->ns->known & PIDNS_NS_INO);
	assert_int_equal(find(s, 22)->ns->depth, 1);
	assert_true(pidns_snapshot_cannot_see(s) & PIDNS_UNSEEN_NS_LINKS);
	pidns_snapshot_unref(s);
}

/* Linux before 4.1, or without CONFIG_PID_NS: the links alone. */
static void test_without_nspid(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_first();
	put("1/status", "Name:\tx\nTgid:\t1\nUid:\t0\t0\t0\t0\n");
	put_task(20, 1, "pid:[10]", "20");
	put("20/status", "Name:\tx\nTgid:\t20\nUid:\t0\t0\t0\t0\n");
	s = take(0);
	assert_int_equal(count_tasks(s), 2);
	assert_int_equal(find(s, 20)->ns->ino, 10);
	assert_int_equal(pidns_task_vpid(find(s, 20), NULL), 20);
	pidns_snapshot_unref(s);
}

/* Groups: may be 65536 numbers, and comes before NSpid. */
static void test_long_status(void **state)
{
	char *text = malloc(1 << 20), *end = text;
	struct pidns_snapshot *s;
	int i;

	(void)state;
	assert_non_null(text);
	end += sprintf(end, "Name:\tx\nTgid:\t20\nUid:\t1\t2\t3\t4\nGroups:\t");
	for (i = 0; i < 65536; i++)
		end += sprintf(end, "%d ", i);
	sprintf(end, "\nNSpid:\t20\t5\n");
	put_first();
	put_task(19, 1, "pid:[30]", "19\t1");
	put_task(20, 1, "pid:[30]", "20\t5");
	put("20/status", text);
	free(text);
	s = take(0);
	assert_int_equal(find(s, 20)->vpids[1], 5);
	pidns_snapshot_unref(s);
}

/*
 * P3 and P8: a process that reads what lies in a process's own memory can be made to wait for ever, or fed
 * 131 kB. Here those files are pipes without a writer: opening one would hang, and ctest would tell.
 */
static void test_no_file_of_the_memory_is_opened(void **state)
{
	static const char *const files[] = {"cmdline", "environ",      "maps",	    "smaps",
					    "mem",     "smaps_rollup", "numa_maps", "auxv"};
	struct pidns_snapshot *s;
	char name[64];
	size_t i;

	(void)state;
	put_first();
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(name, sizeof(name), "1/%s", files[i]);
		assert_int_equal(mkfifo(in_root(name), 0600), 0);
	}
	alarm(60);
	s = take(PIDNS_TAKE_ALL);
	alarm(0);
	assert_int_equal(count_tasks(s), 1);
	pidns_snapshot_unref(s);
}

#define OVER_FIXTURE(test) cmocka_unit_test_setup(test, new_root)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_FIXTURE(test_three_levels),
		OVER_FIXTURE(test_threads),
		OVER_FIXTURE(test_chosen),
		OVER_FIXTURE(test_without_self),
		OVER_FIXTURE(test_self_further_down),
		OVER_FIXTURE(test_names),
		OVER_FIXTURE(test_a1_leader_that_has_ended),
		OVER_FIXTURE(test_empty),
		OVER_FIXTURE(test_what_is_no_task),
		OVER_FIXTURE(test_gone),
		OVER_FIXTURE(test_nonsense),
		OVER_FIXTURE(test_links_that_say_nothing),
		OVER_FIXTURE(test_without_nspid),
		OVER_FIXTURE(test_long_status),
		OVER_FIXTURE(test_no_file_of_the_memory_is_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
