/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * genl.h - a generic netlink client of a hundred lines, on a raw socket: what a test sends is
 * exactly what it wrote. Implemented by genl.c.
 */
#ifndef VM_GENL_H
#define VM_GENL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

/* A request being written. Attributes go to the end; nothing is checked, by design. */
struct genl_request {
	union {
		struct nlmsghdr nlh;
		unsigned char bytes[8192];
	};
};

/* One message of an answer: attrs[type] is the last attribute of that type, or NULL. */
enum { GENL_MAX_ATTR = 64 };
struct genl_message {
	const struct nlmsghdr *nlh;
	const struct nlattr *attrs[GENL_MAX_ATTR];
};

/* What became of a request, beyond the messages themselves. */
struct genl_answer {
	int messages;	    /* that carried an object */
	int receives;	    /* calls of recvmsg(2) */
	int interrupted;    /* NLM_F_DUMP_INTR was seen */
	uint16_t bad_type;  /* attribute the extended ack points to, 0 without one */
	uint16_t miss_type; /* attribute it says is missing */
	char text[128];	    /* the extended ack's own words */
};

typedef void (*genl_each)(const struct genl_message *message, void *data);

int genl_open(void);					       /* a socket, or -errno */
int genl_family(int fd, const char *name);		       /* its message type, or -errno */
int genl_group(int fd, const char *family, const char *group); /* its number, or -errno */

void genl_begin(struct genl_request *request, int family, int cmd, int flags);
void genl_put(struct genl_request *request, int type, const void *value, size_t len);
void genl_put_uint(struct genl_request *request, int type, uint64_t value); /* 4 or 8 bytes */

int genl_send(int fd, const struct genl_request *request);

/* Receive until the answer is complete: 0, or the kernel's -errno, or -ETIMEDOUT. Buffer size 0 is
 * the default one. */
int genl_receive(int fd, genl_each each, void *data, struct genl_answer *answer);
int genl_receive_sized(int fd, size_t size, genl_each each, void *data, struct genl_answer *answer);

/* Both. */
int genl_ask(int fd, const struct genl_request *request, genl_each each, void *data,
	     struct genl_answer *answer);

/* Numbers are 4 or 8 bytes; an absent attribute is 0. */
uint64_t genl_uint(const struct nlattr *attr);
const char *genl_string(const struct nlattr *attr);

/* Attributes of one type, in their order; returns how many there are. */
int genl_repeated(const struct genl_message *message, int type, uint64_t *values, int room);

#endif
