// SPDX-License-Identifier: GPL-2.0-or-later
/* message.c - netlink messages made by hand, right or wrong. */
#include "message.h"

#include <linux/netlink.h>
#include <linux/pidns.h>
#include <stdlib.h>
#include <string.h>

static void put_bytes(struct bytes *b, const void *bytes, size_t len)
{
	if (b->len + NLA_ALIGN(len) > sizeof(b->at))
		abort();
	memset(b->at + b->len, 0, NLA_ALIGN(len));
	if (len)
		memcpy(b->at + b->len, bytes, len);
	b->len += NLA_ALIGN(len);
}

void put_claim(struct bytes *b, uint16_t type, uint16_t len)
{
	const struct nlattr head = {.nla_len = len, .nla_type = type};

	put_bytes(b, &head, sizeof(head));
}

void put_attr(struct bytes *b, uint16_t type, const void *value, size_t len)
{
	put_claim(b, type, (uint16_t)(NLA_HDRLEN + len));
	put_bytes(b, value, len);
}

void put_u32(struct bytes *b, uint16_t type, uint32_t value)
{
	put_attr(b, type, &value, sizeof(value));
}

void put_u64(struct bytes *b, uint16_t type, uint64_t value)
{
	put_attr(b, type, &value, sizeof(value));
}

void put_string(struct bytes *b, uint16_t type, const char *text)
{
	put_attr(b, type, text, strlen(text) + 1);
}

void put_ns(struct bytes *b, uint64_t ino, uint64_t parent)
{
	put_u64(b, PIDNS_A_NS_COOKIE, ino * 1000003);
	put_u32(b, PIDNS_A_NS_INO, (uint32_t)ino);
	if (parent) {
		put_u64(b, PIDNS_A_NS_PARENT, parent * 1000003);
		put_u32(b, PIDNS_A_NS_PARENT_INO, (uint32_t)parent);
	}
	put_u32(b, PIDNS_A_NS_LEVEL, parent ? 1 : 0);
	put_u32(b, PIDNS_A_NS_STATE, PIDNS_NS_STATE_ALIVE);
	put_u32(b, PIDNS_A_NS_USED, 7);
	put_u32(b, PIDNS_A_NS_OWNER_NS, 4026531837);
}

void put_thread(struct bytes *b, uint64_t ns, uint32_t tgid, uint32_t tid, uint32_t vpid,
		char state, uint32_t threads)
{
	put_u32(b, PIDNS_A_TASK_NS_INO, (uint32_t)ns);
	put_u32(b, PIDNS_A_TASK_TID, tid);
	put_u32(b, PIDNS_A_TASK_TGID, tgid);
	put_u32(b, PIDNS_A_TASK_PPID, 1);
	put_u32(b, PIDNS_A_TASK_VPID, tid);
	if (vpid)
		put_u32(b, PIDNS_A_TASK_VPID, vpid);
	put_u32(b, PIDNS_A_TASK_STATE, (unsigned char)state);
	put_string(b, PIDNS_A_TASK_COMM, "someone");
	put_u64(b, PIDNS_A_TASK_START, 1);
	put_u32(b, PIDNS_A_TASK_THREADS, threads);
}

void put_task(struct bytes *b, uint64_t ns, uint32_t tid, uint32_t vpid)
{
	put_thread(b, ns, tid, tid, vpid, 'S', 1);
}
