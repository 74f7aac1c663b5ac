// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * crowd.c - plants much of one kind, quickly, and keeps it until its standard input ends:
 *
 *   crowd mounts SPACES MOUNTS       mount namespaces with so many mounts each
 *   crowd zombies ZOMBIES SPACES     zombies, spread over so many PID namespaces
 *   crowd files FILES PROCESSES      descriptors of nsfs files, of each process
 *   crowd payloads DIR NR SOCKETS    NR containers' inits, each in DIR/lxc.payload.N-1, and sockets
 *
 * All is gone when it ends: what it forks dies with it.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int ready[2];

static void check(int r, const char *what)
{
	if (r < 0)
		err(EXIT_FAILURE, "%s", what);
}

static void say_ready(void)
{
	check((int)write(ready[1], "", 1), "pipe");
}

static void await(long nr)
{
	char c;

	close(ready[1]);
	for (long i = 0; i < nr; i++)
		if (read(ready[0], &c, 1) != 1)
			errx(EXIT_FAILURE, "a child has failed");
}

/* A child that dies with its parent: 0 in it. */
static pid_t fork_bound(void)
{
	pid_t pid = fork();

	check(pid, "fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

/* The same as init of a new PID namespace. */
static pid_t clone_init(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);

	check(pid, "clone");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

/* ---- mounts ---------------------------------------------------------------------------------- */

/* Bind mounts of a namespace file, in a folder deep enough to make their lines long. The first space
 * is filled, and each other is a copy of it. */
static void plant_mounts(long spaces, long mounts)
{
	char name[1024] = "/tmp/", *end = name + 5;
	int fd;

	check(unshare(CLONE_NEWNS), "unshare");
	check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "/");
	check(mount("crowd", "/tmp", "tmpfs", 0, "size=64m,nr_inodes=100k"), "/tmp");
	memset(end, 'x', 200);
	end += 200;
	*end = '\0';
	check(mkdir(name, 0755), name);
	for (long i = 0; i < mounts; i++) {
		snprintf(end, 32, "/%ld", i);
		fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		check(fd, name);
		close(fd);
		check(mount("/proc/self/ns/pid", name, NULL, MS_BIND, NULL), name);
	}
	for (long i = 1; i < spaces; i++) {
		if (fork_bound())
			continue;
		check(unshare(CLONE_NEWNS), "unshare");
		say_ready();
		pause();
	}
	await(spaces - 1);
}

/* ---- zombies --------------------------------------------------------------------------------- */

static void leave_zombies(long nr)
{
	for (long i = 0; i < nr; i++) {
		pid_t pid = fork();

		check(pid, "fork");
		if (!pid)
			_exit(0);
	}
}

static void plant_zombies(long zombies, long spaces)
{
	for (long i = 0; i < spaces; i++) {
		if (clone_init())
			continue;
		leave_zombies(zombies / spaces);
		say_ready();
		pause();
	}
	await(spaces);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void may_open(long nr)
{
	struct rlimit limit;

	check(getrlimit(RLIMIT_NOFILE, &limit), "RLIMIT_NOFILE");
	limit.rlim_cur = (rlim_t)nr + 64;
	if (limit.rlim_max < limit.rlim_cur)
		limit.rlim_max = limit.rlim_cur;
	check(setrlimit(RLIMIT_NOFILE, &limit), "RLIMIT_NOFILE");
}

static void plant_files(long nr, long processes)
{
	int fd = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);

	check(fd, "ns/pid");
	may_open(nr);
	for (long i = 1; i < nr; i++)
		check(fcntl(fd, F_DUPFD_CLOEXEC, 0), "fcntl");
	for (long i = 1; i < processes; i++) {
		if (fork_bound())
			continue;
		say_ready();
		pause();
	}
	await(processes - 1);
}

/* ---- containers ------------------------------------------------------------------------------ */

static void enter(const char *dir)
{
	char name[4128];
	int fd;

	snprintf(name, sizeof(name), "%s/cgroup.procs", dir);
	fd = open(name, O_WRONLY | O_CLOEXEC);
	check(fd, name);
	check((int)write(fd, "0", 1), name);
	close(fd);
}

static void plant_sockets(long nr)
{
	may_open(nr);
	for (long i = 0; i < nr; i++) {
		struct sockaddr_un name = {.sun_family = AF_UNIX};
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		int len;

		check(fd, "socket");
		len = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
			       "/var/lib/lxc/crowd-%d-%ld/command", getpid(), i);
		check(bind(fd, (struct sockaddr *)&name,
			   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)),
		      "bind");
	}
}

static pid_t *payloads;

static void plant_payloads(const char *dir, long nr, long sockets)
{
	char name[4096];

	payloads = calloc((size_t)nr, sizeof(*payloads));
	check(payloads ? 0 : -1, "memory");

	plant_sockets(sockets);
	for (long i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "%s/lxc.payload.crowd%ld-1", dir, i);
		if (mkdir(name, 0755) < 0 && errno != EEXIST)
			err(EXIT_FAILURE, "%s", name);
		payloads[i] = clone_init();
		if (payloads[i])
			continue;
		enter(name);
		check(close_range((unsigned int)ready[1] + 1, ~0U, 0), "close_range");
		say_ready();
		pause();
	}
	await(nr);
}

static void remove_payloads(const char *dir, long nr)
{
	char name[4096];

	for (long i = 0; i < nr; i++)
		kill(payloads[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	for (long i = 0; i < nr; i++) {
		snprintf(name, sizeof(name), "%s/lxc.payload.crowd%ld-1", dir, i);
		for (int tries = 0; rmdir(name) < 0 && errno == EBUSY && tries < 1000; tries++)
			usleep(1000);
	}
}

int main(int argc, char **argv)
{
	char c;

	if (argc < 3)
		errx(EXIT_FAILURE, "what, and how much?");
	check(pipe2(ready, O_CLOEXEC), "pipe");
	if (!strcmp(argv[1], "mounts") && argc == 4)
		plant_mounts(atol(argv[2]), atol(argv[3]));
	else if (!strcmp(argv[1], "zombies") && argc == 4)
		plant_zombies(atol(argv[2]), atol(argv[3]));
	else if (!strcmp(argv[1], "files") && argc == 4)
		plant_files(atol(argv[2]), atol(argv[3]));
	else if (!strcmp(argv[1], "payloads") && argc == 5)
		plant_payloads(argv[2], atol(argv[3]), atol(argv[4]));
	else
		errx(EXIT_FAILURE, "%s: what is that?", argv[1]);
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	if (!strcmp(argv[1], "payloads"))
		remove_payloads(argv[2], atol(argv[3]));
	return 0;
}
