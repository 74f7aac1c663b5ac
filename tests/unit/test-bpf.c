// SPDX-License-Identifier: GPL-2.0-or-later
/* Our half of the provider "bpf", with a kernel's half that fills in the shared buffer as it was told to:
 * right, a little at a time, or with what cannot be. */
#include "unit.h"

#include <errno.h>

#include "bpf/internal.h"
#include "core/builder.h"
#include "core/snapshot.h"

enum { OWN = 10, CHILD = 20, GRANDCHILD = 30, LATE = 40, UNBORN = 50, DEAD = 60 };
enum { OPEN = INT32_MIN }; /* pid_allocated: more may come */

/* ---- a kernel's half ------------------------------------------------------------------------- */

enum habit {
	HONEST,
	FAILS,
	TOO_MANY_TASKS,
	TOO_MANY_NAMESPACES,
	TOO_MANY_EXTENTS,
	NEVER_MOVES,
	GOES_BACK,
	NO_CALLER,
	OTHER_CALLER,
	CALLER_BELOW,
	NO_INODE,
	NO_NUMBERS,
	MANY_NUMBERS,
	NEGATIVE_NUMBER,
	NO_PID,
	LONG_NAME,
	DEEP,
	OWN_PARENT,
	NEGATIVE_INIT,
	LIST_NEVER_MOVES,
	COUNT_NEVER_MOVES,
	COUNT_OF_ANOTHER,
	VANISHING,
	TOO_MANY_HELD,
	HELD_NEVER_MOVES,
	VERY_MANY_FILES,
	VERY_MANY_HELD,
};

struct fake {
	struct bpf_shared shared, held;
	struct bpf_kernel kernel;
	enum habit habit;
	uint32_t a_run;	 /* tells of so many, … */
	int runs;	 /* … so often */
	int misses_late; /* walks that pass its number 1 before it is given out */
};

static struct fake *fake;
static char why[256];

/* Numbers 1, 5, 6 of the caller's; 6 is the init of a child, and has a thread 7; 8 is in its child
 * in turn; 9 is in one whose init is missed. */
static const struct bpf_task_record tasks[] = {
	{.ns_ino = OWN, .pid = 1, .nr_vpids = 1, .vpids = {1}, .comm = "init"},
	{.ns_ino = OWN,
	 .pid = 5,
	 .nr_vpids = 1,
	 .vpids = {5},
	 .comm = "five",
	 .ppid = 1,
	 .cgroup = 77,
	 .user_ino = 66,
	 .nproc = 55},
	{.ns_ino = CHILD, .pid = 6, .nr_vpids = 2, .vpids = {6, 1}, .comm = "six", .ppid = 5},
	{.ns_ino = CHILD, .pid = 6, .nr_vpids = 2, .vpids = {7, 2}, .comm = "thread", .ppid = 5},
	{.ns_ino = GRANDCHILD, .pid = 8, .nr_vpids = 3, .vpids = {8, 3, 1}, .comm = "8", .ppid = 6},
	{.ns_ino = LATE, .pid = 9, .nr_vpids = 2, .vpids = {9, 4}, .comm = "nine", .ppid = 5},
};

static const struct bpf_ns_record namespaces[] = {
	{.ino = OWN,
	 .level = 3,
	 .allocated = (uint32_t)OPEN + 7,
	 .next_number = 10,
	 .init = 1,
	 .told = BPF_NS_INIT | BPF_NS_PID_MAX | BPF_NS_COOKIE | BPF_NS_OWNER,
	 .cookie = 1,
	 .pid_max = 4096,
	 .init_start_ns = 1000,
	 .owner_uid = 100005,
	 .owner_ino = 11},
	{.ino = CHILD,
	 .level = 4,
	 .parent_ino = OWN,
	 .allocated = (uint32_t)OPEN + 3,
	 .next_number = 4,
	 .init = 6,
	 .told = BPF_NS_INIT},
	{.ino = GRANDCHILD,
	 .level = 5,
	 .parent_ino = CHILD,
	 .allocated = 1,
	 .next_number = 2,
	 .init = 8,
	 .told = BPF_NS_INIT,
	 .init_exit_state = 0x20,
	 .init_threads = 1},
	{.ino = LATE,
	 .level = 4,
	 .parent_ino = OWN,
	 .allocated = 2,
	 .next_number = 5,
	 .init = 3,
	 .told = BPF_NS_INIT,
	 .init_exit_state = 0x20,
	 .init_threads = 2},
};

static const struct bpf_ns_record empty[] = {
	{.ino = UNBORN,
	 .level = 4,
	 .parent_ino = OWN,
	 .allocated = (uint32_t)OPEN,
	 .told = BPF_NS_COOKIE,
	 .cookie = 70},
	{.ino = DEAD,
	 .level = 4,
	 .parent_ino = OWN,
	 .allocated = 0,
	 .next_number = 9,
	 .told = BPF_NS_COOKIE,
	 .cookie = 71},
};

static void spoil_task(struct bpf_task_record *record)
{
	switch (fake->habit) {
	case NO_INODE:
		record->ns_ino = 0;
		break;
	case NO_NUMBERS:
		record->nr_vpids = 0;
		break;
	case MANY_NUMBERS:
		record->nr_vpids = PIDNS_LEVEL_MAX + 2;
		break;
	case NEGATIVE_NUMBER:
		record->vpids[0] = -7;
		break;
	case NO_PID:
		record->pid = 0;
		break;
	case LONG_NAME:
		memset(record->comm, 'x', sizeof(record->comm));
		break;
	default:
		break;
	}
}

static void spoil_ns(struct bpf_ns_record *record)
{
	switch (fake->habit) {
	case OTHER_CALLER:
		record->ino++;
		break;
	case CALLER_BELOW:
		record->parent_ino = 77;
		break;
	case DEEP:
		record->level = PIDNS_LEVEL_MAX + 1;
		break;
	case OWN_PARENT:
		record->parent_ino = record->ino;
		break;
	case NEGATIVE_INIT:
		record->init = -1;
		break;
	default:
		break;
	}
}

static void record_ns(const struct bpf_ns_record *record)
{
	struct bpf_ns_record *to = &fake->shared.namespaces[fake->shared.nr_namespaces++];

	*to = *record;
	spoil_ns(to);
}

static void record_caller(void)
{
	struct bpf_caller *caller = &fake->shared.caller;

	caller->ns_ino = OWN;
	caller->nr_extents = fake->habit == TOO_MANY_EXTENTS ? BPF_EXTENTS + 1 : 1;
	caller->extents[0] = (struct bpf_extent){.first = 0, .lower_first = 100000, .count = 1000};
	caller->boot_offset_ns = 500;
	if (fake->habit != NO_CALLER)
		record_ns(&namespaces[0]);
}

static const struct bpf_ns_record *namespace_of_init(uint32_t number)
{
	size_t i;

	for (i = 1; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
		if ((uint32_t)namespaces[i].init == number)
			return &namespaces[i];
	return NULL;
}

static void record_number(uint32_t number)
{
	struct bpf_shared *s = &fake->shared;
	const struct bpf_ns_record *ns = namespace_of_init(number);
	struct bpf_task_record *to;
	size_t i;

	if (s->flags & BPF_ASK_NAMESPACES && ns && !(ns->ino == LATE && fake->misses_late))
		record_ns(ns);
	for (i = 0; i < sizeof(tasks) / sizeof(tasks[0]); i++) {
		bool leads = tasks[i].pid == tasks[i].vpids[0];

		if ((uint32_t)tasks[i].vpids[0] != number || !(s->flags & BPF_ASK_TASKS) ||
		    !(leads || s->flags & BPF_ASK_THREADS))
			continue;
		to = &s->tasks[s->nr_tasks++];
		*to = tasks[i];
		to->facts = tasks[i].vpids[tasks[i].nr_vpids - 1] == 1 ? s->reaper_facts
								       : s->task_facts;
		spoil_task(to);
	}
}

static void walk(void)
{
	struct bpf_shared *s = &fake->shared;

	if (s->flags & BPF_ASK_CALLER)
		record_caller();
	if (fake->habit == NEVER_MOVES)
		return;
	while (s->next <= s->last && s->nr_tasks + s->nr_namespaces < fake->a_run && s->next < 100)
		record_number(s->next++);
	if (s->next >= 100) {
		s->next = INT32_MAX;
		fake->misses_late -= fake->misses_late > 0;
	}
	if (fake->habit == GOES_BACK && s->next > 2)
		s->next = 1;
}

static void list(void)
{
	struct bpf_shared *s = &fake->shared;
	size_t i;

	for (i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		if (empty[i].cookie > s->after)
			record_ns(&empty[i]);
	while (fake->habit == LIST_NEVER_MOVES && s->nr_namespaces < BPF_NAMESPACES)
		record_ns(&empty[1]);
}

/* Of each namespace one number in the first block, and one in the third. */
static void count(void)
{
	struct bpf_shared *s = &fake->shared;
	const struct bpf_ns_record *ns = namespace_of_init((uint32_t)s->init);

	s->ino = s->init == 1 ? OWN : ns ? ns->ino : 0;
	if (fake->habit == COUNT_OF_ANOTHER)
		s->ino++;
	if (!s->ino || fake->habit == COUNT_NEVER_MOVES)
		return;
	if (s->next == 1)
		s->blocks[0]++;
	else
		s->blocks[2]++;
	s->next = s->next == 1 ? 70000 : INT32_MAX;
}

/* ---- what processes hold --------------------------------------------------------------------- */

static struct bpf_shared *hold(void *arg)
{
	return &((struct fake *)arg)->held;
}

static struct bpf_shared *hold_nothing(void *arg)
{
	(void)arg;
	return NULL;
}

/* A process with more files than there is time for, of which none counts, or all. */
static int run_endless(struct bpf_shared *s, bool counts)
{
	s->next_fd += 1 << 20;
	s->nr_files += counts ? 0 : 1 << 20;
	for (s->nr_holdings = s->nr_held = 0; counts && s->nr_held < BPF_HELD;)
		s->held[s->nr_held++] = (struct bpf_held){.pid = 8, .kind = BPF_HELD_NS};
	return 0;
}

/* Two runs: 5 and 6, then 8, whose first 64 files come before the others. */
static int run_held(struct fake *f)
{
	struct bpf_shared *s = &f->held;

	if (f->habit == TOO_MANY_HELD) {
		s->nr_held = BPF_HELD + 1;
		return 0;
	}
	if (f->habit == HELD_NEVER_MOVES)
		return 0;
	if (f->habit == VERY_MANY_FILES || f->habit == VERY_MANY_HELD)
		return run_endless(s, f->habit == VERY_MANY_HELD);
	s->nr_holdings = s->nr_held = 0;
	if (s->next == 1) {
		s->holdings[0] = (struct bpf_holding){.pid = 6, .mnt = 60, .net = 61};
		s->holdings[1] = (struct bpf_holding){.pid = 5, .mnt = 50, .net = 51};
		s->held[0] =
			(struct bpf_held){.pid = 6, .fd = 9, .kind = BPF_HELD_NS, .value = CHILD};
		s->held[1] = (struct bpf_held){.pid = 5, .kind = BPF_HELD_APART};
		s->nr_holdings = s->nr_held = 2;
		s->next = 8;
		s->next_fd = 64;
		return 0;
	}
	s->held[0] = (struct bpf_held){.pid = 8, .fd = 70, .kind = BPF_HELD_PIDFD, .value = 6};
	s->held[1] = (struct bpf_held){.pid = 8, .fd = 71, .kind = BPF_HELD_GONE};
	s->held[2] = (struct bpf_held){.pid = 8, .fd = 72, .kind = BPF_HELD_UNKNOWN};
	s->nr_held = 3;
	s->next = s->last + 1;
	s->next_fd = 0;
	return 0;
}

static int run(void *arg, enum bpf_job job)
{
	static void (*const jobs[])(void) = {walk, list, count};
	struct bpf_shared *s = &fake->shared;

	assert_ptr_equal(arg, fake);
	assert_true(++fake->runs < 1000);
	if (fake->habit == FAILS)
		return -EPERM;
	if (job == BPF_HOLD)
		return run_held(fake);
	s->nr_tasks = s->nr_namespaces = s->nr_vanished = 0;
	jobs[job]();
	if (fake->habit == TOO_MANY_TASKS)
		s->nr_tasks = BPF_TASKS + 1;
	if (fake->habit == TOO_MANY_NAMESPACES)
		s->nr_namespaces = BPF_NAMESPACES + 1;
	if (fake->habit == VANISHING)
		s->nr_vanished = 1;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	fake = calloc(1, sizeof(*fake));
	fake->a_run = 100;
	fake->shared.caller.has_list = 1;
	fake->kernel = (struct bpf_kernel){
		.run = run,
		.arg = fake,
		.shared = &fake->shared,
		.pid_max = 32768,
		.overflow_uid = 65534,
		.page_size = 4096,
	};
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(fake);
	return 0;
}

static int take_with(struct request *request, struct pidns_snapshot **ret_snapshot)
{
	struct builder *b;
	int r;

	*why = '\0';
	request->why = (struct why){why, sizeof(why)};
	b = builder_new("bpf", request->flags & PIDNS_TAKE_THREADS ? PIDNS_SNAPSHOT_THREADS : 0,
			&request->why);
	r = bpf_take(&fake->kernel, request, b);
	if (r >= 0)
		return builder_freeze(b, ret_snapshot);
	builder_free(b);
	return r;
}

static struct request everything(void)
{
	return (struct request){
		.ns_fields = PIDNS_FIELDS_ALL,
		.task_fields = PIDNS_FIELDS_ALL,
		.reaper_fields = PIDNS_FIELDS_ALL,
	};
}

/* ---- takes ----------------------------------------------------------------------------------- */

static void assert_is_the_forest(const struct pidns_snapshot *s, size_t nr_tasks)
{
	const struct pidns_task *const *found;
	const struct pidns_ns *const *list_of;
	const struct pidns_ns *ns;

	assert_int_equal(pidns_snapshot_tasks(s, &found), nr_tasks);
	assert_int_equal(pidns_snapshot_namespaces(s, &list_of), 6);
	assert_int_equal(list_of[0]->ino, OWN);
	ns = pidns_ns_find(s, GRANDCHILD);
	assert_ptr_equal(pidns_ns_parent(ns), pidns_ns_find(s, CHILD));
	assert_int_equal(pidns_task_find(s, ns, 1)->tid, 8);
	assert_int_equal(pidns_task_vpid(pidns_task_find(s, NULL, 8), pidns_ns_find(s, CHILD)), 3);
	assert_int_equal(pidns_ns_find(s, OWN)->state, PIDNS_STATE_ALIVE);
	assert_int_equal(ns->state, PIDNS_STATE_ZOMBIE_INIT);
	assert_int_equal(pidns_ns_find(s, LATE)->state, PIDNS_STATE_DYING);
	assert_int_equal(pidns_ns_find(s, UNBORN)->state, PIDNS_STATE_UNBORN);
	assert_int_equal(pidns_ns_find(s, DEAD)->state, PIDNS_STATE_DEAD);
}

static void test_take(void **state)
{
	struct request request = everything();
	const struct pidns_ns *ns;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(take_with(&request, &s), 0);
	assert_is_the_forest(s, 5);
	assert_int_equal(pidns_snapshot_flags(s), 0);
	ns = pidns_ns_find(s, OWN);
	assert_int_equal(ns->level, 3);
	assert_int_equal(ns->pids_used, 7);
	assert_int_equal(ns->pids_used_exact, 1);
	assert_int_equal(ns->last_pid, 9);
	assert_int_equal(ns->pids_max, 4096);
	assert_int_equal(ns->cookie, 1);
	assert_int_equal(ns->reaper, 1);
	assert_int_equal(ns->reaper_start_ns, 1500);
	assert_int_equal(ns->owner_uid, 5);
	assert_int_equal(ns->owner_ns, 11);
	assert_int_equal(ns->nr_pidmap, 3);
	assert_int_equal(ns->pidmap[0] + ns->pidmap[2], 2);
	assert_int_equal(ns->pidmap_block, 32768);
	ns = pidns_ns_find(s, CHILD);
	assert_int_equal(ns->pids_max, 32768); /* the one for all */
	assert_false(ns->known & (PIDNS_NS_COOKIE | PIDNS_NS_OWNER_NS));
	ns = pidns_ns_find(s, DEAD);
	assert_int_equal(ns->nr_pidmap, 0);
	assert_true(ns->known & PIDNS_NS_PIDMAP && ns->known & PIDNS_NS_REAPER);
	assert_int_equal(ns->reaper, 0);
	pidns_snapshot_unref(s);
}

/* However little a run reports: no task twice, and none is left out. */
static void test_many_runs(void **state)
{
	struct request request = everything();
	struct pidns_snapshot *s;
	uint32_t a_run;

	(void)state;
	for (a_run = 1; a_run < 8; a_run++) {
		fake->a_run = a_run;
		fake->runs = 0;
		assert_int_equal(take_with(&request, &s), 0);
		assert_is_the_forest(s, 5);
		assert_int_equal(pidns_snapshot_flags(s), 0);
		pidns_snapshot_unref(s);
	}
}

static void test_threads(void **state)
{
	struct request request = everything();
	struct pidns_snapshot *s;

	(void)state;
	request.flags = PIDNS_TAKE_THREADS;
	assert_int_equal(take_with(&request, &s), 0);
	assert_is_the_forest(s, 6);
	assert_int_equal(pidns_task_find(s, NULL, 7)->pid, 6);
	pidns_snapshot_unref(s);
}

/* Its init was given a number that had been passed: it is looked for once more. */
static void test_latecomer(void **state)
{
	struct request request = everything();
	struct pidns_snapshot *s;

	(void)state;
	fake->misses_late = 1;
	assert_int_equal(take_with(&request, &s), 0);
	assert_is_the_forest(s, 5);
	assert_int_equal(pidns_snapshot_flags(s), 0);
	pidns_snapshot_unref(s);
	/* Missed again: it is known by its member only, and that is said. */
	fake->misses_late = 2;
	assert_int_equal(take_with(&request, &s), 0);
	assert_int_equal(pidns_snapshot_flags(s), PIDNS_SNAPSHOT_RACED);
	assert_non_null(pidns_ns_find(s, LATE));
	assert_false(pidns_ns_find(s, LATE)->known & PIDNS_NS_LAST_PID);
	pidns_snapshot_unref(s);
}

static void test_older_kernel(void **state)
{
	struct request request = everything();
	struct pidns_snapshot *s;

	(void)state;
	fake->shared.caller.has_list = 0;
	assert_int_equal(take_with(&request, &s), 0);
	assert_null(pidns_ns_find(s, DEAD));
	assert_int_equal(pidns_snapshot_cannot_see(s), PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND |
							       PIDNS_UNSEEN_PIDFD |
							       PIDNS_UNSEEN_PROCFS_MOUNT);
	assert_true(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_PARTIAL);
	pidns_snapshot_unref(s);
}

static void test_chosen(void **state)
{
	static const int32_t pids[] = {6, -1, 0, 6};
	struct request request = {.pids = pids, .nr_pids = 4};
	const struct pidns_task *const *found;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(take_with(&request, &s), 0);
	assert_int_equal(pidns_snapshot_tasks(s, &found), 1);
	assert_int_equal(found[0]->tid, 6);
	pidns_snapshot_unref(s);
	request.flags = PIDNS_TAKE_THREADS;
	assert_int_equal(take_with(&request, &s), 0);
	assert_int_equal(pidns_snapshot_tasks(s, &found), 2);
	pidns_snapshot_unref(s);
	request.nr_pids = 0;
	assert_int_equal(take_with(&request, &s), 0);
	assert_int_equal(pidns_snapshot_tasks(s, &found), 0);
	assert_non_null(pidns_ns_find(s, GRANDCHILD));
	pidns_snapshot_unref(s);
}

/* Only what was asked for is gathered, and more of reapers. */
static void test_fields(void **state)
{
	struct request request = {.task_fields = PIDNS_TASK_UID,
				  .reaper_fields = PIDNS_TASK_COMM | PIDNS_TASK_UID};
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(take_with(&request, &s), 0);
	assert_int_equal(fake->shared.task_facts, BPF_FACTS_CREDS);
	assert_int_equal(fake->shared.reaper_facts, BPF_FACTS_CREDS | BPF_FACTS_COMM);
	assert_false(pidns_task_find(s, NULL, 5)->known & PIDNS_TASK_COMM);
	assert_string_equal(pidns_task_find(s, NULL, 6)->comm, "six");
	assert_int_equal(pidns_task_find(s, NULL, 5)->uid, 65534); /* of no user here */
	pidns_snapshot_unref(s);
}

static void test_vanishing(void **state)
{
	struct request request = everything();
	struct pidns_snapshot *s;

	(void)state;
	fake->habit = VANISHING;
	assert_int_equal(take_with(&request, &s), 0);
	assert_int_equal(pidns_snapshot_flags(s), PIDNS_SNAPSHOT_RACED);
	pidns_snapshot_unref(s);
	fake->habit = COUNT_OF_ANOTHER;
	assert_int_equal(take_with(&request, &s), 0);
	assert_int_equal(pidns_snapshot_flags(s), PIDNS_SNAPSHOT_RACED);
	assert_false(pidns_ns_find(s, OWN)->known & PIDNS_NS_PIDMAP);
	pidns_snapshot_unref(s);
}

/* ---- for annotators -------------------------------------------------------------------------- */

static void assert_held(const struct pidns_snapshot *s)
{
	static const struct holder wanted[] = {
		{.pid = 5, .fd = -1},
		{.pid = 6, .fd = 9, .kind = HOLDER_NS, .value = CHILD},
		{.pid = 8, .fd = 70, .kind = HOLDER_PIDFD, .value = 6},
		{.pid = 8, .fd = 71, .kind = HOLDER_PIDFD, .value = -1},
		{.pid = 8, .fd = 72},
	};

	assert_true(s->knows_holders);
	assert_int_equal(s->nr_holders, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(s->holders[i].pid, wanted[i].pid);
		assert_int_equal(s->holders[i].fd, wanted[i].fd);
		assert_int_equal(s->holders[i].kind, wanted[i].kind);
		assert_int_equal(s->holders[i].value, wanted[i].value);
	}
	assert_int_equal(snapshot_task_namespaces(s, 5)->mnt, 50);
	assert_int_equal(snapshot_task_namespaces(s, 6)->net, 61);
	assert_null(snapshot_task_namespaces(s, 8));
}

/* What they hold is asked for where it is wanted, and where the kernel takes the program. */
static void test_held(void **state)
{
	struct request request = everything();
	struct pidns_snapshot *s;

	(void)state;
	fake->kernel.hold = hold;
	assert_int_equal(take_with(&request, &s), 0);
	assert_false(s->knows_holders);
	pidns_snapshot_unref(s);
	request.flags = PIDNS_TAKE_PINS;
	assert_int_equal(take_with(&request, &s), 0);
	assert_held(s);
	pidns_snapshot_unref(s);
	fake->habit = TOO_MANY_HELD;
	assert_int_equal(take_with(&request, &s), -EPROTO);
	fake->habit = HELD_NEVER_MOVES;
	assert_int_equal(take_with(&request, &s), -EPROTO);
	fake->habit = HONEST;
	fake->kernel.hold = hold_nothing;
	assert_int_equal(take_with(&request, &s), 0);
	assert_false(s->knows_holders);
	pidns_snapshot_unref(s);
}

/* A process with millions of files is not looked at to the end, and that is said. */
static void test_c2_very_many_files(void **state)
{
	struct request request = everything();
	struct pidns_snapshot *s;

	(void)state;
	fake->kernel.hold = hold;
	request.flags = PIDNS_TAKE_PINS;
	for (fake->habit = VERY_MANY_FILES; fake->habit <= VERY_MANY_HELD; fake->habit++) {
		assert_int_equal(take_with(&request, &s), 0);
		assert_true(pidns_snapshot_cannot_see(s) & PIDNS_UNSEEN_PINS);
		pidns_snapshot_unref(s);
	}
}

/* What would else be read in files of each process. */
static void test_extra(void **state)
{
	struct request request = everything();
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(take_with(&request, &s), 0);
	assert_null(snapshot_extra(s, 5));
	pidns_snapshot_unref(s);
	request.flags = PIDNS_TAKE_LIMITS;
	assert_int_equal(take_with(&request, &s), 0);
	assert_int_equal(snapshot_extra(s, 5)->cgroup, 77);
	assert_int_equal(snapshot_extra(s, 5)->user_ns, 66);
	assert_int_equal(snapshot_extra(s, 5)->nproc, 55);
	assert_null(snapshot_extra(s, 7)); /* a thread */
	pidns_snapshot_unref(s);
}

/* ---- what cannot be -------------------------------------------------------------------------- */

static void test_liars(void **state)
{
	static const struct {
		enum habit habit;
		int error;
		const char *what;
	} fates[] = {
		{FAILS, -EPERM, "bpf: a program fails: Operation not permitted"},
		{TOO_MANY_TASKS, -EPROTO, "more than there is room for"},
		{TOO_MANY_NAMESPACES, -EPROTO, "more than there is room for"},
		{TOO_MANY_EXTENTS, -EPROTO, "more than there is room for"},
		{NEVER_MOVES, -EPROTO, "numbers in an order"},
		{GOES_BACK, -EPROTO, "numbers in an order"},
		{NO_CALLER, -EPROTO, "a caller"},
		{OTHER_CALLER, -EPROTO, "a caller"},
		{CALLER_BELOW, -EPROTO, "a caller"},
		{NO_INODE, -EPROTO, "a task"},
		{NO_NUMBERS, -EPROTO, "a task"},
		{MANY_NUMBERS, -EPROTO, "a task"},
		{NEGATIVE_NUMBER, -EPROTO, "a task"},
		{NO_PID, -EPROTO, "a task"},
		{LONG_NAME, -EPROTO, "a task"},
		{DEEP, -EPROTO, "a namespace"},
		{OWN_PARENT, -EPROTO, "a caller"},
		{NEGATIVE_INIT, -EPROTO, "a namespace"},
		{LIST_NEVER_MOVES, -EPROTO, "namespaces in an order"},
		{COUNT_NEVER_MOVES, -EPROTO, "numbers in an order"},
	};
	struct request request = everything();
	struct pidns_snapshot *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fates) / sizeof(fates[0]); i++) {
		fake->habit = fates[i].habit;
		assert_int_equal(take_with(&request, &s), fates[i].error);
		assert_non_null(strstr(why, fates[i].what));
		fake->habit = HONEST;
		assert_int_equal(take_with(&request, &s), 0);
		assert_is_the_forest(s, 5);
		pidns_snapshot_unref(s);
	}
}

/* ---- records --------------------------------------------------------------------------------- */

static void test_states(void **state)
{
	static const struct {
		uint32_t state, exit_state, letter;
	} cases[] = {
		{0, 0, 'R'},	   {0x1, 0, 'S'},	{0x2, 0, 'D'},	  {0x402, 0, 'I'},
		{0x104, 0, 'T'},   {0x8, 0, 't'},	{0x2001, 0, 'S'}, {0x80, 0x20, 'Z'},
		{0x80, 0x10, 'X'}, {0x40, 0, 'P'},	{0x1000, 0, 'D'}, {0x8000, 0, 'D'},
		{0x102, 0, 'D'},   {0xffff, 0x7f, 'I'},
	};
	struct bpf_task_record record = tasks[1];
	struct raw_task raw;
	size_t i;

	(void)state;
	record.facts = BPF_FACTS_BASIC;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		record.state = cases[i].state;
		record.exit_state = cases[i].exit_state;
		assert_int_equal(bpf_read_task(&fake->kernel, &record, &raw), 0);
		assert_int_equal(raw.state, cases[i].letter);
	}
}

static void test_record(void **state)
{
	struct bpf_task_record record = tasks[2];
	struct raw_task raw;

	(void)state;
	record_caller();
	record.facts = ~0u;
	record.start_ns = 7;
	record.rss_pages = 3;
	record.euid = 100042;
	record.uid = 99999;
	record.flags = 4; /* PF_EXITING */
	assert_int_equal(bpf_read_task(&fake->kernel, &record, &raw), 0);
	assert_int_equal(raw.start_ns, 507);
	assert_int_equal(raw.rss_bytes, 12288);
	assert_int_equal(raw.uid, 42);
	assert_int_equal(raw.ruid, 65534);
	assert_true(raw.exiting);
	assert_false(raw.known & PIDNS_TASK_NS_FOR_CHILDREN); /* it has none any more */
	record.children_ino = UNBORN;
	assert_int_equal(bpf_read_task(&fake->kernel, &record, &raw), 0);
	assert_int_equal(raw.ns_for_children_ino, UNBORN);
	record.facts = 0;
	assert_int_equal(bpf_read_task(&fake->kernel, &record, &raw), 0);
	assert_int_equal(raw.known, PIDNS_TASK_VPIDS);
}

#define with_fake(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests_of_all[] = {
		with_fake(test_take),
		with_fake(test_many_runs),
		with_fake(test_threads),
		with_fake(test_latecomer),
		with_fake(test_older_kernel),
		with_fake(test_chosen),
		with_fake(test_fields),
		with_fake(test_vanishing),
		with_fake(test_liars),
		with_fake(test_held),
		with_fake(test_c2_very_many_files),
		with_fake(test_extra),
		with_fake(test_states),
		with_fake(test_record),
	};

	return cmocka_run_group_tests(tests_of_all, NULL, NULL);
}
