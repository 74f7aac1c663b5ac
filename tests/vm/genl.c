// SPDX-License-Identifier: GPL-2.0-or-later
/* genl.c - a generic netlink client of a hundred lines, on a raw socket. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "genl.h"

enum { DEFAULT_SIZE = 32768, TIMEOUT_MS = 20000 };

int genl_open(void)
{
	struct sockaddr_nl addr = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), one = 1;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one))) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

void genl_begin(struct genl_request *request, int family, int cmd, int flags)
{
	struct genlmsghdr *genl = (void *)(request->bytes + NLMSG_HDRLEN);

	memset(request, 0, sizeof(*request));
	request->nlh.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	request->nlh.nlmsg_type = family;
	request->nlh.nlmsg_flags = NLM_F_REQUEST | flags;
	request->nlh.nlmsg_seq = 1;
	genl->cmd = cmd;
	genl->version = 1;
}

void genl_put(struct genl_request *request, int type, const void *value, size_t len)
{
	struct nlattr *attr = (void *)(request->bytes + NLMSG_ALIGN(request->nlh.nlmsg_len));

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy((char *)attr + NLA_HDRLEN, value, len);
	request->nlh.nlmsg_len = NLMSG_ALIGN(request->nlh.nlmsg_len) + NLA_ALIGN(attr->nla_len);
}

void genl_put_uint(struct genl_request *request, int type, uint64_t value)
{
	uint32_t small = value;

	if (small == value)
		genl_put(request, type, &small, sizeof(small));
	else
		genl_put(request, type, &value, sizeof(value));
}

int genl_send(int fd, const struct genl_request *request)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t sent = sendto(fd, request, request->nlh.nlmsg_len, 0, (struct sockaddr *)&kernel,
			      sizeof(kernel));

	return sent < 0 ? -errno : 0;
}

uint64_t genl_uint(const struct nlattr *attr)
{
	uint64_t value = 0;

	if (attr)
		memcpy(&value, attr + 1, attr->nla_len - NLA_HDRLEN == 8 ? 8 : 4);
	return value;
}

const char *genl_string(const struct nlattr *attr)
{
	return attr ? (const char *)(attr + 1) : "";
}

/* Attributes lie between `at` and `end`; NULL after the last one. */
static const struct nlattr *next_attr(const char **at, const char *end)
{
	const struct nlattr *attr = (const void *)*at;

	if (end - *at < NLA_HDRLEN || attr->nla_len < NLA_HDRLEN || attr->nla_len > end - *at)
		return NULL;
	*at += NLA_ALIGN(attr->nla_len);
	return attr;
}

int genl_repeated(const struct genl_message *message, int type, uint64_t *values, int room)
{
	const char *end = (const char *)message->nlh + message->nlh->nlmsg_len;
	const char *at = (const char *)message->nlh + NLMSG_HDRLEN + GENL_HDRLEN;
	const struct nlattr *attr;
	int count = 0;

	while ((attr = next_attr(&at, end)))
		if ((attr->nla_type & NLA_TYPE_MASK) == type && count < room)
			values[count++] = genl_uint(attr);
	return count;
}

static void parse_message(const struct nlmsghdr *nlh, struct genl_message *message)
{
	const char *end = (const char *)nlh + nlh->nlmsg_len;
	const char *at = (const char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN;
	const struct nlattr *attr;

	memset(message, 0, sizeof(*message));
	message->nlh = nlh;
	while ((attr = next_attr(&at, end)))
		if ((attr->nla_type & NLA_TYPE_MASK) < GENL_MAX_ATTR)
			message->attrs[attr->nla_type & NLA_TYPE_MASK] = attr;
}

/* The extended ack behind an error: offsets are into the request, which is at hand as `sent`. */
static void parse_ack(const struct nlmsghdr *nlh, struct genl_answer *answer)
{
	const struct nlmsgerr *err = (const void *)((const char *)nlh + NLMSG_HDRLEN);
	size_t skip = sizeof(*err);
	const char *at, *end = (const char *)nlh + nlh->nlmsg_len;
	const struct nlattr *attr;
	uint32_t offset;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(err->msg.nlmsg_len) - sizeof(err->msg);
	at = (const char *)err + skip;
	while ((attr = next_attr(&at, end))) {
		if (attr->nla_type == NLMSGERR_ATTR_MSG)
			snprintf(answer->text, sizeof(answer->text), "%s", genl_string(attr));
		if (attr->nla_type == NLMSGERR_ATTR_MISS_TYPE)
			answer->miss_type = genl_uint(attr);
		if (attr->nla_type == NLMSGERR_ATTR_OFFS) {
			offset = genl_uint(attr);
			if (!(nlh->nlmsg_flags & NLM_F_CAPPED) &&
			    offset + NLA_HDRLEN <= err->msg.nlmsg_len)
				answer->bad_type =
					((const struct nlattr *)((const char *)&err->msg + offset))
						->nla_type;
		}
	}
}

/* One message: 1 when the answer goes on, 0 when it is complete, or the kernel's -errno. */
static int take_message(const struct nlmsghdr *nlh, genl_each each, void *data,
			struct genl_answer *answer)
{
	struct genl_message message;
	int err = 0;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = 1;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		if (nlh->nlmsg_len >= NLMSG_HDRLEN + sizeof(err))
			memcpy(&err, (const char *)nlh + NLMSG_HDRLEN, sizeof(err));
		if (nlh->nlmsg_type == NLMSG_ERROR)
			parse_ack(nlh, answer);
		return err;
	}
	answer->messages++;
	parse_message(nlh, &message);
	if (each)
		each(&message, data);
	return nlh->nlmsg_flags & NLM_F_MULTI ? 1 : 0;
}

int genl_receive_sized(int fd, size_t size, genl_each each, void *data, struct genl_answer *answer)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	struct genl_answer unwanted;
	char *buffer = malloc(size);
	int more = 1;

	answer = answer ? answer : &unwanted;
	memset(answer, 0, sizeof(*answer));
	while (more == 1) {
		unsigned int left;
		ssize_t got;

		if (poll(&poll_fd, 1, TIMEOUT_MS) != 1) {
			more = -ETIMEDOUT;
			break;
		}
		got = recv(fd, buffer, size, 0);
		if (got < 0) {
			more = -errno;
			break;
		}
		answer->receives++;
		left = (unsigned int)got;
		for (const struct nlmsghdr *nlh = (void *)buffer; more == 1 && NLMSG_OK(nlh, left);
		     nlh = NLMSG_NEXT(nlh, left))
			more = take_message(nlh, each, data, answer);
	}
	free(buffer);
	return more;
}

int genl_receive(int fd, genl_each each, void *data, struct genl_answer *answer)
{
	return genl_receive_sized(fd, DEFAULT_SIZE, each, data, answer);
}

int genl_ask(int fd, const struct genl_request *request, genl_each each, void *data,
	     struct genl_answer *answer)
{
	int err = genl_send(fd, request);

	return err ? err : genl_receive(fd, each, data, answer);
}

struct family {
	const char *group;
	int id;
	int group_id;
};

static void find_group(const struct nlattr *groups, struct family *family)
{
	const char *at = (const char *)(groups + 1), *end = (const char *)groups + groups->nla_len;
	const struct nlattr *group, *attr;

	while ((group = next_attr(&at, end))) {
		const char *in = (const char *)(group + 1);
		const char *stop = (const char *)group + group->nla_len;
		const char *name = "";
		int id = 0;

		while ((attr = next_attr(&in, stop))) {
			if (attr->nla_type == CTRL_ATTR_MCAST_GRP_NAME)
				name = genl_string(attr);
			if (attr->nla_type == CTRL_ATTR_MCAST_GRP_ID)
				id = genl_uint(attr);
		}
		if (family->group && !strcmp(name, family->group))
			family->group_id = id;
	}
}

static void take_family(const struct genl_message *message, void *data)
{
	struct family *family = data;
	const struct nlattr *id = message->attrs[CTRL_ATTR_FAMILY_ID];

	if (id)
		family->id = *(const uint16_t *)(id + 1);
	if (message->attrs[CTRL_ATTR_MCAST_GROUPS])
		find_group(message->attrs[CTRL_ATTR_MCAST_GROUPS], family);
}

static int find_family(int fd, const char *name, struct family *family)
{
	struct genl_request request;

	genl_begin(&request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	genl_put(&request, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	return genl_ask(fd, &request, take_family, family, NULL);
}

int genl_family(int fd, const char *name)
{
	struct family family = {0};
	int err = find_family(fd, name, &family);

	return err ? err : family.id;
}

int genl_group(int fd, const char *name, const char *group)
{
	struct family family = {.group = group};
	int err = find_family(fd, name, &family);

	if (err)
		return err;
	return family.group_id ? family.group_id : -ENOENT;
}
