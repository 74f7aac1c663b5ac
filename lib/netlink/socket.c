// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * socket.c - the link to the kernel: libnl opens the socket and resolves the family.
 *
 * What is asked then is received here: libnl would allocate for each message and wait for ever.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/pidns.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/handlers.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

#define MAX_SIGNALS 64

struct netlink_socket {
	struct netlink link;
	struct nl_sock *sk;
};

/* libnl has numbers of its own, and one for each cause that matters here. */
static int error_of(int nl_error)
{
	switch (abs(nl_error)) {
	case NLE_OBJ_NOTFOUND:
	case NLE_AF_NOSUPPORT:
	case NLE_PROTO_MISMATCH:
	case NLE_OPNOTSUPP:
		return -EOPNOTSUPP;
	case NLE_NOACCESS:
		return -EACCES;
	case NLE_PERM:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_AGAIN:
		return -ETIMEDOUT;
	default:
		return -EIO;
	}
}

/* errno is what libnl's numbers have lost. */
static int connect_failed(int nl_error, int error, const struct why *why)
{
	int r = error == EMFILE || error == ENFILE ? -error : error_of(nl_error);

	return why_set(why, r, "netlink: no socket: %s", nl_geterror(nl_error));
}

static int connect_socket(struct nl_sock *sk, const struct why *why)
{
	const struct timeval timeout = {.tv_sec = NETLINK_TIMEOUT_S};
	int r;

	errno = 0;
	r = genl_connect(sk);
	if (r < 0)
		return connect_failed(r, errno, why);
	if (setsockopt(nl_socket_get_fd(sk), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) <
	    0) {
		r = -errno;
		nl_close(sk);
		return why_set(why, r, "netlink: a socket that would wait for ever");
	}
	return 0;
}

static int resolve(struct netlink_socket *s, const struct why *why)
{
	int r = genl_ctrl_resolve(s->sk, PIDNS_FAMILY_NAME);

	if (r == -NLE_OBJ_NOTFOUND)
		return why_set(why, -EOPNOTSUPP, "netlink: no such family (kernel not patched?)");
	if (r < 0)
		return why_set(why, error_of(r), "netlink: resolving the family: %s",
			       nl_geterror(r));
	s->link.family = (uint16_t)r;
	return 0;
}

static int socket_send(void *arg, const void *bytes, size_t len)
{
	const struct netlink_socket *s = arg;
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t sent = sendto(nl_socket_get_fd(s->sk), bytes, len, 0, (struct sockaddr *)&kernel,
			      sizeof(kernel));

	return sent < 0 ? -errno : 0;
}

static int socket_receive(void *arg, void *buffer, size_t size, uint32_t *ret_port)
{
	const struct netlink_socket *s = arg;
	struct sockaddr_nl from = {0};
	socklen_t from_len;
	int signals = 0;
	ssize_t len;

	do {
		from_len = sizeof(from);
		len = recvfrom(nl_socket_get_fd(s->sk), buffer, size, MSG_TRUNC,
			       (struct sockaddr *)&from, &from_len);
	} while (len < 0 && errno == EINTR && signals++ < MAX_SIGNALS);
	if (len < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	*ret_port = from.nl_pid;
	return (int)len;
}

static int socket_reconnect(void *arg, const struct why *why, uint32_t *ret_port)
{
	struct netlink_socket *s = arg;
	int r;

	nl_close(s->sk);
	r = connect_socket(s->sk, why);
	if (r < 0)
		return r;
	*ret_port = nl_socket_get_local_port(s->sk);
	return 0;
}

static const struct netlink_link_ops socket_ops = {
	.send = socket_send,
	.receive = socket_receive,
	.reconnect = socket_reconnect,
};

/* The callbacks that print are chosen by an environment variable, unless they are chosen here. */
static struct nl_sock *new_sock(void)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	struct nl_sock *sk = cb ? nl_socket_alloc_cb(cb) : NULL;

	if (cb)
		nl_cb_put(cb);
	return sk;
}

int netlink_socket_open(const struct why *why, struct netlink_socket **ret_socket)
{
	struct netlink_socket *s = malloc(sizeof(*s));
	int r;

	if (!s)
		return why_set(why, -ENOMEM, "out of memory");
	s->link.ops = &socket_ops;
	s->link.arg = s;
	s->link.is_stale = false;
	s->link.seq = 0;
	s->sk = new_sock();
	r = s->sk ? connect_socket(s->sk, why) : why_set(why, -ENOMEM, "out of memory");
	if (r >= 0)
		r = resolve(s, why);
	if (r < 0) {
		netlink_socket_close(s);
		return r;
	}
	s->link.port = nl_socket_get_local_port(s->sk);
	*ret_socket = s;
	return 0;
}

struct netlink_socket *netlink_socket_close(struct netlink_socket *s)
{
	if (!s)
		return NULL;
	if (s->sk)
		nl_socket_free(s->sk);
	free(s);
	return NULL;
}

struct netlink *netlink_socket_link(struct netlink_socket *s)
{
	return &s->link;
}

/* ---- the group ------------------------------------------------------------------------------- */

/* Only the initial network and PID namespaces can join; elsewhere the kernel refuses with EPERM.
 *
 * The membership is the socket's, of which a second descriptor is handed out. */
static int join(struct nl_sock *sk)
{
	int group = genl_ctrl_resolve_grp(sk, PIDNS_FAMILY_NAME, PIDNS_MCGRP_EVENTS);
	int r = group;

	if (r >= 0)
		r = nl_socket_add_membership(sk, group);
	if (r >= 0)
		r = nl_socket_set_nonblocking(sk);
	if (r < 0)
		return error_of(r);
	r = fcntl(nl_socket_get_fd(sk), F_DUPFD_CLOEXEC, 0);
	return r < 0 ? -errno : r;
}

int netlink_listen(void)
{
	const struct why untold = {NULL, 0};
	struct nl_sock *sk = new_sock();
	int r = sk ? connect_socket(sk, &untold) : -ENOMEM;

	if (r >= 0)
		r = join(sk);
	if (sk)
		nl_socket_free(sk);
	return r;
}
