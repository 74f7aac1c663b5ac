// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages of the family "pidns": the first byte says of which kind, the rest is attributes. */
#include "fuzz.h"
#include "netlink/genl.h"

/* A copy that ends where the message does, aligned as a received one. */
static unsigned char *exact(const uint8_t *data, size_t size)
{
	unsigned char *copy = malloc(size + !size);

	must(copy);
	if (size)
		memcpy(copy, data, size);
	return copy;
}

static void feed_ns(const unsigned char *attrs, size_t size)
{
	struct raw_ns ns;

	if (genl_parse_ns(attrs, size, &ns) < 0)
		return;
	must(ns.ino && ns.known & PIDNS_NS_INO);
	if (ns.known & PIDNS_NS_STATE)
		must(pidns_state_name(ns.state));
	must(ns.reaper >= 0 && ns.last_pid >= 0);
	must(ns.reaper > 0 || !(ns.known & PIDNS_NS_REAPER) || ns.state == PIDNS_STATE_UNBORN ||
	     ns.state == PIDNS_STATE_DEAD);
}

static void feed_task(const unsigned char *attrs, size_t size)
{
	struct genl_task task;
	uint32_t i;

	if (genl_parse_task(attrs, size, &task) < 0)
		return;
	must(task.raw.pid > 0 && task.raw.tid > 0 && task.raw.ppid >= 0);
	must(task.raw.nr_vpids <= PIDNS_LEVEL_MAX + 1);
	must(!task.raw.nr_vpids == !(task.raw.known & PIDNS_TASK_VPIDS));
	for (i = 0; i < task.raw.nr_vpids; i++)
		must(task.raw.vpids[i] > 0);
	if (task.raw.known & PIDNS_TASK_COMM)
		must(strlen(task.raw.comm) < sizeof(task.comm));
}

static void feed_pidmap(const unsigned char *attrs, size_t size)
{
	static struct genl_pidmap map;

	if (genl_parse_pidmap(attrs, size, &map) == 0)
		must(map.ns_ino && map.block_size && map.nr_blocks <= GENL_BLOCKS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *attrs;

	if (!size)
		return 0;
	attrs = exact(data + 1, size - 1);
	if (data[0] % 3 == 0)
		feed_ns(attrs, size - 1);
	else if (data[0] % 3 == 1)
		feed_task(attrs, size - 1);
	else
		feed_pidmap(attrs, size - 1);
	free(attrs);
	return 0;
}
