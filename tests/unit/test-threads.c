// SPDX-License-Identifier: GPL-2.0-or-later
/* Eight threads over one snapshot, each with a reference of its own: reads need no lock, and the
 * last to let go frees it. Meant for ThreadSanitizer, helgrind and AddressSanitizer as well. */
#include "unit.h"

#include <pthread.h>

#define THREADS 8
#define ROUNDS	200

struct shared {
	struct pidns_snapshot *older, *newer;
	size_t nr_tasks;
	_Atomic int wrong;
};

static size_t look_everywhere(const struct pidns_snapshot *s)
{
	const struct pidns_task *const *tasks;
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_tasks(s, &tasks), nr_ns = pidns_snapshot_namespaces(s, &list);
	size_t found = 0, i, j;

	for (i = 0; i < nr; i++)
		for (j = 0; j < nr_ns; j++) {
			int32_t vpid = pidns_task_vpid(tasks[i], list[j]);

			if (vpid)
				found += pidns_task_find(s, list[j], vpid) == tasks[i];
		}
	for (j = 0; j < nr_ns; j++)
		if (pidns_ns_find(s, list[j]->ino) != list[j])
			return 0;
	return found;
}

static void *read_all(void *argument)
{
	struct shared *shared = argument;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		const struct pidns_event *const *list = NULL;
		struct pidns_snapshot *own = pidns_snapshot_ref(shared->newer);
		struct pidns_diff *diff = NULL;

		if (look_everywhere(own) != shared->nr_tasks)
			shared->wrong++;
		if (pidns_diff_open(shared->older, own, &diff) < 0 ||
		    pidns_diff_events(diff, &list) != 1)
			shared->wrong++;
		own = pidns_snapshot_unref(own);
		if (!list || list[0]->task->tid != 102)
			shared->wrong++;
		pidns_diff_close(diff);
	}
	pidns_snapshot_unref(shared->older);
	pidns_snapshot_unref(shared->newer);
	return NULL;
}

#define BODY                                                                            \
	"snapshot time_ns=1 provider=x flags=- cannot_see=- root=10\n"                  \
	"ns ino=10 depth=0\nns ino=20 depth=1 parent=10\nns ino=30 depth=2 parent=20\n" \
	"task pid=1 tid=1 ns=10 vpids=1\n"                                              \
	"task pid=100 tid=100 ns=20 vpids=100,1\n"                                      \
	"task pid=101 tid=101 ns=30 vpids=101,2,1\n"

static void test_sharing(void **state)
{
	struct shared shared = {.older = snapshot_of(BODY, 0)};
	pthread_t threads[THREADS];
	int i;

	(void)state;
	shared.newer = snapshot_of(BODY "task pid=102 tid=102 ns=30 vpids=102,3,2\n", 0);
	shared.nr_tasks = 1 + 2 + 3 + 3;
	assert_int_equal(look_everywhere(shared.newer), shared.nr_tasks);
	for (i = 0; i < THREADS; i++) {
		pidns_snapshot_ref(shared.older);
		pidns_snapshot_ref(shared.newer);
		assert_int_equal(pthread_create(&threads[i], NULL, read_all, &shared), 0);
	}
	/* The one that took it may leave first. */
	pidns_snapshot_unref(shared.older);
	pidns_snapshot_unref(shared.newer);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(shared.wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_sharing)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
