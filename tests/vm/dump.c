// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dump.c - print what the netlink family tells, a line for each object:
 *   dump ns | dump tasks [leaders] | dump pidmap | dump task TID
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/pidns.h>

#include "genl.h"

static const char *const ns_names[GENL_MAX_ATTR] = {
	[PIDNS_A_NS_COOKIE] = "cookie",	    [PIDNS_A_NS_INO] = "ino",
	[PIDNS_A_NS_PARENT] = "parent",	    [PIDNS_A_NS_PARENT_INO] = "parent_ino",
	[PIDNS_A_NS_LEVEL] = "level",	    [PIDNS_A_NS_STATE] = "state",
	[PIDNS_A_NS_REAPER] = "reaper",	    [PIDNS_A_NS_REAPER_START] = "reaper_start",
	[PIDNS_A_NS_USED] = "used",	    [PIDNS_A_NS_PEAK] = "peak",
	[PIDNS_A_NS_FAILURES] = "failures", [PIDNS_A_NS_LAST_PID] = "last_pid",
	[PIDNS_A_NS_PID_MAX] = "pid_max",   [PIDNS_A_NS_OWNER_UID] = "owner_uid",
	[PIDNS_A_NS_OWNER_NS] = "owner_ns", [PIDNS_A_NS_PROCESSES] = "processes",
	[PIDNS_A_NS_THREADS] = "threads",   [PIDNS_A_NS_ZOMBIES] = "zombies",
};

static const char *const task_names[GENL_MAX_ATTR] = {
	[PIDNS_A_TASK_NS] = "ns",
	[PIDNS_A_TASK_NS_INO] = "ns_ino",
	[PIDNS_A_TASK_CHILDREN_NS] = "children_ns",
	[PIDNS_A_TASK_CHILDREN_NS_INO] = "children_ns_ino",
	[PIDNS_A_TASK_TID] = "tid",
	[PIDNS_A_TASK_TGID] = "tgid",
	[PIDNS_A_TASK_PPID] = "ppid",
	[PIDNS_A_TASK_VPGID] = "vpgid",
	[PIDNS_A_TASK_VSID] = "vsid",
	[PIDNS_A_TASK_UID] = "uid",
	[PIDNS_A_TASK_RUID] = "ruid",
	[PIDNS_A_TASK_START] = "start",
	[PIDNS_A_TASK_CPU] = "cpu",
	[PIDNS_A_TASK_GROUP_CPU] = "group_cpu",
	[PIDNS_A_TASK_RSS] = "rss",
	[PIDNS_A_TASK_THREADS] = "threads",
};

static const char *const pidmap_names[GENL_MAX_ATTR] = {
	[PIDNS_A_PIDMAP_NS] = "ns",
	[PIDNS_A_PIDMAP_NS_INO] = "ns_ino",
	[PIDNS_A_PIDMAP_BLOCK_SIZE] = "block_size",
};

static void print_numbers(const struct genl_message *message, const char *const *names)
{
	const char *space = "";

	for (int type = 0; type < GENL_MAX_ATTR; type++) {
		if (!names[type])
			continue;
		printf("%s%s=", space, names[type]);
		space = " ";
		if (message->attrs[type])
			printf("%llu", (unsigned long long)genl_uint(message->attrs[type]));
		else
			printf("-");
	}
}

static void print_repeated(const struct genl_message *message, const char *name, int type)
{
	uint64_t values[256];
	int count = genl_repeated(message, type, values, 256);

	printf(" %s=", name);
	for (int i = 0; i < count; i++)
		printf("%s%llu", i ? "," : "", (unsigned long long)values[i]);
}

static void print_ns(const struct genl_message *message, void *data)
{
	(void)data;
	print_numbers(message, ns_names);
	putchar('\n');
}

static void print_task(const struct genl_message *message, void *data)
{
	(void)data;
	print_numbers(message, task_names);
	print_repeated(message, "vpids", PIDNS_A_TASK_VPID);
	printf(" state=%c", (int)genl_uint(message->attrs[PIDNS_A_TASK_STATE]));
	printf(" comm=%s\n", genl_string(message->attrs[PIDNS_A_TASK_COMM]));
}

static void print_pidmap(const struct genl_message *message, void *data)
{
	(void)data;
	print_numbers(message, pidmap_names);
	print_repeated(message, "used", PIDNS_A_PIDMAP_USED);
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct genl_request request;
	struct genl_answer answer;
	genl_each print = print_ns;
	int fd = genl_open(), family = fd < 0 ? fd : genl_family(fd, PIDNS_FAMILY_NAME), err;

	if (family < 0 || argc < 2) {
		fprintf(stderr, "dump: %s\n", argc < 2 ? "what?" : strerror(-family));
		return 1;
	}
	if (!strcmp(argv[1], "ns")) {
		genl_begin(&request, family, PIDNS_CMD_NS_GET, NLM_F_DUMP);
		genl_put(&request, PIDNS_A_NS_COUNT, NULL, 0);
	} else if (!strcmp(argv[1], "pidmap")) {
		genl_begin(&request, family, PIDNS_CMD_PIDMAP_GET, NLM_F_DUMP);
		print = print_pidmap;
	} else {
		print = print_task;
		genl_begin(&request, family, PIDNS_CMD_TASK_GET,
			   !strcmp(argv[1], "task") ? 0 : NLM_F_DUMP);
		if (!strcmp(argv[1], "task") && argc > 2)
			genl_put_uint(&request, PIDNS_A_TASK_TID, strtoull(argv[2], NULL, 10));
		else if (argc > 2)
			genl_put(&request, PIDNS_A_TASK_LEADERS, NULL, 0);
	}
	err = genl_ask(fd, &request, print, NULL, &answer);
	if (err)
		fprintf(stderr, "dump: %s %s\n", strerror(-err), answer.text);
	close(fd);
	return err != 0;
}
