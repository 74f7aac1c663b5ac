/* SPDX-License-Identifier: GPL-2.0-or-later */
/* message.h - netlink messages made by hand, right or wrong. Implemented in message.c. */
#ifndef PIDNS_TEST_MESSAGE_H
#define PIDNS_TEST_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

struct bytes {
	size_t len;
	_Alignas(8) unsigned char at[8192];
};

/* One attribute with these bytes for a value, padded. */
void put_attr(struct bytes *b, uint16_t type, const void *value, size_t len);
void put_u32(struct bytes *b, uint16_t type, uint32_t value);
void put_u64(struct bytes *b, uint16_t type, uint64_t value);
void put_string(struct bytes *b, uint16_t type, const char *text);
/* Only the head of an attribute, which claims that length. */
void put_claim(struct bytes *b, uint16_t type, uint16_t len);

/* A namespace and a task as the kernel tells them, with what every reply has. */
void put_ns(struct bytes *b, uint64_t ino, uint64_t parent);
void put_task(struct bytes *b, uint64_t ns, uint32_t tid, uint32_t vpid);
/* A thread of the process tgid, which has so many. vpid 0: it has one number only. */
void put_thread(struct bytes *b, uint64_t ns, uint32_t tgid, uint32_t tid, uint32_t vpid,
		char state, uint32_t threads);

#endif /* PIDNS_TEST_MESSAGE_H */
