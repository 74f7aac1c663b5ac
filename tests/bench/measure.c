// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * measure.c - run one command and say what it cost: CPU time and peak memory, as one JSON line.
 *
 * A program of its own because the peak memory of a child is never below that of
 * the process that started it (exec keeps the high-water mark), and the interpreter of the benchmark is large.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP_S  2.0 /* the first snapshots of a viewer are not what it costs to leave it open */
#define PATIENCE_S 5.0

struct options {
	unsigned int cpu_limit_s;
	unsigned int pty_s; /* on a terminal, for so long */
	bool is_inside;	    /* in a new PID namespace, with this one's /proc */
	bool is_traced;	    /* looked at when it ends: how much memory it has had to itself */
	char **command;
};

static double seconds_of(clockid_t clock)
{
	struct timespec now = {0};

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
	exit(1);
}

static _Noreturn void usage(void)
{
	fputs("usage: measure [--cpu-limit S] [--pty S] [--inside] [--private] COMMAND…\n", stderr);
	exit(2);
}

static _Noreturn void run(const struct options *options)
{
	struct rlimit limit = {.rlim_cur = options->cpu_limit_s, .rlim_max = RLIM_INFINITY};
	int nowhere;

	if (options->cpu_limit_s)
		setrlimit(RLIMIT_CPU, &limit);
	if (!options->pty_s) {
		nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
		dup2(nowhere, STDIN_FILENO);
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
	}
	if (options->is_traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(126);
	execvp(options->command[0], options->command);
	_exit(127);
}

/* What the command writes is read and thrown away until the end of the time. */
static void drain_until(int terminal, double end)
{
	struct pollfd ready = {.fd = terminal, .events = POLLIN};
	char text[65536];

	for (;;) {
		double left = end - seconds_of(CLOCK_MONOTONIC);

		if (left <= 0)
			return;
		if (poll(&ready, 1, (int)(left * 1000) + 1) > 0 &&
		    read(terminal, text, sizeof(text)) <= 0)
			return;
	}
}

/* Let a viewer run for its time, then ask it to leave. Returns its share of one CPU when warm. */
static double watch(const struct options *options, int terminal, pid_t pid)
{
	double start = seconds_of(CLOCK_MONOTONIC), warm, end, used;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0)
		die("clock");
	drain_until(terminal, start + WARM_UP_S);
	warm = seconds_of(CLOCK_MONOTONIC);
	used = seconds_of(clock);
	drain_until(terminal, warm + options->pty_s);
	end = seconds_of(CLOCK_MONOTONIC);
	used = seconds_of(clock) - used;
	if (write(terminal, "q", 1) < 0)
		kill(pid, SIGTERM);
	for (double late = end + PATIENCE_S; seconds_of(CLOCK_MONOTONIC) < late;) {
		siginfo_t info = {0};

		drain_until(terminal, seconds_of(CLOCK_MONOTONIC) + 0.05);
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid == pid)
			return used / (end - warm);
	}
	kill(pid, SIGKILL);
	return used / (end - warm);
}

static long kib_of(const char *status, const char *name)
{
	const char *at = strstr(status, name);

	return at ? strtol(at + strlen(name), NULL, 10) : 0;
}

/*
 * The peak without what is mapped of files, which does not shrink before the end: programs and
 * libraries, of which the kernel maps more or less around what is touched, whatever is in its cache.
 */
static long private_kib(pid_t pid)
{
	char name[32], status[8192];
	ssize_t len;
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/status", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);
	if (len < 0)
		die(name);
	close(fd);
	status[len] = '\0';
	return kib_of(status, "\nVmHWM:") - kib_of(status, "\nRssFile:");
}

/* Until the command ends; it stops when it is executed, and when it is about to exit. */
static int wait_for(pid_t pid, const struct options *options, long *ret_private,
		    struct rusage *ret_cost)
{
	int status, signal;

	for (;;) {
		if (wait4(pid, &status, 0, ret_cost) != pid)
			die("wait4");
		if (!options->is_traced || !WIFSTOPPED(status))
			return status;
		signal = WSTOPSIG(status);
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_EXIT << 8))
			*ret_private = private_kib(pid);
		else if (signal == SIGTRAP && ptrace(PTRACE_SETOPTIONS, pid, NULL,
						     PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL) < 0)
			die("ptrace");
		ptrace(PTRACE_CONT, pid, NULL, signal == SIGTRAP ? 0 : signal);
	}
}

static void parse(int argc, char **argv, struct options *ret_options)
{
	static const struct option known[] = {
		{"cpu-limit", required_argument, NULL, 'c'},
		{"pty", required_argument, NULL, 'p'},
		{"inside", no_argument, NULL, 'i'},
		{"private", no_argument, NULL, 'm'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
		if (option == 'c')
			ret_options->cpu_limit_s = (unsigned int)atoi(optarg);
		else if (option == 'p')
			ret_options->pty_s = (unsigned int)atoi(optarg);
		else if (option == 'i')
			ret_options->is_inside = true;
		else if (option == 'm')
			ret_options->is_traced = true;
		else
			usage();
	}
	ret_options->command = argv + optind;
	if (optind == argc)
		usage();
}

int main(int argc, char **argv)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	struct options options = {0};
	double start, share = 0;
	struct rusage cost;
	int terminal = -1, status;
	long private = 0;
	pid_t pid;

	parse(argc, argv, &options);
	if (options.is_inside && unshare(CLONE_NEWPID) < 0)
		die("unshare");
	setenv("TERM", "xterm-256color", 1);
	start = seconds_of(CLOCK_MONOTONIC);
	pid = options.pty_s ? forkpty(&terminal, NULL, NULL, &size) : fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		run(&options);
	if (options.pty_s)
		share = watch(&options, terminal, pid);
	status = wait_for(pid, &options, &private, &cost);
	printf("{\"status\": %d, \"user_ms\": %.3f, \"sys_ms\": %.3f, \"wall_ms\": %.3f, "
	       "\"peak_kib\": %ld, \"private_kib\": %ld, \"share\": %.5f}\n",
	       WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
	       (double)cost.ru_utime.tv_sec * 1e3 + (double)cost.ru_utime.tv_usec / 1e3,
	       (double)cost.ru_stime.tv_sec * 1e3 + (double)cost.ru_stime.tv_usec / 1e3,
	       (seconds_of(CLOCK_MONOTONIC) - start) * 1e3, cost.ru_maxrss, private, share);
	return 0;
}
