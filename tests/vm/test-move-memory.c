// SPDX-License-Identifier: GPL-2.0-or-later
/* test-move-memory.c - each allocation of a move fails once, and nothing has changed then. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "move.h"
#include "vm.h"

/* What became of a try in which one allocation failed, as an exit status. */
enum { NOTHING_FAILED = 10, REFUSED, MOVED_ANYHOW, NO_NAMESPACE_LEFT };

struct failing {
	int nth;
	unsigned long long flags;
};

static int move_failing(const struct failing *failing)
{
	char text[16];
	bool has_failed;
	int got;

	snprintf(text, sizeof(text), "%d", failing->nth);
	vm_must(vm_write("/proc/thread-self/fail-nth", text), "fail-nth");
	got = move_in(failing->flags);
	has_failed = vm_read_number("/proc/thread-self/fail-nth") == 0;
	vm_write("/proc/thread-self/fail-nth", "0");
	/* Other kinds of namespaces have other words for it. */
	check(has_failed || got == 0 || got == -ENOSPC);
	if (got)
		return has_failed ? REFUSED : NO_NAMESPACE_LEFT;
	check_eq(getpid(), 1);
	return has_failed ? MOVED_ANYHOW : NOTHING_FAILED;
}

/* The nth allocation of a move fails. Nothing has changed, unless it could do without. */
static int fail_nth(void *data)
{
	struct move_world *before;
	int result;

	vm_must(setsid() == getpid(), "setsid");
	before = move_world_take();
	result = move_failing(data);
	if (result == REFUSED || result == NO_NAMESPACE_LEFT)
		move_world_check(before);
	return vm_has_failed() ? 1 : result;
}

/* What the one before has moved into takes a moment to be gone. */
static bool is_one_namespace(void *data)
{
	struct vm_ns *list;
	int count = 0;

	(void)data;
	check_eq(vm_ns_dump(&list, &count), 0);
	free(list);
	return count == 1;
}

/*
 * One allocation after the other fails, in a process each, until there are no more. The limit of one
 * namespace shows that whatever was made for a failed try was returned, after a grace period.
 */
static int fail_each_with(unsigned long long flags)
{
	struct failing failing = {.nth = 1, .flags = flags};
	int counts[4] = {0}, result;

	vm_must(!unshare(CLONE_NEWUSER), "unshare");
	check(vm_write("/proc/sys/user/max_pid_namespaces", "1"));
	do {
		check(vm_wait(is_one_namespace, NULL));
		result = vm_reap(vm_child(0, fail_nth, &failing)) - NOTHING_FAILED;
		if (!check(result >= 0 && result < 4))
			return 1;
		counts[result]++;
		failing.nth += result != NO_NAMESPACE_LEFT - NOTHING_FAILED;
	} while (result != 0);
	printf("    %d allocations were needed, %d were not\n", counts[1], counts[2]);
	fflush(stdout);
	return counts[1] < 2;
}

static int fail_each(void *data)
{
	(void)data;
	return fail_each_with(0);
}

static int fail_each_of_all(void *data)
{
	(void)data;
	return fail_each_with(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
			      CLONE_NEWCGROUP | CLONE_FS | CLONE_FILES);
}

/* As deep as no process is likely to have been, where the cache for the numbers is made, too. */
static int fail_deep(void *data)
{
	long level = (long)data;

	if (level == 0)
		return vm_reap(vm_child(0, fail_each, NULL));
	return vm_reap(vm_child(CLONE_NEWPID, fail_deep, (void *)(level - 1)));
}

static int move_without_nodes(void *data)
{
	struct move_world *before;
	int got;

	vm_must(setsid() == getpid(), "setsid");
	vm_gate_wait(data);
	before = move_world_take();
	check(vm_write("/proc/self/make-it-fail", "1"));
	got = move_in(0);
	check(vm_write("/proc/self/make-it-fail", "0"));
	if (got)
		move_world_check(before);
	check(got == 0 || got == -ENOMEM);
	return vm_has_failed() ? 1 : got ? REFUSED : MOVED_ANYHOW;
}

/*
 * Number 1 is reserved with memory of which each CPU has a store, and every fork fills it up: so all
 * are forked before, and move one after the other, until it is empty and one is refused.
 */
static int fail_number_1(void *data)
{
	enum { TRIES = 60 };
	struct vm_gate gate;
	cpu_set_t cpus;
	int status = 0;

	(void)data;
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	vm_must(!sched_setaffinity(0, sizeof(cpus), &cpus), "one CPU");
	vm_gate_init(&gate);
	for (int i = 0; i < TRIES; i++)
		vm_child(0, move_without_nodes, &gate);
	for (int i = 0; i < TRIES && status != REFUSED << 8; i++) {
		vm_gate_open(&gate, 1);
		check(wait(&status) > 0);
		check(status == REFUSED << 8 || status == MOVED_ANYHOW << 8);
		check(vm_wait(is_one_namespace, NULL));
	}
	check_eq(status, REFUSED << 8);
	return 0;
}

/* Failures are expected: neither these nor what the slab allocator makes of them belong in a log. */
static bool make_failures_quiet(void)
{
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	return vm_write("/sys/kernel/debug/failslab/ignore-gfp-wait", "N") &&
	       vm_write("/sys/kernel/debug/failslab/verbose", "0") &&
	       vm_write("/proc/sys/kernel/printk", "1");
}

static void set_failslab(const char *file, const char *value)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/kernel/debug/failslab/%s", file);
	check(vm_write(path, value));
}

/* For those who ask for it: the nodes of the kernel's trees, and nothing else. */
static void fail_nodes(void)
{
	check(vm_write("/sys/kernel/slab/radix_tree_node/failslab", "1"));
	set_failslab("task-filter", "Y");
	set_failslab("cache-filter", "Y");
	set_failslab("times", "-1");
	set_failslab("probability", "100");
}

static void fail_nothing(void)
{
	set_failslab("probability", "0");
	set_failslab("task-filter", "N");
	set_failslab("cache-filter", "N");
	check(vm_write("/sys/kernel/slab/radix_tree_node/failslab", "0"));
}

static void test_move(void)
{
	check_eq(move_apart(fail_each, NULL), 0);
}

static void test_all(void)
{
	check_eq(move_apart(fail_each_of_all, NULL), 0);
}

static void test_deep(void)
{
	check_eq(vm_reap(vm_child(0, fail_deep, (void *)29L)), 0);
}

static void test_number_1(void)
{
	fail_nodes();
	check_eq(move_apart(fail_number_1, NULL), 0);
	fail_nothing();
}

static const struct vm_test tests[] = {
	{"U10: those of a move", test_move},
	{"U10: those of other namespaces with it", test_all},
	{"U10: that of a cache for the numbers", test_deep},
	{"U10: that of number 1", test_number_1},
};

int main(int argc, char **argv)
{
	int result;

	if (access("/proc/self/fail-nth", F_OK)) {
		printf("this kernel cannot make allocations fail; lockdep's and kasan's can\n");
		return 0;
	}
	vm_must(make_failures_quiet(), "failslab");
	result = vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
	vm_must(vm_write("/proc/sys/kernel/printk", "7"), "printk");
	return result;
}
