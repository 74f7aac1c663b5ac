// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * refuse.c - in a guest, as root: each way that a fork or unshare can be refused, once, by a process of
 * a name of its own; and a line on what must be said of it: the name, the kind of limit, errno, used,
 * max ("-": whatever it is), and a part of the source.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char cgroups[] = "/tmp/refuse";

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		printf("# %s: %s\n", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void get(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, size - 1);

	text[len > 0 ? len : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

static void expect(const char *name, const char *kind, const char *error, const char *figures,
		   const char *source)
{
	printf("%s %s %s %s %s\n", name, kind, error, figures, source);
	fflush(stdout);
}

static void begin(const char *name)
{
	prctl(PR_SET_NAME, name);
}

/* One that must fail; where it does not, nothing is expected, and that is said. */
static int fork_fails(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		printf("# a fork succeeded\n");
	}
	return pid < 0;
}

/* ---- one function a way ---------------------------------------------------------------------- */

static void by_nproc(void)
{
	const struct rlimit limit = {1, 1};

	setrlimit(RLIMIT_NPROC, &limit);
	if (setresuid(1234, 1234, 1234) == 0 && fork_fails())
		expect("r-nproc", "nproc", "EAGAIN", "1 1", "RLIMIT_NPROC_of_uid_1234");
}

static void in_cgroup(const char *own, const char *outer)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/a/pids.max", cgroups);
	put(path, outer);
	snprintf(path, sizeof(path), "%s/a/b/pids.max", cgroups);
	put(path, own);
	snprintf(path, sizeof(path), "%s/a/b/cgroup.procs", cgroups);
	put(path, "0");
}

static void by_own_cgroup(void)
{
	in_cgroup("1", "9");
	if (fork_fails())
		expect("r-own", "cgroup-pids", "EAGAIN", "1 1", "/a/b/pids.max");
}

static void by_outer_cgroup(void)
{
	in_cgroup("9", "1");
	if (fork_fails())
		expect("r-outer", "cgroup-pids", "EAGAIN", "1 1", "/a/pids.max");
}

static void by_pid_max(void)
{
	pid_t pids[2048];
	size_t nr = 0;
	char old[32];

	get("/proc/sys/kernel/pid_max", old, sizeof(old));
	put("/proc/sys/kernel/pid_max", "400");
	while (nr < 2048 && (pids[nr] = fork()) > 0)
		nr++;
	if (nr < 2048 && !pids[nr])
		for (;;)
			pause();
	if (nr < 2048 && errno == EAGAIN)
		expect("r-pid-max", "pid-max", "EAGAIN", "- 400", "/proc/sys/kernel/pid_max");
	/* The watch reads it after the event. */
	sleep(3);
	put("/proc/sys/kernel/pid_max", old);
	while (nr--) {
		kill(pids[nr], SIGKILL);
		waitpid(pids[nr], NULL, 0);
	}
}

static void by_threads_max(void)
{
	char old[32];

	get("/proc/sys/kernel/threads-max", old, sizeof(old));
	put("/proc/sys/kernel/threads-max", "20");
	if (fork_fails())
		expect("r-threads", "threads-max", "EAGAIN", "null -",
		       "/proc/sys/kernel/threads-max");
	/* The watch reads it after the event. */
	sleep(3);
	put("/proc/sys/kernel/threads-max", old);
}

static void by_ucount(const char *type, int flag)
{
	char path[64], old[32], name[16], kind[32], source[64];

	snprintf(path, sizeof(path), "/proc/sys/user/max_%s_namespaces", type);
	get(path, old, sizeof(old));
	if (!*old)
		return;
	snprintf(name, sizeof(name), "r-%s", type);
	snprintf(kind, sizeof(kind), "%s-namespaces", type);
	snprintf(source, sizeof(source), "max_%s_namespaces_of_uid_0", type);
	begin(name);
	put(path, "0");
	if (unshare(flag) < 0)
		expect(name, kind, "ENOSPC", "0 0", source);
	put(path, old);
}

static void by_level(void)
{
	while (unshare(CLONE_NEWPID) == 0) {
		pid_t pid = fork();

		if (pid > 0) {
			waitpid(pid, NULL, 0);
			_exit(0);
		}
		if (pid < 0)
			_exit(1);
	}
	expect("r-level", "level", "ENOSPC", "32 32", "MAX_PID_NS_LEVEL");
}

static void by_user_level(void)
{
	while (unshare(CLONE_NEWUSER) == 0) {
		put("/proc/self/setgroups", "deny");
		put("/proc/self/uid_map", "0 0 1");
		put("/proc/self/gid_map", "0 0 1");
	}
	if (errno == ENOSPC || errno == EUSERS)
		expect("r-user-level", "user-level", "ENOSPC", "- -", "nested");
}

static void by_dead_init(void)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID) < 0)
		return;
	pid = fork();
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	if (fork_fails())
		expect("r-dead", "init", "ENOMEM", "null null", "pid:[");
}

/* Its init waits for a child of ours that is not reaped. */
static void by_dying_init(void)
{
	pid_t init, other;

	if (unshare(CLONE_NEWPID) < 0)
		return;
	init = fork();
	if (!init)
		for (;;)
			pause();
	other = fork();
	if (!other)
		for (;;)
			pause();
	kill(init, SIGKILL);
	usleep(300000);
	if (fork_fails())
		expect("r-dying", "init", "ENOMEM", "null null", "pid:[");
	waitpid(other, NULL, 0);
	waitpid(init, NULL, 0);
}

/* No limit has anything to do with it. */
static void by_argument(void)
{
	if (unshare(1) < 0)
		expect("r-argument", "null", "null", "null null", "-");
}

static void all_ucounts(void)
{
	by_ucount("user", CLONE_NEWUSER);
	by_ucount("pid", CLONE_NEWPID);
	by_ucount("uts", CLONE_NEWUTS);
	by_ucount("ipc", CLONE_NEWIPC);
	by_ucount("net", CLONE_NEWNET);
	by_ucount("mnt", CLONE_NEWNS);
	by_ucount("cgroup", CLONE_NEWCGROUP);
	by_ucount("time", 0x80 /* CLONE_NEWTIME */);
}

static void in_child(const char *name, void (*way)(void))
{
	pid_t pid = fork();

	if (!pid) {
		begin(name);
		way();
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void make_cgroups(void)
{
	char path[128];

	mkdir(cgroups, 0755);
	mount("none", cgroups, "cgroup2", 0, NULL);
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", cgroups);
	put(path, "+pids");
	snprintf(path, sizeof(path), "%s/a", cgroups);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/a/cgroup.subtree_control", cgroups);
	put(path, "+pids");
	snprintf(path, sizeof(path), "%s/a/b", cgroups);
	mkdir(path, 0755);
}

int main(void)
{
	make_cgroups();
	in_child("r-nproc", by_nproc);
	in_child("r-own", by_own_cgroup);
	in_child("r-outer", by_outer_cgroup);
	in_child("r-pid-max", by_pid_max);
	in_child("r-threads", by_threads_max);
	in_child("r-ucounts", all_ucounts);
	in_child("r-level", by_level);
	in_child("r-user-level", by_user_level);
	in_child("r-dead", by_dead_init);
	in_child("r-dying", by_dying_init);
	in_child("r-argument", by_argument);
	return 0;
}
