// SPDX-License-Identifier: GPL-2.0-or-later
/* test-caller.c - the process that asks or opens decides what is answered, and not the receiver or reader. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm.h"

enum { USER = 65534, CROWD = 150 };
#define OFFSET_S "1000000"
static const uint64_t offset_ns = 1000000ULL * 1000000000;

/* ---- times ----------------------------------------------------------------------------------- */

struct ask {
	int cmd, attr, fd;
};

struct times {
	int attr, count, odd;
};

static void look_at_time(const struct genl_message *message, void *data)
{
	struct times *times = data;

	times->count++;
	times->odd += genl_uint(message->attrs[times->attr]) < offset_ns;
}

static int send_request(void *data)
{
	const struct ask *ask = data;
	struct genl_request request;

	genl_begin(&request, vm_family(), ask->cmd, NLM_F_DUMP);
	return genl_send(ask->fd, &request) != 0;
}

/* A child of this is in a time namespace whose clock is days ahead. */
static int send_from_the_future(void *data)
{
	vm_must(!unshare(CLONE_NEWTIME), "unshare");
	vm_must(vm_write("/proc/self/timens_offsets", "boottime " OFFSET_S " 0"), "timens_offsets");
	return vm_reap(vm_child(0, send_request, data));
}

/* The first part of a dump is made for the sender, and the others when a process receives. */
static void check_clock(int cmd, int attr)
{
	struct ask ask = {.cmd = cmd, .attr = attr, .fd = vm_socket()};
	struct times times = {.attr = attr};
	struct genl_answer answer;

	check_eq(vm_reap(vm_child(0, send_from_the_future, &ask)), 0);
	check_eq(genl_receive(ask.fd, look_at_time, &times, &answer), 0);
	check(answer.receives > 1);
	check(times.count > CROWD);
	check_eq(times.odd, 0);
	close(ask.fd);
}

static void test_clock(void)
{
	pid_t crowd[CROWD];

	for (int i = 0; i < CROWD; i++)
		crowd[i] = vm_sleeper(CLONE_NEWPID);
	check_clock(PIDNS_CMD_TASK_GET, PIDNS_A_TASK_START);
	check_clock(PIDNS_CMD_NS_GET, PIDNS_A_NS_REAPER_START);
	for (int i = 0; i < CROWD; i++)
		vm_kill(crowd[i]);
}

/* ---- events ---------------------------------------------------------------------------------- */

static int join_events(int fd)
{
	int group = genl_group(fd, PIDNS_FAMILY_NAME, PIDNS_MCGRP_EVENTS);

	vm_must(group > 0, "the group events");
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ? -errno
											  : 0;
}

static int join_in_vain(void *data)
{
	(void)data;
	check_eq(join_events(vm_socket()), -EPERM);
	return 0;
}

/* With all capabilities over the network namespace, too: the messages are about its siblings. */
static void test_join(void)
{
	check_eq(vm_reap(vm_child(CLONE_NEWPID, join_in_vain, NULL)), 0);
	check_eq(vm_reap(vm_child(CLONE_NEWNET, join_in_vain, NULL)), 0);
	check_eq(vm_reap(vm_child(CLONE_NEWPID | CLONE_NEWNET, join_in_vain, NULL)), 0);
	check_eq(vm_reap(vm_child(CLONE_NEWUSER | CLONE_NEWNET, join_in_vain, NULL)), 0);
}

static void hear_lost(const struct genl_message *message, void *data)
{
	if (genl_uint(message->attrs[PIDNS_A_EVENT_TYPE]) == PIDNS_EVENT_TYPE_LOST)
		*(bool *)data = true;
}

static bool hears_lost(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	bool lost = false;

	while (!lost && poll(&poll_fd, 1, 10000) == 1 &&
	       genl_receive(fd, hear_lost, &lost, NULL) >= 0)
		;
	return lost;
}

static void fail_messages(void)
{
	check(vm_write("/sys/kernel/debug/failslab/cache-filter", "Y"));
	check(vm_write("/sys/kernel/debug/failslab/times", "-1"));
	check(vm_write("/sys/kernel/slab/skbuff_head_cache/failslab", "1"));
	check(vm_write("/sys/kernel/debug/failslab/probability", "100"));
}

/* Without the filter, everything would fail: it goes last. */
static void fail_nothing(void)
{
	check(vm_write("/sys/kernel/debug/failslab/probability", "0"));
	check(vm_write("/sys/kernel/slab/skbuff_head_cache/failslab", "0"));
	check(vm_write("/sys/kernel/debug/failslab/cache-filter", "N"));
}

/* No message can be made for a while, longer than an event waits. */
static void test_no_memory(void)
{
	int fd = vm_socket();

	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	if (access("/sys/kernel/debug/failslab", F_OK)) {
		printf("    this kernel cannot make allocations fail; lockdep's and kasan's can\n");
		close(fd);
		return;
	}
	vm_must(vm_write("/sys/kernel/debug/failslab/ignore-gfp-wait", "N") &&
			vm_write("/sys/kernel/debug/failslab/verbose", "0") &&
			vm_write("/sys/kernel/debug/failslab/task-filter", "N") &&
			vm_write("/proc/sys/kernel/printk", "1"),
		"failslab");
	check_eq(join_events(fd), 0);
	fail_messages();
	vm_kill(vm_sleeper(CLONE_NEWPID));
	poll(NULL, 0, 500);
	fail_nothing();
	check(hears_lost(fd));
	vm_must(vm_write("/proc/sys/kernel/printk", "7"), "printk");
	close(fd);
}

/* ---- files ----------------------------------------------------------------------------------- */

static long long read_number(int fd)
{
	char text[32] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? atoll(text) : -1;
}

struct opened {
	int ino, level, namespaces, reaper;
	long long values[4];
};

static void open_all(struct opened *opened)
{
	opened->ino = open("/sys/kernel/pidns/self/ino", O_RDONLY | O_CLOEXEC);
	opened->level = open("/sys/kernel/pidns/self/level", O_RDONLY | O_CLOEXEC);
	opened->namespaces = open("/sys/kernel/pidns/namespaces", O_RDONLY | O_CLOEXEC);
	opened->reaper = open("/sys/kernel/pidns/self/child_reaper", O_RDONLY | O_CLOEXEC);
	vm_must(opened->ino >= 0 && opened->reaper >= 0, "/sys/kernel/pidns");
}

static void check_opened(const struct opened *opened)
{
	check_eq(read_number(opened->ino), opened->values[0]);
	check_eq(read_number(opened->level), opened->values[1]);
	check_eq(read_number(opened->namespaces), opened->values[2]);
	check_eq(read_number(opened->reaper), opened->values[3]);
}

/* In a PID namespace of its own, as a user without rights. */
static int read_inside(void *data)
{
	vm_must(!setgid(USER) && !setuid(USER), "setuid");
	check_opened(data);
	return 0;
}

static void close_all(const struct opened *opened)
{
	close(opened->ino);
	close(opened->level);
	close(opened->namespaces);
	close(opened->reaper);
}

static int read_from_outside(void *data)
{
	pid_t inner = vm_sleeper(CLONE_NEWPID);
	struct opened opened = {.values = {vm_ino(getpid(), "pid"), *(long long *)data, 3, 1}};

	open_all(&opened);
	check_eq(vm_reap(vm_child(CLONE_NEWPID, read_inside, &opened)), 0);
	close_all(&opened);
	/* What a user has opened, root reads as the user would. */
	vm_must(!setegid(USER) && !seteuid(USER), "seteuid");
	open_all(&opened);
	vm_must(!seteuid(0) && !setegid(0), "seteuid");
	opened.values[2] = 1;
	check_opened(&opened);
	close_all(&opened);
	vm_kill(inner);
	return 0;
}

static int mount_and_read(void *data)
{
	vm_must(!mount("proc", "/proc", "proc", 0, NULL), "mount proc");
	return read_from_outside(data);
}

static void test_sysfs(void)
{
	long long level = 1;

	check_eq(vm_reap(vm_child(CLONE_NEWPID | CLONE_NEWNS, mount_and_read, &level)), 0);
}

/* Both end up in sendfile's and splice's own buffers, as cat(1) and cp(1) do it. */
static void test_splice(void)
{
	static const char heading[] = "# ino cookie parent ";
	int in = open("/proc/pidns", O_RDONLY | O_CLOEXEC), ends[2];
	int out = memfd_create("copy", MFD_CLOEXEC);
	char text[4096] = "";

	vm_must(in >= 0 && out >= 0 && !pipe2(ends, O_CLOEXEC), "files");
	check(sendfile(out, in, NULL, sizeof(text)) > (ssize_t)sizeof(heading));
	check(pread(out, text, sizeof(text) - 1, 0) > 0);
	check_str(text, heading);
	memset(text, 0, sizeof(text));
	check_eq(lseek(in, 0, SEEK_SET), 0);
	check(splice(in, NULL, ends[1], NULL, sizeof(text) - 1, 0) > (ssize_t)sizeof(heading));
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	check(read(ends[0], text, sizeof(text) - 1) > 0);
	check_str(text, heading);
	close(in);
	close(out);
	close(ends[0]);
	close(ends[1]);
}

static const struct vm_test tests[] = {
	{"all times of a dump are of the sender's time namespace", test_clock},
	{"the group events is for the initial PID and network namespaces", test_join},
	{"an event for which there is no memory is lost, and that is told", test_no_memory},
	{"/sys/kernel/pidns goes by the opener of the file", test_sysfs},
	{"/proc/pidns can be copied by sendfile and splice", test_splice},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
