// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mirror.c - mirror EVENTS: while processes and namespaces come and go, what a watch reports is kept
 * as any program would keep it, and compared with snapshots of another context.
 *
 * Other programs run on the machine, so it is never quiet: a difference counts once it has stayed.
 * Exit status: 0, 1 with what differs, 77: no events are to be had here.
 */
#include <errno.h>
#include <poll.h>
#include <pidnsinfo.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIDS_MAX 4194304
#define NS_MAX	 65536
#define ROUNDS	 5

/* What the events have told, by PID, and of namespaces in a list. */
static uint64_t starts[PIDS_MAX + 1]; /* 0: there is none */
static uint64_t inos[NS_MAX];
static size_t nr_inos;
static unsigned long nr_events, nr_lost;

static void fail(const char *what, uint64_t subject)
{
	printf("%s: %ju, after %lu events, %lu lost\n", what, (uintmax_t)subject, nr_events,
	       nr_lost);
	exit(1);
}

/* ---- churn ----------------------------------------------------------------------------------- */

static pid_t clone_ns(void)
{
	return (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
}

/* In a namespace: some children, one of them with a namespace of its own; the last are killed. */
static void live_inside(unsigned int depth)
{
	unsigned int i;

	prctl(PR_SET_NAME, "inside");
	for (i = 0; i < 3; i++)
		if (!fork())
			_exit(0);
	if (depth < 3 && !clone_ns()) {
		live_inside(depth + 1);
		_exit(0);
	}
	if (!fork())
		pause();
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void churn(unsigned long rounds)
{
	char *const argv[] = {(char *)(uintptr_t) "/proc/self/exe", (char *)(uintptr_t) "-", NULL};
	unsigned long i;

	for (i = 0; i < rounds; i++) {
		pid_t pid = i % 8 ? fork() : clone_ns();

		if (pid < 0)
			continue;
		if (!pid && !(i % 8)) {
			live_inside(0);
			_exit(0);
		}
		if (!pid && i % 16 == 1)
			execv(argv[0], argv);
		if (!pid) {
			prctl(PR_SET_NAME, i % 2 ? "odd" : "even");
			_exit(0);
		}
		/* Every fourth is left a zombie for a while. */
		if (i % 4)
			waitpid(pid, NULL, 0);
		else
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
	}
	while (wait(NULL) > 0)
		;
}

/* ---- the mirror ------------------------------------------------------------------------------ */

static size_t find_ns(uint64_t ino)
{
	size_t i;

	for (i = 0; i < nr_inos && inos[i] != ino; i++)
		;
	return i;
}

static void keep(const struct pidns_event *e)
{
	const struct pidns_ns *parent;

	nr_events++;
	switch (e->type) {
	case PIDNS_EVENT_NS_NEW:
		parent = pidns_ns_parent(e->ns);
		if (find_ns(e->ns->ino) < nr_inos)
			fail("a namespace is new twice", e->ns->ino);
		if (parent && find_ns(parent->ino) == nr_inos)
			fail("a namespace is new before its parent", e->ns->ino);
		inos[nr_inos++] = e->ns->ino;
		break;
	case PIDNS_EVENT_NS_GONE:
		if (find_ns(e->ns->ino) == nr_inos)
			fail("a namespace is gone that was not there", e->ns->ino);
		inos[find_ns(e->ns->ino)] = inos[nr_inos - 1];
		nr_inos--;
		break;
	case PIDNS_EVENT_TASK_NEW:
		if (starts[e->task->pid])
			fail("a task is new twice", (uint64_t)e->task->pid);
		if (find_ns(e->ns->ino) == nr_inos)
			fail("a task is new before its namespace", (uint64_t)e->task->pid);
		starts[e->task->pid] = e->task->start_ns;
		break;
	case PIDNS_EVENT_TASK_GONE:
		if (!starts[e->task->pid])
			fail("a task is gone that was not there", (uint64_t)e->task->pid);
		starts[e->task->pid] = 0;
		break;
	default:
		break;
	}
}

static void begin_with(struct pidns_watch *watch)
{
	struct pidns_snapshot *s = pidns_watch_snapshot(watch);
	const struct pidns_ns *const *namespaces;
	const struct pidns_task *const *tasks;
	size_t nr, i;

	memset(starts, 0, sizeof(starts));
	nr = pidns_snapshot_tasks(s, &tasks);
	for (i = 0; i < nr; i++)
		starts[tasks[i]->pid] = tasks[i]->start_ns + !tasks[i]->start_ns;
	nr_inos = pidns_snapshot_namespaces(s, &namespaces);
	for (i = 0; i < nr_inos; i++)
		inos[i] = namespaces[i]->ino;
	pidns_snapshot_unref(s);
}

static void follow(struct pidns_watch *watch, int timeout_ms)
{
	struct pollfd fd = {.fd = pidns_watch_fd(watch), .events = POLLIN};
	const struct pidns_event *event;
	int r;

	poll(&fd, 1, timeout_ms);
	while ((r = pidns_watch_next(watch, &event)) > 0) {
		if (event->type == PIDNS_EVENT_LOST) {
			nr_lost += event->count;
			begin_with(watch);
		} else {
			keep(event);
		}
	}
	if (r < 0)
		fail("pidns_watch_next", (uint64_t)-r);
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* How often a PID or a namespace was not as a fresh snapshot had it, one time after another. */
static unsigned char wrong[PIDS_MAX + 1];
static uint64_t wrong_ns[NS_MAX], wrong_ns_before[NS_MAX];
static size_t nr_wrong_ns, nr_wrong_ns_before;

static void compare_tasks(const struct pidns_snapshot *fresh)
{
	int32_t pid;

	for (pid = 1; pid <= PIDS_MAX; pid++) {
		const struct pidns_task *task;

		if (!starts[pid] && pid > 4000000)
			break;
		task = pidns_task_find(fresh, NULL, pid);
		wrong[pid] = (task ? task->start_ns : 0) == starts[pid] ||
					     (task && starts[pid] == 1)
				     ? 0
				     : wrong[pid] + 1;
		if (wrong[pid] == ROUNDS)
			fail(task ? "a task was not told of" : "a task is not there",
			     (uint64_t)pid);
	}
}

static void note_wrong_ns(uint64_t ino, unsigned int round)
{
	size_t i;

	for (i = 0; i < nr_wrong_ns_before && wrong_ns_before[i] != ino; i++)
		;
	if (round && i == nr_wrong_ns_before)
		return;
	wrong_ns[nr_wrong_ns++] = ino;
	if (round == ROUNDS - 1)
		fail("a namespace differs", ino);
}

static void compare_namespaces(const struct pidns_snapshot *fresh, unsigned int round)
{
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(fresh, &list), i;

	memcpy(wrong_ns_before, wrong_ns, nr_wrong_ns * sizeof(*wrong_ns));
	nr_wrong_ns_before = nr_wrong_ns;
	nr_wrong_ns = 0;
	for (i = 0; i < nr; i++)
		if (find_ns(list[i]->ino) == nr_inos && list[i]->state == PIDNS_STATE_ALIVE)
			note_wrong_ns(list[i]->ino, round);
	for (i = 0; i < nr_inos; i++)
		if (!pidns_ns_find(fresh, inos[i]))
			note_wrong_ns(inos[i], round);
}

/* The watch's own snapshot and that of another context, too. */
static void compare_names(struct pidns_watch *watch, const struct pidns_snapshot *fresh)
{
	struct pidns_snapshot *mine = pidns_watch_snapshot(watch);
	const struct pidns_task *const *tasks;
	size_t nr = pidns_snapshot_tasks(mine, &tasks), i;
	static unsigned char wrong_names[PIDS_MAX + 1];

	for (i = 0; i < nr; i++) {
		const struct pidns_task *other = pidns_task_find(fresh, NULL, tasks[i]->pid);
		bool same = !other || other->start_ns != tasks[i]->start_ns ||
			    (!strcmp(other->comm, tasks[i]->comm) &&
			     other->ns->ino == tasks[i]->ns->ino &&
			     other->nr_vpids == tasks[i]->nr_vpids &&
			     !memcmp(other->vpids, tasks[i]->vpids,
				     other->nr_vpids * sizeof(*other->vpids)));
		unsigned char *count = &wrong_names[tasks[i]->pid];

		/* The names of kernel threads change without a word: worker pools'. */
		if (pidns_task_vpid(tasks[i], NULL) && other && other->ppid == 2)
			continue;
		*count = same ? 0 : *count + 1;
		if (*count == ROUNDS)
			fail("a name or number differs", (uint64_t)tasks[i]->pid);
	}
	pidns_snapshot_unref(mine);
}

static void compare(struct pidns_watch *watch, struct pidns_ctx *other)
{
	struct pidns_snapshot *fresh;
	unsigned int round, i;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < 10; i++)
			follow(watch, 50);
		if (pidns_snapshot_take(other, NULL, &fresh) < 0)
			fail("pidns_snapshot_take", 0);
		compare_tasks(fresh);
		compare_namespaces(fresh, round);
		compare_names(watch, fresh);
		pidns_snapshot_unref(fresh);
	}
}

static struct pidns_ctx *open_bpf(void)
{
	const struct pidns_open_opts opts = {.size = sizeof(opts), .provider = "bpf"};
	struct pidns_ctx *ctx;

	return pidns_open(&opts, &ctx) < 0 ? NULL : ctx;
}

int main(int argc, char **argv)
{
	const struct pidns_watch_opts opts = {.size = sizeof(opts)};
	struct pidns_ctx *ctx, *other;
	struct pidns_watch *watch;
	unsigned long wanted;
	pid_t child;

	if (argc < 2 || *argv[1] == '-')
		return 0;
	wanted = strtoul(argv[1], NULL, 10);
	ctx = open_bpf();
	other = open_bpf();
	if (!ctx || !other || pidns_watch_open(ctx, &opts, &watch) < 0)
		return 77;
	if (strcmp(pidns_watch_source(watch), "bpf")) {
		printf("%s\n", pidns_watch_missing(watch));
		return 77;
	}
	begin_with(watch);
	while (nr_events < wanted) {
		child = fork();
		if (!child) {
			churn(2000);
			_exit(0);
		}
		while (waitpid(child, NULL, WNOHANG) == 0)
			follow(watch, 100);
		compare(watch, other);
	}
	printf("%lu events, %lu lost\n", nr_events, nr_lost);
	pidns_watch_close(watch);
	pidns_close(ctx);
	pidns_close(other);
	return 0;
}
