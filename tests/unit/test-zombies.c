// SPDX-License-Identifier: GPL-2.0-or-later
/* Who leaves zombies: the annotator over snapshots of recordings. */
#include "unit.h"

#include <unistd.h>

#include "annotate/annotate.h"
#include "proc-tree.h"

#define STATUS(ignored, handled)                                                                   \
	"Name:\tx\nSigBlk:\t0000000000010000\nSigIgn:\t" ignored "\nSigCgt:\t" handled "\nCapInh:" \
	"\n"
#define NONE	"0000000000000000"
#define SIGCHLD "0000000000010000" /* of x86, arm and most others: 17 */
#define ALL	"ffffffffffffffff"

#define PICTURE                                                                     \
	"ns ino=1 depth=0 state=alive reaper=1\n"                                   \
	"ns ino=2 parent=1 depth=1 state=alive reaper=20\n"                         \
	"ns ino=3 parent=1 depth=1 state=zombie-init reaper=60\n"                   \
	"task pid=1 tid=1 ns=1 vpids=1 ppid=0 state=S threads=1 start_ns=1\n"       \
	"task pid=20 tid=20 ns=2 vpids=20,1 ppid=1 state=S threads=1 start_ns=2\n"  \
	"task pid=21 tid=21 ns=2 vpids=21,2 ppid=20 state=Z threads=1 start_ns=9\n" \
	"task pid=22 tid=22 ns=2 vpids=22,3 ppid=20 state=Z threads=1 start_ns=8\n" \
	"task pid=23 tid=23 ns=2 vpids=23,4 ppid=20 state=Z threads=2 start_ns=3\n" \
	"task pid=60 tid=60 ns=3 vpids=60,1 ppid=1 state=Z threads=1 start_ns=5\n"

static struct pidns_snapshot *annotated(const char *head)
{
	char body[4096];
	struct pidns_snapshot *s;
	int fd = open_root();

	snprintf(body, sizeof(body), "%s%s", head, PICTURE);
	s = snapshot_of(body, 0);
	assert_int_equal(annotate(s, fd, PIDNS_TAKE_ZOMBIES, 0), 0);
	close(fd);
	return s;
}

static void test_sigchld(void **state)
{
	static const struct {
		const char *status;
		uint32_t sigchld;
	} cases[] = {
		{STATUS(NONE, NONE), PIDNS_SIGCHLD_DEFAULT},
		{STATUS(SIGCHLD, NONE), PIDNS_SIGCHLD_IGNORED},
		{STATUS(NONE, ALL), PIDNS_SIGCHLD_HANDLED},
		{STATUS("fffffffffffeffff", "fffffffffffeffff"), PIDNS_SIGCHLD_DEFAULT},
		{"", 0},
		{"SigIgn:\t" NONE "\n", 0},
		{"SigIgn:\t" NONE "\nSigCgt:\t" NONE, 0},
		{STATUS("000000000001000g", NONE), 0},
		{STATUS("10000", NONE), 0},
	};
	struct pidns_snapshot *s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		put("20/status", cases[i].status);
		s = annotated("snapshot time_ns=1 provider=procfs flags=- cannot_see=- root=1\n");
		assert_int_equal(pidns_ns_find(s, 2)->notes->zombie->sigchld, cases[i].sigchld);
		pidns_snapshot_unref(s);
	}
}

static void test_oldest(void **state)
{
	const struct pidns_notes *notes;
	struct pidns_snapshot *s;

	(void)state;
	put("20/status", STATUS(SIGCHLD, NONE));
	s = annotated("snapshot time_ns=1 provider=procfs flags=- cannot_see=- root=1\n");
	notes = pidns_ns_find(s, 2)->notes;
	assert_true(notes->known == PIDNS_NOTE_ZOMBIE && notes->zombie);
	/* 23 started before, but a thread of it lives: it cannot be reaped yet. */
	assert_int_equal(notes->zombie->pid, 22);
	assert_int_equal(notes->zombie->start_ns, 8);
	assert_int_equal(notes->zombie->parent, 20);
	assert_int_equal(notes->zombie->parent_is_reaper, 1);
	assert_int_equal(notes->zombie->sigchld, PIDNS_SIGCHLD_IGNORED);
	/* Its parent is gone from /proc, and is not the init here. */
	notes = pidns_ns_find(s, 3)->notes;
	assert_int_equal(notes->zombie->pid, 60);
	assert_int_equal(notes->zombie->parent_is_reaper, 0);
	assert_int_equal(notes->zombie->sigchld, 0);
	/* None at all is an answer. */
	notes = pidns_ns_find(s, 1)->notes;
	assert_true(notes->known == PIDNS_NOTE_ZOMBIE && !notes->zombie);
	pidns_snapshot_unref(s);
}

static void test_hidden_tasks(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	s = annotated("snapshot time_ns=1 provider=procfs flags=partial cannot_see=tasks root=1\n");
	assert_false(pidns_ns_find(s, 1)->known & PIDNS_NS_NOTES);
	assert_true(pidns_ns_find(s, 2)->notes->zombie);
	pidns_snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_sigchld, new_root),
		cmocka_unit_test_setup(test_oldest, new_root),
		cmocka_unit_test_setup(test_hidden_tasks, new_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
