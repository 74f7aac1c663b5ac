// SPDX-License-Identifier: GPL-2.0-or-later
/* test-visibility.c - who is told what; and above all, who is not. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

enum { USER = 65534 };

/* For good, and dumpable again, so that one may look at oneself. */
static void become_user(void)
{
	vm_must(!setgroups(0, NULL) && !setresgid(USER, USER, USER) && !setresuid(USER, USER, USER),
		"setresuid");
	prctl(PR_SET_DUMPABLE, 1);
}

/* What lies outside of the child namespace that is looked from. */
struct outside {
	struct vm_ns parent, sibling;
	uint64_t sibling_pid;
};

static void check_levels(const struct vm_task *task, int levels)
{
	check_eq(task->levels, levels);
	check_eq(task->vpids[0], task->tid);
	for (int i = 0; i < task->levels; i++)
		check(task->vpids[i] > 0 && task->vpids[i] < 10);
}

static void check_tasks_inside(const struct vm_ns *own, const struct vm_ns *child)
{
	struct vm_task *tasks;
	int count, inner = 0;

	check_eq(vm_task_dump(&tasks, &count), 0);
	check_eq(count, 3);
	for (int i = 0; i < count; i++) {
		bool is_inner = tasks[i].ns == child->cookie;

		inner += is_inner;
		check(is_inner || tasks[i].ns == own->cookie);
		check_levels(&tasks[i], is_inner ? 2 : 1);
		check(tasks[i].ppid < 10 && tasks[i].tgid < 10);
	}
	check_eq(inner, 1);
	free(tasks);
}

static void count_one(const struct genl_message *message, void *data)
{
	(void)message;
	++*(int *)data;
}

/* What it is answered when it names a namespace, or with 0 none; how many objects come. */
static int ask_about(int cmd, int flags, uint64_t cookie, int *ret_count)
{
	struct genl_request request;
	int fd = vm_socket(), err;

	*ret_count = 0;
	genl_begin(&request, vm_family(), cmd, flags);
	if (cookie)
		genl_put_uint(&request,
			      cmd == PIDNS_CMD_TASK_GET ? PIDNS_A_TASK_NS : PIDNS_A_PIDMAP_NS,
			      cookie);
	err = genl_ask(fd, &request, count_one, ret_count, NULL);
	close(fd);
	return err;
}

static void check_closed_doors(const struct vm_ns *ns)
{
	int count;

	check_eq(ask_about(PIDNS_CMD_TASK_GET, NLM_F_DUMP, ns->cookie, &count), -ENOENT);
	check_eq(ask_about(PIDNS_CMD_PIDMAP_GET, 0, ns->cookie, &count), -ENOENT);
	check_eq(count, 0);
}

/* Runs as number 1 of its own namespace, with one member and one child namespace. */
static int look_from_inside(void *data)
{
	const struct outside *outside = data;
	struct vm_ns *list, ns;
	struct vm_task task;
	int count;

	vm_sleeper(0);
	vm_sleeper(CLONE_NEWPID);
	check_eq(vm_ns_dump(&list, &count), 0);
	if (check_eq(count, 2)) {
		check(!list[0].has_parent);
		check_eq(list[0].reaper, 1);
		check_eq(list[0].used, 3);
		check_eq(list[1].parent, list[0].cookie);
		check_eq(list[1].reaper, 3);
		check_tasks_inside(&list[0], &list[1]);
	}
	free(list);
	check_eq(vm_ns_get(outside->parent.ino, &ns), -ENOENT);
	check_eq(vm_ns_get_cookie(outside->parent.cookie, &ns), -ENOENT);
	check_eq(vm_ns_get(outside->sibling.ino, &ns), -ENOENT);
	check_eq(vm_ns_get_cookie(outside->sibling.cookie, &ns), -ENOENT);
	check_eq(vm_task_get(outside->sibling_pid, &task), -ESRCH);
	check_closed_doors(&outside->parent);
	check_closed_doors(&outside->sibling);
	check_eq(ask_about(PIDNS_CMD_PIDMAP_GET, NLM_F_DUMP, 0, &count), 0);
	check_eq(count, 2);
	return 0;
}

static void outside_init(struct outside *outside)
{
	/* So that no number from outside can be mistaken for one from inside. */
	vm_write("/proc/sys/kernel/ns_last_pid", "1000");
	outside->sibling_pid = vm_sleeper(CLONE_NEWPID);
	check_eq(vm_ns_get(0, &outside->parent), 0);
	check_eq(vm_ns_get(vm_ino(outside->sibling_pid, "pid"), &outside->sibling), 0);
}

static void test_child_namespace(void)
{
	struct outside outside;

	outside_init(&outside);
	check_eq(vm_reap(vm_child(CLONE_NEWPID, look_from_inside, &outside)), 0);
	check_eq(vm_reap(vm_child(CLONE_NEWPID | CLONE_NEWNET, look_from_inside, &outside)), 0);
	check_eq(vm_reap(vm_child(CLONE_NEWPID | CLONE_NEWUSER, look_from_inside, &outside)), 0);
	vm_kill(outside.sibling_pid);
}

/* A change outside must not even show as an interruption. */
static int dump_while_outside_moves(void *data)
{
	struct vm_gate *gates = data;
	struct genl_request request;
	struct genl_answer answer;
	int fd = vm_socket(), interrupted = 0;

	for (int i = 0; i < 200; i++)
		vm_sleeper(CLONE_NEWPID);
	for (int cmd = PIDNS_CMD_NS_GET; cmd <= PIDNS_CMD_PIDMAP_GET; cmd++) {
		genl_begin(&request, vm_family(), cmd, NLM_F_DUMP);
		check_eq(genl_send(fd, &request), 0);
		vm_gate_open(&gates[0], 1);
		vm_gate_wait(&gates[1]);
		check_eq(genl_receive_sized(fd, 4096, NULL, NULL, &answer), 0);
		check(answer.receives > 1);
		interrupted |= answer.interrupted;
	}
	check(!interrupted);
	return 0;
}

static void test_no_echo(void)
{
	struct vm_gate gates[2];
	pid_t pid;

	vm_gate_init(&gates[0]);
	vm_gate_init(&gates[1]);
	pid = vm_child(CLONE_NEWPID, dump_while_outside_moves, gates);
	for (int i = 0; i < 3; i++) {
		vm_gate_wait(&gates[0]);
		vm_kill(vm_sleeper(CLONE_NEWPID));
		vm_gate_open(&gates[1], 1);
	}
	check_eq(vm_reap(pid), 0);
}

static int look_from_netns(void *data)
{
	const struct vm_ns *outside = data;
	struct vm_ns ns;

	check_eq(vm_ns_get_cookie(outside->cookie, &ns), 0);
	check_eq(ns.ino, outside->ino);
	check_eq(ns.reaper, outside->reaper);
	check_eq(ns.parent, outside->parent);
	return 0;
}

static void test_network_namespace(void)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	struct vm_ns ns;

	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	check_eq(vm_reap(vm_child(CLONE_NEWNET, look_from_netns, &ns)), 0);
	vm_kill(init);
}

/* Only one's own: as many as hidepid=2 would show. */
static void check_own_tasks_only(uint64_t uid)
{
	struct vm_task *tasks;
	int count;

	check_eq(vm_task_dump(&tasks, &count), 0);
	check(count >= 1);
	for (int i = 0; i < count; i++)
		check_eq(tasks[i].uid, uid);
	free(tasks);
}

static void check_foreign_hidden(const struct vm_ns *foreign, uint64_t foreign_pid)
{
	struct vm_task task;
	struct vm_ns *list, ns;
	int count;

	check_eq(vm_ns_dump(&list, &count), 0);
	check_eq(count, 1);
	free(list);
	check_eq(vm_ns_get(foreign->ino, &ns), -ENOENT);
	check_eq(vm_ns_get_cookie(foreign->cookie, &ns), -ENOENT);
	check_eq(vm_task_get(foreign_pid, &task), -ESRCH);
	check_eq(vm_task_get(1, &task), -ESRCH);
}

static int look_as_user(void *data)
{
	const struct outside *outside = data;

	become_user();
	check_own_tasks_only(USER);
	check_foreign_hidden(&outside->sibling, outside->sibling_pid);
	/* A user namespace of one's own gives nothing. */
	vm_must(!unshare(CLONE_NEWUSER), "unshare user");
	check_own_tasks_only(USER);
	check_foreign_hidden(&outside->sibling, outside->sibling_pid);
	return 0;
}

static void test_user(void)
{
	struct outside outside;

	outside_init(&outside);
	check_eq(vm_reap(vm_child(0, look_as_user, &outside)), 0);
	vm_kill(outside.sibling_pid);
}

/* What a user has created in a user namespace of his own is his. */
static int look_at_own_namespace(void *data)
{
	struct vm_ns ns;
	pid_t init;

	(void)data;
	become_user();
	init = vm_sleeper(CLONE_NEWUSER | CLONE_NEWPID);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	check_eq(ns.owner_uid, USER);
	check_eq(ns.owner_ns, vm_ino(init, "user"));
	check_eq(ns.reaper, init);
	vm_kill(init);
	return 0;
}

static void test_own_user_namespace(void)
{
	check_eq(vm_reap(vm_child(0, look_at_own_namespace, NULL)), 0);
}

static void count_foreign(const struct genl_message *message, void *data)
{
	*(int *)data += genl_uint(message->attrs[PIDNS_A_TASK_UID]) != USER;
}

static int foreign_tasks_on(int fd)
{
	struct genl_request request;
	int foreign = 0;

	genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, NLM_F_DUMP);
	check_eq(genl_ask(fd, &request, count_foreign, &foreign, NULL), 0);
	return foreign;
}

static int write_as_user(void *data)
{
	become_user();
	check_eq(foreign_tasks_on(*(int *)data), 0);
	return 0;
}

/* Opened by a user and written to by root, as a setuid program's stderr; and the other way. */
static void test_confused_deputy(void)
{
	int by_root = vm_socket(), by_user;

	vm_family();
	vm_must(!setegid(USER) && !seteuid(USER), "seteuid");
	by_user = vm_socket();
	vm_must(!seteuid(0) && !setegid(0), "seteuid");
	check(foreign_tasks_on(by_root) > 0);
	check_eq(foreign_tasks_on(by_user), 0);
	check_eq(vm_reap(vm_child(0, write_as_user, &by_root)), 0);
	close(by_root);
	close(by_user);
}

/* Who asks is who sent the request: what another task receives is the same. */
static int receive_for_parent(void *data)
{
	struct genl_answer answer;
	int foreign = 0;

	become_user();
	check_eq(genl_receive(*(int *)data, count_foreign, &foreign, &answer), 0);
	check(answer.receives > 1);
	check(foreign > 100);
	return 0;
}

static void test_another_receiver(void)
{
	struct genl_request request;
	pid_t crowd[150];
	int fd = vm_socket();

	for (int i = 0; i < 150; i++)
		crowd[i] = vm_sleeper(0);
	genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, NLM_F_DUMP);
	check_eq(genl_send(fd, &request), 0);
	/* In a PID namespace of its own, where none of these numbers means anything. */
	check_eq(vm_reap(vm_child(CLONE_NEWPID, receive_for_parent, &fd)), 0);
	for (int i = 0; i < 150; i++)
		vm_kill(crowd[i]);
	close(fd);
}

/* The events a listener heard of one namespace, as a bit for each type. */
struct heard {
	uint64_t cookie;
	unsigned int types;
	int odd;
};

static void hear(const struct genl_message *message, void *data)
{
	struct heard *heard = data;
	size_t len = message->nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;

	/* The type, and a cookie of 8 bytes, or of 4 if that is enough: nothing else. */
	len -= NLA_HDRLEN + 4 + NLA_HDRLEN;
	heard->odd += len != 8 && len != 4;
	if (genl_uint(message->attrs[PIDNS_A_EVENT_NS]) == heard->cookie)
		heard->types |= 1U << genl_uint(message->attrs[PIDNS_A_EVENT_TYPE]);
}

static int join_events(int fd)
{
	int group = genl_group(fd, PIDNS_FAMILY_NAME, PIDNS_MCGRP_EVENTS);

	vm_must(group > 0, "the group events");
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ? -errno
											  : 0;
}

static bool listen_until(int fd, struct heard *heard, unsigned int types)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	while ((heard->types & types) != types) {
		if (poll(&poll_fd, 1, 10000) != 1)
			return false;
		if (genl_receive(fd, hear, heard, NULL) < 0)
			return false;
	}
	return true;
}

/* More than a listener's buffer takes is lost, he is told so, and hears what comes next. */
static void test_lost_events(void)
{
	struct heard heard = {0};
	int fd = vm_socket(), small = 1, large = 200000, lost = 0;
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char bytes[512];
	struct vm_ns ns;
	pid_t init;

	vm_must(!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), "SO_RCVBUF");
	check_eq(join_events(fd), 0);
	for (int i = 0; i < 50; i++)
		vm_kill(vm_sleeper(CLONE_NEWPID));
	while (!lost && poll(&poll_fd, 1, 10000) == 1)
		lost = recv(fd, bytes, sizeof(bytes), 0) < 0 && errno == ENOBUFS;
	check(lost);
	vm_must(!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &large, sizeof(large)), "SO_RCVBUF");
	while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
		;
	init = vm_sleeper(CLONE_NEWPID);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	heard.cookie = ns.cookie;
	check(listen_until(fd, &heard, 1U << PIDNS_EVENT_TYPE_NS_NEW));
	vm_kill(init);
	close(fd);
}

static int join_as_user(void *data)
{
	(void)data;
	become_user();
	check_eq(join_events(vm_socket()), -EPERM);
	return 0;
}

static void test_events(void)
{
	const unsigned int born = 1U << PIDNS_EVENT_TYPE_NS_NEW | 1U << PIDNS_EVENT_TYPE_REAPER;
	const unsigned int gone = 1U << PIDNS_EVENT_TYPE_REAPER | 1U << PIDNS_EVENT_TYPE_NS_GONE;
	struct heard heard = {0};
	struct vm_ns ns;
	pid_t init;
	int fd = vm_socket();

	check_eq(join_events(fd), 0);
	init = vm_sleeper(CLONE_NEWPID);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	heard.cookie = ns.cookie;
	check(listen_until(fd, &heard, born));
	heard.types = 0;
	vm_kill(init);
	check(listen_until(fd, &heard, gone));
	check_eq(heard.odd, 0);
	check_eq(vm_reap(vm_child(0, join_as_user, NULL)), 0);
	close(fd);
}

/* Heard again after `heard` was emptied, and then that is what the namespace has come to. */
static void expect_told(int fd, struct heard *heard, int state)
{
	struct vm_ns ns;

	check(listen_until(fd, heard, 1U << PIDNS_EVENT_TYPE_REAPER));
	check_eq(vm_ns_get_cookie(heard->cookie, &ns), 0);
	check_eq(ns.state, state);
	heard->types = 0;
}

/* A member that only we can reap keeps the init from exiting as long as we like. */
static void test_events_of_an_end(void)
{
	pid_t init = vm_sleeper(CLONE_NEWPID), joined;
	int own = vm_ns_fd(getpid(), "pid"), inner = vm_ns_fd(init, "pid"), fd = vm_socket();
	struct heard heard = {0};
	struct vm_ns ns;

	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	heard.cookie = ns.cookie;
	vm_must(!setns(inner, CLONE_NEWPID), "setns");
	joined = vm_sleeper(0);
	vm_must(!setns(own, CLONE_NEWPID), "setns");
	check_eq(join_events(fd), 0);
	kill(init, SIGKILL);
	vm_wait_exit(joined);
	expect_told(fd, &heard, PIDNS_NS_STATE_DYING);
	vm_reap(joined);
	expect_told(fd, &heard, PIDNS_NS_STATE_ZOMBIE_INIT);
	vm_reap(init);
	expect_told(fd, &heard, PIDNS_NS_STATE_DEAD);
	close(inner);
	check(listen_until(fd, &heard, 1U << PIDNS_EVENT_TYPE_NS_GONE));
	close(own);
	close(fd);
}

static const struct vm_test tests[] = {
	{"K9 a child namespace shows nothing of what is outside", test_child_namespace},
	{"K9 nor does it tell that something moved outside", test_no_echo},
	{"another network namespace makes no difference", test_network_namespace},
	{"K10 of the sender and the opener the narrower right wins", test_confused_deputy},
	{"K10 who receives does not matter", test_another_receiver},
	{"K11 a user sees his own, also in a user namespace", test_user},
	{"K11 what a user owns he sees", test_own_user_namespace},
	{"events tell a type and a cookie", test_events},
	{"each step of an init's end is told", test_events_of_an_end},
	{"K7 a listener that is too slow is told so, and hears what comes next", test_lost_events},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
