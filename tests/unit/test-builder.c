// SPDX-License-Identifier: GPL-2.0-or-later
/* What a provider pours, and what the builder makes of it: merged, placed, counted, or refused. */
#include "unit.h"

#include <errno.h>

#include "core/builder.h"
#include "core/provider.h"

static char sentence[256];
static const struct why why = {sentence, sizeof(sentence)};

static struct builder *new_builder(uint32_t flags)
{
	struct builder *b = builder_new("test", flags, &why);

	assert_non_null(b);
	sentence[0] = '\0';
	return b;
}

static struct pidns_snapshot *freeze(struct builder *b)
{
	struct pidns_snapshot *s = NULL;

	if (builder_freeze(b, &s) < 0)
		fail_msg("%s", sentence);
	return s;
}

static void add_ns(struct builder *b, uint64_t ino, uint64_t parent_ino)
{
	const struct raw_ns raw = {.known = PIDNS_NS_INO | (parent_ino ? PIDNS_NS_PARENT : 0),
				   .ino = ino,
				   .parent_ino = parent_ino};

	assert_int_equal(builder_add_ns(b, &raw), 0);
}

/* A process whose numbers are known; ns_ino 0: its namespace is not. */
static struct raw_task task_at(uint64_t ns_ino, int32_t ppid, const int32_t *vpids, uint32_t nr)
{
	return (struct raw_task){.known = PIDNS_TASK_VPIDS | PIDNS_TASK_PPID | PIDNS_TASK_STATE,
				 .ns_ino = ns_ino,
				 .vpids = vpids,
				 .nr_vpids = nr,
				 .pid = vpids[0],
				 .tid = vpids[0],
				 .ppid = ppid,
				 .state = 'S'};
}

#define VPIDS(...)                        \
	((const int32_t[]){__VA_ARGS__}), \
		(uint32_t)(sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t))

static void add_task(struct builder *b, struct raw_task raw)
{
	assert_int_equal(builder_add_task(b, &raw), 0);
}

static const struct pidns_task *find(const struct pidns_snapshot *s, int32_t tid)
{
	const struct pidns_task *task = pidns_task_find(s, NULL, tid);

	assert_non_null(task);
	return task;
}

static void test_empty(void **state)
{
	struct pidns_snapshot *s = freeze(new_builder(0));
	const struct pidns_task *const *tasks;
	const struct pidns_ns *const *list;

	(void)state;
	assert_int_equal(pidns_snapshot_namespaces(s, &list), 0);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 0);
	assert_null(pidns_task_find(s, NULL, 1));
	assert_null(pidns_ns_find(s, 1));
	assert_string_equal(pidns_snapshot_provider(s), "test");
	assert_true(pidns_snapshot_time(s) > 0);
	assert_int_equal(pidns_snapshot_flags(s), 0);
	assert_null(pidns_snapshot_unref(s));
	assert_null(pidns_snapshot_unref(NULL));
	assert_null(pidns_snapshot_ref(NULL));
}

static void test_what_is_said_of_the_whole(void **state)
{
	struct builder *b = new_builder(PIDNS_SNAPSHOT_THREADS);
	struct pidns_snapshot *s;

	(void)state;
	builder_set_time(b, 5);
	builder_add_flags(b, PIDNS_SNAPSHOT_RACED);
	builder_add_unseen(b, PIDNS_UNSEEN_FD);
	builder_add_unseen(b, PIDNS_UNSEEN_BIND);
	s = freeze(b);
	assert_int_equal(pidns_snapshot_time(s), 5);
	/* Something unseen makes it partial. */
	assert_int_equal(pidns_snapshot_flags(s),
			 PIDNS_SNAPSHOT_THREADS | PIDNS_SNAPSHOT_RACED | PIDNS_SNAPSHOT_PARTIAL);
	assert_int_equal(pidns_snapshot_cannot_see(s), PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND);
	pidns_snapshot_unref(s);
}

/* All that raw_ns can say arrives, and nothing is known that was not said. */
static void test_ns_facts(void **state)
{
	struct raw_ns raw = {.ino = 10,
			     .cookie = 11,
			     .owner_ns = 12,
			     .alloc_failures = 13,
			     .level = 14,
			     .state = PIDNS_STATE_DEAD,
			     .reaper = 15,
			     .reaper_start_ns = 16,
			     .owner_uid = 17,
			     .pids_used = 18,
			     .pids_peak = 19,
			     .last_pid = 20,
			     .pids_max = 21,
			     .known = PIDNS_FIELDS_ALL & ~PIDNS_NS_PARENT};
	struct builder *b = new_builder(0);
	const struct pidns_ns *ns;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_add_ns(b, &raw), 0);
	s = freeze(b);
	ns = pidns_ns_find(s, 10);
	assert_non_null(ns);
	assert_int_equal(ns->cookie, 11);
	assert_int_equal(ns->owner_ns, 12);
	assert_int_equal(ns->alloc_failures, 13);
	assert_int_equal(ns->level, 14);
	assert_int_equal(ns->state, PIDNS_STATE_DEAD);
	assert_int_equal(ns->reaper, 15);
	assert_int_equal(ns->reaper_start_ns, 16);
	assert_int_equal(ns->owner_uid, 17);
	assert_int_equal(ns->pids_used, 18);
	assert_int_equal(ns->pids_used_exact, 1);
	assert_int_equal(ns->pids_peak, 19);
	assert_int_equal(ns->last_pid, 20);
	assert_int_equal(ns->pids_max, 21);
	assert_int_equal(ns->depth, 0);
	assert_false(ns->known & PIDNS_NS_PARENT);
	assert_null(pidns_ns_parent(ns));
	pidns_snapshot_unref(s);
}

static void test_nothing_known(void **state)
{
	const struct raw_ns raw = {.ino = 10, .level = 14, .state = 1, .pids_max = 3, .cookie = 9};
	const uint64_t said = PIDNS_NS_LEVEL | PIDNS_NS_STATE | PIDNS_NS_PIDS_MAX | PIDNS_NS_COOKIE;
	struct builder *b = new_builder(0);
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_add_ns(b, &raw), 0);
	s = freeze(b);
	assert_true(pidns_ns_find(s, 10)->known & PIDNS_NS_INO);
	assert_false(pidns_ns_find(s, 10)->known & said);
	pidns_snapshot_unref(s);
}

/* Facts in pieces: what a later piece does not know, it does not undo. */
static void test_ns_facts_are_merged(void **state)
{
	const struct raw_ns first = {.known = PIDNS_NS_LEVEL, .ino = 10, .level = 4};
	const struct raw_ns second = {.known = PIDNS_NS_PIDS_MAX, .ino = 10, .pids_max = 99};
	struct builder *b = new_builder(0);
	const struct pidns_ns *const *list;
	const struct pidns_ns *ns;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_add_ns(b, &first), 0);
	assert_int_equal(builder_add_ns(b, &second), 0);
	s = freeze(b);
	assert_int_equal(pidns_snapshot_namespaces(s, &list), 1);
	ns = list[0];
	assert_true(ns->known & PIDNS_NS_LEVEL && ns->known & PIDNS_NS_PIDS_MAX);
	assert_int_equal(ns->level, 4);
	assert_int_equal(ns->pids_max, 99);
	pidns_snapshot_unref(s);
}

static void test_task_facts(void **state)
{
	static const int32_t vpids[] = {77, 3};
	char comm[] = "na\033me";
	struct raw_task raw = {.known = PIDNS_FIELDS_ALL & ~PIDNS_TASK_HAS_JOINED,
			       .ns_ino = 20,
			       .ns_for_children_ino = 30,
			       .vpids = vpids,
			       .nr_vpids = 2,
			       .comm = comm,
			       .start_ns = 1,
			       .cpu_ns = 2,
			       .rss_bytes = 3,
			       .pid = 77,
			       .tid = 77,
			       .ppid = 1,
			       .vpgid = 5,
			       .vsid = 6,
			       .uid = 7,
			       .ruid = 8,
			       .state = 'D',
			       .threads = 9};
	struct builder *b = new_builder(0);
	const struct pidns_task *task;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_ns(b, 20, 10);
	add_ns(b, 30, 20);
	assert_int_equal(builder_add_task(b, &raw), 0);
	memset(comm, 'x', sizeof(comm) - 1); /* it was copied */
	s = freeze(b);
	task = find(s, 77);
	assert_string_equal(task->comm, "na\033me");
	assert_int_equal(task->nr_vpids, 2);
	assert_int_equal(task->vpids[0], 77);
	assert_int_equal(task->vpids[1], 3);
	assert_int_equal(task->ns->ino, 20);
	assert_int_equal(task->ns_for_children->ino, 30);
	assert_int_equal(task->start_ns, 1);
	assert_int_equal(task->cpu_ns, 2);
	assert_int_equal(task->rss_bytes, 3);
	assert_int_equal(task->pid, 77);
	assert_int_equal(task->tid, 77);
	assert_int_equal(task->ppid, 1);
	assert_int_equal(task->vpgid, 5);
	assert_int_equal(task->vsid, 6);
	assert_int_equal(task->uid, 7);
	assert_int_equal(task->ruid, 8);
	assert_int_equal(task->state, 'D');
	assert_int_equal(task->threads, 9);
	pidns_snapshot_unref(s);
}

static void test_unknown_task_fields_are_not_known(void **state)
{
	const struct raw_task raw = {.pid = 5, .tid = 5, .ns_ino = 10, .comm = "no", .uid = 3};
	struct builder *b = new_builder(0);
	const struct pidns_task *task;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	assert_int_equal(builder_add_task(b, &raw), 0);
	s = freeze(b);
	task = find(s, 5);
	assert_int_equal(task->known & ~PIDNS_TASK_HAS_JOINED, 0);
	assert_int_equal(task->nr_vpids, 1);
	assert_int_equal(task->vpids[0], 5);
	assert_string_equal(task->comm, "");
	pidns_snapshot_unref(s);
}

static void test_ns_for_children_that_is_the_same(void **state)
{
	struct raw_task raw = task_at(10, 0, VPIDS(5));
	struct builder *b = new_builder(0);
	const struct pidns_task *task;
	struct pidns_snapshot *s;

	(void)state;
	raw.known |= PIDNS_TASK_NS_FOR_CHILDREN;
	raw.ns_for_children_ino = 10;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_task(b, raw);
	s = freeze(b);
	task = find(s, 5);
	assert_true(task->known & PIDNS_TASK_NS_FOR_CHILDREN);
	assert_null(task->ns_for_children);
	pidns_snapshot_unref(s);
}

/* ---- nonsense -------------------------------------------------------------------------------- */

static void refuse_task(struct raw_task raw)
{
	struct builder *b = new_builder(0);

	assert_int_equal(builder_add_task(b, &raw), -EPROTO);
	assert_true(*sentence);
	assert_null(builder_free(b));
}

static void test_nonsense_tasks(void **state)
{
	static const int32_t many[PIDNS_LEVEL_MAX + 2] = {5};

	(void)state;
	refuse_task((struct raw_task){.pid = 0, .tid = 1});
	refuse_task((struct raw_task){.pid = 1, .tid = 0});
	refuse_task((struct raw_task){.pid = -1, .tid = 1});
	refuse_task(task_at(10, 0, many, 0));
	refuse_task(task_at(10, 0, many, PIDNS_LEVEL_MAX + 2));
	refuse_task((struct raw_task){
		.known = PIDNS_TASK_VPIDS, .pid = 6, .tid = 6, .vpids = many, .nr_vpids = 1});
}

static void test_nonsense_namespaces(void **state)
{
	struct builder *b = new_builder(0);
	const struct raw_ns raw = {.known = PIDNS_NS_LEVEL, .level = 1};

	(void)state;
	assert_int_equal(builder_add_ns(b, &raw), -EPROTO);
	assert_true(*sentence);
	builder_free(b);
	assert_null(builder_free(NULL));
}

static void refuse_freeze(struct builder *b)
{
	struct pidns_snapshot *s = (void *)&sentence;

	assert_int_equal(builder_freeze(b, &s), -EPROTO);
	assert_ptr_equal(s, &sentence);
	assert_true(*sentence);
}

static void test_circles(void **state)
{
	struct builder *b = new_builder(0);

	(void)state;
	add_ns(b, 10, 10);
	refuse_freeze(b);
	b = new_builder(0);
	add_ns(b, 1, 0);
	add_ns(b, 10, 30);
	add_ns(b, 20, 10);
	add_ns(b, 30, 20);
	refuse_freeze(b);
}

/* All numbers begin in the reader's own namespace. */
static void test_a_root_that_is_none(void **state)
{
	struct builder *b = new_builder(0);

	(void)state;
	assert_int_equal(builder_set_root(b, 20), 0);
	add_ns(b, 20, 10);
	refuse_freeze(b);
}

static void test_depth_limit(void **state)
{
	struct builder *b = new_builder(0);
	struct pidns_snapshot *s;
	uint64_t ino;

	(void)state;
	/* From the leaf up, so that nothing is known of a parent when its child comes. */
	for (ino = PIDNS_LEVEL_MAX + 1; ino > 1; ino--)
		add_ns(b, ino, ino - 1);
	s = freeze(b);
	assert_int_equal(pidns_ns_find(s, PIDNS_LEVEL_MAX + 1)->depth, PIDNS_LEVEL_MAX);
	pidns_snapshot_unref(s);
	b = new_builder(0);
	for (ino = 2; ino <= PIDNS_LEVEL_MAX + 2; ino++)
		add_ns(b, ino, ino - 1);
	refuse_freeze(b);
}

/* ---- placing --------------------------------------------------------------------------------- */

static void test_duplicates_count_once(void **state)
{
	struct builder *b = new_builder(0);
	const struct pidns_task *const *tasks;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_task(b, task_at(10, 0, VPIDS(5)));
	add_task(b, task_at(10, 0, VPIDS(7)));
	add_task(b, task_at(10, 0, VPIDS(5)));
	s = freeze(b);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 2);
	assert_int_equal(pidns_ns_find(s, 10)->processes, 2);
	assert_true(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_RACED);
	pidns_snapshot_unref(s);
}

/* NSpid says what a link may not: one number is the reader's namespace, as many as the parent's is
 * the parent's, and an init has one of its own. The rest sits in a record without an inode, and none
 * is dropped. */
static void test_unreadable_links(void **state)
{
	struct builder *b = new_builder(0);
	struct pidns_snapshot *s;
	const struct pidns_task *const *tasks;
	const struct pidns_ns *lost, *own;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_ns(b, 20, 10);
	add_task(b, task_at(0, 0, VPIDS(1)));
	add_task(b, task_at(20, 1, VPIDS(100, 1)));
	add_task(b, task_at(0, 100, VPIDS(101, 2)));
	add_task(b, task_at(0, 1, VPIDS(200, 8)));
	add_task(b, task_at(0, 0, VPIDS(201, 9, 9)));
	add_task(b, task_at(0, 1, VPIDS(300, 1)));
	add_task(b, task_at(0, 300, VPIDS(301, 2)));
	add_task(b, task_at(0, 301, VPIDS(302, 3, 1)));
	add_task(b, task_at(0, 1, VPIDS(400, 1)));
	s = freeze(b);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 9);
	assert_int_equal(find(s, 1)->ns->ino, 10);
	assert_int_equal(find(s, 101)->ns->ino, 20);
	lost = find(s, 200)->ns;
	assert_false(lost->known & PIDNS_NS_INO);
	assert_int_equal(lost->depth, 1);
	assert_int_equal(find(s, 201)->ns->depth, 2);
	assert_int_equal(pidns_task_vpid(find(s, 200), lost), 8);
	own = find(s, 300)->ns;
	assert_false(own->known & PIDNS_NS_INO);
	assert_int_equal(own->reaper, 300);
	assert_ptr_equal(find(s, 301)->ns, own);
	assert_ptr_not_equal(find(s, 400)->ns, own);
	assert_ptr_equal(pidns_ns_parent(find(s, 302)->ns), own);
	assert_ptr_equal(pidns_task_find(s, own, 2), find(s, 301));
	assert_ptr_equal(pidns_task_find(s, own, 3), find(s, 302));
	/* Several namespaces may share the record: no number in it names a task. */
	assert_null(pidns_task_find(s, lost, 8));
	assert_true(pidns_snapshot_cannot_see(s) & PIDNS_UNSEEN_NS_LINKS);
	pidns_snapshot_unref(s);
}

static void test_tasks_without_numbers(void **state)
{
	const struct raw_task raw = {.pid = 50, .tid = 50};
	struct builder *b = new_builder(0);
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_task(b, raw);
	s = freeze(b);
	assert_false(find(s, 50)->ns->known & PIDNS_NS_INO);
	assert_int_equal(pidns_task_vpid(find(s, 50), NULL), 50);
	pidns_snapshot_unref(s);
}

/* An init's parent is one level up, so one that is further up says nothing of what is between. */
static void test_a_parent_too_far_up(void **state)
{
	struct builder *b = new_builder(0);
	const struct pidns_ns *ns;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_task(b, task_at(10, 0, VPIDS(1)));
	add_task(b, task_at(40, 1, VPIDS(50, 5, 1)));
	s = freeze(b);
	ns = pidns_ns_find(s, 40);
	assert_false(ns->known & PIDNS_NS_PARENT);
	assert_int_equal(ns->depth, 2);
	assert_int_equal(pidns_ns_parent(ns)->ino, 10);
	assert_int_equal(pidns_task_vpid(find(s, 50), ns), 1);
	pidns_snapshot_unref(s);
}

/* Which namespace is the reader's is unknown; all numbers begin there all the same. */
static void test_without_a_root(void **state)
{
	struct builder *b = new_builder(0);
	const struct pidns_ns *root;
	struct pidns_snapshot *s;

	(void)state;
	add_task(b, task_at(0, 0, VPIDS(1)));
	add_task(b, task_at(20, 1, VPIDS(100, 1)));
	s = freeze(b);
	root = find(s, 1)->ns;
	assert_false(root->known & PIDNS_NS_INO);
	assert_int_equal(root->depth, 0);
	assert_int_equal(root->processes_below, 2);
	assert_ptr_equal(pidns_ns_parent(find(s, 100)->ns), root);
	assert_ptr_equal(pidns_task_find(s, root, 100), find(s, 100));
	assert_true(pidns_snapshot_cannot_see(s) & PIDNS_UNSEEN_NS_LINKS);
	pidns_snapshot_unref(s);
}

/* Of two snapshots of the same namespaces, one has more tasks. */
static void test_a_namespace_of_another_snapshot(void **state)
{
	struct pidns_snapshot *one, *other;
	struct builder *b = new_builder(0);
	int32_t tid;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_task(b, task_at(20, 1, VPIDS(100, 1)));
	one = freeze(b);
	b = new_builder(0);
	assert_int_equal(builder_set_root(b, 10), 0);
	for (tid = 100; tid < 120; tid++)
		add_task(b, task_at(20, 1, VPIDS(tid, tid - 99)));
	other = freeze(b);
	assert_non_null(pidns_task_find(other, pidns_ns_find(other, 20), 15));
	assert_null(pidns_task_find(one, pidns_ns_find(other, 20), 1));
	assert_null(pidns_task_find(one, pidns_ns_find(other, 20), 15));
	pidns_snapshot_unref(one);
	pidns_snapshot_unref(other);
}

/* Numbers that do not fit where the task is are not believed; the task stays. */
static void test_numbers_that_do_not_fit(void **state)
{
	struct builder *b = new_builder(0);
	const struct pidns_task *task;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_ns(b, 20, 10);
	add_task(b, task_at(20, 1, VPIDS(100, 5, 1)));
	s = freeze(b);
	task = find(s, 100);
	assert_int_equal(task->ns->ino, 20);
	assert_false(task->known & PIDNS_TASK_VPIDS);
	assert_int_equal(task->nr_vpids, 1);
	assert_int_equal(pidns_task_vpid(task, task->ns), 0);
	/* Nor what else they would have meant. */
	assert_false(task->ns->known & (PIDNS_NS_REAPER | PIDNS_NS_STATE));
	assert_true(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_RACED);
	pidns_snapshot_unref(s);
}

/* ---- what follows from the tasks ------------------------------------------------------------- */

static uint32_t state_of_init(uint32_t letter, uint32_t exiting)
{
	struct raw_task init = task_at(20, 1, VPIDS(100, 1));
	struct builder *b = new_builder(0);
	const struct pidns_ns *ns;
	struct pidns_snapshot *s;
	uint32_t state;

	assert_int_equal(builder_set_root(b, 10), 0);
	add_ns(b, 20, 10);
	init.state = letter;
	init.exiting = exiting;
	init.start_ns = 1234;
	init.known |= PIDNS_TASK_START | PIDNS_TASK_THREADS;
	init.threads = 1;
	add_task(b, init);
	/* The lowest number in the reader's eyes, and not the init. */
	add_task(b, task_at(20, 100, VPIDS(50, 2)));
	s = freeze(b);
	ns = pidns_ns_find(s, 20);
	assert_true(ns->known & PIDNS_NS_STATE && ns->known & PIDNS_NS_REAPER);
	assert_int_equal(ns->reaper, 100);
	assert_true(ns->known & PIDNS_NS_REAPER_START);
	assert_int_equal(ns->reaper_start_ns, 1234);
	state = ns->state;
	pidns_snapshot_unref(s);
	return state;
}

static void test_states_by_init(void **state)
{
	(void)state;
	assert_int_equal(state_of_init('S', 0), PIDNS_STATE_ALIVE);
	assert_int_equal(state_of_init('Z', 0), PIDNS_STATE_ZOMBIE_INIT);
	assert_int_equal(state_of_init('Z', 1), PIDNS_STATE_ZOMBIE_INIT);
	assert_int_equal(state_of_init('S', 1), PIDNS_STATE_DYING);
}

/* A leader that has ended, with so many threads that are known to be there; -1: not known. */
static struct pidns_snapshot *with_ended_leader(char letter, int threads)
{
	struct builder *b = new_builder(0);
	struct raw_task raw = task_at(20, 1, VPIDS(100, 1));

	assert_int_equal(builder_set_root(b, 10), 0);
	add_ns(b, 20, 10);
	add_task(b, task_at(10, 0, VPIDS(1)));
	raw.known |= PIDNS_TASK_STATE | (threads < 0 ? 0 : PIDNS_TASK_THREADS);
	raw.state = (uint32_t)letter;
	raw.threads = threads < 0 ? 0 : (uint32_t)threads;
	raw.exiting = 1;
	add_task(b, raw);
	return freeze(b);
}

static void test_a1_leader_that_has_ended(void **state)
{
	static const struct {
		char letter;
		int threads;
		bool is_zombie;
	} cases[] = {{'Z', 1, true},  {'X', 1, true},	{'X', 0, true},	 {'Z', 2, false},
		     {'X', 3, false}, {'Z', -1, false}, {'X', -1, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pidns_snapshot *s = with_ended_leader(cases[i].letter, cases[i].threads);
		const struct pidns_ns *ns = pidns_ns_find(s, 20);
		const struct pidns_task *task = find(s, 100);

		assert_int_equal(pidns_task_is_zombie(task), cases[i].is_zombie);
		assert_int_equal(!!(task->known & PIDNS_TASK_STATE), cases[i].is_zombie);
		assert_int_equal(!!(ns->known & PIDNS_NS_STATE), cases[i].is_zombie);
		assert_int_equal(!!(ns->known & PIDNS_NS_ZOMBIES), cases[i].is_zombie);
		if (cases[i].is_zombie) {
			assert_int_equal(ns->state, PIDNS_STATE_ZOMBIE_INIT);
			assert_int_equal(ns->zombies, 1);
		}
		pidns_snapshot_unref(s);
	}
}

static void test_joined(void **state)
{
	struct builder *b = new_builder(0);
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_ns(b, 20, 10);
	add_ns(b, 30, 20);
	add_task(b, task_at(10, 0, VPIDS(1)));
	add_task(b, task_at(20, 1, VPIDS(100, 1)));
	add_task(b, task_at(20, 100, VPIDS(101, 2)));
	add_task(b, task_at(20, 1, VPIDS(102, 3)));
	add_task(b, task_at(30, 1, VPIDS(103, 4, 1)));
	s = freeze(b);
	assert_int_equal(find(s, 100)->has_joined, 0);
	assert_int_equal(find(s, 101)->has_joined, 0);
	assert_int_equal(find(s, 102)->has_joined, 1);
	/* An init is where it was born, wherever its parent is now. */
	assert_int_equal(find(s, 103)->has_joined, 0);
	assert_int_equal(pidns_ns_find(s, 20)->joined, 1);
	assert_int_equal(pidns_ns_find(s, 30)->joined, 0);
	pidns_snapshot_unref(s);
}

/* Is the first task without a parent one that has joined? Not where there is nowhere else. */
static uint32_t joined_at_level(uint32_t level)
{
	const struct raw_ns root = {.known = PIDNS_NS_LEVEL, .ino = 10, .level = level};
	struct builder *b = new_builder(0);
	struct pidns_snapshot *s;
	uint32_t joined;

	assert_int_equal(builder_set_root(b, 10), 0);
	assert_int_equal(builder_add_ns(b, &root), 0);
	add_task(b, task_at(10, 0, VPIDS(2)));
	s = freeze(b);
	assert_true(find(s, 2)->known & PIDNS_TASK_HAS_JOINED);
	joined = find(s, 2)->has_joined;
	pidns_snapshot_unref(s);
	return joined;
}

static void test_kernel_threads_have_not_joined(void **state)
{
	(void)state;
	assert_int_equal(joined_at_level(0), 0);
	assert_int_equal(joined_at_level(1), 1);
}

static void test_counts(void **state)
{
	struct builder *b = new_builder(0);
	const struct pidns_ns *outer, *inner;
	struct pidns_snapshot *s;
	struct raw_task raw;
	int32_t i;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_ns(b, 20, 10);
	for (i = 1; i <= 9; i++) {
		raw = i <= 4 ? task_at(10, 0, VPIDS(i)) : task_at(20, 1, VPIDS(i, i - 4));
		raw.known |= PIDNS_TASK_THREADS;
		raw.state = i % 4 ? 'S' : 'Z';
		raw.threads = i % 4 ? 3 : 1;
		add_task(b, raw);
	}
	s = freeze(b);
	outer = pidns_ns_find(s, 10);
	inner = pidns_ns_find(s, 20);
	assert_int_equal(outer->processes, 4);
	assert_int_equal(outer->processes_below, 9);
	assert_int_equal(outer->threads, 10);
	assert_int_equal(outer->threads_below, 23);
	assert_int_equal(outer->zombies, 1);
	assert_int_equal(outer->zombies_below, 2);
	assert_int_equal(inner->processes, 5);
	assert_int_equal(inner->processes_below, 5);
	assert_int_equal(inner->zombies, 1);
	assert_int_equal(outer->pids_used, 23);
	assert_int_equal(outer->pids_used_exact, 0);
	assert_int_equal(inner->pids_used, 13);
	pidns_snapshot_unref(s);
}

/* One member of which a fact is missing, and the sum is not known. */
static void test_counts_that_are_not_known(void **state)
{
	struct raw_task raw = task_at(20, 1, VPIDS(100, 1));
	struct builder *b = new_builder(0);
	const struct pidns_ns *outer, *inner;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_ns(b, 20, 10);
	add_task(b, task_at(10, 0, VPIDS(1)));
	raw.known &= ~PIDNS_TASK_STATE;
	add_task(b, raw);
	s = freeze(b);
	outer = pidns_ns_find(s, 10);
	inner = pidns_ns_find(s, 20);
	assert_true(inner->known & PIDNS_NS_PROCESSES);
	assert_false(inner->known & (PIDNS_NS_ZOMBIES | PIDNS_NS_THREADS));
	/* zombies_below goes with zombies: one bit stands for both. */
	assert_false(outer->known & PIDNS_NS_ZOMBIES);
	pidns_snapshot_unref(s);
}

static void test_a_subset_is_no_census(void **state)
{
	const uint64_t census = PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES |
				PIDNS_NS_JOINED | PIDNS_NS_PIDS_USED;
	struct builder *b = new_builder(PIDNS_SNAPSHOT_SUBSET);
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(builder_set_root(b, 10), 0);
	add_task(b, task_at(10, 0, VPIDS(1)));
	s = freeze(b);
	assert_false(pidns_ns_find(s, 10)->known & census);
	pidns_snapshot_unref(s);
}

/* ---- order ----------------------------------------------------------------------------------- */

/* The reader's own namespace comes first, whatever its inode. */
static void test_root_is_first(void **state)
{
	struct builder *b = new_builder(0);
	const struct pidns_ns *const *list;
	struct pidns_snapshot *s;

	(void)state;
	add_ns(b, 5, 0);
	add_ns(b, 10, 90);
	assert_int_equal(builder_set_root(b, 90), 0);
	s = freeze(b);
	assert_int_equal(pidns_snapshot_namespaces(s, &list), 3);
	assert_int_equal(list[0]->ino, 90);
	assert_int_equal(list[1]->ino, 10);
	assert_int_equal(list[2]->ino, 5);
	pidns_snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_what_is_said_of_the_whole),
		cmocka_unit_test(test_ns_facts),
		cmocka_unit_test(test_nothing_known),
		cmocka_unit_test(test_ns_facts_are_merged),
		cmocka_unit_test(test_task_facts),
		cmocka_unit_test(test_unknown_task_fields_are_not_known),
		cmocka_unit_test(test_ns_for_children_that_is_the_same),
		cmocka_unit_test(test_nonsense_tasks),
		cmocka_unit_test(test_nonsense_namespaces),
		cmocka_unit_test(test_circles),
		cmocka_unit_test(test_a_root_that_is_none),
		cmocka_unit_test(test_depth_limit),
		cmocka_unit_test(test_duplicates_count_once),
		cmocka_unit_test(test_unreadable_links),
		cmocka_unit_test(test_tasks_without_numbers),
		cmocka_unit_test(test_a_parent_too_far_up),
		cmocka_unit_test(test_without_a_root),
		cmocka_unit_test(test_a_namespace_of_another_snapshot),
		cmocka_unit_test(test_numbers_that_do_not_fit),
		cmocka_unit_test(test_states_by_init),
		cmocka_unit_test(test_a1_leader_that_has_ended),
		cmocka_unit_test(test_joined),
		cmocka_unit_test(test_kernel_threads_have_not_joined),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_counts_that_are_not_known),
		cmocka_unit_test(test_a_subset_is_no_census),
		cmocka_unit_test(test_root_is_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
