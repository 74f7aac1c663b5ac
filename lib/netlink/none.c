// SPDX-License-Identifier: LGPL-2.1-or-later
/* none.c - stands in for netlink/socket.c where the library is built without libnl. */
#include "internal.h"

#include <errno.h>

int netlink_socket_open(const struct why *why, struct netlink_socket **ret_socket)
{
	(void)ret_socket;
	return why_set(why, -EOPNOTSUPP, "netlink: left out of this build, which had no libnl");
}

struct netlink_socket *netlink_socket_close(struct netlink_socket *socket)
{
	(void)socket;
	return NULL;
}

int netlink_listen(void)
{
	return -EOPNOTSUPP;
}

struct netlink *netlink_socket_link(struct netlink_socket *socket)
{
	(void)socket;
	return NULL;
}
