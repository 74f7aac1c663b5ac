// SPDX-License-Identifier: GPL-2.0-or-later
/* forest-hold.c - how a namespace can outlast its init: one row for each way of holding it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forest.h"

#define HOLDER_DEADLINE_MS 120000

#ifndef PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE
#define PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE _IO(0xFF, 6) /* Linux 6.11, linux/pidfd.h */
#endif

int ns_open(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(errno, "%s", path);
	return fd;
}

static int holder_main(void *arg)
{
	const struct holder *holder = arg;
	char byte;
	int r;

	task_follow(holder->builder);
	task_keep_files((const int[]){holder->ns_fd, holder->keep, holder->talk, holder->builder},
			4);
	task_set_name(holder->comm);
	r = holder->act(holder);
	close(holder->ns_fd);
	if (write(holder->talk, &r, sizeof(r)) == sizeof(r) && holder->rest)
		holder->rest(holder);
	while (read(holder->talk, &byte, 1) == 1 && holder->again) {
		r = holder->again(holder);
		if (write(holder->talk, &r, sizeof(r)) != sizeof(r))
			break;
	}
	task_sleep();
}

static int holder_answer(int talk)
{
	struct pollfd answer = {.fd = talk, .events = POLLIN};
	int r;

	if (poll(&answer, 1, HOLDER_DEADLINE_MS) != 1)
		fail(ETIMEDOUT, "holder");
	if (read(talk, &r, sizeof(r)) != sizeof(r))
		fail(EPIPE, "holder");
	return r;
}

int holder_ask(int talk)
{
	if (write(talk, "", 1) != 1)
		fail(errno, "holder");
	return holder_answer(talk);
}

static void note_holder(struct forest *forest, const struct holder *holder, pid_t pid,
			size_t ns_for_children)
{
	struct fact_task *task = facts_add_task(&forest->facts);

	task->ns_for_children = ns_for_children;
	task->numbers[0] = task->pid = task->inner_pid = pid;
	task->nr = 1;
	task->ppid = getpid();
	task->inner_pgid = getpgrp();
	task->inner_sid = getsid(0);
	task->uid = geteuid();
	task->state = 'S';
	memcpy(task->comm, holder->comm, sizeof(task->comm));
}

int holder_start(struct forest *forest, struct holder *holder, size_t ns_for_children,
		 pid_t *ret_pid, int *ret_talk)
{
	struct child child;
	int talk[2];
	int r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk) < 0)
		fail(errno, "socketpair");
	holder->talk = talk[1];
	holder->builder = forest->self;
	child.pid = task_start(holder_main, holder, sizeof(*holder), 0, &child.pidfd);
	if (child.pid < 0)
		fail(-child.pid, "clone");
	close(talk[1]);
	forest_keep_child(forest, child);
	note_holder(forest, holder, child.pid, ns_for_children);
	r = holder_answer(talk[0]);
	*ret_pid = child.pid;
	if (ret_talk)
		*ret_talk = talk[0];
	return r;
}

/* Let a process take hold of the innermost namespace by `act`; it lets go of the nsfs file then. */
static int hold_by(struct forest *forest, struct tree *tree, struct holder *holder,
		   size_t ns_for_children)
{
	struct fact_ns *ns = &forest->facts.ns[tree->last];
	int talk, r;

	holder->keep = -1;
	holder->ns_fd = ns_open(ns->init);
	snprintf(holder->comm, sizeof(holder->comm), "hold-%s", tree->spec->ending->name);
	r = holder_start(forest, holder, ns_for_children, &ns->holder, &talk);
	if (r < 0)
		fail(-r, "%s", holder->comm);
	close(holder->ns_fd);
	return talk;
}

/* ---- By an open file, or by a pidfd of the init: the builder itself keeps it ----------------- */

static void hold_fd(struct forest *forest, struct tree *tree)
{
	struct fact_ns *ns = &forest->facts.ns[tree->last];

	ns_open(ns->init);
	ns->holder = getpid();
}

static void hold_pidfd(struct forest *forest, struct tree *tree)
{
	struct fact_ns *ns = &forest->facts.ns[tree->last];

	if (syscall(SYS_pidfd_open, ns->init, 0) < 0)
		fail(errno, "pidfd_open");
	ns->holder = getpid();
}

/* ---- By a mount, in a mount namespace that ends with its holder ------------------------------ */

static const char *private_mounts(void)
{
	static const char *const places[] = {"/mnt", "/media", "/srv", "/opt"};

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (mount("tmpfs", places[i], "tmpfs", 0, NULL) == 0)
			return places[i];
	return NULL;
}

static int act_bind(const struct holder *holder)
{
	const char *place = private_mounts();
	char from[64];
	int fd;

	if (!place || chdir(place) < 0)
		return -errno;
	fd = open("ns", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	close(fd);
	snprintf(from, sizeof(from), "/proc/self/fd/%d", holder->ns_fd);
	if (mount(from, "ns", NULL, MS_BIND, NULL) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

/* Only a process inside can mount its procfs: a child, which then exits. */
static int act_procfs(const struct holder *holder)
{
	const char *place = private_mounts();
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	int status;
	pid_t pid;

	if (!place || own < 0 || setns(holder->ns_fd, CLONE_NEWPID) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		_exit(mount("proc", place, "proc", 0, NULL) < 0 ? errno : 0);
	if (waitpid(pid, &status, 0) != pid || setns(own, CLONE_NEWPID) < 0)
		return -errno;
	close(own);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

static void hold_bind(struct forest *forest, struct tree *tree)
{
	struct holder holder = {.act = act_bind};

	close(hold_by(forest, tree, &holder, 0));
}

static void hold_procfs(struct forest *forest, struct tree *tree)
{
	struct holder holder = {.act = act_procfs};

	close(hold_by(forest, tree, &holder, 0));
}

/* ---- By pid_for_children of a live task ------------------------------------------------------ */

static int act_enter(const struct holder *holder)
{
	return setns(holder->ns_fd, CLONE_NEWPID) < 0 ? -errno : 0;
}

static int again_fork(const struct holder *holder)
{
	pid_t pid = fork();

	(void)holder;
	if (pid == 0)
		_exit(0);
	return pid < 0 ? -errno : 0;
}

static int pinned_talk = -1;

static void hold_pinned(struct forest *forest, struct tree *tree)
{
	struct holder holder = {.act = act_enter, .again = again_fork};

	pinned_talk = hold_by(forest, tree, &holder, tree->last);
}

static void look_pinned(struct forest *forest, struct tree *tree)
{
	forest->facts.ns[tree->last].fork_errno = -holder_ask(pinned_talk);
	close(pinned_talk);
}

static const struct ending endings[] = {
	{"zombie", "zombie-init", NULL, false, NULL, NULL},
	{"fd", "dead", "fd", true, hold_fd, NULL},
	{"bind", "dead", "bind", true, hold_bind, NULL},
	{"pidfd", "dead", "pidfd", true, hold_pidfd, NULL},
	{"procfs", "dead", "procfs-mount", true, hold_procfs, NULL},
	{"pinned", "dead", "pid-for-children", true, hold_pinned, look_pinned},
};

const struct ending *ending_find(const char *name)
{
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (strcmp(name, endings[i].name) == 0)
			return &endings[i];
	return NULL;
}

/* ---- Unshared, and no task in it yet --------------------------------------------------------- */

static int act_unshare(const struct holder *holder)
{
	(void)holder;
	return unshare(CLONE_NEWPID) < 0 ? -errno : 0;
}

/* /proc/PID/ns/pid_for_children does not show it before it has had an init; this does. */
static uint64_t unborn_ino(pid_t holder)
{
	int pidfd = (int)syscall(SYS_pidfd_open, holder, 0);
	int fd = ioctl(pidfd, PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE, 0);
	struct stat st = {.st_ino = 0};

	if (fd >= 0 && fstat(fd, &st) == 0)
		close(fd);
	close(pidfd);
	return st.st_ino;
}

void ending_unborn(struct forest *forest, unsigned int index)
{
	static const struct spec spec = {.name = "unborn"};
	struct holder holder = {.act = act_unshare, .ns_fd = -1, .keep = -1, .comm = "unborn"};
	size_t place = facts_add_ns(&forest->facts, 1);
	struct fact_ns *ns = &forest->facts.ns[place];
	int talk, r;

	r = holder_start(forest, &holder, place, &ns->holder, &talk);
	if (r < 0)
		fail(-r, "unshare");
	close(talk);
	node_name(&spec, index, 0, ns->name);
	ns->ino = unborn_ino(ns->holder);
	ns->state = "unborn";
	ns->held = "pid-for-children";
	ns->depth = 1;
	ns->is_planted = true;
}
