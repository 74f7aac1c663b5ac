// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random forests, obeying the kernel's rules, poured in random order, against a model that answers
 * every question by looking at everything.
 */
#include "unit.h"

#include "core/builder.h"
#include "core/provider.h"

#define MAX_NS	  24
#define MAX_TASKS 120
#define MAX_DEPTH 6
#define FORESTS	  300

struct model_ns {
	uint64_t ino;
	int parent; /* -1: the root */
	uint32_t depth;
	int32_t next_vpid;
	bool is_orphan; /* nothing may be read of its parent */
};

struct model_task {
	int ns, parent, leader; /* places; parent -1: none */
	int32_t vpids[MAX_DEPTH + 1];
	bool is_zombie;
	bool is_hidden; /* its link may not be read */
};

struct model {
	uint64_t seed;
	struct model_ns ns[MAX_NS];
	struct model_task tasks[MAX_TASKS];
	int nr_ns, nr_tasks;
	bool has_threads;
};

/* ---- making one ------------------------------------------------------------------------------ */

static bool is_below(const struct model *m, int ns, int above)
{
	for (; ns >= 0; ns = m->ns[ns].parent)
		if (ns == above)
			return true;
	return false;
}

/* A number at each level, as alloc_pid() does. */
static int new_task(struct model *m, int ns, int parent)
{
	struct model_task *task = &m->tasks[m->nr_tasks];
	int up;

	assert_between(m->nr_tasks, 0, MAX_TASKS - 1);
	*task = (struct model_task){.ns = ns, .parent = parent, .leader = m->nr_tasks};
	for (up = ns; up >= 0; up = m->ns[up].parent) {
		task->vpids[m->ns[up].depth] = m->ns[up].next_vpid;
		m->ns[up].next_vpid += 1 + (int32_t)random_below(&m->seed, 3);
	}
	return m->nr_tasks++;
}

/* Some task whose namespace is `ns`; there is one, its init. */
static int any_member(struct model *m, int ns)
{
	int task;

	do
		task = (int)random_below(&m->seed, (uint32_t)m->nr_tasks);
	while (m->tasks[task].ns != ns);
	return m->tasks[task].leader;
}

static void new_ns(struct model *m, int parent)
{
	int ns = m->nr_ns++;

	m->ns[ns] = (struct model_ns){
		.ino = 1000 + random_below(&m->seed, 1000) * MAX_NS + (uint32_t)ns,
		.parent = parent,
		.depth = parent < 0 ? 0 : m->ns[parent].depth + 1,
		.next_vpid = 1,
	};
	/* The init; its parent is in the namespace above. */
	new_task(m, ns, parent < 0 ? -1 : any_member(m, parent));
}

/* A process is born beside its parent, or below it when that has joined a namespace. */
static void new_process(struct model *m)
{
	int parent = m->tasks[random_below(&m->seed, (uint32_t)m->nr_tasks)].leader;
	int ns = m->tasks[parent].ns, other;

	if (!random_below(&m->seed, 4)) {
		other = (int)random_below(&m->seed, (uint32_t)m->nr_ns);
		if (is_below(m, other, ns))
			ns = other;
	}
	other = new_task(m, ns, parent);
	m->tasks[other].is_zombie = !random_below(&m->seed, 8);
}

static void new_thread(struct model *m)
{
	int leader = m->tasks[random_below(&m->seed, (uint32_t)m->nr_tasks)].leader;
	int thread = new_task(m, m->tasks[leader].ns, m->tasks[leader].parent);

	m->tasks[thread].leader = leader;
}

static void make(struct model *m, uint64_t seed, bool has_threads)
{
	int nr_ns, parent, i;

	*m = (struct model){.seed = seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
	m->has_threads = has_threads;
	new_ns(m, -1);
	nr_ns = 1 + (int)random_below(&m->seed, MAX_NS - 1);
	while (m->nr_ns < nr_ns) {
		parent = (int)random_below(&m->seed, (uint32_t)m->nr_ns);
		if (m->ns[parent].depth == MAX_DEPTH)
			continue;
		new_ns(m, parent);
		new_process(m);
	}
	for (i = (int)random_below(&m->seed, MAX_TASKS / 2); i && m->nr_tasks < MAX_TASKS; i--) {
		if (has_threads && !random_below(&m->seed, 3))
			new_thread(m);
		else
			new_process(m);
	}
}

/* ---- pouring it ------------------------------------------------------------------------------ */

static void pour_ns(const struct model *m, struct builder *b, int ns)
{
	struct raw_ns raw = {.known = PIDNS_NS_INO, .ino = m->ns[ns].ino};

	if (m->ns[ns].parent >= 0 && !m->ns[ns].is_orphan) {
		raw.known |= PIDNS_NS_PARENT;
		raw.parent_ino = m->ns[m->ns[ns].parent].ino;
	}
	assert_int_equal(builder_add_ns(b, &raw), 0);
}

static uint32_t count_threads(const struct model *m, int leader)
{
	uint32_t nr = 0;
	int i;

	for (i = 0; i < m->nr_tasks; i++)
		nr += m->tasks[i].leader == leader;
	return nr;
}

/* A process has ended once all of its threads have. */
static bool has_ended(const struct model *m, const struct model_task *task)
{
	return task->is_zombie && count_threads(m, task->leader) == 1;
}

static void pour_task(const struct model *m, struct builder *b, int place)
{
	const struct model_task *task = &m->tasks[place];
	const struct raw_task raw = {
		.known = PIDNS_TASK_VPIDS | PIDNS_TASK_PPID | PIDNS_TASK_STATE | PIDNS_TASK_THREADS,
		.ns_ino = task->is_hidden ? 0 : m->ns[task->ns].ino,
		.vpids = task->vpids,
		.nr_vpids = m->ns[task->ns].depth + 1,
		.pid = m->tasks[task->leader].vpids[0],
		.tid = task->vpids[0],
		.ppid = task->parent < 0 ? 0 : m->tasks[task->parent].vpids[0],
		.state = has_ended(m, task) ? 'Z' : 'S',
		.threads = count_threads(m, task->leader),
	};

	assert_int_equal(builder_add_task(b, &raw), 0);
}

static void shuffle(int *places, int nr, uint64_t *seed)
{
	int i, j, held;

	for (i = 0; i < nr; i++)
		places[i] = i;
	for (i = nr - 1; i > 0; i--) {
		j = (int)random_below(seed, (uint32_t)i + 1);
		held = places[i];
		places[i] = places[j];
		places[j] = held;
	}
}

static struct pidns_snapshot *pour(struct model *m)
{
	char sentence[256] = "";
	const struct why why = {sentence, sizeof(sentence)};
	struct builder *b = builder_new("test", m->has_threads ? PIDNS_SNAPSHOT_THREADS : 0, &why);
	struct pidns_snapshot *s = NULL;
	int places[MAX_TASKS], i;

	assert_non_null(b);
	builder_set_time(b, 1);
	assert_int_equal(builder_set_root(b, m->ns[0].ino), 0);
	shuffle(places, m->nr_tasks, &m->seed);
	for (i = 0; i < m->nr_tasks / 2; i++)
		pour_task(m, b, places[i]);
	for (; i < m->nr_tasks; i++)
		pour_task(m, b, places[i]);
	shuffle(places, m->nr_ns, &m->seed);
	for (i = 0; i < m->nr_ns; i++)
		pour_ns(m, b, places[i]);
	if (builder_freeze(b, &s) < 0)
		fail_msg("%s", sentence);
	return s;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static int place_of_ns(const struct model *m, const struct pidns_ns *ns)
{
	int i;

	for (i = 0; i < m->nr_ns; i++)
		if (m->ns[i].ino == ns->ino)
			return i;
	return -1;
}

static void check_places(const struct model *m, const struct pidns_snapshot *s)
{
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(s, &list), i;

	assert_int_equal(nr, m->nr_ns);
	for (i = 0; i < nr; i++) {
		int place = place_of_ns(m, list[i]);
		int parent = place < 0 ? -1 : m->ns[place].parent;

		assert_true(place >= 0);
		assert_ptr_equal(pidns_ns_find(s, list[i]->ino), list[i]);
		assert_int_equal(list[i]->depth, m->ns[place].depth);
		assert_int_equal(!!(list[i]->known & PIDNS_NS_PARENT), parent >= 0);
		if (parent < 0)
			assert_null(pidns_ns_parent(list[i]));
		else
			assert_int_equal(pidns_ns_parent(list[i])->ino, m->ns[parent].ino);
	}
}

/* Pre-order: what is below follows at once, and nothing else does. */
static void check_subtrees(const struct model *m, const struct pidns_snapshot *s)
{
	const struct pidns_ns *const *list, *const *below;
	size_t nr = pidns_snapshot_namespaces(s, &list), i, j;

	for (i = 0; i < nr; i++) {
		size_t nr_below = pidns_ns_subtree(list[i], &below);

		assert_ptr_equal(below, list + i);
		for (j = 0; j < nr; j++)
			assert_int_equal(
				j >= i && j < i + nr_below,
				is_below(m, place_of_ns(m, list[j]), place_of_ns(m, list[i])));
	}
}

static void check_task_lists(const struct model *m, const struct pidns_snapshot *s)
{
	const struct pidns_ns *const *list;
	const struct pidns_task *const *tasks, *const *members;
	size_t nr = pidns_snapshot_namespaces(s, &list), i, j, at = 0, nr_members;
	size_t nr_tasks = pidns_snapshot_tasks(s, &tasks);

	assert_int_equal(nr_tasks, m->nr_tasks);
	for (i = 0; i < nr; i++) {
		uint32_t depth = list[i]->depth;

		nr_members = pidns_ns_tasks(list[i], &members);
		assert_ptr_equal(members, tasks + at);
		for (j = 0; j < nr_members; j++) {
			assert_ptr_equal(members[j]->ns, list[i]);
			assert_int_equal(members[j]->nr_vpids, depth + 1);
			if (j)
				assert_true(members[j - 1]->vpids[depth] <
					    members[j]->vpids[depth]);
		}
		nr_members = pidns_ns_subtree_tasks(list[i], &members);
		assert_ptr_equal(members, tasks + at);
		for (j = 0; j < nr_tasks; j++)
			assert_int_equal(
				j >= at && j < at + nr_members,
				is_below(m, place_of_ns(m, tasks[j]->ns), place_of_ns(m, list[i])));
		at += pidns_ns_tasks(list[i], &members);
	}
	assert_int_equal(at, nr_tasks);
}

/* Every number that is in use, in every namespace, and those around it. */
static void check_look_ups(const struct model *m, const struct pidns_snapshot *s)
{
	const struct pidns_task *found;
	const struct pidns_ns *in;
	int ns, task;
	int32_t vpid;

	for (ns = 0; ns < m->nr_ns; ns++) {
		in = pidns_ns_find(s, m->ns[ns].ino);
		for (vpid = -1; vpid <= m->ns[ns].next_vpid; vpid++) {
			found = pidns_task_find(s, in, vpid);
			for (task = 0; task < m->nr_tasks; task++)
				if (is_below(m, m->tasks[task].ns, ns) &&
				    m->tasks[task].vpids[m->ns[ns].depth] == vpid)
					break;
			if (task == m->nr_tasks) {
				assert_null(found);
				continue;
			}
			assert_non_null(found);
			assert_int_equal(found->tid, m->tasks[task].vpids[0]);
		}
	}
}

static void check_translation(const struct model *m, const struct pidns_snapshot *s)
{
	int ns, task;

	for (task = 0; task < m->nr_tasks; task++) {
		const struct model_task *want = &m->tasks[task];
		const struct pidns_task *found = pidns_task_find(s, NULL, want->vpids[0]);

		assert_non_null(found);
		assert_int_equal(found->ns->ino, m->ns[want->ns].ino);
		assert_int_equal(found->pid, m->tasks[want->leader].vpids[0]);
		assert_int_equal(pidns_task_vpid(found, NULL), want->vpids[0]);
		for (ns = 0; ns < m->nr_ns; ns++)
			assert_int_equal(pidns_task_vpid(found, pidns_ns_find(s, m->ns[ns].ino)),
					 is_below(m, want->ns, ns) ? want->vpids[m->ns[ns].depth]
								   : 0);
	}
}

struct counts {
	uint32_t processes, threads, zombies, joined;
	uint32_t processes_below, threads_below, zombies_below;
};

static bool has_joined(const struct model *m, const struct model_task *task)
{
	return task->vpids[m->ns[task->ns].depth] != 1 && task->parent >= 0 &&
	       m->tasks[task->parent].ns != task->ns;
}

static struct counts count(const struct model *m, int ns)
{
	struct counts c = {0};
	int i;

	for (i = 0; i < m->nr_tasks; i++) {
		const struct model_task *task = &m->tasks[i];
		bool leads = task->leader == i;

		if (!is_below(m, task->ns, ns))
			continue;
		c.processes_below += leads;
		c.threads_below++;
		c.zombies_below += leads && has_ended(m, task);
		if (task->ns != ns)
			continue;
		c.processes += leads;
		c.threads++;
		c.zombies += leads && has_ended(m, task);
		c.joined += leads && has_joined(m, task);
	}
	return c;
}

static int32_t reaper_of(const struct model *m, int ns)
{
	int i;

	for (i = 0; i < m->nr_tasks; i++)
		if (m->tasks[i].ns == ns && m->tasks[i].vpids[m->ns[ns].depth] == 1)
			return m->tasks[i].vpids[0];
	return 0;
}

static void check_counts(const struct model *m, const struct pidns_snapshot *s)
{
	const uint64_t counted = PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES |
				 PIDNS_NS_JOINED | PIDNS_NS_PIDS_USED;
	int i;

	for (i = 0; i < m->nr_ns; i++) {
		const struct pidns_ns *ns = pidns_ns_find(s, m->ns[i].ino);
		const struct counts want = count(m, i);

		assert_int_equal(ns->known & counted, counted);
		assert_int_equal(ns->processes, want.processes);
		assert_int_equal(ns->processes_below, want.processes_below);
		assert_int_equal(ns->threads, want.threads);
		assert_int_equal(ns->threads_below, want.threads_below);
		assert_int_equal(ns->zombies, want.zombies);
		assert_int_equal(ns->zombies_below, want.zombies_below);
		assert_int_equal(ns->joined, want.joined);
		assert_int_equal(ns->pids_used, want.threads_below);
		assert_int_equal(ns->pids_used_exact, 0);
		assert_int_equal(ns->reaper, reaper_of(m, i));
	}
}

/* The one that is being tried; told when a test ends, since it may have ended early. */
static uint64_t seed;

static int tell_seed(void **state)
{
	(void)state;
	print_message("last seed: %d\n", (int)seed);
	return 0;
}

static void test_forests(void **state)
{
	static struct model m;
	struct pidns_snapshot *s;

	(void)state;
	for (seed = 0; seed < FORESTS; seed++) {
		make(&m, seed, seed & 1);
		s = pour(&m);
		check_places(&m, s);
		check_subtrees(&m, s);
		check_task_lists(&m, s);
		check_look_ups(&m, s);
		check_translation(&m, s);
		check_counts(&m, s);
		pidns_snapshot_unref(s);
	}
}

/* The order in which facts come leaves no trace. */
static void test_pouring_order(void **state)
{
	static struct model m;

	(void)state;
	for (seed = 0; seed < FORESTS / 3; seed++) {
		struct pidns_snapshot *a, *b;
		char *a_bytes, *b_bytes;

		make(&m, seed, seed & 1);
		a = pour(&m);
		b = pour(&m);
		a_bytes = bytes_of(a, NULL);
		b_bytes = bytes_of(b, NULL);
		assert_string_equal(a_bytes, b_bytes);
		free(a_bytes);
		free(b_bytes);
		pidns_snapshot_unref(a);
		pidns_snapshot_unref(b);
	}
}

/* What is inferred where links may not be read is true, and no task is lost. */
static void test_hidden_links(void **state)
{
	static struct model m;
	int i;

	(void)state;
	for (seed = 0; seed < FORESTS; seed++) {
		struct pidns_snapshot *s;
		const struct pidns_task *found;
		int nr_placed = 0, nr_hidden = 0;

		make(&m, seed, seed & 1);
		for (i = 0; i < m.nr_tasks; i++)
			m.tasks[i].is_hidden = !random_below(&m.seed, 3);
		s = pour(&m);
		for (i = 0; i < m.nr_tasks; i++) {
			const struct model_task *want = &m.tasks[i];

			found = pidns_task_find(s, NULL, want->vpids[0]);
			assert_non_null(found);
			assert_int_equal(found->ns->depth, m.ns[want->ns].depth);
			if (found->ns->known & PIDNS_NS_INO)
				assert_int_equal(found->ns->ino, m.ns[want->ns].ino);
			nr_hidden += want->is_hidden;
			nr_placed += want->is_hidden && found->ns->known & PIDNS_NS_INO;
		}
		/* Those in the root at least can always be told. */
		for (i = 0; i < m.nr_tasks; i++)
			nr_hidden -= m.tasks[i].is_hidden && m.tasks[i].ns;
		assert_true(nr_placed >= nr_hidden);
		pidns_snapshot_unref(s);
	}
}

/* Parents that may not be read: what the numbers prove is true, and depths are right all the same. */
static void test_hidden_parents(void **state)
{
	static struct model m;
	int i, nr_inferred = 0;

	(void)state;
	for (seed = 0; seed < FORESTS; seed++) {
		struct pidns_snapshot *s;

		make(&m, seed, seed & 1);
		for (i = 0; i < m.nr_ns; i++)
			m.ns[i].is_orphan = random_below(&m.seed, 2);
		s = pour(&m);
		for (i = 1; i < m.nr_ns; i++) {
			const struct pidns_ns *ns = pidns_ns_find(s, m.ns[i].ino);

			assert_int_equal(ns->depth, m.ns[i].depth);
			assert_non_null(pidns_ns_parent(ns));
			if (!(ns->known & PIDNS_NS_PARENT))
				continue;
			assert_int_equal(pidns_ns_parent(ns)->ino, m.ns[m.ns[i].parent].ino);
			nr_inferred += m.ns[i].is_orphan;
		}
		check_translation(&m, s);
		pidns_snapshot_unref(s);
	}
	assert_true(nr_inferred > FORESTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_forests, tell_seed),
		cmocka_unit_test_teardown(test_pouring_order, tell_seed),
		cmocka_unit_test_teardown(test_hidden_links, tell_seed),
		cmocka_unit_test_teardown(test_hidden_parents, tell_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
