// SPDX-License-Identifier: GPL-2.0-or-later
/* test-proc.c - /proc/pidns and /sys/kernel/pidns: who reads what, and in how small pieces. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm.h"

enum { USER = 65534, ROOM = 65536, CROWD = 100 };

/* All of a file from its beginning, `piece` bytes at a time; its length. */
static size_t read_in_pieces(int fd, char *text, size_t piece)
{
	size_t size = 0;
	ssize_t got;

	vm_must(lseek(fd, 0, SEEK_SET) == 0, "lseek");
	while (size < ROOM - piece && (got = read(fd, text + size, piece)) > 0)
		size += got;
	text[size] = 0;
	return size;
}

static int count_lines(const char *text)
{
	int lines = 0;

	while ((text = strchr(text, '\n'))) {
		lines++;
		text++;
	}
	return lines;
}

/* Member of a namespace of its own, so that nothing moves between two readings. */
static int read_pieces(void *data)
{
	static char whole[ROOM], pieces[ROOM];
	const size_t sizes[] = {1, 7, 100, 4095, 4097, 20000};
	size_t size;
	int fd;

	(void)data;
	for (int i = 0; i < CROWD; i++)
		vm_sleeper(CLONE_NEWPID);
	vm_must(!mount("proc", "/proc", "proc", 0, NULL), "mount proc");
	fd = open("/proc/pidns", O_RDONLY | O_CLOEXEC);
	vm_must(fd >= 0, "/proc/pidns");
	size = read_in_pieces(fd, whole, ROOM / 2);
	check_eq(count_lines(whole), CROWD + 2);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		check_eq(read_in_pieces(fd, pieces, sizes[i]), size);
		check(!strcmp(whole, pieces));
	}
	for (size_t at = 0; at < size; at += 997) {
		ssize_t got = pread(fd, pieces, 61, at);

		check(got > 0 && !memcmp(pieces, whole + at, got));
	}
	check_eq(pread(fd, pieces, 10, size), 0);
	check_eq(pread(fd, pieces, 10, size + 100000), 0);
	close(fd);
	return 0;
}

static void test_pieces(void)
{
	check_eq(vm_reap(vm_child(CLONE_NEWPID | CLONE_NEWNS, read_pieces, NULL)), 0);
}

/* A reader in the middle of the list, while all that is left of it goes and comes. */
static void test_moving(void)
{
	int fd = open("/proc/pidns", O_RDONLY | O_CLOEXEC);
	pid_t crowd[CROWD];
	static char text[ROOM];
	size_t size = 0;
	ssize_t got;

	for (int i = 0; i < CROWD; i++)
		crowd[i] = vm_sleeper(CLONE_NEWPID);
	for (int i = 0; i < CROWD; i++) {
		got = read(fd, text + size, 50);
		size += got > 0 ? got : 0;
		vm_kill(crowd[i]);
	}
	while (size < ROOM - 50 && (got = read(fd, text + size, 50)) > 0)
		size += got;
	text[size] = 0;
	check(size > 0 && text[size - 1] == '\n');
	check(count_lines(text) >= 2);
	close(fd);
}

/* The line of a namespace: "ino cookie parent …"; NULL when there is none. */
static const char *find_line(const char *text, uint64_t ino)
{
	char start[32];

	snprintf(start, sizeof(start), "\n%llu ", (unsigned long long)ino);
	return strstr(text, start);
}

static void test_line(void)
{
	static char text[ROOM];
	unsigned long long ino, cookie, parent, level, reaper, used, peak, failures, last, max;
	unsigned long long owner, processes, threads;
	pid_t init = vm_sleeper(CLONE_NEWPID);
	int fd = open("/proc/pidns", O_RDONLY | O_CLOEXEC);
	const char *line, *head = "# ino cookie parent level state reaper used peak failures "
				  "last_pid pid_max owner_uid processes threads\n";
	struct vm_ns ns;
	char state[20];

	read_in_pieces(fd, text, 4096);
	check(!strncmp(text, head, strlen(head)));
	check_eq(vm_ns_get(vm_ino(init, "pid"), &ns), 0);
	line = find_line(text, ns.ino);
	if (check(line)) {
		check_eq(sscanf(line,
				"%llu %llu %llu %llu %19s %llu %llu %llu %llu %llu %llu %llu "
				"%llu %llu\n",
				&ino, &cookie, &parent, &level, state, &reaper, &used, &peak,
				&failures, &last, &max, &owner, &processes, &threads),
			 14);
		check_eq(cookie, ns.cookie);
		check_eq(parent, ns.parent_ino);
		check_eq(level, ns.level);
		check(!strcmp(state, "alive"));
		check_eq(reaper, init);
		check_eq(used, 1);
		check_eq(peak, 1);
		check_eq(failures, 0);
		check_eq(last, 1);
		check_eq(max, ns.pid_max);
		check_eq(owner, 0);
		check_eq(processes, 1);
		check_eq(threads, 1);
	}
	vm_kill(init);
	close(fd);
}

/* What a child namespace's procfs has to report, whichever process reads it. */
static void check_child_procfs(int fd, uint64_t child_ino, uint64_t parent_ino)
{
	static char text[ROOM];

	read_in_pieces(fd, text, 4096);
	check_eq(count_lines(text), 2);
	check(find_line(text, child_ino));
	check(!find_line(text, parent_ino));
	/* No parent, and its init is number 1. */
	check_str(text, " - ");
	check_str(text, " alive 1 ");
}

/* Open in the child, and read in the parent through /proc/PID/root. */
static void try_mount(const char *options)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	uint64_t own = vm_ino(getpid(), "pid"), child = vm_ino(init, "pid");
	int fd = vm_ns_fd(init, "pid"), back = vm_ns_fd(getpid(), "pid"), file;
	pid_t helper;

	/* The superblock belongs to the namespace of the process that mounts it. */
	mkdir("/tmp/other", 0755);
	vm_must(!setns(fd, CLONE_NEWPID), "setns");
	helper = fork();
	if (helper == 0)
		_exit(mount("proc", "/tmp/other", "proc", 0, options) != 0);
	vm_must(!setns(back, CLONE_NEWPID), "setns back");
	check_eq(vm_reap(helper), 0);
	file = open("/tmp/other/pidns", O_RDONLY | O_CLOEXEC);
	if (options && strstr(options, "subset")) {
		check(file < 0 && errno == ENOENT);
	} else if (check(file >= 0)) {
		check_child_procfs(file, child, own);
		close(file);
	}
	check(!umount("/tmp/other"));
	close(fd);
	close(back);
	vm_kill(init);
}

static void test_mounts(void)
{
	try_mount(NULL);
	try_mount("hidepid=1");
	try_mount("hidepid=2");
	try_mount("hidepid=4");
	try_mount("subset=pid");
}

static int read_as_user(void *data)
{
	static char text[ROOM];
	int fd;

	vm_must(!setgroups(0, NULL) && !setgid(USER) && !setuid(USER), "setuid");
	fd = open("/proc/pidns", O_RDONLY | O_CLOEXEC);
	read_in_pieces(fd, text, 4096);
	check_eq(count_lines(text), 2);
	check(find_line(text, *(uint64_t *)data));
	close(fd);
	check_eq(vm_read_number("/sys/kernel/pidns/namespaces"), 1);
	return 0;
}

static void test_user(void)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	uint64_t own = vm_ino(getpid(), "pid");

	check_eq(vm_reap(vm_child(0, read_as_user, &own)), 0);
	vm_kill(init);
}

/* What a descriptor shows, to any process that has it: the one namespace, and perhaps the other. */
struct passed {
	int fd;
	uint64_t own, child;
	bool shows_child;
};

static void check_passed(const struct passed *passed)
{
	static char text[ROOM];

	read_in_pieces(passed->fd, text, 4096);
	check(find_line(text, passed->own));
	check_eq(find_line(text, passed->child) != NULL, passed->shows_child);
}

static int read_passed(void *data)
{
	vm_must(!setgroups(0, NULL) && !setgid(USER) && !setuid(USER), "setuid");
	check_passed(data);
	return 0;
}

/* From root to a user in a PID namespace of his own, and from a user to root. */
static void test_passed_on(void)
{
	pid_t init = vm_sleeper(CLONE_NEWPID);
	struct passed passed = {.own = vm_ino(getpid(), "pid"), .child = vm_ino(init, "pid")};

	passed.fd = open("/proc/pidns", O_RDONLY | O_CLOEXEC);
	passed.shows_child = true;
	check_passed(&passed);
	check_eq(vm_reap(vm_child(CLONE_NEWPID, read_passed, &passed)), 0);
	close(passed.fd);

	vm_must(!setegid(USER) && !seteuid(USER), "seteuid");
	passed.fd = open("/proc/pidns", O_RDONLY | O_CLOEXEC);
	vm_must(!seteuid(0) && !setegid(0), "seteuid");
	passed.shows_child = false;
	check_passed(&passed);
	close(passed.fd);
	vm_kill(init);
}

static int read_sysfs(void *data)
{
	const struct vm_ns *parent = data;
	struct vm_ns ns;

	vm_sleeper(0);
	vm_sleeper(CLONE_NEWPID);
	check_eq(vm_ns_get(0, &ns), 0);
	check_eq(vm_read_number("/sys/kernel/pidns/self/ino"), ns.ino);
	check_eq(vm_read_number("/sys/kernel/pidns/self/level"), parent->level + 1);
	check_eq(vm_read_number("/sys/kernel/pidns/self/parent"), -1);
	check_eq(vm_read_number("/sys/kernel/pidns/self/used"), 3);
	check_eq(vm_read_number("/sys/kernel/pidns/self/peak"), 3);
	check_eq(vm_read_number("/sys/kernel/pidns/self/failures"), 0);
	check_eq(vm_read_number("/sys/kernel/pidns/self/last_pid"), 3);
	check_eq(vm_read_number("/sys/kernel/pidns/self/pid_max"), ns.pid_max);
	check_eq(vm_read_number("/sys/kernel/pidns/self/child_reaper"), 1);
	check_eq(vm_read_number("/sys/kernel/pidns/namespaces"), 2);
	check_eq(vm_read_number("/sys/kernel/pidns/level_max"), 32);
	check_eq(vm_read_number("/sys/kernel/pidns/version"), 1);
	return 0;
}

static void test_sysfs(void)
{
	struct vm_ns ns;

	check_eq(vm_ns_get(0, &ns), 0);
	check_eq(vm_reap(vm_child(CLONE_NEWPID, read_sysfs, &ns)), 0);
}

static const struct vm_test tests[] = {
	{"K15 /proc/pidns in pieces is the same as in one", test_pieces},
	{"K15 /proc/pidns while namespaces come and go", test_moving},
	{"K15 the mount decides, with each hidepid, and subset=pid has none", test_mounts},
	{"K15 a user reads of his own namespace only", test_user},
	{"K15 a descriptor shows what its opener may see, to any process that has it",
	 test_passed_on},
	{"a line of /proc/pidns says what the family says", test_line},
	{"/sys/kernel/pidns is about the namespace it is opened in", test_sysfs},
};

int main(int argc, char **argv)
{
	return vm_main(argc, argv, tests, sizeof(tests) / sizeof(*tests));
}
