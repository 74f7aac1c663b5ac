// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * take.c - what one snapshot costs a process that takes many: CPU milliseconds, as one JSON line.
 *
 * Beside it, what any program pays for the same facts that asks /proc in the plain way: a readlink
 * of ns/pid and a read of status for each task, of which nothing is kept.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pidnsinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 1000

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "take: %s: %s\n", what, why);
	exit(1);
}

static double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* ---- what changes in between ----------------------------------------------------------------- */

#define CHANGES_MAX 1000

/* Half of the changes are ends, half are births. */
static void replace_children(pid_t *children, int changes)
{
	int i;

	for (i = 0; i < changes / 2; i++) {
		if (children[i]) {
			kill(children[i], SIGKILL);
			waitpid(children[i], NULL, 0);
		}
		children[i] = fork();
		if (children[i] < 0)
			die("fork", strerror(errno));
		if (!children[i]) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
	}
}

/* A process that forks has to copy each page that it writes to afterwards: so another process does.
 * Returns where to ask for changes, and where to hear that they are made. */
static int start_changing(int changes)
{
	static pid_t children[CHANGES_MAX / 2];
	int ends[2];
	char word;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		die("socketpair", strerror(errno));
	switch (fork()) {
	case -1:
		die("fork", strerror(errno));
	case 0:
		close(ends[0]);
		while (read(ends[1], &word, 1) == 1) {
			replace_children(children, changes);
			if (write(ends[1], &word, 1) != 1)
				break;
		}
		_exit(0);
	default:
		close(ends[1]);
		return ends[0];
	}
}

static void change(int changer)
{
	char word = '\n';

	if (write(changer, &word, 1) != 1 || read(changer, &word, 1) != 1)
		die("changes", "the process that makes them has ended");
}

/* ---- snapshots -------------------------------------------------------------------------------- */

/* The facts of one kind of snapshot. Exact occupancy is had without any task. */
static const int32_t no_pid;
static const struct kind {
	const char *name;
	struct pidns_take_opts opts;
} kinds[] = {
	{"namespaces",
	 {.size = sizeof(struct pidns_take_opts),
	  .ns_fields = PIDNS_NS_PIDS_USED | PIDNS_NS_LEVEL | PIDNS_NS_PARENT,
	  .pids = &no_pid}},
	{"numbers", {.size = sizeof(struct pidns_take_opts), .task_fields = PIDNS_TASK_VPIDS}},
	/* What the viewer shows of namespaces on 80 columns. */
	{"viewer",
	 {.size = sizeof(struct pidns_take_opts),
	  .ns_fields = PIDNS_NS_COOKIE | PIDNS_NS_PARENT | PIDNS_NS_REAPER | PIDNS_NS_REAPER_START |
		       PIDNS_NS_PROCESSES | PIDNS_NS_THREADS | PIDNS_NS_ZOMBIES |
		       PIDNS_NS_PIDS_USED | PIDNS_NS_PIDS_MAX | PIDNS_NS_STATE,
	  .task_fields = PIDNS_TASK_CPU | PIDNS_TASK_START | PIDNS_TASK_RSS}},
	{"everything",
	 {.size = sizeof(struct pidns_take_opts),
	  .ns_fields = PIDNS_FIELDS_ALL & ~PIDNS_NS_PIDMAP,
	  .task_fields = PIDNS_FIELDS_ALL}},
};

static const struct kind *find_kind(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	die(name, "neither namespaces nor numbers nor viewer nor everything");
}

static size_t take(struct pidns_ctx *ctx, const struct kind *kind)
{
	struct pidns_snapshot *snapshot;
	const struct pidns_task *const *tasks;
	int r = pidns_snapshot_take(ctx, &kind->opts, &snapshot);
	size_t nr;

	if (r < 0)
		die("a picture", strerror(-r));
	nr = pidns_snapshot_tasks(snapshot, &tasks);
	pidns_snapshot_unref(snapshot);
	return nr;
}

static void read_status(int task)
{
	static char text[8192];
	int fd = openat(task, "status", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text)) < 0)
		text[0] = '\0';
	close(fd);
}

static size_t ask_proc(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char link[64];
	size_t nr = 0;
	int task;

	if (!proc)
		die("/proc", strerror(errno));
	while ((entry = readdir(proc))) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9')
			continue;
		task = openat(dirfd(proc), entry->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (task < 0)
			continue;
		nr += readlinkat(task, "ns/pid", link, sizeof(link)) > 0;
		read_status(task);
		close(task);
	}
	closedir(proc);
	return nr;
}

static void print(double open_ms, double first_ms, double *each, int runs, size_t tasks)
{
	qsort(each, (size_t)runs, sizeof(*each), compare);
	printf("{\"open_ms\": %.3f, \"first_ms\": %.3f, \"take_ms\": %.3f, \"tasks\": %zu}\n",
	       open_ms, first_ms, each[runs / 2], tasks);
}

int main(int argc, char **argv)
{
	static double each[RUNS_MAX];
	char why[256] = "";
	struct pidns_open_opts opts = {.size = sizeof(opts), .why = why, .why_len = sizeof(why)};
	struct pidns_ctx *ctx = NULL;
	const struct kind *kind;
	double began, opened, first;
	size_t tasks;
	int changer = -1, i, runs = argc >= 4 ? atoi(argv[3]) : 0,
	    changes = argc == 5 ? atoi(argv[4]) : 0;

	if (runs < 1 || runs > RUNS_MAX || changes < 0 || changes > CHANGES_MAX)
		die("usage",
		    "take proc|PROVIDER namespaces|numbers|viewer|everything RUNS [CHANGES]");
	/* As pidns-top does: memory of one snapshot is kept for the next. */
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	kind = find_kind(argv[2]);
	if (changes)
		changer = start_changing(changes);
	began = cpu_ms();
	opts.provider = argv[1];
	if (strcmp(argv[1], "proc") && pidns_open(&opts, &ctx) < 0)
		die(argv[1], why);
	opened = cpu_ms();
	tasks = ctx ? take(ctx, kind) : ask_proc();
	first = cpu_ms();
	/* Who takes a second snapshot has a memory from then on: that is not yet what they all cost. */
	if (ctx && changes)
		take(ctx, kind);
	for (i = 0; i < runs; i++) {
		double start;

		if (changes)
			change(changer);
		start = cpu_ms();
		tasks = ctx ? take(ctx, kind) : ask_proc();
		each[i] = cpu_ms() - start;
	}
	print(opened - began, first - opened, each, runs, tasks);
	pidns_close(ctx);
	return 0;
}
