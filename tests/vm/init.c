// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * init.c - the guest's first process: mounts what a userland expects, runs one command, and tells
 * the host what it wrote and how it ended through I/O ports of its own, where no kernel message
 * can get in between.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Where tests/vm/run has put QEMU's isa-debugcon devices; 0x402 is the BIOS's. */
enum { PORT_STATUS = 0xe9, PORT_STDOUT = 0x502, PORT_STDERR = 0x503 };

/* Lists of strings, a NUL after each, as tests/vm/run writes them. */
#define ARGS_FILE "/vm/args"
#define ENV_FILE  "/vm/env"

static void die(const char *what)
{
	fprintf(stderr, "vm: %s: %s\n", what, strerror(errno));
	reboot(RB_AUTOBOOT);
	_exit(1);
}

static void port_write(unsigned short port, const char *bytes, size_t len)
{
	if (len)
		outsb(port, bytes, len);
}

/* Read a whole file, and split it at its NULs into a list that ends with NULL. */
static char **read_strings(const char *path)
{
	size_t size = 0, room = 4096, used = 0;
	char *text = malloc(room), **list;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0 || !text)
		die(path);
	while ((got = read(fd, text + size, room - size)) > 0) {
		size += got;
		if (size == room && !(text = realloc(text, room *= 2)))
			die(path);
	}
	close(fd);
	list = calloc(size + 1, sizeof(*list));
	if (!list)
		die(path);
	for (char *at = text; at < text + size; at += strlen(at) + 1)
		list[used++] = at;
	return list;
}

static void mount_one(const char *type, const char *where, const char *options)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, options) && errno != EBUSY)
		fprintf(stderr, "vm: mount %s: %s\n", where, strerror(errno));
}

static void mount_all(void)
{
	mount_one("proc", "/proc", NULL);
	mount_one("sysfs", "/sys", NULL);
	mount_one("devtmpfs", "/dev", NULL);
	mount_one("devpts", "/dev/pts", "mode=620,ptmxmode=666");
	mount_one("tmpfs", "/dev/shm", "mode=1777");
	mount_one("tmpfs", "/tmp", "mode=1777");
	mount_one("tmpfs", "/run", "mode=755");
	mount_one("cgroup2", "/sys/fs/cgroup", NULL);
	if (symlink("/proc/self/fd", "/dev/fd") || symlink("fd/0", "/dev/stdin") ||
	    symlink("fd/1", "/dev/stdout") || symlink("fd/2", "/dev/stderr"))
		fprintf(stderr, "vm: /dev: %s\n", strerror(errno));
}

static void set_window_size(int tty, char **env)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};

	for (; *env; env++) {
		if (!strncmp(*env, "LINES=", 6))
			size.ws_row = atoi(*env + 6);
		if (!strncmp(*env, "COLUMNS=", 8))
			size.ws_col = atoi(*env + 8);
	}
	ioctl(tty, TIOCSWINSZ, &size);
}

/* The child's side: the command with its streams, or the reason why not and 126 or 127 as env(1). */
static void run_command(char **args, char **env, int in, int out, int err)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (isatty(in))
		ioctl(in, TIOCSCTTY, 0);
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	environ = env;
	if (chdir("/root"))
		fprintf(stderr, "vm: /root: %s\n", strerror(errno));
	execvp(args[0], args);
	fprintf(stderr, "vm: %s: %s\n", args[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

/* Pass on what is in the pipe now; 0 when there is nothing more for the moment. */
static ssize_t pump(int fd, unsigned short port)
{
	char bytes[4096];
	ssize_t got = read(fd, bytes, sizeof(bytes));

	if (got > 0)
		port_write(port, bytes, got);
	return got > 0 ? got : 0;
}

/* Reap everything, as an init must; true once the command itself has ended. */
static int reap(pid_t command, int *status)
{
	int ended = 0, got;
	pid_t pid;

	while ((pid = waitpid(-1, &got, WNOHANG)) > 0) {
		if (pid != command)
			continue;
		*status = got;
		ended = 1;
	}
	return ended;
}

/* Until the command ends: children it left behind may hold the pipes for ever. */
static int relay(pid_t command, int out, int err)
{
	struct pollfd fds[3] = {{.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
	struct signalfd_siginfo info;
	sigset_t chld;
	int status = 0;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	fds[2].fd = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	fds[2].events = POLLIN;
	for (;;) {
		if (reap(command, &status))
			break;
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			die("poll");
		if (read(fds[2].fd, &info, sizeof(info)) < 0 && errno != EAGAIN)
			die("signalfd");
		if (out >= 0 && !pump(out, PORT_STDOUT) && fds[0].revents & POLLHUP)
			fds[0].fd = -1;
		if (err >= 0 && !pump(err, PORT_STDERR) && fds[1].revents & POLLHUP)
			fds[1].fd = -1;
	}
	while (out >= 0 && pump(out, PORT_STDOUT))
		;
	while (err >= 0 && pump(err, PORT_STDERR))
		;
	return status;
}

static void pipe_open(int ends[2])
{
	if (pipe2(ends, O_CLOEXEC) || fcntl(ends[0], F_SETFL, O_NONBLOCK))
		die("pipe");
}

/* With a terminal on the host's side the second serial line is the command's terminal. */
static int run_on_terminal(char **args, char **env)
{
	int tty = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC), status;
	pid_t pid;

	if (tty < 0)
		die("/dev/ttyS1");
	set_window_size(tty, env);
	pid = fork();
	if (pid == 0)
		run_command(args, env, tty, tty, tty);
	status = pid < 0 ? 126 << 8 : relay(pid, -1, -1);
	tcdrain(tty);
	return status;
}

static int run_on_pipes(char **args, char **env)
{
	int out[2], err[2], null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	pid_t pid;

	pipe_open(out);
	pipe_open(err);
	pid = fork();
	if (pid == 0)
		run_command(args, env, null, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	return pid < 0 ? 126 << 8 : relay(pid, out[0], err[0]);
}

/* Lockdep that met a bug, or ran out of its tables, looks at nothing more: say so. */
static int lockdep_is_off(void)
{
	FILE *stats = fopen("/proc/lockdep_stats", "re");
	char line[256];
	int on = 1;

	while (stats && fgets(line, sizeof(line), stats))
		sscanf(line, " debug_locks: %d", &on);
	if (stats)
		fclose(stats);
	return !on;
}

static unsigned long read_tainted(void)
{
	FILE *file = fopen("/proc/sys/kernel/tainted", "re");
	unsigned long tainted = 0;

	if (file && fscanf(file, "%lu", &tainted) != 1)
		tainted = 0;
	if (file)
		fclose(file);
	return tainted;
}

int main(void)
{
	char **args, **env, report[80];
	int status, len;
	sigset_t chld;

	mount_all();
	if (ioperm(PORT_STATUS, 1, 1) || ioperm(PORT_STDOUT, 2, 1))
		die("ioperm");
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	if (sethostname("pidns-vm", 8))
		die("sethostname");
	args = read_strings(ARGS_FILE);
	env = read_strings(ENV_FILE);
	if (!args[0])
		die("no command");
	status = access("/vm/terminal", F_OK) ? run_on_pipes(args, env)
					      : run_on_terminal(args, env);
	status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	len = snprintf(report, sizeof(report), "status %d\ntainted %lu\nlockdep-off %d\n", status,
		       read_tainted(), lockdep_is_off());
	port_write(PORT_STATUS, report, len);
	reboot(RB_AUTOBOOT);
	return 1;
}
