// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The memory of the procfs provider, on the running kernel's /proc: a snapshot that is taken with it
 * says what one without it would, also when a PID has a new owner.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/builder.h"
#include "procfs/procfs.h"

static struct procfs *procfs;

static int setup(void **state)
{
	const struct why none = {NULL, 0};
	int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	void *opened;

	(void)state;
	if (fd < 0 || procfs_open_at(fd, "/proc", &none, &opened) < 0)
		return -1;
	procfs = opened;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	provider_procfs.close(procfs);
	return 0;
}

static const uint64_t light = PIDNS_TASK_PPID | PIDNS_TASK_START | PIDNS_TASK_STATE;

/* In turn who is where, and that with what one file of each task says. */
static struct pidns_snapshot *take(void)
{
	static unsigned int nr;
	const uint64_t fields = nr++ % 4 < 2 ? 0 : light;
	const struct request request = {
		.ns_fields = PIDNS_NS_INO, .task_fields = fields, .reaper_fields = fields};
	struct builder *b = builder_new("procfs", 0, &request.why);
	struct pidns_snapshot *s;

	assert_non_null(b);
	assert_true(provider_procfs.take(procfs, &request, b) >= 0);
	assert_int_equal(builder_freeze(b, &s), 0);
	return s;
}

static void forget(void)
{
	procfs->memory = procfs_memory_free(procfs->memory);
}

/* ---- a process to look at -------------------------------------------------------------------- */

/* A child that does nothing until it is killed; in a namespace of its own where wanted. 0: refused. */
static pid_t spawn(bool in_new_ns)
{
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	pid_t pid;

	assert_true(own >= 0);
	if (in_new_ns && unshare(CLONE_NEWPID) < 0) {
		close(own);
		return 0;
	}
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	assert_true(pid > 0);
	if (in_new_ns)
		assert_int_equal(setns(own, CLONE_NEWPID), 0);
	close(own);
	return pid;
}

static void reap(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static bool set_last_pid(pid_t pid)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && dprintf(fd, "%d", pid) > 0;

	if (fd >= 0)
		close(fd);
	return done;
}

/* A child with just that number, which is free. Others may be quicker, but not every time. */
static pid_t spawn_as(pid_t wanted, bool in_new_ns)
{
	for (int attempt = 0; attempt < 1000; attempt++) {
		pid_t pid;

		if (!set_last_pid(wanted - 1))
			return 0;
		pid = spawn(in_new_ns);
		if (!pid || pid == wanted)
			return pid;
		reap(pid);
	}
	return 0;
}

static void assert_is_in(const struct pidns_snapshot *s, pid_t pid, bool in_new_ns)
{
	const struct pidns_task *task = pidns_task_find(s, NULL, pid);

	assert_non_null(task);
	assert_int_equal(task->nr_vpids, in_new_ns ? 2 : 1);
	assert_int_equal(task->vpids[task->nr_vpids - 1], in_new_ns ? 1 : pid);
	assert_int_equal(task->ns->depth, in_new_ns);
	if (task->known & PIDNS_TASK_PPID)
		assert_int_equal(task->ppid, getpid());
}

static void assert_is_gone(const struct pidns_snapshot *s, pid_t pid)
{
	assert_null(pidns_task_find(s, NULL, pid));
}

/* ---- tests ----------------------------------------------------------------------------------- */

/* One snapshot has no memory and leaves none: it is asked for by who asks twice. */
static void test_begins_late(void **state)
{
	(void)state;
	pidns_snapshot_unref(take());
	assert_null(procfs->memory);
	pidns_snapshot_unref(take());
	if (!procfs->memory)
		skip_because("this kernel does not translate PIDs on nsfs files");
}

static void test_comes_and_goes(void **state)
{
	struct pidns_snapshot *s;
	pid_t here, there;

	(void)state;
	pidns_snapshot_unref(take());
	here = spawn(false);
	there = spawn(true);
	if (!there) {
		reap(here);
		skip_because("no namespace may be made");
	}
	for (int round = 0; round < 3; round++) {
		s = take();
		assert_is_in(s, here, false);
		assert_is_in(s, there, true);
		pidns_snapshot_unref(s);
	}
	reap(here);
	reap(there);
	s = take();
	assert_is_gone(s, here);
	assert_is_gone(s, there);
	pidns_snapshot_unref(s);
}

/* The number is the same, and all else is another's: the inode of the directory tells. */
static void test_number_of_another(void **state)
{
	bool in_new_ns = true;
	struct pidns_snapshot *s;
	pid_t pid;

	(void)state;
	pidns_snapshot_unref(take());
	pid = spawn(false);
	for (int round = 0; round < 6; round++, in_new_ns = !in_new_ns) {
		pidns_snapshot_unref(take());
		pidns_snapshot_unref(take());
		reap(pid);
		if (spawn_as(pid, in_new_ns) != pid)
			skip_because("a PID may not be chosen");
		s = take();
		assert_is_in(s, pid, in_new_ns);
		pidns_snapshot_unref(s);
	}
	reap(pid);
}

/* Many come and go between snapshots; those with memory are those without. */
static void test_like_without(void **state)
{
	enum { NR = 24, ROUNDS = 40 };
	struct pidns_snapshot *s;
	pid_t pids[NR] = {0};
	bool is_new[NR] = {false};
	uint64_t random = 7;

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		for (int change = 0; change < 6; change++) {
			uint32_t i = random_below(&random, NR);

			if (pids[i])
				reap(pids[i]);
			is_new[i] = random_below(&random, 2);
			pids[i] = spawn(is_new[i]);
			if (!pids[i]) {
				is_new[i] = false;
				pids[i] = spawn(false);
			}
		}
		for (int pass = 0; pass < 2; pass++) {
			s = take();
			for (int i = 0; i < NR; i++)
				if (pids[i])
					assert_is_in(s, pids[i], is_new[i]);
			pidns_snapshot_unref(s);
			if (round % 8 == 7)
				forget();
		}
	}
	for (int i = 0; i < NR; i++)
		if (pids[i])
			reap(pids[i]);
}

/* Where a task may change its namespace, nothing is believed for longer than a take. */
static void test_where_tasks_move(void **state)
{
	(void)state;
	procfs->may_remember = false;
	for (int round = 0; round < 3; round++)
		pidns_snapshot_unref(take());
	assert_null(procfs->memory);
}

static void test_soundness(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(mkdir(scratch("moving"), 0755), 0);
	fd = open(scratch("moving"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(procfs_memory_is_sound(fd));
	assert_int_equal(mkdirat(fd, "sys", 0755), 0);
	assert_int_equal(mkdirat(fd, "sys/kernel", 0755), 0);
	close(openat(fd, "sys/kernel/pid_ns_move", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	assert_false(procfs_memory_is_sound(fd));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_begins_late, setup, teardown),
		cmocka_unit_test_setup_teardown(test_comes_and_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_number_of_another, setup, teardown),
		cmocka_unit_test_setup_teardown(test_like_without, setup, teardown),
		cmocka_unit_test_setup_teardown(test_where_tasks_move, setup, teardown),
		cmocka_unit_test(test_soundness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
