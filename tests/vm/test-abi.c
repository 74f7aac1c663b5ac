// SPDX-License-Identifier: GPL-2.0-or-later
/* test-abi.c - what the family answers to requests that are malformed, refused or given up. */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm.h"

/* Enough for several rounds of any dump, each no larger than SMALL. */
enum { CROWD = 300, SMALL = 4096 };

static int ask(struct genl_request *request, struct genl_answer *answer)
{
	int fd = vm_socket(), err = genl_ask(fd, request, NULL, NULL, answer);

	close(fd);
	return err;
}

static void begin_task_get(struct genl_request *request)
{
	genl_begin(request, vm_family(), PIDNS_CMD_TASK_GET, 0);
}

/* A TID attribute whose header says another length than what follows. */
static int ask_with_length(uint16_t nla_len)
{
	struct genl_request request;
	struct genl_answer answer;
	struct nlattr *attr;

	begin_task_get(&request);
	attr = (void *)(request.bytes + request.nlh.nlmsg_len);
	genl_put_uint(&request, PIDNS_A_TASK_TID, 1);
	attr->nla_len = nla_len;
	return ask(&request, &answer);
}

static void test_attribute_lengths(void)
{
	struct genl_request request;
	struct genl_answer answer;
	const uint16_t lengths[] = {0, 3, 4, 5, 7, 9, 100, 65535};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		int err = ask_with_length(lengths[i]);

		if (!check(err == -EINVAL || err == -ERANGE))
			printf("        nla_len %u: %d\n", lengths[i], err);
	}
	begin_task_get(&request);
	genl_put(&request, PIDNS_A_TASK_TID, "\1\0", 2);
	check(ask(&request, &answer) < 0);
	check_eq(answer.bad_type, PIDNS_A_TASK_TID);
	check(answer.text[0]);
}

static void test_trailing_bytes(void)
{
	struct genl_request request;
	struct genl_answer answer;

	genl_begin(&request, vm_family(), PIDNS_CMD_NS_GET, 0);
	request.nlh.nlmsg_len += 3;
	check_eq(ask(&request, &answer), -EINVAL);
}

/* What the value of one attribute is answered with, and that the answer points to it. */
static void expect_refused(int cmd, int flags, int type, uint64_t value, int err, int err2)
{
	struct genl_request request;
	struct genl_answer answer;
	int got;

	genl_begin(&request, vm_family(), cmd, flags);
	genl_put_uint(&request, type, value);
	got = ask(&request, &answer);
	if (!check(got == err || got == err2))
		printf("        command %d, attribute %d: %d\n", cmd, type, got);
	check_eq(answer.bad_type & NLA_TYPE_MASK, type & NLA_TYPE_MASK);
}

static void test_values(void)
{
	const int dump = NLM_F_DUMP;

	expect_refused(PIDNS_CMD_TASK_GET, 0, PIDNS_A_TASK_TID, 0, -ERANGE, -EINVAL);
	expect_refused(PIDNS_CMD_TASK_GET, 0, PIDNS_A_TASK_TID, 1ULL << 31, -ERANGE, -EINVAL);
	expect_refused(PIDNS_CMD_TASK_GET, 0, PIDNS_A_TASK_TID, 1ULL << 40, -ERANGE, -EINVAL);
	expect_refused(PIDNS_CMD_TASK_GET, 0, PIDNS_A_TASK_TID, 0x7fffffff, -ESRCH, -ESRCH);
	expect_refused(PIDNS_CMD_TASK_GET, dump, PIDNS_A_TASK_FACTS, 1 << 30, -EINVAL, -EINVAL);
	expect_refused(PIDNS_CMD_TASK_GET, dump, PIDNS_A_TASK_NS, 12345, -ENOENT, -ENOENT);
	expect_refused(PIDNS_CMD_TASK_GET, dump, PIDNS_A_TASK_NS_INO, 1, -ENOENT, -ENOENT);
	expect_refused(PIDNS_CMD_NS_GET, 0, PIDNS_A_NS_COOKIE, 12345, -ENOENT, -ENOENT);
	expect_refused(PIDNS_CMD_PIDMAP_GET, 0, PIDNS_A_PIDMAP_NS_INO, 1, -ENOENT, -ENOENT);
	/* Of the answer, and no business of a request. */
	expect_refused(PIDNS_CMD_NS_GET, 0, PIDNS_A_NS_LEVEL, 0, -EINVAL, -EINVAL);
	expect_refused(PIDNS_CMD_TASK_GET, dump, PIDNS_A_TASK_UID, 0, -EINVAL, -EINVAL);
	/* Unknown. */
	expect_refused(PIDNS_CMD_NS_GET, 0, 60, 0, -EINVAL, -EINVAL);
	expect_refused(PIDNS_CMD_NS_GET, dump, 60, 0, -EINVAL, -EINVAL);
	/* A nest where there is a number. */
	expect_refused(PIDNS_CMD_NS_GET, 0, PIDNS_A_NS_INO | NLA_F_NESTED, 1, -EINVAL, -EINVAL);
}

static void test_missing(void)
{
	struct genl_request request;
	struct genl_answer answer;

	begin_task_get(&request);
	check_eq(ask(&request, &answer), -EINVAL);
	check_eq(answer.miss_type, PIDNS_A_TASK_TID);
}

static void test_reserved(void)
{
	struct genl_request request;
	struct genl_answer answer;

	genl_begin(&request, vm_family(), PIDNS_CMD_NS_GET, 0);
	((struct genlmsghdr *)(request.bytes + NLMSG_HDRLEN))->reserved = 1;
	check_eq(ask(&request, &answer), -EINVAL);
}

static void test_commands(void)
{
	const int commands[] = {0, PIDNS_CMD_CHANGED, PIDNS_CMD_MAX + 1, 200};
	struct genl_request request;
	struct genl_answer answer;

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		for (int flags = 0; flags <= NLM_F_DUMP; flags += NLM_F_DUMP) {
			genl_begin(&request, vm_family(), commands[i], flags);
			check_eq(ask(&request, &answer), -EOPNOTSUPP);
		}
}

/* The kernel ignores what is no message; the socket must be as good as before. */
static void test_message_lengths(void)
{
	const uint32_t lengths[] = {0, 1, NLMSG_HDRLEN - 1, 4096, 0xffffffff};
	int fd = vm_socket();
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	struct genl_request request;
	struct genl_answer answer;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		genl_begin(&request, vm_family(), PIDNS_CMD_NS_GET, 0);
		request.nlh.nlmsg_len = lengths[i];
		check_eq(send(fd, &request, NLMSG_HDRLEN + GENL_HDRLEN, 0),
			 NLMSG_HDRLEN + GENL_HDRLEN);
		check_eq(poll(&poll_fd, 1, 20), 0);
	}
	genl_begin(&request, vm_family(), PIDNS_CMD_NS_GET, 0);
	check_eq(genl_ask(fd, &request, NULL, NULL, &answer), 0);
	check_eq(answer.messages, 1);
	close(fd);
}

/* More tasks than one round of a dump can tell of. */
static void make_crowd(pid_t *crowd, int flags)
{
	for (int i = 0; i < CROWD; i++)
		crowd[i] = vm_sleeper(flags);
}

static void end_crowd(const pid_t *crowd)
{
	for (int i = 0; i < CROWD; i++)
		vm_kill(crowd[i]);
}

static int start_dump(int fd, int cmd)
{
	struct genl_request request;

	genl_begin(&request, vm_family(), cmd, NLM_F_DUMP);
	return genl_send(fd, &request);
}

static void count_errors(const struct genl_message *message, void *data)
{
	(void)message;
	++*(int *)data;
}

static void test_second_dump(void)
{
	pid_t crowd[CROWD];
	int fd = vm_socket(), err = 0, seen = 0;
	struct genl_answer answer;
	struct genl_request second;

	make_crowd(crowd, 0);
	check_eq(start_dump(fd, PIDNS_CMD_TASK_GET), 0);
	genl_begin(&second, vm_family(), PIDNS_CMD_NS_GET, NLM_F_DUMP);
	second.nlh.nlmsg_seq = 2;
	check_eq(genl_send(fd, &second), 0);
	/* The refusal comes in between; then the first dump goes on to its end. */
	err = genl_receive(fd, count_errors, &seen, &answer);
	check_eq(err, -EBUSY);
	err = genl_receive(fd, count_errors, &seen, &answer);
	check_eq(err, 0);
	check(seen >= CROWD);
	close(fd);
	end_crowd(crowd);
}

/* Truncated, and closed in the middle: nothing is left that keeps a namespace. */
static void test_closed_dump(void)
{
	pid_t crowd[CROWD], init;
	struct vm_ns ns;
	char tiny[64];
	int fd;

	init = vm_sleeper(CLONE_NEWPID);
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	make_crowd(crowd, 0);
	for (int cmd = PIDNS_CMD_NS_GET; cmd <= PIDNS_CMD_PIDMAP_GET; cmd++) {
		for (int i = 0; i < 50; i++) {
			fd = vm_socket();
			check_eq(start_dump(fd, cmd), 0);
			if (i % 2)
				check(recv(fd, tiny, sizeof(tiny), 0) > 0);
			close(fd);
		}
	}
	end_crowd(crowd);
	vm_kill(init);
	check(vm_wait(vm_is_gone, &ns.cookie));
}

static void test_small_receive_buffer(void)
{
	pid_t crowd[CROWD];
	int fd = vm_socket(), size = 1, seen = 0;
	struct genl_answer answer;

	make_crowd(crowd, 0);
	check(!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)));
	check_eq(start_dump(fd, PIDNS_CMD_TASK_GET), 0);
	check_eq(genl_receive(fd, count_errors, &seen, &answer), 0);
	check(seen >= CROWD);
	close(fd);
	end_crowd(crowd);
}

struct meddler {
	int flags, meddled;
	pid_t pid;
};

/* While the first objects are being read, one more comes. */
static void meddle(const struct genl_message *message, void *data)
{
	struct meddler *meddler = data;

	(void)message;
	if (!meddler->meddled++)
		meddler->pid = vm_sleeper(meddler->flags);
}

static void expect_interrupted(int cmd, int flags)
{
	struct meddler meddler = {.flags = flags};
	struct genl_answer answer;
	int fd = vm_socket();

	check_eq(start_dump(fd, cmd), 0);
	check_eq(genl_receive_sized(fd, SMALL, meddle, &meddler, &answer), 0);
	check(answer.receives > 1);
	check(answer.interrupted);
	close(fd);
	vm_kill(meddler.pid);
}

/* Nothing moves, nothing is said to have moved: of a namespace where no process forks. */
static int quiet_dump(void *data)
{
	pid_t crowd[CROWD];
	struct genl_answer answer;
	int fd = vm_socket();

	(void)data;
	make_crowd(crowd, CLONE_NEWPID);
	for (int cmd = PIDNS_CMD_NS_GET; cmd <= PIDNS_CMD_PIDMAP_GET; cmd++) {
		check_eq(start_dump(fd, cmd), 0);
		check_eq(genl_receive_sized(fd, SMALL, NULL, NULL, &answer), 0);
		check(answer.receives > 1);
		check(!answer.interrupted);
	}
	close(fd);
	end_crowd(crowd);
	return 0;
}

static void test_interrupted(void)
{
	pid_t crowd[CROWD];

	make_crowd(crowd, CLONE_NEWPID);
	expect_interrupted(PIDNS_CMD_TASK_GET, 0);
	expect_interrupted(PIDNS_CMD_NS_GET, CLONE_NEWPID);
	expect_interrupted(PIDNS_CMD_PIDMAP_GET, CLONE_NEWPID);
	end_crowd(crowd);
	check_eq(vm_reap(vm_child(CLONE_NEWPID, quiet_dump, NULL)), 0);
}

static const struct vm_test tests[] = {
	{"K1 attributes of a wrong length are refused, by name", test_attribute_lengths},
	{"K1 trailing bytes are refused", test_trailing_bytes},
	{"K2 values out of range, unknown and misplaced attributes are refused", test_values},
	{"K2 a missing attribute is named", test_missing},
	{"K2 reserved bytes must be zero", test_reserved},
	{"K3 unknown commands are not supported", test_commands},
	{"K4 what is no message is ignored", test_message_lengths},
	{"K6 a second dump on the same socket is busy", test_second_dump},
	{"K7 a dump that is given up leaves nothing behind", test_closed_dump},
	{"K7 a tiny receive buffer gets everything", test_small_receive_buffer},
	{"K8 a change during a dump is told, and only then", test_interrupted},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
