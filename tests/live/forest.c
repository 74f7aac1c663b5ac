// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * forest.c - plant a forest of real PID namespaces, say what was planted, wait until stdin ends.
 *
 * Output: one JSON object a line, "what" being "ns", "task", "reuse", and "ready" when everything
 * stands still. Nothing outlives this process: not when it fails, not when it is killed.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "forest.h"

#define MAX_SPECS 64
#define SPARE	  256 /* stacks of holders */

struct plan {
	struct spec specs[MAX_SPECS];
	size_t nr_specs;
	size_t tasks;
	size_t room; /* for more tasks than are planted */
	unsigned int unborn;
	unsigned int reuse_us;
	bool with_tasks;
};

static const char usage_text[] =
	"usage: forest [--ns KEY=VALUE[,KEY=VALUE]…]… [--size S|M|L] [--unborn N] [--reuse US]\n"
	"              [--room TASKS] [--no-tasks]\n"
	"Plants PID namespaces, describes them in JSON lines, and clears them when stdin ends.\n"
	"keys: name count depth tasks threads zombies stopped leaderless joined uid user shared\n"
	"      comm period busy restless=hop|churn|burst end=zombie|fd|bind|pidfd|procfs|pinned\n";

_Noreturn void fail(int error, const char *format, ...)
{
	bool is_refused = error == EPERM || error == EACCES || error == ENOSPC || error == EAGAIN ||
			  error == ENOSYS || error == EUSERS;
	va_list args;

	fputs("forest: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(error));
	exit(is_refused ? 77 : 1);
}

void *grow(void *items, size_t *room, size_t need, size_t size)
{
	if (need <= *room)
		return items;
	*room = need + need / 2 + 16;
	items = realloc(items, *room * size);
	if (!items)
		fail(ENOMEM, "facts");
	return items;
}

static _Noreturn void usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static void add_spec(struct plan *plan, const char *text, bool is_size)
{
	struct spec *spec = &plan->specs[plan->nr_specs];

	if (plan->nr_specs == MAX_SPECS ||
	    (is_size ? spec_of_size(text, spec) : spec_parse(text, spec)) < 0) {
		fprintf(stderr, "forest: %s: cannot be planted\n", text);
		usage();
	}
	plan->tasks += spec_tasks(spec);
	plan->nr_specs++;
}

static void parse_options(int argc, char **argv, struct plan *plan)
{
	static const struct option options[] = {
		{"ns", required_argument, NULL, 'n'},
		{"size", required_argument, NULL, 's'},
		{"unborn", required_argument, NULL, 'u'},
		{"reuse", required_argument, NULL, 'r'},
		{"no-tasks", no_argument, NULL, 'q'},
		{"room", required_argument, NULL, 'm'},
		{NULL, 0, NULL, 0},
	};
	int option;

	plan->with_tasks = true;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'n' || option == 's')
			add_spec(plan, optarg, option == 's');
		else if (option == 'u')
			plan->unborn = (unsigned int)atoi(optarg);
		else if (option == 'r')
			plan->reuse_us = (unsigned int)atoi(optarg);
		else if (option == 'm')
			plan->room = (size_t)atol(optarg);
		else if (option == 'q')
			plan->with_tasks = false;
		else
			usage();
	}
	if (optind != argc)
		usage();
}

static void note_self(struct forest *forest)
{
	struct fact_task *task = facts_add_task(&forest->facts);

	task->numbers[0] = task->pid = task->inner_pid = getpid();
	task->nr = 1;
	task->ppid = getppid();
	task->inner_pgid = getpgrp();
	task->inner_sid = getsid(0);
	task->uid = geteuid();
	task->state = 'S';
	strcpy(task->comm, "forest");
}

/* Every signal that would end us ends the wait instead, also one that came while planting. */
static int catch_signals(void)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigaddset(&mask, SIGQUIT);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &mask, SFD_CLOEXEC);
}

static void wait_for_end(int signals)
{
	struct pollfd ends[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = signals, .events = POLLIN},
	};
	char text[256];

	for (;;) {
		if (poll(ends, 2, -1) < 0 && errno != EINTR)
			return;
		if (ends[1].revents)
			return;
		if (ends[0].revents && read(STDIN_FILENO, text, sizeof(text)) <= 0)
			return;
	}
}

int main(int argc, char **argv)
{
	static struct plan plan;
	struct forest forest = {.self = -1};
	int reused;

	parse_options(argc, argv, &plan);
	forest.signals = catch_signals();
	prctl(PR_SET_NAME, "forest");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (task_arena(plan.tasks + SPARE) < 0)
		fail(ENOMEM, "stacks");
	limits_make_room(plan.tasks + plan.room + SPARE);
	forest_open(&forest);
	note_self(&forest);
	for (size_t i = 0; i < plan.nr_specs; i++)
		forest_plant(&forest, &plan.specs[i]);
	for (unsigned int i = 0; i < plan.unborn; i++)
		ending_unborn(&forest, i);
	if (plan.reuse_us) {
		reused = reuse_plant(&forest, plan.reuse_us);
		if (reused < 0)
			fail(-reused, "choosing a PID");
		printf("{\"what\": \"reuse\", \"pid\": %d}\n", reused);
	}
	facts_link(&forest.facts);
	facts_print(&forest.facts, plan.with_tasks);
	wait_for_end(forest.signals);
	forest_clear(&forest);
	return 0;
}
