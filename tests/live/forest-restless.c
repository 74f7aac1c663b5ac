// SPDX-License-Identifier: GPL-2.0-or-later
/* forest-restless.c - tasks that come and go while another process reads: hopping from number to
 * number, forking without end, and two namespaces that share one PID in turn. */
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "forest.h"

static void pass_time(unsigned int us)
{
	struct timespec span = {.tv_sec = us / 1000000, .tv_nsec = (us % 1000000) * 1000L};

	nanosleep(&span, NULL);
}

/* A process that forks a child and exits is another one a moment later, to all that look for PIDs.
 * What it leaves behind falls to the init, whose ignored SIGCHLD reaps it. */
static void run_hop(const struct node *node)
{
	signal(SIGCHLD, SIG_IGN);
	if (fork() != 0)
		return;
	for (;;) {
		pass_time(node->spec->period_us);
		if (fork() > 0)
			_exit(0);
	}
}

static void run_briefly(void)
{
	if (vfork() == 0)
		_exit(0);
}

/*
 * About four children at a time, each living for a period. A sleep takes a tick of the clock or two
 * and a fork copies much: so most are of those who share the memory, and are gone as soon as they are
 * there.
 */
static void run_churn(const struct node *node)
{
	enum { BRIEF = 16 };
	unsigned int period = node->spec->period_us;

	signal(SIGCHLD, SIG_IGN);
	if (fork() != 0)
		return;
	for (;;) {
		if (fork() == 0) {
			pass_time(period);
			_exit(0);
		}
		for (int i = 0; i < BRIEF; i++)
			run_briefly();
		pass_time(period / 4);
	}
}

/* From one child to a few hundred and back again: lists that grow while they are read. */
static void run_burst(const struct node *node)
{
	signal(SIGCHLD, SIG_IGN);
	if (fork() != 0)
		return;
	for (;;) {
		for (int i = 0; i < 200; i++)
			if (fork() == 0) {
				pass_time(node->spec->period_us);
				_exit(0);
			}
		pass_time(2 * node->spec->period_us);
	}
}

static const struct restless kinds[] = {
	{"hop", run_hop},
	{"churn", run_churn},
	{"burst", run_burst},
};

const struct restless *restless_find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(name, kinds[i].name) == 0)
			return &kinds[i];
	return NULL;
}

/* ---- One PID, two namespaces in turn --------------------------------------------------------- */

#define REUSE_VPID 77

struct reuse {
	int ns_fds[2];
	unsigned int period_us;
	pid_t pid;
};

/* The child has its parent's name from its first moment on. */
static pid_t start_numbered(const pid_t numbers[2], unsigned int period_us)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uint64_t)(uintptr_t)numbers,
		.set_tid_size = 2,
	};
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0) {
		pass_time(period_us);
		_exit(0);
	}
	return pid < 0 ? -errno : pid;
}

static void take_turns(const struct holder *holder)
{
	static const char *const names[] = {"reuse-0.0", "reuse-1.0"};
	const struct reuse *reuse = holder->arg;
	const pid_t numbers[2] = {REUSE_VPID, reuse->pid};

	for (unsigned int turn = 0;; turn ^= 1) {
		pid_t pid;

		task_set_name(names[turn]);
		if (setns(reuse->ns_fds[turn], CLONE_NEWPID) < 0)
			_exit(1);
		/* Another task may have been given the number: it will be free again. */
		pid = start_numbered(numbers, reuse->period_us);
		if (pid > 0)
			waitpid(pid, NULL, 0);
		else
			pass_time(reuse->period_us);
	}
}

/* Find a number that was free a moment ago, and see that it can be asked for. */
static int act_reuse(const struct holder *holder)
{
	struct reuse *reuse = holder->arg;
	pid_t numbers[2] = {REUSE_VPID, 0};
	pid_t pid;

	reuse->ns_fds[0] = dup(holder->ns_fd);
	if (setns(reuse->ns_fds[0], CLONE_NEWPID) < 0)
		return -errno;
	reuse->pid = fork();
	if (reuse->pid == 0)
		_exit(0);
	waitpid(reuse->pid, NULL, 0);
	numbers[1] = reuse->pid;
	pid = start_numbered(numbers, 0);
	if (pid < 0)
		return pid;
	waitpid(pid, NULL, 0);
	return reuse->pid;
}

int reuse_plant(struct forest *forest, unsigned int period_us)
{
	static struct spec spec;
	struct reuse reuse = {.period_us = period_us};
	struct holder holder = {
		.act = act_reuse, .rest = take_turns, .arg = &reuse, .comm = "reuse"};
	struct tree trees[2];
	int r, talk;
	pid_t pid;

	r = spec_parse("name=reuse,count=2", &spec);
	for (unsigned int i = 0; r == 0 && i < 2; i++) {
		trees[i] = forest_plant_tree(forest, &spec, i);
		reuse.ns_fds[i] = ns_open(trees[i].init.pid);
	}
	holder.ns_fd = reuse.ns_fds[0];
	holder.keep = reuse.ns_fds[1];
	r = holder_start(forest, &holder, trees[0].first, &pid, &talk);
	close(talk);
	close(reuse.ns_fds[0]);
	close(reuse.ns_fds[1]);
	return r;
}
