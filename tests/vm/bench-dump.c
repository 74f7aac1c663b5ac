// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * bench-dump.c - what a dump of tasks costs beside reading status of the same tasks, interleaved in
 * one process: time a task, and the ratio. PIDNS_TASKS says how many tasks (default 3000). It fails
 * when the numbers of a task, in all namespaces, cost more than 1/26 of its status.
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

/* getdents, then open, read and close of each status: what a tool does today. */
static int read_status(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char path[300], text[8192];
	int count = 0, fd;

	while ((entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/status", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		count += read(fd, text, sizeof(text)) > 0;
		close(fd);
	}
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

static int dump(int fd, long facts)
{
	static char buffer[32768];
	struct genl_request request;
	uint32_t wanted = facts;
	unsigned int left;
	int count = 0;

	genl_begin(&request, vm_family(), PIDNS_CMD_TASK_GET, NLM_F_DUMP);
	if (facts >= 0)
		genl_put(&request, PIDNS_A_TASK_FACTS, &wanted, sizeof(wanted));
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
			count += take_numbers(nlh);
		}
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), compare);
	return values[ROUNDS / 2];
}

int main(void)
{
	double status[ROUNDS], full[ROUNDS], numbers[ROUNDS], begin;
	int fd = vm_socket(), count = 0;
	struct vm_gate gate;
	pid_t init;

	vm_gate_init(&gate);
	init = vm_child(CLONE_NEWPID, make_tasks, &gate);
	vm_gate_wait(&gate);
	for (int i = 0; i < ROUNDS; i++) {
		begin = now_us();
		count = read_status();
		status[i] = (now_us() - begin) / count;
		begin = now_us();
		count = dump(fd, -1);
		full[i] = (now_us() - begin) / count;
		begin = now_us();
		count = dump(fd, 0);
		numbers[i] = (now_us() - begin) / count;
	}
	printf("tasks %d\n", count);
	printf("status_us %.2f\n", median(status));
	printf("dump_us %.2f ratio 1/%.1f\n", median(full), median(status) / median(full));
	printf("dump_numbers_us %.2f ratio 1/%.1f\n", median(numbers),
	       median(status) / median(numbers));
	vm_kill(init);
	return median(status) / median(numbers) < 26;
}
