/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * internal.h - asking the family "pidns" over a netlink socket.
 *
 * A link carries bytes (netlink/socket.c, over libnl; the unit tests have one that lies). An
 * exchange is one request and the whole of its answer, of which nothing is believed that was not
 * asked for (netlink/exchange.c). A take is the exchanges that make a snapshot (netlink/take.c).
 */
#ifndef PIDNS_NETLINK_H
#define PIDNS_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/provider.h"
#include "base/util.h"

/* ---- links ----------------------------------------------------------------------------------- */

/* How long to wait for the kernel before it is said not to answer. */
#define NETLINK_TIMEOUT_S 5

struct netlink_link_ops {
	/* 0 or -Exxx. */
	int (*send)(void *arg, const void *bytes, size_t len);
	/* One datagram: its whole length, even if `size` was less, and its sender (0: the kernel);
	 * -ETIMEDOUT after NETLINK_TIMEOUT_S; -ENOBUFS: some were lost; -Exxx. */
	int (*receive)(void *arg, void *buffer, size_t size, uint32_t *ret_port);
	/* Leave behind whatever is under way. 0 and the new port; -Exxx and a sentence. */
	int (*reconnect)(void *arg, const struct why *why, uint32_t *ret_port);
};

/* More than the kernel puts into one datagram of a dump, 32 KiB. */
#define NETLINK_BUFFER_SIZE 65536

struct netlink {
	const struct netlink_link_ops *ops;
	void *arg;
	uint16_t family;
	bool is_stale; /* an answer was left in the middle: reconnect before the next request */
	uint32_t port; /* ours */
	uint32_t seq;
	_Alignas(8) unsigned char buffer[NETLINK_BUFFER_SIZE];
};

/*
 * netlink/socket.c: a socket, with the family resolved. 0; -EOPNOTSUPP: no such family, or no
 * netlink, in this kernel; -EACCES, -EPERM: sockets are denied; -EMFILE, -ENOMEM,
 * -ETIMEDOUT. All failures have a sentence.
 */
struct netlink_socket;
int netlink_socket_open(const struct why *why, struct netlink_socket **ret_socket);
struct netlink_socket *netlink_socket_close(struct netlink_socket *socket);
struct netlink *netlink_socket_link(struct netlink_socket *socket);

/*
 * A socket of its own in the multicast group "events", not blocking: the caller's to close.
 * -EOPNOTSUPP: no such group, or nothing is told in this network namespace; -EPERM; -Exxx.
 */
int netlink_listen(void);

/* ---- exchanges ------------------------------------------------------------------------------- */

struct netlink_request {
	const char *name; /* for a sentence: "ns-get" */
	size_t len;
	_Alignas(8) unsigned char bytes[128];
};

void netlink_request_init(struct netlink_request *request, const char *name, uint8_t command,
			  bool is_dump);
void netlink_put_u32(struct netlink_request *request, uint16_t type, uint32_t value);
void netlink_put_flag(struct netlink_request *request, uint16_t type);

/* What is done with each object; a negative return ends the exchange, and is returned by it. */
typedef int (*netlink_object_fn)(void *arg, const void *attrs, size_t len);

#define NETLINK_INTERRUPTED 1 /* what was told is not of one moment */

/*
 * 0; NETLINK_INTERRUPTED; -ENOENT, -ESRCH: there is no such object; -ENOBUFS: a part was lost.
 * With a sentence: -ETIMEDOUT; -EPROTO: what came is no answer; -Exxx: what the kernel answered.
 */
int netlink_ask(struct netlink *nl, struct netlink_request *request, netlink_object_fn object,
		void *arg, const struct why *why);

/* ---- takes ----------------------------------------------------------------------------------- */

/* has_ptrace: the caller's CAP_SYS_PTRACE, which the kernel asks for where the namespace belongs. */
int netlink_take(struct netlink *nl, bool has_ptrace, const struct request *request,
		 struct builder *b);
/* 0: the kernel will tell about every task; -EACCES with a sentence. */
int netlink_sees_all(struct netlink *nl, bool has_ptrace, const struct why *why);

#endif /* PIDNS_NETLINK_H */
