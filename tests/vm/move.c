// SPDX-License-Identifier: GPL-2.0-or-later
/* move.c - what the tests of unshare(CLONE_NEWPIDS) share. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "move.h"
#include "vm.h"

int move_in(unsigned long long flags)
{
	return syscall(SYS_unshare, CLONE_NEWPIDS | flags) ? -errno : 0;
}

int move_alone(unsigned long long flags)
{
	vm_must(setsid() == getpid(), "setsid");
	return move_in(flags);
}

struct apart {
	int (*fn)(void *);
	void *data;
};

static int init_apart(void *data)
{
	struct apart *apart = data;

	vm_must(!mount("proc", "/proc", "proc", 0, NULL), "mount proc");
	return vm_reap(vm_child(0, apart->fn, apart->data));
}

int move_apart(int (*fn)(void *), void *data)
{
	struct apart apart = {fn, data};

	return vm_reap(vm_child(CLONE_NEWPID | CLONE_NEWNS, init_apart, &apart));
}

int move_rounds(void)
{
	const char *rounds = getenv("PIDNS_MOVES");

	return rounds ? atoi(rounds) : 100;
}

uint64_t move_ns(const char *name)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", name);
	return stat(path, &st) ? 0 : st.st_ino;
}

int move_numbers(int dir, const char *name, pid_t *numbers)
{
	char text[4096], *at, *end;
	int fd = openat(dir, "status", O_RDONLY | O_CLOEXEC), count = 0;
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	at = strstr(text, name);
	if (!at)
		return -ENODATA;
	end = strchr(at, '\n');
	at += strlen(name);
	while (at < end && count < MOVE_LEVELS)
		numbers[count++] = strtol(at, &at, 10);
	return count;
}

int move_numbers_of(pid_t pid, const char *name, pid_t *numbers)
{
	char path[32];
	int dir, count;

	snprintf(path, sizeof(path), "/proc/%d", pid);
	dir = open(path, O_PATH | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	count = move_numbers(dir, name, numbers);
	close(dir);
	return count;
}

enum { IDS = 10 };
struct move_world {
	uint64_t ids[IDS];
	pid_t numbers[MOVE_LEVELS];
	int levels;
	struct vm_ns *list;
	int count;
};

struct move_world *move_world_take(void)
{
	static const char *const names[] = {"pid", "pid_for_children", "mnt", "user", "uts"};
	struct move_world *world = calloc(1, sizeof(*world));

	vm_must(world, "memory");
	world->ids[0] = getpid();
	world->ids[1] = gettid();
	world->ids[2] = getpgrp();
	world->ids[3] = getsid(0);
	world->ids[4] = getppid();
	for (int i = 0; i < 5; i++)
		world->ids[5 + i] = move_ns(names[i]);
	world->levels = move_numbers_of(gettid(), "NSpid:", world->numbers);
	check_eq(vm_ns_dump(&world->list, &world->count), 0);
	return world;
}

static bool is_same_ns(const struct vm_ns *a, const struct vm_ns *b)
{
	return a->cookie == b->cookie && a->state == b->state && a->reaper == b->reaper &&
	       a->used == b->used && a->peak == b->peak && a->failures == b->failures &&
	       a->last_pid == b->last_pid && a->processes == b->processes &&
	       a->threads == b->threads && a->zombies == b->zombies;
}

void move_world_check(struct move_world *before)
{
	struct move_world *after = move_world_take();

	for (int i = 0; i < IDS; i++)
		check_eq(after->ids[i], before->ids[i]);
	check_eq(after->levels, before->levels);
	check(!memcmp(after->numbers, before->numbers, sizeof(after->numbers)));
	check_eq(after->count, before->count);
	for (int i = 0; i < after->count && i < before->count; i++)
		check(is_same_ns(&after->list[i], &before->list[i]));
	free(after->list);
	free(after);
	free(before->list);
	free(before);
}

void move_check_refused(unsigned long long flags, int expected, const char *file, int line)
{
	struct move_world *before = move_world_take();

	vm_check_eq(move_in(flags), expected, "refused", file, line);
	move_world_check(before);
}
