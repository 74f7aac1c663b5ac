// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * exchange.c - one request, and the whole of its answer.
 *
 * Only what the kernel itself sent, to this socket, to this very request, in one piece, is taken
 * for the answer. Whatever else arrives is passed over, but not for ever.
 */
#include "internal.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/pidns.h>
#include <string.h>

/* Datagrams in a row with nothing for us in them. */
#define MAX_STRANGERS 1024

/* ---- requests -------------------------------------------------------------------------------- */

static void append(struct netlink_request *request, const void *bytes, size_t len)
{
	memcpy(request->bytes + request->len, bytes, len);
	request->len += NLMSG_ALIGN(len);
}

void netlink_request_init(struct netlink_request *request, const char *name, uint8_t command,
			  bool is_dump)
{
	const struct nlmsghdr head = {
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | (is_dump ? NLM_F_DUMP : 0)),
	};
	const struct genlmsghdr genl = {.cmd = command, .version = PIDNS_FAMILY_VERSION};

	*request = (struct netlink_request){.name = name};
	append(request, &head, sizeof(head));
	append(request, &genl, sizeof(genl));
}

void netlink_put_u32(struct netlink_request *request, uint16_t type, uint32_t value)
{
	const struct nlattr head = {.nla_len = sizeof(head) + sizeof(value), .nla_type = type};

	append(request, &head, sizeof(head));
	append(request, &value, sizeof(value));
}

void netlink_put_flag(struct netlink_request *request, uint16_t type)
{
	const struct nlattr head = {.nla_len = sizeof(head), .nla_type = type};

	append(request, &head, sizeof(head));
}

/* ---- answers --------------------------------------------------------------------------------- */

struct exchange {
	struct netlink *nl;
	const struct netlink_request *request;
	netlink_object_fn object;
	void *arg;
	const struct why *why;
	struct nlmsghdr asked;
	uint8_t command;
	bool is_interrupted;
	bool is_done;
	bool was_for_us; /* something of the datagram at hand */
};

static int nonsense(const struct exchange *x, const char *what)
{
	return why_set(x->why, -EPROTO, "netlink: %s: %s", x->request->name, what);
}

static bool is_dump(const struct exchange *x)
{
	return (x->asked.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
}

/* What the kernel answers instead of an object, or at the end: a negative errno, or 0. */
static int end_exchange(struct exchange *x, const struct nlmsghdr *message)
{
	int32_t error = 0;

	/* The end of a dump has had a status since Linux 2.6; without one it is taken for good. */
	if (message->nlmsg_len >= NLMSG_LENGTH(sizeof(error)))
		memcpy(&error, NLMSG_DATA(message), sizeof(error));
	else if (message->nlmsg_type == NLMSG_ERROR)
		return nonsense(x, "an error without a code");
	x->is_done = true;
	if (!error && message->nlmsg_type == NLMSG_ERROR)
		return nonsense(x, "done, but with no answer");
	if (error > 0 || error < -4095)
		return nonsense(x, "an invalid error code");
	if (!error || error == -ENOENT || error == -ESRCH || error == -ENOBUFS)
		return error;
	return why_set(x->why, error, "netlink: %s: %s", x->request->name, strerror(-error));
}

static int take_object(struct exchange *x, const struct nlmsghdr *message)
{
	const struct genlmsghdr *genl = NLMSG_DATA(message);
	int r;

	if (message->nlmsg_type != x->nl->family ||
	    message->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN) || genl->cmd != x->command)
		return nonsense(x, "an answer to something else");
	if (!is_dump(x))
		x->is_done = true;
	r = x->object(x->arg, (const unsigned char *)genl + GENL_HDRLEN,
		      message->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN));
	return r == -EPROTO ? nonsense(x, "an object that makes no sense") : r;
}

static int take_message(struct exchange *x, const struct nlmsghdr *message)
{
	if (message->nlmsg_seq != x->asked.nlmsg_seq || message->nlmsg_pid != x->nl->port)
		return 0;
	x->was_for_us = true;
	x->is_interrupted |= (message->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
	switch (message->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_OVERRUN:
		return -ENOBUFS;
	case NLMSG_ERROR:
		return end_exchange(x, message);
	case NLMSG_DONE:
		return is_dump(x) ? end_exchange(x, message) : nonsense(x, "an end of nothing");
	default:
		return take_object(x, message);
	}
}

static int take_datagram(struct exchange *x, size_t len)
{
	const unsigned char *at = x->nl->buffer;
	int r = 0;

	while (r >= 0 && !x->is_done && len) {
		const struct nlmsghdr *message = (const void *)at;
		size_t step;

		if (len < sizeof(*message) || message->nlmsg_len < sizeof(*message) ||
		    message->nlmsg_len > len)
			return nonsense(x, "a message that is cut short");
		r = take_message(x, message);
		step = NLMSG_ALIGN(message->nlmsg_len);
		step = step < len ? step : len;
		at += step;
		len -= step;
	}
	return r;
}

static int receive(struct exchange *x)
{
	uint32_t from = 0;
	int len = x->nl->ops->receive(x->nl->arg, x->nl->buffer, sizeof(x->nl->buffer), &from);

	if (len == -ETIMEDOUT)
		return why_set(x->why, len, "netlink: %s: no answer within %d seconds",
			       x->request->name, NETLINK_TIMEOUT_S);
	if (len == -ENOBUFS)
		return len;
	if (len < 0)
		return why_set(x->why, len, "netlink: %s: %s", x->request->name, strerror(-len));
	x->was_for_us = false;
	if (from)
		return 0;
	if ((size_t)len > sizeof(x->nl->buffer))
		return nonsense(x, "an answer that is cut short");
	return take_datagram(x, (size_t)len);
}

static int receive_all(struct exchange *x)
{
	int strangers = 0, r;

	for (;;) {
		r = receive(x);
		if (r < 0 || x->is_done)
			return r;
		strangers = x->was_for_us ? 0 : strangers + 1;
		if (strangers > MAX_STRANGERS)
			return nonsense(x, "only answers to other requests");
	}
}

static int send_request(struct netlink *nl, struct netlink_request *request, struct nlmsghdr *ret,
			const struct why *why)
{
	struct nlmsghdr *head = (struct nlmsghdr *)(void *)request->bytes;
	int r = 0;

	if (nl->is_stale)
		r = nl->ops->reconnect(nl->arg, why, &nl->port);
	if (r < 0)
		return r;
	/* Until the whole of the answer is in. */
	nl->is_stale = true;
	head->nlmsg_len = (uint32_t)request->len;
	head->nlmsg_type = nl->family;
	head->nlmsg_seq = ++nl->seq;
	head->nlmsg_pid = nl->port;
	*ret = *head;
	r = nl->ops->send(nl->arg, request->bytes, request->len);
	return r < 0 ? why_set(why, r, "netlink: %s: %s", request->name, strerror(-r)) : 0;
}

int netlink_ask(struct netlink *nl, struct netlink_request *request, netlink_object_fn object,
		void *arg, const struct why *why)
{
	const struct genlmsghdr *genl = (const void *)(request->bytes + NLMSG_HDRLEN);
	struct exchange x = {
		.nl = nl,
		.request = request,
		.object = object,
		.arg = arg,
		.why = why,
		.command = genl->cmd,
	};
	int r = send_request(nl, request, &x.asked, why);

	if (r >= 0)
		r = receive_all(&x);
	nl->is_stale = !x.is_done;
	if (r < 0)
		return r;
	return x.is_interrupted ? NETLINK_INTERRUPTED : 0;
}
