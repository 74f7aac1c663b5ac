// SPDX-License-Identifier: GPL-2.0-or-later
/* test-move-active.c - what listns(2) gives before and after a move: namespaces with an active reference. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "move.h"
#include "vm.h"

/* As in <linux/nsfs.h> since Linux 6.19, which headers need not have. */
enum { SYSCALL_LISTNS = 470, IDS_MAX = 4096 };
struct listns_request {
	uint32_t size, spare;
	uint64_t last_id;
	uint32_t type, spare2;
	uint64_t user_ns;
};

static long list_active(uint64_t *ids)
{
	struct listns_request request = {.size = sizeof(request), .type = CLONE_NEWPID};

	return syscall(SYSCALL_LISTNS, &request, ids, IDS_MAX, 0);
}

static bool is_active(uint64_t id)
{
	uint64_t ids[IDS_MAX];
	long count = list_active(ids);

	check(count > 0 && count < IDS_MAX);
	for (long i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static bool is_inactive(void *id)
{
	return !is_active(*(uint64_t *)id);
}

/* Its children will be elsewhere, so that only its number keeps the namespace active. */
static int move_and_leave(void *data)
{
	check_eq(move_alone(0), 0);
	check_eq(unshare(CLONE_NEWPID), 0);
	vm_gate_open(data, move_ns("pid"));
	pause();
	return 0;
}

static int keep_mover(void *data)
{
	vm_child(0, move_and_leave, data);
	pause();
	return 0;
}

static void test_references(void)
{
	struct vm_ns old, new;
	uint64_t ids[IDS_MAX];
	struct vm_gate gate;
	int pidfd;
	pid_t init;

	if (list_active(ids) < 0 && errno == ENOSYS) {
		puts("this kernel has no listns(2)");
		return;
	}
	vm_gate_init(&gate);
	init = vm_child(CLONE_NEWPID, keep_mover, &gate);
	check_eq(vm_ns_get(vm_gate_wait(&gate), &new), 0);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &old), 0);
	check_eq(new.parent, old.cookie);
	check(is_active(old.cookie));
	check(is_active(new.cookie));
	pidfd = syscall(SYS_pidfd_open, init, 0);
	vm_must(pidfd >= 0, "pidfd_open");
	vm_kill(init);
	/* The pidfd keeps it, but not active. A move that has kept its reference would. */
	check(vm_wait(is_inactive, &old.cookie));
	check(vm_wait(is_inactive, &new.cookie));
	check_eq(vm_ns_get_cookie(old.cookie, &old), 0);
	check_eq(old.state, PIDNS_NS_STATE_DEAD);
	close(pidfd);
	check(vm_wait(vm_is_gone, &old.cookie));
}

static const struct vm_test tests[] = {
	{"the active reference moves, too", test_references},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
