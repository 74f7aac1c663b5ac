// SPDX-License-Identifier: GPL-2.0-or-later
/* forest-facts.c - everything known of the forest, and how it is told: a JSON object a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "forest.h"

size_t facts_add_ns(struct facts *facts, size_t count)
{
	size_t first = facts->nr_ns;

	facts->ns = grow(facts->ns, &facts->room_ns, first + count, sizeof(*facts->ns));
	memset(&facts->ns[first], 0, count * sizeof(*facts->ns));
	facts->nr_ns += count;
	return first;
}

struct fact_task *facts_add_task(struct facts *facts)
{
	struct fact_task *task;

	facts->tasks =
		grow(facts->tasks, &facts->room_tasks, facts->nr_tasks + 1, sizeof(*facts->tasks));
	task = &facts->tasks[facts->nr_tasks++];
	memset(task, 0, sizeof(*task));
	return task;
}

static int compare_places(const void *a, const void *b)
{
	const struct fact_task *x = *(const struct fact_task *const *)a;
	const struct fact_task *y = *(const struct fact_task *const *)b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	if (x->numbers[x->nr - 1] != y->numbers[y->nr - 1])
		return x->numbers[x->nr - 1] < y->numbers[y->nr - 1] ? -1 : 1;
	return 0;
}

/* The builder's number for the task that has `number` in that namespace; 0: not one of ours. */
static pid_t outer_number(struct fact_task **sorted, size_t count, size_t ns, pid_t number)
{
	struct fact_task wanted = {.ns = ns, .nr = 1, .numbers = {number}};
	const struct fact_task *key = &wanted;
	struct fact_task **found;

	found = bsearch(&key, sorted, count, sizeof(*sorted), compare_places);
	return found ? (*found)->numbers[0] : 0;
}

void facts_link(struct facts *facts)
{
	struct fact_task **sorted = calloc(facts->nr_tasks, sizeof(*sorted));
	size_t count = facts->nr_tasks;

	if (!sorted)
		fail(12, "facts");
	for (size_t i = 0; i < count; i++)
		sorted[i] = &facts->tasks[i];
	qsort(sorted, count, sizeof(*sorted), compare_places);
	for (size_t i = 0; i < count; i++) {
		struct fact_task *task = sorted[i];

		if (!task->pid)
			task->pid = outer_number(sorted, count, task->ns, task->inner_pid);
		if (!task->ppid && task->inner_ppid)
			task->ppid = outer_number(sorted, count, task->ns, task->inner_ppid);
		if (!task->ppid)
			task->ppid = facts->ns[task->ns].creator;
	}
	free(sorted);
}

/* Bytes as the code points of the same value, so that the reader gets the bytes back. */
static void print_text(const char *text)
{
	putchar('"');
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c < ' ' || *c == '"' || *c == '\\' || *c > '~')
			printf("\\u%04x", *c);
		else
			putchar(*c);
	}
	putchar('"');
}

static void print_ns(const struct facts *facts, size_t i)
{
	const struct fact_ns *ns = &facts->ns[i];

	printf("{\"what\": \"ns\", \"name\": \"%s\", \"ino\": %llu, \"parent\": ", ns->name,
	       (unsigned long long)ns->ino);
	if (i)
		printf("%llu", (unsigned long long)facts->ns[ns->parent].ino);
	else
		printf("null");
	printf(", \"depth\": %u, \"state\": \"%s\", \"held\": ", ns->depth, ns->state);
	if (ns->held)
		printf("\"%s\"", ns->held);
	else
		printf("null");
	printf(", \"holder\": %d, \"init\": %d, \"owner_uid\": %u, \"owner_ns\": %llu, "
	       "\"fork_errno\": %d}\n",
	       ns->holder, ns->init, ns->owner_uid, (unsigned long long)ns->owner_ns,
	       ns->fork_errno);
}

static void print_task(const struct facts *facts, const struct fact_task *task)
{
	printf("{\"what\": \"task\", \"ns\": %llu, \"pid\": %d, \"tid\": %d, \"vpids\": [",
	       (unsigned long long)facts->ns[task->ns].ino, task->pid, task->numbers[0]);
	for (unsigned int i = 0; i < task->nr; i++)
		printf("%s%d", i ? ", " : "", task->numbers[i]);
	printf("], \"ppid\": %d, \"vpgid\": %d, \"vsid\": %d, \"uid\": %u, \"state\": \"%c\", "
	       "\"has_joined\": %s, \"ns_for_children\": %llu, \"comm\": ",
	       task->ppid, task->inner_pgid, task->inner_sid, task->uid, task->state,
	       task->is_joined ? "true" : "false",
	       (unsigned long long)facts->ns[task->ns_for_children].ino);
	print_text(task->comm);
	puts("}");
}

void facts_print(const struct facts *facts, bool with_tasks)
{
	for (size_t i = 0; i < facts->nr_ns; i++)
		if (facts->ns[i].is_planted)
			print_ns(facts, i);
	for (size_t i = 0; with_tasks && i < facts->nr_tasks; i++)
		if (!facts->tasks[i].is_gone)
			print_task(facts, &facts->tasks[i]);
	puts("{\"what\": \"ready\"}");
	fflush(stdout);
}
