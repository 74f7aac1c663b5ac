// SPDX-License-Identifier: GPL-2.0-or-later
/* What changed: who is who, in which order it is told, and that a mirror can live on it. */
#include "unit.h"

#include <errno.h>
#include <inttypes.h>

/* ---- told as text ---------------------------------------------------------------------------- */

/* "ns-new 20 task-new 5@20": the events from one to the other, in order. */
static const char *tell(struct pidns_snapshot *older, struct pidns_snapshot *newer)
{
	static char text[2048];
	const struct pidns_event *const *list;
	struct pidns_diff *diff;
	size_t nr, i;

	assert_int_equal(pidns_diff_open(older, newer, &diff), 0);
	nr = pidns_diff_events(diff, &list);
	*text = '\0';
	for (i = 0; i < nr; i++) {
		char *end = text + strlen(text);

		assert_int_equal(list[i]->time_ns, pidns_snapshot_time(newer));
		assert_non_null(list[i]->ns);
		end += sprintf(end, "%s%s ", i ? " " : "", pidns_event_name(list[i]->type));
		if (list[i]->task) {
			assert_ptr_equal(list[i]->task->ns, list[i]->ns);
			end += sprintf(end, "%d@", list[i]->task->tid);
		}
		end += sprintf(end, "%" PRIu64, list[i]->ns->ino);
		if (list[i]->was)
			assert_int_equal(list[i]->was->ino, list[i]->ns->ino);
	}
	assert_null(pidns_diff_close(diff));
	assert_null(pidns_diff_close(NULL));
	return text;
}

/* The error, and that opening it fails alike. */
static void expect_comparable(const char *older_head, const char *newer_head, int error,
			      const char *words)
{
	struct pidns_snapshot *older, *newer;
	struct pidns_diff *diff = NULL;
	char body[1024], why[128] = "";

	snprintf(body, sizeof(body), "snapshot time_ns=5%s\nns ino=10\n", older_head);
	older = snapshot_of(body, 0);
	snprintf(body, sizeof(body), "snapshot time_ns=%s\nns ino=10\n", newer_head);
	newer = snapshot_of(body, 0);
	assert_int_equal(pidns_diff_check(older, newer, why, sizeof(why)), error);
	assert_int_equal(pidns_diff_check(older, newer, NULL, 0), error);
	assert_int_equal(pidns_diff_open(older, newer, &diff), error);
	assert_int_equal(!diff, error < 0);
	if (!*words)
		assert_string_equal(why, "");
	assert_non_null(strstr(why, words));
	pidns_diff_close(diff);
	pidns_snapshot_unref(older);
	pidns_snapshot_unref(newer);
}

static void test_a15_what_can_be_compared(void **state)
{
	(void)state;
	expect_comparable("", "5", 0, "");
	expect_comparable("", "4", -EINVAL, "before");
	expect_comparable(" boot_id=a", "9 boot_id=a", 0, "");
	expect_comparable(" boot_id=a", "9", 0, "");
	expect_comparable(" boot_id=a", "9 boot_id=b", -EXDEV, "boots");
	expect_comparable(" boot_id=a host=x", "9 boot_id=b host=y", -EXDEV, "machines, x and y");
	expect_comparable(" boot_id=a host=x", "9 boot_id=a host=y", 0, "");
	expect_comparable(" host=x", "9 host=y", -EXDEV, "machines");
	expect_comparable(" time_ns_ino=1", "9 time_ns_ino=2", -EXDEV, "time namespaces");
	expect_comparable(" time_ns_ino=1", "9", 0, "");
	expect_comparable(" root=10", "9 root=10", 0, "");
	expect_comparable(" wall_time_ns=9", "9 wall_time_ns=8", -EINVAL, "before");
	expect_comparable(" wall_time_ns=9", "4 wall_time_ns=10", 0, "");
	expect_comparable(" wall_time_ns=9 boot_id=a", "6 wall_time_ns=8 boot_id=a", 0, "");
}

/* Two snapshots of a reader whose own namespace is 10. */
static void expect(const char *older_body, const char *newer_body, const char *want)
{
	static const char head[] = "snapshot time_ns=5 provider=x flags=- cannot_see=- root=10\n";
	char body[1024];
	struct pidns_snapshot *older, *newer;

	snprintf(body, sizeof(body), "%s%s", head, older_body);
	older = snapshot_of(body, 0);
	snprintf(body, sizeof(body), "%s%s", head, newer_body);
	newer = snapshot_of(body, 0);

	assert_string_equal(tell(older, newer), want);
	pidns_snapshot_unref(older);
	pidns_snapshot_unref(newer);
}

#define TREE                                                          \
	"ns ino=10 depth=0\n"                                         \
	"ns ino=20 parent=10 depth=1 reaper=5 reaper_start_ns=5000\n" \
	"ns ino=30 parent=20 depth=2 reaper=7 reaper_start_ns=7000\n"
#define TASKS                                    \
	"task pid=1 tid=1 ns=10 start_ns=100\n"  \
	"task pid=5 tid=5 ns=20 start_ns=5000\n" \
	"task pid=6 tid=6 ns=20 start_ns=6000\n" \
	"task pid=7 tid=7 ns=30 start_ns=7000\n"

static void test_nothing(void **state)
{
	struct pidns_snapshot *s = snapshot_of(TREE TASKS, 0), *again = snapshot_of(TREE TASKS, 0);

	(void)state;
	assert_string_equal(tell(s, s), "");
	assert_string_equal(tell(s, again), "");
	pidns_snapshot_unref(s);
	pidns_snapshot_unref(again);
	expect(TREE TASKS, TREE TASKS, "");
	expect("ns ino=10\ntask pid=5 tid=5\n", "ns ino=10\ntask pid=5 tid=5\n", "");
	expect("ns ino=10\ntask pid=5 tid=5 vpids=5,1\ntask pid=6 tid=6\n",
	       "ns ino=10\ntask pid=5 tid=5 vpids=5,1\ntask pid=6 tid=6\n", "");
}

static void test_order(void **state)
{
	(void)state;
	expect("ns ino=10 depth=0\n", TREE TASKS,
	       "task-new 1@10 ns-new 20 task-new 5@20 task-new 6@20 ns-new 30 task-new 7@30");
	expect(TREE TASKS, "ns ino=10 depth=0\n",
	       "task-gone 7@30 ns-gone 30 task-gone 5@20 task-gone 6@20 ns-gone 20 task-gone 1@10");
}

/* The same inode with another reaper is another namespace; what is gone is told first. */
static void test_reuse(void **state)
{
	(void)state;
	expect("ns ino=10\nns ino=20 parent=10 reaper_start_ns=1\n",
	       "ns ino=10\nns ino=20 parent=10 reaper_start_ns=10000002\n", "ns-gone 20 ns-new 20");
	expect("ns ino=10\nns ino=20 parent=10 reaper_start_ns=1\n",
	       "ns ino=10\nns ino=20 parent=10 reaper_start_ns=10000001\n", "");
	expect("ns ino=10\ntask pid=5 tid=5 ns=10 start_ns=20000000\n",
	       "ns ino=10\ntask pid=5 tid=5 ns=10 start_ns=9999999\n",
	       "task-gone 5@10 task-new 5@10");
	expect("ns ino=10\ntask pid=5 tid=5 ns=10 start_ns=20000000\n",
	       "ns ino=10\ntask pid=5 tid=5 ns=10 start_ns=10000000\n", "");
}

/* A cookie outweighs the rest, where both sides have one. */
static void test_cookies(void **state)
{
	(void)state;
	expect("ns ino=10 cookie=1 reaper_start_ns=1\n",
	       "ns ino=10 cookie=1 reaper_start_ns=99000000000\n", "");
	expect("ns ino=10 cookie=1 reaper_start_ns=1\n", "ns ino=10 cookie=2 reaper_start_ns=1\n",
	       "ns-gone 10 ns-new 10");
	expect("ns ino=10 cookie=1 reaper_start_ns=1\n", "ns ino=10 reaper_start_ns=1\n", "");
	expect("ns ino=10 cookie=1\n", "ns ino=10 reaper_start_ns=1\n", "");
}

static void test_changes(void **state)
{
	(void)state;
	expect("ns ino=10 reaper=1\n", "ns ino=10 reaper=2\n", "reaper 10");
	expect("ns ino=10 state=alive\n", "ns ino=10 state=zombie-init\n", "reaper 10");
	expect("ns ino=10 reaper=1 state=alive\n", "ns ino=10 reaper=0 state=dead\n", "reaper 10");
	expect("ns ino=10 pids_max=5\n", "ns ino=10 pids_max=4\n", "limit 10");
	expect("ns ino=10 alloc_failures=5\n", "ns ino=10 alloc_failures=6\n", "exhausted 10");
	expect("ns ino=10 alloc_failures=5\n", "ns ino=10 alloc_failures=4\n", "");
	expect("ns ino=10 reaper=1 pids_max=1 alloc_failures=0\n",
	       "ns ino=10 reaper=2 pids_max=2 alloc_failures=1\n",
	       "reaper 10 limit 10 exhausted 10");
	/* What one side does not know has not changed. */
	expect("ns ino=10\n", "ns ino=10 reaper=2 state=alive pids_max=2 alloc_failures=1\n", "");
}

static void test_was(void **state)
{
	struct pidns_snapshot *older = snapshot_of("ns ino=10 pids_max=5\n", 0);
	struct pidns_snapshot *newer = snapshot_of("ns ino=10 pids_max=6\n", 0);
	const struct pidns_event *const *list;
	struct pidns_diff *diff;

	(void)state;
	assert_int_equal(pidns_diff_open(older, newer, &diff), 0);
	/* The diff keeps both alive. */
	pidns_snapshot_unref(older);
	pidns_snapshot_unref(newer);
	assert_int_equal(pidns_diff_events(diff, &list), 1);
	assert_int_equal(list[0]->type, PIDNS_EVENT_LIMIT);
	assert_int_equal(list[0]->reserved, 0);
	assert_int_equal(list[0]->ns->pids_max, 6);
	assert_int_equal(list[0]->was->pids_max, 5);
	assert_null(list[0]->task);
	pidns_diff_close(diff);
}

/* Where only one side has threads, only processes are compared. */
static void test_threads(void **state)
{
	static const char body[] =
		"snapshot time_ns=1 provider=x flags=threads cannot_see=- root=10\n"
		"ns ino=10\ntask pid=5 tid=5 ns=10\ntask pid=5 tid=6 ns=10\n";
	struct pidns_snapshot *all = snapshot_of(body, PIDNS_TAKE_THREADS);
	struct pidns_snapshot *leaders = snapshot_of(body, 0);
	struct pidns_snapshot *fewer =
		snapshot_of("snapshot time_ns=1 provider=x flags=threads cannot_see=- root=10\n"
			    "ns ino=10\ntask pid=5 tid=5 ns=10\n",
			    PIDNS_TAKE_THREADS);

	(void)state;
	assert_string_equal(tell(all, leaders), "");
	assert_string_equal(tell(leaders, all), "");
	assert_string_equal(tell(all, fewer), "task-gone 6@10");
	pidns_snapshot_unref(all);
	pidns_snapshot_unref(leaders);
	pidns_snapshot_unref(fewer);
}

/* The reader may see less than before: what hung below goes, and comes again under another. */
static void test_orphans(void **state)
{
	(void)state;
	expect("ns ino=10\nns ino=20 parent=10\nns ino=30 parent=20\ntask pid=7 tid=7 ns=30\n",
	       "ns ino=10\nns ino=30\ntask pid=7 tid=7 ns=30\n",
	       "task-gone 7@30 ns-gone 30 ns-gone 20 ns-new 30 task-new 7@30");
}

/* ---- a mirror -------------------------------------------------------------------------------- */

#define POOL_NS	   16
#define POOL_TASKS 48
#define ROUNDS	   400

/* A world in which inodes and numbers are scarce, so that they are reused all the time. The identity
 * of each thing is when it was born; 0: there is no such thing. */
struct world {
	uint64_t seed, clock;
	uint64_t ns_born[POOL_NS], task_born[POOL_TASKS];
	int parent[POOL_NS], home[POOL_TASKS];
};

static void kill_task(struct world *w, int task)
{
	w->task_born[task] = 0;
}

static void kill_ns(struct world *w, int ns)
{
	int i;

	if (!w->ns_born[ns])
		return;
	w->ns_born[ns] = 0;
	for (i = 0; i < POOL_NS; i++)
		if (w->ns_born[i] && w->parent[i] == ns)
			kill_ns(w, i);
	for (i = 0; i < POOL_TASKS; i++)
		if (w->task_born[i] && w->home[i] == ns)
			kill_task(w, i);
}

static int some_ns(struct world *w)
{
	int ns;

	do
		ns = (int)random_below(&w->seed, POOL_NS);
	while (!w->ns_born[ns]);
	return ns;
}

static bool is_shallow(const struct world *w, int ns)
{
	int depth = 0;

	for (; ns; ns = w->parent[ns])
		depth++;
	return depth < 8;
}

static void live(struct world *w)
{
	int i, ns;

	for (i = 1; i < POOL_NS; i++)
		if (!random_below(&w->seed, 5))
			kill_ns(w, i);
	for (i = 0; i < POOL_TASKS; i++)
		if (!random_below(&w->seed, 4))
			kill_task(w, i);
	for (i = 1; i < POOL_NS; i++) {
		ns = some_ns(w);
		if (w->ns_born[i] || random_below(&w->seed, 2) || !is_shallow(w, ns))
			continue;
		w->ns_born[i] = ++w->clock;
		w->parent[i] = ns;
	}
	for (i = 0; i < POOL_TASKS; i++) {
		if (w->task_born[i] || random_below(&w->seed, 2))
			continue;
		w->task_born[i] = ++w->clock;
		w->home[i] = some_ns(w);
	}
}

/* A second apart, so that no two births are within a tick. */
static struct pidns_snapshot *picture(const struct world *w)
{
	char body[16384], *end = body;
	int i;

	end += sprintf(end, "snapshot time_ns=5 provider=x flags=- cannot_see=- root=1\n");
	for (i = 0; i < POOL_NS; i++) {
		if (!w->ns_born[i])
			continue;
		end += sprintf(end, "ns ino=%d reaper_start_ns=%" PRIu64 "000000000", i + 1,
			       w->ns_born[i]);
		end += i ? sprintf(end, " parent=%d\n", w->parent[i] + 1) : sprintf(end, "\n");
	}
	for (i = 0; i < POOL_TASKS; i++)
		if (w->task_born[i])
			end += sprintf(end,
				       "task pid=%d tid=%d ns=%d start_ns=%" PRIu64 "000000000\n",
				       i + 1, i + 1, w->home[i] + 1, w->task_born[i]);
	return snapshot_of(body, 0);
}

static bool is_leaf(const struct world *w, int ns)
{
	int i;

	for (i = 0; i < POOL_NS; i++)
		if (w->ns_born[i] && i && w->parent[i] == ns)
			return false;
	for (i = 0; i < POOL_TASKS; i++)
		if (w->task_born[i] && w->home[i] == ns)
			return false;
	return true;
}

static void mirror_event(struct world *mirror, const struct pidns_event *event)
{
	const struct pidns_ns *parent = pidns_ns_parent(event->ns);
	int ns = (int)event->ns->ino - 1, task = event->task ? event->task->tid - 1 : -1;

	switch (event->type) {
	case PIDNS_EVENT_NS_NEW:
		assert_int_equal(mirror->ns_born[ns], 0);
		assert_non_null(parent);
		assert_true(mirror->ns_born[parent->ino - 1]);
		mirror->ns_born[ns] = event->ns->reaper_start_ns / 1000000000;
		mirror->parent[ns] = (int)parent->ino - 1;
		break;
	case PIDNS_EVENT_NS_GONE:
		assert_int_equal(mirror->ns_born[ns], event->ns->reaper_start_ns / 1000000000);
		assert_true(is_leaf(mirror, ns));
		mirror->ns_born[ns] = 0;
		break;
	case PIDNS_EVENT_TASK_NEW:
		assert_int_equal(mirror->task_born[task], 0);
		assert_true(mirror->ns_born[ns]);
		mirror->task_born[task] = event->task->start_ns / 1000000000;
		mirror->home[task] = ns;
		break;
	case PIDNS_EVENT_TASK_GONE:
		assert_int_equal(mirror->task_born[task], event->task->start_ns / 1000000000);
		mirror->task_born[task] = 0;
		break;
	default:
		fail_msg("event %u", event->type);
	}
}

static void test_mirror(void **state)
{
	struct world w = {.seed = 42, .clock = 1, .ns_born = {1}}, mirror;
	struct pidns_snapshot *older = picture(&w), *newer;
	int round, i;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		const struct pidns_event *const *list;
		struct pidns_diff *diff;
		size_t nr, at;

		mirror = w;
		live(&w);
		newer = picture(&w);
		assert_int_equal(pidns_diff_open(older, newer, &diff), 0);
		nr = pidns_diff_events(diff, &list);
		for (at = 0; at < nr; at++)
			mirror_event(&mirror, list[at]);
		for (i = 0; i < POOL_NS; i++) {
			assert_int_equal(mirror.ns_born[i], w.ns_born[i]);
			if (i && w.ns_born[i])
				assert_int_equal(mirror.parent[i], w.parent[i]);
		}
		for (i = 0; i < POOL_TASKS; i++) {
			assert_int_equal(mirror.task_born[i], w.task_born[i]);
			if (w.task_born[i])
				assert_int_equal(mirror.home[i], w.home[i]);
		}
		pidns_diff_close(diff);
		pidns_snapshot_unref(older);
		older = newer;
	}
	pidns_snapshot_unref(older);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a15_what_can_be_compared),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_reuse),
		cmocka_unit_test(test_cookies),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_was),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_orphans),
		cmocka_unit_test(test_mirror),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
