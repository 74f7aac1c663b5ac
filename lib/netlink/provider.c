// SPDX-License-Identifier: LGPL-2.1-or-later
/* provider.c - a kernel with CONFIG_PID_NS_INFO, asked over generic netlink. */
#include "internal.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Effective, in the caller's own user namespace. Asked each time: rights come and go. */
static bool has_ptrace_capability(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	if (syscall(SYS_capget, &head, data) < 0)
		return false;
	return data[CAP_TO_INDEX(CAP_SYS_PTRACE)].effective & CAP_TO_MASK(CAP_SYS_PTRACE);
}

static int netlink_provider_open(const char *source, const struct why *why, void **ret_state)
{
	struct netlink_socket *socket;
	int r;

	if (source)
		return why_set(why, -EINVAL, "netlink: asks the running kernel, and no \"%s\"",
			       source);
	r = netlink_socket_open(why, &socket);
	if (r >= 0)
		*ret_state = socket;
	return r;
}

static void netlink_provider_close(void *state)
{
	netlink_socket_close(state);
}

static int netlink_provider_probe(const struct why *why)
{
	void *state;
	int r = netlink_provider_open(NULL, why, &state);

	if (r >= 0)
		netlink_provider_close(state);
	return r;
}

static int netlink_provider_suits(void *state, const struct why *why)
{
	return netlink_sees_all(netlink_socket_link(state), has_ptrace_capability(), why);
}

static int netlink_provider_take(void *state, const struct request *request, struct builder *b)
{
	return netlink_take(netlink_socket_link(state), has_ptrace_capability(), request, b);
}

static int netlink_provider_listen(void *state)
{
	(void)state;
	return netlink_listen();
}

const struct provider provider_netlink = {
	.name = "netlink",
	.flags = PIDNS_PROVIDER_COUNTS_PIDS,
	.probe = netlink_provider_probe,
	.open = netlink_provider_open,
	.suits = netlink_provider_suits,
	.take = netlink_provider_take,
	.listen = netlink_provider_listen,
	.close = netlink_provider_close,
};
