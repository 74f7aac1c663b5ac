// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What keeps a namespace alive: the annotator over snapshots of recordings and
 * fixtures shaped like /proc.
 */
#include "unit.h"

#include <unistd.h>

#include "annotate/annotate.h"
#include "proc-tree.h"
#include "core/snapshot.h"

/* ---- the annotator --------------------------------------------------------------------------- */

/* Namespaces: 1 the reader's; 2 lived in; 3 dead in 2; 4 dead; 5 unborn; 6 with zombies alone. */
#define PICTURE                                                                            \
	"snapshot time_ns=1 provider=procfs flags=partial cannot_see=pidfd root=1\n"       \
	"ns ino=1 depth=0 state=alive reaper=1\n"                                          \
	"ns ino=2 parent=1 depth=1 state=alive reaper=20\n"                                \
	"ns ino=3 parent=2 depth=2 state=dead reaper=0\n"                                  \
	"ns ino=4 parent=1 depth=1 state=dead reaper=0\n"                                  \
	"ns ino=5 parent=1 depth=1 state=unborn reaper=0\n"                                \
	"ns ino=6 parent=1 depth=1 state=zombie-init reaper=60\n"                          \
	"task pid=1 tid=1 ns=1 vpids=1 ppid=0 state=S threads=1 ns_for_children=1\n"       \
	"task pid=9 tid=9 ns=1 vpids=9 ppid=1 state=S threads=2 ns_for_children=4\n"       \
	"task pid=20 tid=20 ns=2 vpids=20,1 ppid=9 state=S threads=1 ns_for_children=2\n"  \
	"task pid=21 tid=21 ns=2 vpids=21,2 ppid=20 state=Z threads=1 ns_for_children=2\n" \
	"task pid=22 tid=22 ns=2 vpids=22,3 ppid=20 state=Z threads=1 ns_for_children=2\n" \
	"task pid=23 tid=23 ns=2 vpids=23,4 ppid=20 state=Z threads=3 ns_for_children=2\n" \
	"task pid=60 tid=60 ns=6 vpids=60,1 ppid=9 state=Z threads=1 ns_for_children=6\n"

static struct pidns_snapshot *annotated_as(struct pidns_snapshot *s)
{
	int fd = open_root();

	assert_int_equal(annotate(s, fd, PIDNS_TAKE_PINS, 0), 0);
	close(fd);
	return s;
}

static struct pidns_snapshot *annotated(void)
{
	return annotated_as(snapshot_of(PICTURE, 0));
}

/* "kind pid fd parent path ns count; …", zeros as "-". */
static void must_hold(const struct pidns_snapshot *s, uint64_t ino, const char *want)
{
	const struct pidns_notes *notes = pidns_ns_find(s, ino)->notes;
	char text[1024] = "";

	assert_true(notes && notes->known & PIDNS_NOTE_PINS);
	for (uint32_t i = 0; i < notes->nr_pins; i++) {
		const struct pidns_pin *pin = notes->pins[i];
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%s %d %d %d %s %d x%d", i ? "; " : "",
			 pidns_pin_name(pin->kind), pin->pid, pin->fd, pin->parent,
			 pin->path ? pin->path : "-", pin->ns ? (int)pin->ns->ino : 0,
			 (int)pin->count);
	}
	assert_string_equal(text, want);
}

static void put_process(int pid, const char *mnt)
{
	char name[64];

	snprintf(name, sizeof(name), "%d/fd/0", pid);
	put_link(name, "/dev/null");
	snprintf(name, sizeof(name), "%d/ns/mnt", pid);
	put_link(name, mnt);
	snprintf(name, sizeof(name), "%d/mountinfo", pid);
	put(name, "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
}

static void test_what_the_snapshot_shows(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_process(1, "mnt:[90]");
	s = annotated();
	must_hold(s, 1, "task 1 0 0 - 0 x2; descendant 0 0 0 - 2 x4");
	/* A leader that has exited before its threads is alive. */
	must_hold(s, 2, "task 20 0 0 - 0 x2; zombie 21 0 20 - 0 x2; descendant 0 0 0 - 3 x1");
	must_hold(s, 4, "for-children 9 0 0 - 0 x1");
	must_hold(s, 6, "zombie 60 0 9 - 0 x1");
	/* Nothing keeps these, and they are there. */
	must_hold(s, 3, "unseen 0 0 0 - 0 x1");
	must_hold(s, 5, "unseen 0 0 0 - 0 x1");
	pidns_snapshot_unref(s);
}

static void test_files(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_process(1, "mnt:[90]");
	put_link("1/fd/7", "pid:[3]");
	put_link("1/fd/5", "pid:[3]");
	put_link("1/fd/8", "pid:[99]"); /* of none that is known */
	put_link("1/fd/9", "mnt:[3]");
	put_link("9/fd/3", "pid:[3]");
	put_link("9/ns/mnt", "mnt:[90]");
	s = annotated();
	must_hold(s, 3, "fd 1 5 0 - 0 x2; fd 9 3 0 - 0 x1");
	pidns_snapshot_unref(s);
}

/* What the taking of the snapshot has looked through is not looked for again. */
static void test_holders(void **state)
{
	const struct holder holders[] = {
		{.pid = 1, .fd = 5}, {.pid = 1, .fd = 6}, {.pid = 9, .fd = -1}};
	struct pidns_snapshot *s = snapshot_of(PICTURE, 0);

	(void)state;
	put_process(1, "mnt:[90]");
	put_link("1/fd/5", "pid:[3]");
	put_link("1/fd/7", "pid:[3]");
	put_process(9, "mnt:[91]");
	put_link("9/fd/3", "pid:[3]");
	put_process(20, "mnt:[92]");
	put_link("20/fd/3", "pid:[3]");
	put("20/mountinfo", "1 1 0:4 pid:[5] /run/a rw - nsfs nsfs rw\n");
	put_process(999, "mnt:[93]"); /* came since */
	put_link("999/fd/3", "pid:[3]");
	s->knows_holders = true;
	s->nr_holders = 3;
	s->holders = malloc(sizeof(holders));
	assert_non_null(s->holders);
	memcpy(s->holders, holders, sizeof(holders));
	annotated_as(s);
	must_hold(s, 3, "fd 1 5 0 - 0 x1; fd 9 3 0 - 0 x1; fd 999 3 0 - 0 x1");
	must_hold(s, 5, "bind 20 0 0 /run/a 0 x1");
	pidns_snapshot_unref(s);
}

static void test_pidfds(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_process(1, "mnt:[90]");
	put_link("1/fd/4", "anon_inode:[pidfd]");
	put("1/fdinfo/4", "pos:\t0\nPid:\t60\nNSpid:\t60\t1\n");
	put_link("1/fd/5", "anon_inode:[pidfd]");
	put("1/fdinfo/5", "pos:\t0\nPid:\t-1\nNSpid:\t-1\n");
	put_link("1/fd/6", "anon_inode:[pidfd]"); /* closed before it could be asked */
	s = annotated();
	must_hold(s, 6, "zombie 60 0 9 - 0 x1; pidfd 1 4 0 - 0 x1");
	/* A process that was reaped may have been anywhere. */
	must_hold(s, 3, "unseen 1 5 0 - 0 x1");
	must_hold(s, 5, "unseen 1 5 0 - 0 x1");
	must_hold(s, 4, "for-children 9 0 0 - 0 x1");
	pidns_snapshot_unref(s);
}

static void test_mounts(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_process(1, "mnt:[90]");
	put("1/mountinfo", "1 1 0:4 pid:[3] /run/a\\040b rw - nsfs nsfs rw\n"
			   "1 1 0:4 mnt:[4] /run/c rw - nsfs nsfs rw\n"
			   "1 1 0:55 / /p rw - proc proc rw\n"
			   "1 1 0:55 /sys /p/sys ro - proc proc rw\n");
	put_process(9, "mnt:[91]");
	put("9/mountinfo", "1 1 0:4 pid:[3] /run/a\\040b rw - nsfs nsfs rw\n");
	/* A container, whose procfs will be its own. */
	put_process(20, "mnt:[92]");
	put("20/mountinfo", "1 1 0:56 / /proc rw - proc proc rw\n");
	s = annotated();
	must_hold(s, 3, "bind 1 0 0 /run/a b 0 x2");
	must_hold(s, 5, "unseen 1 0 0 /p 0 x1");
	pidns_snapshot_unref(s);
}

static void test_threads(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put_process(9, "mnt:[90]");
	put_link("9/task/9/ns/pid_for_children", "pid:[4]");
	put_link("9/task/10/ns/pid_for_children", "pid:[3]");
	put_link("9/task/11/ns/pid_for_children", "pid:[1]");
	s = annotated();
	must_hold(s, 3, "for-children 9 0 0 - 0 x1");
	must_hold(s, 4, "for-children 9 0 0 - 0 x1");
	pidns_snapshot_unref(s);
}

static void test_threads_without_a_leader(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put("23/status", "");
	put_link("23/task/24/fd/3", "pid:[3]");
	put_link("23/task/24/ns/mnt", "mnt:[91]");
	put("23/task/24/mountinfo", "1 1 0:4 pid:[5] /run/a rw - nsfs nsfs rw\n");
	s = annotated();
	must_hold(s, 3, "fd 23 3 0 - 0 x1");
	must_hold(s, 5, "bind 23 0 0 /run/a 0 x1");
	pidns_snapshot_unref(s);
}

/* Who does not show all may hold more, and is counted once. A file where a directory should be stands for EACCES, which
 * root never gets. */
static void test_refused(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	put("1/fd", "");
	put("1/ns", "");
	put_process(20, "mnt:[90]");
	put_link("20/fd/3", "pid:[3]");
	s = annotated();
	must_hold(s, 3, "fd 20 3 0 - 0 x1; unseen 1 0 0 - 0 x1");
	must_hold(s, 5, "unseen 1 0 0 - 0 x1");
	must_hold(s, 6, "zombie 60 0 9 - 0 x1");
	pidns_snapshot_unref(s);
}

/* Of a few chosen tasks nothing follows for what was not asked about. */
static void test_subset(void **state)
{
	struct pidns_snapshot *s = NULL;
	const int32_t pid = 20;
	const struct pidns_take_opts opts = {.size = sizeof(opts), .pids = &pid, .nr_pids = 1};
	struct pidns_ctx *ctx;
	char why[256];
	int fd = open_root();

	(void)state;
	assert_int_equal(open_recording(write_recording(PICTURE), why, &ctx), 0);
	assert_int_equal(pidns_snapshot_take(ctx, &opts, &s), 0);
	pidns_close(ctx);
	assert_int_equal(annotate(s, fd, PIDNS_TAKE_PINS, 0), 0);
	close(fd);
	must_hold(s, 3, "");
	must_hold(s, 2, "task 20 0 0 - 0 x1; descendant 0 0 0 - 3 x1");
	pidns_snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_what_the_snapshot_shows, new_root),
		cmocka_unit_test_setup(test_files, new_root),
		cmocka_unit_test_setup(test_holders, new_root),
		cmocka_unit_test_setup(test_pidfds, new_root),
		cmocka_unit_test_setup(test_mounts, new_root),
		cmocka_unit_test_setup(test_threads, new_root),
		cmocka_unit_test_setup(test_threads_without_a_leader, new_root),
		cmocka_unit_test_setup(test_refused, new_root),
		cmocka_unit_test_setup(test_subset, new_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
