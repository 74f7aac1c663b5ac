// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-dump.c - what a dump of tasks costs beside reading status of the same tasks, interleaved in
 * one process: time a task, and the ratio. PIDNS_TASKS says how many tasks (default 3000). Like is
 * compared with like: what is only received with what is only read, and what has been looked
 * through for its numbers with the same. It fails when a dump of every fact, looked through, costs
 * more than 1/26 of a status that was only read.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "vm.h"

enum { ROUNDS = 9 };

/* With --instructions the guest's clock counts its instructions, and nothing else is running. */
static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int make_tasks(void *data)
{
	const char *text = getenv("PIDNS_TASKS");
	int count = text ? atoi(text) : 3000;

	for (int i = 0; i < count; i++)
		vm_sleeper(0);
	vm_gate_open(data, count);
	return pause();
}

/* The numbers in all namespaces, as text. */
static int find_numbers(const char *text)
{
	const char *line = strstr(text, "\nNSpid:");
	unsigned long vpids[VM_LEVELS];
	int levels = 0;
	char *end;

	if (!line)
		return 0;
	line += strlen("\nNSpid:");
	for (; levels < VM_LEVELS; line = end) {
		vpids[levels] = strtoul(line, &end, 10);
		if (end == line)
			break;
		levels++;
	}
	return levels > 0 && vpids[0] > 0;
}

static int read_one(const char *name, bool look)
{
	char path[300], text[8192];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/status", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got <= 0)
		return 0;
	text[got] = 0;
	return look ? find_numbers(text) : 1;
}

/* getdents, then open, read and close of each status: what a tool does today. */
static int read_status(bool look)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			count += read_one(entry->d_name, look);
	closedir(proc);
	return count;
}

/* What a reader cannot do without: look at the type of each attribute, and take the numbers. */
static int take_numbers(const struct nlmsghdr *nlh)
{
	const char *at = (const char *)nlh + NLMSG_HDRLEN + GENL_HDRLEN;
	const char *end = (const char *)nlh + nlh->nlmsg_len;
	const struct nlattr *attr;
	uint32_t vpids[VM_LEVELS];
	int levels = 0;

	for (; at + NLA_HDRLEN <= end; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const void *)at;
		if (attr->nla_type == PIDNS_A_TASK_VPID && levels < VM_LEVELS)
			memcpy(&vpids[levels++], attr + 1, sizeof(*vpids));
	}
	return levels > 0 && vpids[0] > 0;
}

static int dump(int fd, uint32_t facts, bool look)
{
	static char buffer[32768];
	struct genl_request request;
	unsigned int left;
	int count = 0;

	genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, NLM_F_DUMP);
	genl_put(&request, PIDNS_A_TASK_FACTS, &facts, sizeof(facts));
	genl_put(&request, PIDNS_A_TASK_LEADERS, NULL, 0);
	vm_must(!genl_send(fd, &request), "dump");
	for (;;) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), 0);

		vm_must(got > 0, "recv");
		left = (unsigned int)got;
		for (const struct nlmsghdr *nlh = (void *)buffer; NLMSG_OK(nlh, left);
		     nlh = NLMSG_NEXT(nlh, left)) {
			vm_must(nlh->nlmsg_type != NLMSG_ERROR, "answer");
			if (nlh->nlmsg_type == NLMSG_DONE)
				return count;
			count += look ? take_numbers(nlh) : 1;
		}
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *values)
{
	double sorted[ROUNDS];

	memcpy(sorted, values, sizeof(sorted));
	qsort(sorted, ROUNDS, sizeof(*sorted), compare);
	return sorted[ROUNDS / 2];
}

enum {
	/* name, state, uid, vpgid, vsid and VmRSS are in status, too. */
	AS_STATUS = PIDNS_TASK_FACTS_GROUPS | PIDNS_TASK_FACTS_CREDS | PIDNS_TASK_FACTS_COMM |
		    PIDNS_TASK_FACTS_MEMORY,
	EVERY = AS_STATUS | PIDNS_TASK_FACTS_CPU | PIDNS_TASK_FACTS_CHILDREN,
};

/* The status that was only read, and the one that was looked through, come first. */
static struct way {
	const char *name;
	bool is_dump;
	uint32_t facts;
	bool look;
	double us[ROUNDS];
} ways[] = {
	{.name = "status"},
	{.name = "status_looked_through", .look = true},
	{.name = "dump_every_fact", .is_dump = true, .facts = EVERY},
	{.name = "dump_every_fact_looked_through", .is_dump = true, .facts = EVERY, .look = true},
	{.name = "dump_as_status", .is_dump = true, .facts = AS_STATUS},
	{.name = "dump_as_status_looked_through",
	 .is_dump = true,
	 .facts = AS_STATUS,
	 .look = true},
	{.name = "dump_numbers", .is_dump = true},
	{.name = "dump_numbers_looked_through", .is_dump = true, .look = true},
};
enum { NR_WAYS = sizeof(ways) / sizeof(*ways) };

static int measure(int fd, int round)
{
	int count = 0;

	for (struct way *way = ways; way < ways + NR_WAYS; way++) {
		double begin = now_us();

		count = way->is_dump ? dump(fd, way->facts, way->look) : read_status(way->look);
		way->us[round] = (now_us() - begin) / count;
	}
	return count;
}

int main(void)
{
	int fd = vm_socket(), count = 0;
	struct vm_gate gate;
	pid_t init;

	vm_gate_init(&gate);
	init = vm_child(CLONE_NEWPID, make_tasks, &gate);
	vm_gate_wait(&gate);
	for (int round = 0; round < ROUNDS; round++)
		count = measure(fd, round);
	printf("tasks %d\n", count);
	for (const struct way *way = ways; way < ways + NR_WAYS; way++)
		printf("%s_us %.2f ratio 1/%.1f\n", way->name, median(way->us),
		       median(ways[way->look].us) / median(way->us));
	vm_kill(init);
	return median(ways[0].us) / median(ways[3].us) < 26;
}
