// SPDX-License-Identifier: GPL-2.0-or-later
/* Limits: what the files say, and which cgroups bind a task where mounts show all, a part, or none of
 * them. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "annotate/annotate.h"
#include "annotate/limits/parse.h"

#define TEXT(s) ((struct text){s, sizeof(s) - 1})

/* ---- parsers --------------------------------------------------------------------------------- */

static void assert_text(struct text text, const char *wanted)
{
	assert_int_equal(text.len, strlen(wanted));
	assert_memory_equal(text.text, wanted, text.len);
}

static void test_numbers(void **state)
{
	uint64_t n = 5;

	(void)state;
	assert_int_equal(limits_parse_number("17\n", 3, &n), 0);
	assert_int_equal(n, 17);
	assert_int_equal(limits_parse_number("", 0, &n), -EPROTO);
	assert_int_equal(limits_parse_number("-1\n", 3, &n), -EPROTO);
	assert_int_equal(limits_parse_max("max\n", 4, &n), 0);
	assert_int_equal(limits_parse_max("maximum\n", 8, &n), -EPROTO);
	assert_int_equal(n, 17);
	assert_int_equal(limits_parse_max("0\n", 2, &n), 1);
	assert_int_equal(n, 0);
	assert_int_equal(limits_parse_events("low 3\nmax 9\n", 12, &n), 0);
	assert_int_equal(n, 9);
	assert_int_equal(limits_parse_events("4\n", 2, &n), 0);
	assert_int_equal(n, 4);
	assert_int_equal(limits_parse_events("min 4\n", 6, &n), -EPROTO);
}

static void check_below(const char *path, const char *root, const char *wanted)
{
	struct text below = TEXT("unset");
	int r = limits_below_root((struct text){path, strlen(path)},
				  (struct text){root, strlen(root)}, &below);

	assert_int_equal(r, wanted ? 0 : -ENOENT);
	assert_text(below, wanted ? wanted : "unset");
}

static void test_below_root(void **state)
{
	(void)state;
	check_below("/", "/", "");
	check_below("/a", "/", "/a");
	check_below("/a/b", "/a", "/b");
	check_below("/a", "/a", "");
	check_below("/ab", "/a", NULL);
	check_below("/", "/a", NULL);
	check_below("/../x", "/", NULL);
	check_below("/..", "/", NULL);
	check_below("/..x", "/", "/..x");
	check_below("/../x", "/..", "/x");
	check_below("/../x", "/../x", "");
}

/* ---- cgroups, of a procfs and a tree made for it --------------------------------------------- */

static void put(const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s", scratch(name));
	for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	write_file(path, text, strlen(text));
}

static void put_pids(const char *cgroup, const char *max, const char *used, const char *events)
{
	char name[512];

	snprintf(name, sizeof(name), "%s/pids.max", cgroup);
	put(name, max);
	snprintf(name, sizeof(name), "%s/pids.current", cgroup);
	put(name, used);
	snprintf(name, sizeof(name), "%s/pids.events", cgroup);
	put(name, events);
}

/* A line of mountinfo for a mount of that folder. */
static const char *mount_line(const char *root, const char *name, const char *type,
			      const char *options)
{
	static char line[1024];

	snprintf(line, sizeof(line), "30 20 0:29 %s %s rw - %s none %s\n", root, scratch(name),
		 type, options);
	return line;
}

static struct pidns_snapshot *annotated(const char *proc)
{
	static const char body[] = "ns ino=10 depth=0 level=0 state=alive reaper=1\n"
				   "task pid=1 tid=1 ns=10 vpids=1\n"
				   "task pid=2 tid=2 ns=10 vpids=2\n";
	struct pidns_snapshot *s = snapshot_of(body, 0);
	int fd = open(scratch(proc), O_DIRECTORY | O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(annotate(s, fd, PIDNS_TAKE_LIMITS, 2), 0);
	close(fd);
	return s;
}

static const struct pidns_limit *find_limit(const struct pidns_snapshot *s, uint32_t kind,
					    const char *part)
{
	const struct pidns_notes *notes = pidns_ns_find(s, 10)->notes;

	for (uint32_t i = 0; i < notes->nr_limits; i++)
		if (notes->limits[i]->kind == kind && strstr(notes->limits[i]->source, part))
			return notes->limits[i];
	return NULL;
}

static uint32_t count_cgroups(const struct pidns_snapshot *s)
{
	const struct pidns_notes *notes = pidns_ns_find(s, 10)->notes;
	uint32_t nr = 0;

	for (uint32_t i = 0; i < notes->nr_limits; i++)
		nr += notes->limits[i]->kind == PIDNS_LIMIT_CGROUP_PIDS;
	return nr;
}

static void assert_limit(const struct pidns_limit *limit, uint64_t used, uint64_t max,
			 uint64_t hits)
{
	assert_non_null(limit);
	assert_int_equal(limit->known, PIDNS_LIMIT_USED | PIDNS_LIMIT_MAX | PIDNS_LIMIT_HITS);
	assert_int_equal(limit->used, used);
	assert_int_equal(limit->max, max);
	assert_int_equal(limit->hits, hits);
	assert_int_equal(limit->error, EAGAIN);
	assert_int_equal(limit->is_fork, 1);
}

/* All of v2 is mounted; two members in different places; one limit is of both, and there once. */
static void test_v2(void **state)
{
	const struct pidns_limit *const *list;
	struct pidns_snapshot *s;

	(void)state;
	put("v2/cgroup.controllers", "cpu pids\n");
	put_pids("v2/a", "100\n", "70\n", "max 4\n");
	put("v2/a/pids.events.local", "max 3\n");
	put_pids("v2/a/b", "max\n", "50\n", "max 0\n");
	put_pids("v2/a/b/c d", "20\n", "19\n", "max 1\n");
	put("v2/a/e/cgroup.events", "populated 1\n"); /* the controller is off */
	put("p2/self/mountinfo", mount_line("/", "v2", "cgroup2", "rw,nsdelegate"));
	put("p2/1/cgroup", "0::/a/b/c d\n");
	put("p2/2/cgroup", "0::/a/e\n");
	s = annotated("p2");
	assert_int_equal(count_cgroups(s), 2);
	assert_limit(find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "/v2/a/pids.max"), 70, 100, 3);
	assert_limit(find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "/v2/a/b/c d/pids.max"), 19, 20, 1);
	/* The task that was named is bound by its own alone. */
	assert_true(pidns_snapshot_limits(s, &list) >= 1);
	assert_ptr_equal(list[0], find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "/v2/a/pids.max"));
	pidns_snapshot_unref(s);
}

/* The controller is v1's, and v2 is beside it for systemd. */
static void test_hybrid(void **state)
{
	char mounts[4096];
	struct pidns_snapshot *s;

	(void)state;
	put_pids("v1/x", "8\n", "8\n", "max 2\n");
	put_pids("u/x", "1\n", "1\n", "max 9\n");
	snprintf(mounts, sizeof(mounts), "%s", mount_line("/", "u", "cgroup2", "rw"));
	strcat(mounts, mount_line("/", "u", "cgroup", "rw,cpu"));
	strcat(mounts, mount_line("/", "v1", "cgroup", "rw,pids"));
	put("ph/self/mountinfo", mounts);
	put("ph/1/cgroup", "8:pids:/x\n7:cpu:/\n0::/x\n");
	put("ph/2/cgroup", "8:pids:/\n0::/x\n");
	s = annotated("ph");
	assert_int_equal(count_cgroups(s), 1);
	assert_limit(find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "/v1/x/pids.max"), 8, 8, 2);
	pidns_snapshot_unref(s);
}

/* A container's view: the mount shows from /a/b on, and another task is beside that. */
static void test_part(void **state)
{
	const struct pidns_limit *hidden;
	struct pidns_snapshot *s;

	(void)state;
	put("part/cgroup.events", "populated 1\n");
	put_pids("part", "64\n", "10\n", "max 0\n");
	put_pids("part/in", "32\n", "9\n", "max 0\n");
	put("pp/self/mountinfo", mount_line("/a/b", "part", "cgroup2", "rw"));
	put("pp/1/cgroup", "0::/a/b/in\n");
	put("pp/2/cgroup", "0::/a/beside\n");
	s = annotated("pp");
	assert_int_equal(count_cgroups(s), 4);
	assert_limit(find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "/part/pids.max"), 10, 64, 0);
	assert_limit(find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "/part/in/pids.max"), 9, 32, 0);
	hidden = find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "above");
	assert_non_null(hidden);
	assert_int_equal(hidden->known, 0);
	assert_non_null(strstr(hidden->source, "out of sight"));
	hidden = find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "of cgroup /a/beside,");
	assert_non_null(hidden);
	assert_int_equal(hidden->known, 0);
	pidns_snapshot_unref(s);
}

/* Of two mounts the one that shows more. No mount at all: the root limits no task. */
static void test_which_mount(void **state)
{
	char mounts[4096];
	struct pidns_snapshot *s;

	(void)state;
	put_pids("all/a", "30\n", "3\n", "max 0\n");
	put_pids("some", "30\n", "3\n", "max 0\n");
	snprintf(mounts, sizeof(mounts), "%s", mount_line("/a", "some", "cgroup2", "rw"));
	strcat(mounts, mount_line("/", "all", "cgroup2", "rw"));
	strcat(mounts, mount_line("/", "not-there", "cgroup2", "rw"));
	put("pm/self/mountinfo", mounts);
	put("pm/1/cgroup", "0::/a\n");
	s = annotated("pm");
	assert_int_equal(count_cgroups(s), 1);
	assert_non_null(find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "/all/a/pids.max"));
	pidns_snapshot_unref(s);

	put("pn/1/cgroup", "0::/\n");
	put("pn/2/cgroup", "0::/x\n");
	s = annotated("pn");
	assert_int_equal(count_cgroups(s), 1);
	assert_non_null(find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "no mount in sight"));
	pidns_snapshot_unref(s);
}

/* With another root it is that machine's mounts and cgroups; the caller's own are in its procfs, too. */
static void test_root(void **state)
{
	static const char body[] = "ns ino=10 depth=0 level=0 state=alive reaper=1\n"
				   "task pid=1 tid=1 ns=10 vpids=1\n";
	static const char mount[] = "30 20 0:29 / /sys/fs/cgroup rw - cgroup2 none rw\n";
	struct pidns_snapshot *s = snapshot_of(body, 0);
	int proc, root;

	(void)state;
	put_pids("own/a", "9\n", "8\n", "max 0\n");
	put_pids("host/sys/fs/cgroup/a", "30\n", "3\n", "max 1\n");
	put("host/proc/self/mountinfo", mount_line("/", "own", "cgroup2", "rw"));
	put("host/proc/1/mountinfo", mount);
	put("host/proc/1/cgroup", "0::/a\n");
	root = open(scratch("host"), O_DIRECTORY | O_PATH | O_CLOEXEC);
	proc = open(scratch("host/proc"), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	assert_int_equal(
		annotate_machine(&(struct annotation){
			.snapshot = s, .procfs = proc, .root = root, .flags = PIDNS_TAKE_LIMITS}),
		0);
	assert_int_equal(count_cgroups(s), 1);
	assert_limit(find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "/sys/fs/cgroup/a/pids.max"), 3, 30, 1);
	pidns_snapshot_unref(s);
	close(root);
	close(proc);
}

/* A procfs where the caller is not: the first process there has a view. */
static void test_not_there(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put("view/sys/fs/cgroup/a/pids.max", "30\n");
	put("view/sys/fs/cgroup/a/pids.current", "3\n");
	put("view/sys/fs/cgroup/a/pids.events", "max 1\n");
	put("pv/1/mountinfo", "30 20 0:29 / /sys/fs/cgroup rw - cgroup2 none rw\n");
	put("pv/1/cgroup", "0::/a\n");
	assert_int_equal(symlink("../../view", scratch("pv/1/root")), 0);
	s = annotated("pv");
	assert_limit(find_limit(s, PIDNS_LIMIT_CGROUP_PIDS, "/sys/fs/cgroup/a/pids.max"), 3, 30, 1);
	pidns_snapshot_unref(s);
}

/* Of one task alone nothing is noted on namespaces. */
static void test_of_one(void **state)
{
	static const char body[] = "ns ino=10 depth=0 level=0 state=alive reaper=1\n"
				   "task pid=1 tid=1 ns=10 vpids=1\n"
				   "task pid=2 tid=2 ns=10 vpids=2\n";
	const struct pidns_limit *const *list;
	struct pidns_snapshot *s = snapshot_of(body, 0);
	int fd = open(scratch("p2"), O_DIRECTORY | O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(annotate(s, fd, PIDNS_TAKE_LIMITS | PIDNS_TAKE_OF_ONE, 2), 0);
	assert_false(pidns_ns_find(s, 10)->known & PIDNS_NS_NOTES);
	assert_true(pidns_snapshot_limits(s, &list) > 1);
	assert_non_null(strstr(list[0]->source, "/v2/a/pids.max"));
	pidns_snapshot_unref(s);
	close(fd);
}

/* Of one namespace, by its inode or by a member. */
static void test_of_one_namespace(void **state)
{
	static const char body[] = "ns ino=10 depth=0 level=0 state=alive reaper=1\n"
				   "task pid=1 tid=1 ns=10 vpids=1\n"
				   "ns ino=20 parent=10 depth=1 level=1 state=alive reaper=2\n"
				   "task pid=2 tid=2 ns=20 vpids=2,1\n";
	const uint32_t flags = PIDNS_TAKE_LIMITS | PIDNS_TAKE_ZOMBIES | PIDNS_TAKE_OF_ONE;
	int fd = open(scratch("p2"), O_DIRECTORY | O_RDONLY | O_CLOEXEC);

	(void)state;
	for (int by_pid = 0; by_pid < 2; by_pid++) {
		struct pidns_snapshot *s = snapshot_of(body, 0);
		struct annotation a = {.snapshot = s, .procfs = fd, .root = -1, .flags = flags};
		const struct pidns_ns *ns = pidns_ns_find(s, 20);

		if (by_pid)
			a.of_pid = 2;
		else
			a.of_ns = 20;
		assert_int_equal(annotate_machine(&a), 0);
		assert_false(pidns_ns_find(s, 10)->known & PIDNS_NS_NOTES);
		assert_true(ns->known & PIDNS_NS_NOTES);
		assert_true(ns->notes->known & PIDNS_NOTE_LIMITS);
		pidns_snapshot_unref(s);
	}
	close(fd);
}

static void test_machine(void **state)
{
	const struct pidns_limit *limit;
	struct pidns_snapshot *s;

	(void)state;
	put("pt/loadavg", "0.20 0.18 0.12 1/80 11206\n");
	put("pt/sys/kernel/threads-max", "90\n");
	s = annotated("pt");
	limit = find_limit(s, PIDNS_LIMIT_THREADS_MAX, "/proc/sys/kernel/threads-max");
	assert_non_null(limit);
	assert_int_equal(limit->used, 80);
	assert_int_equal(limit->max, 90);
	limit = find_limit(s, PIDNS_LIMIT_LEVEL, "");
	assert_non_null(limit);
	assert_int_equal(limit->is_fork, 0);
	assert_int_equal(limit->error, ENOSPC);
	assert_null(find_limit(s, PIDNS_LIMIT_INIT, ""));
	pidns_snapshot_unref(s);
}

/* What is mounted over loadavg does not say how many tasks there are: those that can be seen do. */
static void test_machine_without_loadavg(void **state)
{
	static const char body[] = "ns ino=10 depth=0 level=0 state=alive reaper=1\n"
				   "task pid=1 tid=1 ns=10 vpids=1 threads=70\n"
				   "task pid=2 tid=2 ns=10 vpids=2 threads=3\n";
	struct pidns_snapshot *s = snapshot_of(body, 0);
	const struct pidns_limit *limit;
	int fd;

	(void)state;
	put("pn/sys/kernel/threads-max", "90\n");
	fd = open(scratch("pn"), O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	assert_int_equal(annotate(s, fd, PIDNS_TAKE_LIMITS, 0), 0);
	limit = find_limit(s, PIDNS_LIMIT_THREADS_MAX, "/proc/sys/kernel/threads-max");
	assert_int_equal(limit->used, 73);
	assert_true(limit->flags & PIDNS_LIMIT_IS_AT_LEAST);
	pidns_snapshot_unref(s);
	close(fd);
}

static void check_init(const char *state_name, bool is_there)
{
	char body[128];
	struct pidns_snapshot *s;
	const struct pidns_notes *notes;
	int fd = open(scratch("."), O_DIRECTORY | O_RDONLY | O_CLOEXEC);

	snprintf(body, sizeof(body), "ns ino=10 depth=0 state=%s\n", state_name);
	s = snapshot_of(body, 0);
	assert_int_equal(annotate(s, fd, PIDNS_TAKE_LIMITS, 0), 0);
	notes = pidns_ns_find(s, 10)->notes;
	assert_int_equal(notes->known, PIDNS_NOTE_LIMITS);
	assert_int_equal(notes->nr_limits && notes->limits[0]->kind == PIDNS_LIMIT_INIT, is_there);
	if (is_there)
		assert_int_equal(notes->limits[0]->error, ENOMEM);
	pidns_snapshot_unref(s);
	close(fd);
}

static void test_init(void **state)
{
	(void)state;
	check_init("alive", false);
	check_init("unborn", false);
	check_init("dying", true);
	check_init("zombie-init", true);
	check_init("dead", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_below_root),
		cmocka_unit_test(test_v2),	cmocka_unit_test(test_hybrid),
		cmocka_unit_test(test_root),	cmocka_unit_test(test_not_there),
		cmocka_unit_test(test_part),	cmocka_unit_test(test_which_mount),
		cmocka_unit_test(test_of_one),	cmocka_unit_test(test_of_one_namespace),
		cmocka_unit_test(test_machine), cmocka_unit_test(test_machine_without_loadavg),
		cmocka_unit_test(test_init),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
