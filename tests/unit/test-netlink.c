// SPDX-License-Identifier: GPL-2.0-or-later
/* The exchanges of the provider "netlink", with a peer that answers as it was told to: right, late,
 * cut short, or for another caller. */
#include "unit.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/pidns.h>

#include "base/pidfd.h"
#include "core/builder.h"
#include "message.h"
#include "netlink/internal.h"

enum { FAMILY = 33, PORT = 4711, OWN = 10, CHILD = 20 };

/* ---- the peer -------------------------------------------------------------------------------- */

/* One datagram, or what happens instead of one. */
struct datagram {
	struct bytes bytes;
	size_t claimed_len; /* what recvfrom(2) says of it; 0: the truth */
	uint32_t from;
	int error;
};

/* How it answers one request. */
enum habit {
	HONEST,
	INTERRUPTED,	    /* says that the dump was not of one moment */
	INTERRUPTED_AT_END, /* … and only then */
	WRONG_SEQ,	    /* to an earlier request */
	WRONG_PORT,	    /* to another socket */
	FROM_ANOTHER,	    /* not from the kernel */
	WRONG_FAMILY,
	WRONG_COMMAND,
	CUT,	     /* the last message is longer than the datagram */
	TINY,	     /* less than a header */
	ZERO_LENGTH, /* nlmsg_len 0: a walk that never moves */
	TRUNCATED,   /* longer than the buffer */
	NO_DONE,
	DONE_WITH_ERROR,
	ERROR_AFTER_DATA,
	BAD_OBJECT,
	LOST, /* ENOBUFS in the middle */
	OVERRUN,
	STRANGERS_FIRST, /* others' answers before the right one */
	STRANGERS_ONLY,
	BAD_ERROR,
};

struct peer {
	struct netlink nl;
	struct datagram queue[8];
	size_t nr, next;
	uint32_t seq, port;
	uint8_t command;
	enum habit habit;
	int habit_left; /* that many requests, then honest */
	int requests, reconnects;
	bool counts, leaders; /* the request has that flag */
	char ended;	      /* task 5's state where it has ended; its thread 7 has not */
	char survivor;	      /* the state of that thread; 0: it is gone */
};

static struct peer *peer;

static enum habit habit_now(void)
{
	return peer->requests <= peer->habit_left ? peer->habit : HONEST;
}

/* The header goes before what is put next; close_message() knows the length. */
static size_t open_message(struct bytes *b, uint16_t type, uint16_t flags)
{
	enum habit habit = habit_now();
	const struct nlmsghdr head = {
		.nlmsg_type =
			(uint16_t)(habit == WRONG_FAMILY && type == FAMILY ? FAMILY + 1 : type),
		.nlmsg_flags = flags,
		.nlmsg_seq = habit == WRONG_SEQ ? peer->seq - 1 : peer->seq,
		.nlmsg_pid = habit == WRONG_PORT ? PORT + 1 : peer->port,
	};
	size_t at = b->len;

	memcpy(b->at + b->len, &head, sizeof(head));
	b->len += sizeof(head);
	return at;
}

static void close_message(struct bytes *b, size_t at)
{
	uint32_t len = (uint32_t)(b->len - at);

	memcpy(b->at + at, &len, sizeof(len));
}

static size_t open_object(struct bytes *b, uint16_t flags)
{
	enum habit habit = habit_now();
	const struct genlmsghdr genl = {
		.cmd = (uint8_t)(habit == WRONG_COMMAND ? 77 : peer->command), .version = 1};
	size_t at;

	if (habit == INTERRUPTED)
		flags |= NLM_F_DUMP_INTR;
	at = open_message(b, FAMILY, flags);
	memcpy(b->at + b->len, &genl, sizeof(genl));
	b->len += sizeof(genl);
	return at;
}

static void put_end(struct bytes *b, uint16_t type, int32_t error, uint16_t flags)
{
	size_t at = open_message(b, type, flags | NLM_F_MULTI);

	memcpy(b->at + b->len, &error, sizeof(error));
	b->len += sizeof(error);
	if (type == NLMSG_ERROR) {
		memset(b->at + b->len, 0, sizeof(struct nlmsghdr));
		b->len += sizeof(struct nlmsghdr);
	}
	close_message(b, at);
}

static struct datagram *new_datagram(void)
{
	assert_true(peer->nr < sizeof(peer->queue) / sizeof(peer->queue[0]));
	peer->queue[peer->nr] = (struct datagram){0};
	return &peer->queue[peer->nr++];
}

static void put_counts(struct bytes *b, uint32_t processes)
{
	put_u32(b, PIDNS_A_NS_PROCESSES, processes);
	put_u32(b, PIDNS_A_NS_THREADS, 10 * processes);
	put_u32(b, PIDNS_A_NS_ZOMBIES, 0);
}

/* The forest: the reader's own namespace with tasks 1 and 5, its child with task 6, there 1. */
static void put_objects(struct bytes *b)
{
	size_t at;
	int i;

	for (i = 0; i < (peer->command == PIDNS_CMD_TASK_GET ? 3 : 2); i++) {
		at = open_object(b, NLM_F_MULTI);
		if (habit_now() == BAD_OBJECT && i == 1)
			put_claim(b, 1, 3);
		if (peer->command == PIDNS_CMD_NS_GET) {
			put_ns(b, i ? CHILD : OWN, i ? OWN : 0);
			if (peer->counts)
				put_counts(b, i ? 1 : 2);
			if (i)
				put_u32(b, PIDNS_A_NS_REAPER, 6);
		} else if (peer->command == PIDNS_CMD_TASK_GET && peer->ended && i == 1)
			put_thread(b, OWN, 5, 5, 0, peer->ended, 2);
		else if (peer->command == PIDNS_CMD_TASK_GET)
			put_task(b, i == 2 ? CHILD : OWN, i ? (uint32_t)i + 4 : 1, i == 2);
		else {
			put_u32(b, PIDNS_A_PIDMAP_NS_INO, i ? CHILD : OWN);
			put_u32(b, PIDNS_A_PIDMAP_BLOCK_SIZE, 32768);
			put_u32(b, PIDNS_A_PIDMAP_USED, i ? 1 : 3);
		}
		close_message(b, at);
	}
	if (peer->command == PIDNS_CMD_TASK_GET && !peer->leaders && peer->survivor) {
		at = open_object(b, NLM_F_MULTI);
		put_thread(b, OWN, 5, 7, 0, peer->survivor, 2);
		close_message(b, at);
	}
}

static void put_stranger(void)
{
	struct datagram *d = new_datagram();
	uint32_t seq = peer->seq;

	peer->seq += 100;
	put_end(&d->bytes, NLMSG_DONE, 0, 0);
	peer->seq = seq;
}

static void spoil(struct datagram *d)
{
	const uint32_t zero = 0;

	switch (habit_now()) {
	case FROM_ANOTHER:
		d->from = 99;
		break;
	case CUT:
		d->bytes.len -= 4;
		break;
	case TINY:
		d->bytes.len = 7;
		break;
	case ZERO_LENGTH:
		memcpy(d->bytes.at, &zero, sizeof(zero));
		break;
	case TRUNCATED:
		d->claimed_len = NETLINK_BUFFER_SIZE + 1;
		break;
	default:
		break;
	}
}

static void answer_dump(void)
{
	enum habit habit = habit_now();
	struct datagram *d;

	if (habit == STRANGERS_FIRST)
		put_stranger();
	d = new_datagram();
	put_objects(&d->bytes);
	spoil(d);
	if (habit == LOST) {
		new_datagram()->error = -ENOBUFS;
		return;
	}
	d = new_datagram();
	if (habit == OVERRUN)
		put_end(&d->bytes, NLMSG_OVERRUN, 0, 0);
	else if (habit == ERROR_AFTER_DATA)
		put_end(&d->bytes, NLMSG_ERROR, -EIO, 0);
	else if (habit == BAD_ERROR)
		put_end(&d->bytes, NLMSG_ERROR, 12345, 0);
	else if (habit == DONE_WITH_ERROR)
		put_end(&d->bytes, NLMSG_DONE, -EINTR, 0);
	else if (habit == NO_DONE)
		peer->nr--;
	else
		put_end(&d->bytes, NLMSG_DONE, 0,
			habit == INTERRUPTED_AT_END ? NLM_F_DUMP_INTR : 0);
}

static void answer_one(uint32_t tid)
{
	struct datagram *d = new_datagram();
	size_t at;

	at = open_object(&d->bytes, 0);
	if (peer->command == PIDNS_CMD_NS_GET)
		put_ns(&d->bytes, OWN, 0);
	else
		put_task(&d->bytes, tid == 6 ? CHILD : OWN, tid, tid == 6);
	close_message(&d->bytes, at);
	spoil(d);
}

/* Where an attribute of that type is; 0: nowhere. */
static size_t find_attr(const void *bytes, size_t len, uint16_t type)
{
	size_t at = NLMSG_HDRLEN + GENL_HDRLEN;
	struct nlattr attr;

	for (; at + sizeof(attr) <= len; at += NLA_ALIGN(attr.nla_len)) {
		memcpy(&attr, (const char *)bytes + at, sizeof(attr));
		if (attr.nla_type == type)
			return at;
	}
	return 0;
}

static uint32_t asked_tid(const void *bytes, size_t len)
{
	size_t at = find_attr(bytes, len, PIDNS_A_TASK_TID);
	uint32_t tid = 6;

	if (at)
		memcpy(&tid, (const char *)bytes + at + NLA_HDRLEN, sizeof(tid));
	return tid;
}

static int peer_send(void *arg, const void *bytes, size_t len)
{
	const struct nlmsghdr *head = bytes;

	assert_ptr_equal(arg, peer);
	assert_int_equal(len, head->nlmsg_len);
	assert_int_equal(head->nlmsg_type, FAMILY);
	assert_true(head->nlmsg_flags & NLM_F_REQUEST);
	peer->requests++;
	peer->seq = head->nlmsg_seq;
	peer->port = head->nlmsg_pid;
	peer->command = ((const struct genlmsghdr *)NLMSG_DATA(head))->cmd;
	peer->counts = peer->command == PIDNS_CMD_NS_GET && find_attr(bytes, len, PIDNS_A_NS_COUNT);
	peer->leaders = find_attr(bytes, len, PIDNS_A_TASK_LEADERS);
	/* What is left of an earlier answer is still to come. */
	if (peer->next == peer->nr)
		peer->next = peer->nr = 0;
	if (habit_now() == STRANGERS_ONLY)
		put_stranger();
	else if (head->nlmsg_flags & NLM_F_DUMP)
		answer_dump();
	else
		answer_one(asked_tid(bytes, len));
	return 0;
}

static int peer_receive(void *arg, void *buffer, size_t size, uint32_t *ret_port)
{
	const struct datagram *d;

	assert_ptr_equal(arg, peer);
	if (habit_now() == STRANGERS_ONLY)
		peer->next = 0;
	if (peer->next == peer->nr)
		return -ETIMEDOUT;
	d = &peer->queue[peer->next++];
	if (d->error)
		return d->error;
	assert_true(d->bytes.len <= size);
	memcpy(buffer, d->bytes.at, d->bytes.len);
	*ret_port = d->from;
	return (int)(d->claimed_len ? d->claimed_len : d->bytes.len);
}

static int peer_reconnect(void *arg, const struct why *why, uint32_t *ret_port)
{
	(void)why;
	assert_ptr_equal(arg, peer);
	peer->reconnects++;
	peer->next = peer->nr = 0;
	*ret_port = PORT + (uint32_t)peer->reconnects * 10;
	return 0;
}

static const struct netlink_link_ops peer_ops = {
	.send = peer_send,
	.receive = peer_receive,
	.reconnect = peer_reconnect,
};

static int setup(void **state)
{
	peer = calloc(1, sizeof(*peer));
	assert_non_null(peer);
	peer->nl.ops = &peer_ops;
	peer->nl.arg = peer;
	peer->nl.family = FAMILY;
	peer->nl.port = PORT;
	*state = peer;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* ---- takes ----------------------------------------------------------------------------------- */

static char why[256];

static int take_with(struct request *request, bool has_ptrace, struct pidns_snapshot **ret)
{
	struct builder *b;
	int r;

	*why = '\0';
	request->why = (struct why){why, sizeof(why)};
	b = builder_new("netlink", 0, &request->why);
	assert_non_null(b);
	r = netlink_take(&peer->nl, has_ptrace, request, b);
	if (r >= 0)
		return builder_freeze(b, ret);
	builder_free(b);
	return r;
}

static int take(struct pidns_snapshot **ret)
{
	struct request request = {.task_fields = PIDNS_FIELDS_ALL & ~PIDNS_TASK_PIDFD_INO,
				  .ns_fields = PIDNS_FIELDS_ALL};

	return take_with(&request, true, ret);
}

static void assert_is_the_forest(const struct pidns_snapshot *s)
{
	const struct pidns_ns *const *namespaces;
	const struct pidns_task *const *tasks;

	assert_int_equal(pidns_snapshot_namespaces(s, &namespaces), 2);
	assert_true(namespaces[0]->ino == OWN && namespaces[1]->ino == CHILD);
	assert_ptr_equal(pidns_ns_parent(namespaces[1]), namespaces[0]);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 3);
	assert_int_equal(pidns_task_find(s, namespaces[1], 1)->pid, 6);
	assert_int_equal(namespaces[0]->pids_used, 7);
	assert_int_equal(namespaces[0]->pids_used_exact, 1);
}

static void test_take(void **state)
{
	const struct pidns_ns *own;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(take(&s), 0);
	assert_is_the_forest(s);
	assert_int_equal(pidns_snapshot_flags(s), 0);
	assert_int_equal(pidns_snapshot_cannot_see(s), 0);
	own = pidns_ns_find(s, OWN);
	assert_true(own->known & PIDNS_NS_PIDMAP);
	assert_int_equal(own->pidmap_block, 32768);
	assert_int_equal(own->nr_pidmap, 1);
	assert_int_equal(own->pidmap[0], 3);
	assert_int_equal(peer->requests, 3);
	assert_int_equal(peer->reconnects, 0);
	/* No memory at all, the same namespace for children: known all the same. */
	assert_true(pidns_task_find(s, NULL, 5)->known & PIDNS_TASK_RSS);
	assert_true(pidns_task_find(s, NULL, 5)->known & PIDNS_TASK_NS_FOR_CHILDREN);
	pidns_snapshot_unref(s);
}

/* A pidfd is opened before the task is asked for; 6 is none of this machine, or dies meanwhile. */
static void test_take_pidfd_inos(void **state)
{
	struct request request = {.task_fields = PIDNS_TASK_PIDFD_INO};
	_cleanup_close_ int pidfd = pidfd_open_task(1);
	const struct pidns_task *init;
	struct pidns_snapshot *s;
	uint64_t ino = 0;

	(void)state;
	assert_int_equal(take_with(&request, true, &s), 0);
	assert_is_the_forest(s);
	init = pidns_task_find(s, NULL, 1);
	if (pidfd_read_ino(pidfd, &ino) == 0) {
		assert_int_equal(peer->requests, 1 + 3 + 1);
		assert_true(init->known & PIDNS_TASK_PIDFD_INO);
		assert_true(init->pidfd_ino == ino);
	} else {
		assert_int_equal(peer->requests, 2);
		assert_false(init->known & PIDNS_TASK_PIDFD_INO);
	}
	pidns_snapshot_unref(s);
}

/* Who may not see all is told so. */
static void test_take_without_rights(void **state)
{
	struct request request = {0};
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(take_with(&request, false, &s), 0);
	assert_true(pidns_snapshot_cannot_see(s) & PIDNS_UNSEEN_TASKS);
	assert_true(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_PARTIAL);
	assert_int_equal(peer->requests, 2); /* occupancy was not asked for */
	pidns_snapshot_unref(s);
}

/* A process lives on in its threads when its leader has ended, and its state is theirs. */
static void test_take_ended_leader(void **state)
{
	const struct pidns_task *task;
	struct pidns_snapshot *s;

	(void)state;
	peer->ended = 'Z';
	peer->survivor = 'R';
	assert_int_equal(take(&s), 0);
	task = pidns_task_find(s, NULL, 5);
	assert_true(task->known & PIDNS_TASK_STATE);
	assert_int_equal(task->state, 'R');
	assert_int_equal(task->threads, 2);
	assert_string_equal(task->comm, "someone");
	assert_int_equal(task->vpids[0], 5);
	assert_int_equal(peer->requests, 4);
	pidns_snapshot_unref(s);
}

/* The threads have gone meanwhile, or the one there is has ended, too. */
static void test_take_ended_leader_alone(void **state)
{
	static const char survivors[] = {'\0', 'X'};
	struct pidns_snapshot *s;
	size_t i;

	(void)state;
	peer->ended = 'Z';
	for (i = 0; i < sizeof(survivors); i++) {
		peer->survivor = survivors[i];
		assert_int_equal(take(&s), 0);
		assert_false(pidns_task_find(s, NULL, 5)->known & PIDNS_TASK_STATE);
		pidns_snapshot_unref(s);
	}
}

/* Names of reapers only: those of the others are not kept. */
static void test_take_reapers(void **state)
{
	struct request request = {.reaper_fields = PIDNS_TASK_COMM};
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(take_with(&request, true, &s), 0);
	assert_true(pidns_task_find(s, NULL, 6)->known & PIDNS_TASK_COMM);
	assert_true(pidns_task_find(s, NULL, 1)->known & PIDNS_TASK_COMM);
	assert_false(pidns_task_find(s, NULL, 5)->known & PIDNS_TASK_COMM);
	pidns_snapshot_unref(s);
}

static void test_take_chosen(void **state)
{
	static const int32_t pids[] = {6, -1, 0, 6};
	struct request request = {.pids = pids, .nr_pids = 4};
	const struct pidns_task *const *tasks;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(take_with(&request, true, &s), 0);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 1);
	assert_int_equal(tasks[0]->tid, 6);
	assert_int_equal(peer->requests, 2);
	pidns_snapshot_unref(s);
	/* Threads of one group: all are told, and the others left out. */
	request.flags = PIDNS_TAKE_THREADS;
	assert_int_equal(take_with(&request, true, &s), 0);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 1);
	pidns_snapshot_unref(s);
	/* No task at all. */
	request.nr_pids = 0;
	assert_int_equal(take_with(&request, true, &s), 0);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 0);
	pidns_snapshot_unref(s);
}

/* A caller that wants namespaces alone gets them alone, with counts that the kernel makes. */
static void test_take_namespaces(void **state)
{
	const uint64_t counts = PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES;
	struct request request = {.flags = PIDNS_TAKE_NAMESPACES, .ns_fields = PIDNS_NS_PIDS_USED};
	const struct pidns_ns *const *namespaces;
	const struct pidns_task *const *tasks;
	struct pidns_snapshot *s;

	(void)state;
	assert_int_equal(take_with(&request, true, &s), 0);
	assert_int_equal(peer->requests, 1);
	assert_int_equal(pidns_snapshot_namespaces(s, &namespaces), 2);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 0);
	assert_true(pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_SUBSET);
	assert_false(namespaces[0]->known & counts);
	assert_int_equal(namespaces[0]->pids_used, 7);
	pidns_snapshot_unref(s);

	peer->requests = 0;
	request.ns_fields = counts;
	request.reaper_fields = PIDNS_TASK_COMM | PIDNS_TASK_STATE;
	assert_int_equal(take_with(&request, true, &s), 0);
	assert_int_equal(pidns_snapshot_namespaces(s, &namespaces), 2);
	assert_true((namespaces[0]->known & counts) == counts);
	assert_false(namespaces[0]->known & PIDNS_NS_JOINED);
	assert_int_equal(namespaces[0]->threads, 20);
	assert_int_equal(namespaces[0]->threads_below, 30);
	assert_int_equal(namespaces[1]->processes, 1);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 1);
	assert_int_equal(peer->requests, 2);
	assert_int_equal(tasks[0]->tid, namespaces[1]->reaper);
	assert_true(tasks[0]->known & PIDNS_TASK_COMM);
	pidns_snapshot_unref(s);
}

/* ---- P14 ------------------------------------------------------------------------------------- */

struct fate {
	enum habit habit;
	int error;
	const char *sentence;
};

static const struct fate fates[] = {
	{WRONG_SEQ, -ETIMEDOUT, "netlink: task-get: no answer within 5 seconds"},
	{WRONG_PORT, -ETIMEDOUT, "netlink: task-get: no answer within 5 seconds"},
	{NO_DONE, -ETIMEDOUT, "netlink: task-get: no answer within 5 seconds"},
	{WRONG_FAMILY, -EPROTO, "netlink: task-get: an answer to something else"},
	{WRONG_COMMAND, -EPROTO, "netlink: task-get: an answer to something else"},
	{CUT, -EPROTO, "netlink: task-get: a message that is cut short"},
	{TINY, -EPROTO, "netlink: task-get: a message that is cut short"},
	{ZERO_LENGTH, -EPROTO, "netlink: task-get: a message that is cut short"},
	{TRUNCATED, -EPROTO, "netlink: task-get: an answer that is cut short"},
	{DONE_WITH_ERROR, -EINTR, "netlink: task-get: Interrupted system call"},
	{ERROR_AFTER_DATA, -EIO, "netlink: task-get: Input/output error"},
	{BAD_ERROR, -EPROTO, "netlink: task-get: an invalid error code"},
	{BAD_OBJECT, -EPROTO, "netlink: task-get: an object that makes no sense"},
	{STRANGERS_ONLY, -EPROTO, "netlink: task-get: only answers to other requests"},
};

/* Each ends in a sentence, and the next take is as if nothing had been. */
static void test_liars(void **state)
{
	struct pidns_snapshot *s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fates) / sizeof(fates[0]); i++) {
		peer->habit = fates[i].habit;
		peer->habit_left = peer->requests + 1;
		assert_int_equal(take(&s), fates[i].error);
		assert_string_equal(why, fates[i].sentence);
		assert_int_equal(take(&s), 0);
		assert_is_the_forest(s);
		assert_int_equal(pidns_snapshot_flags(s), 0);
		pidns_snapshot_unref(s);
	}
}

/* Objects of a sender that is not the kernel are as if they had not come. */
static void test_from_another(void **state)
{
	const struct pidns_task *const *tasks;
	struct pidns_snapshot *s;

	(void)state;
	peer->habit = FROM_ANOTHER;
	peer->habit_left = 1;
	assert_int_equal(take(&s), 0);
	assert_int_equal(pidns_snapshot_tasks(s, &tasks), 0);
	pidns_snapshot_unref(s);
}

static void test_strangers_first(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	peer->habit = STRANGERS_FIRST;
	peer->habit_left = 3;
	assert_int_equal(take(&s), 0);
	assert_is_the_forest(s);
	pidns_snapshot_unref(s);
}

/* ---- again ----------------------------------------------------------------------------------- */

static void assert_second_try_holds(enum habit habit)
{
	struct pidns_snapshot *s;

	peer->habit = habit;
	peer->habit_left = peer->requests + 1;
	assert_int_equal(take(&s), 0);
	assert_is_the_forest(s);
	assert_int_equal(pidns_snapshot_flags(s), 0);
	pidns_snapshot_unref(s);
}

static void test_second_try(void **state)
{
	(void)state;
	assert_second_try_holds(INTERRUPTED);
	assert_int_equal(peer->requests, 6);
	assert_second_try_holds(INTERRUPTED_AT_END);
	assert_second_try_holds(LOST);
	assert_second_try_holds(OVERRUN);
}

/* Three times and no more; then what there is. */
static void test_never_still(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	peer->habit = INTERRUPTED_AT_END;
	peer->habit_left = 1000;
	assert_int_equal(take(&s), 0);
	assert_is_the_forest(s);
	assert_int_equal(pidns_snapshot_flags(s), PIDNS_SNAPSHOT_RACED);
	assert_int_equal(peer->requests, 9);
	pidns_snapshot_unref(s);
}

static void test_always_lost(void **state)
{
	struct pidns_snapshot *s;

	(void)state;
	peer->habit = LOST;
	peer->habit_left = 1000;
	assert_int_equal(take(&s), -EIO);
	assert_string_equal(why, "netlink: answers are lost again and again");
	assert_int_equal(peer->requests, 3);
}

static void test_sees_all(void **state)
{
	const struct why reason = {why, sizeof(why)};

	(void)state;
	assert_int_equal(netlink_sees_all(&peer->nl, true, &reason), 0);
	assert_int_equal(netlink_sees_all(&peer->nl, false, &reason), -EACCES);
	assert_int_equal(peer->requests, 1);
}

#define with_peer(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_peer(test_take),
		with_peer(test_take_pidfd_inos),
		with_peer(test_take_without_rights),
		with_peer(test_take_ended_leader),
		with_peer(test_take_ended_leader_alone),
		with_peer(test_take_reapers),
		with_peer(test_take_chosen),
		with_peer(test_take_namespaces),
		with_peer(test_liars),
		with_peer(test_from_another),
		with_peer(test_strangers_first),
		with_peer(test_second_try),
		with_peer(test_never_still),
		with_peer(test_always_lost),
		with_peer(test_sees_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
