// SPDX-License-Identifier: GPL-2.0-or-later
/* forest-plant.c - plant trees of namespaces, listen to what they say of themselves, clear them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forest.h"

#define REPORT_DEADLINE_MS 120000

/* Namespace 0 is where the builder is; it and its holders are the members we know there. */
void forest_open(struct forest *forest)
{
	struct fact_ns *self;
	struct stat st;

	forest->self = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (forest->self < 0)
		fail(errno, "pidfd_open");
	if (report_pipe(forest->reports) < 0)
		fail(errno, "socket");
	facts_add_ns(&forest->facts, 1);
	self = &forest->facts.ns[0];
	strcpy(self->name, "self");
	self->state = "alive";
	self->is_planted = true;
	if (stat("/proc/self/ns/pid", &st) == 0)
		self->ino = st.st_ino;
	if (stat("/proc/self/ns/user", &st) == 0)
		self->owner_ns = st.st_ino;
}

void forest_keep_child(struct forest *forest, struct child child)
{
	forest->children = grow(forest->children, &forest->room_children, forest->nr_children + 1,
				sizeof(*forest->children));
	forest->children[forest->nr_children++] = child;
}

void forest_drop_child(struct forest *forest, pid_t pid)
{
	for (size_t i = 0; i < forest->nr_children; i++) {
		if (forest->children[i].pid != pid)
			continue;
		close(forest->children[i].pidfd);
		forest->children[i] = forest->children[--forest->nr_children];
		return;
	}
}

/* Joined tasks fall to the builder when their joiner dies first. Reap any child: the end of a
 * namespace waits until all its members are reaped. */
void forest_clear(struct forest *forest)
{
	for (size_t i = 0; i < forest->nr_children; i++)
		syscall(SYS_pidfd_send_signal, forest->children[i].pidfd, SIGKILL, NULL, 0);
	limits_restore();
	while (waitid(P_ALL, 0, NULL, WEXITED) == 0 || errno == EINTR)
		;
}

static void note_init(struct forest *forest, const struct tree *tree, const struct report *report,
		      const struct sender *from)
{
	struct fact_ns *ns = &forest->facts.ns[report->ns];

	ns->ino = report->ino;
	ns->owner_ns = report->owner_ns;
	ns->owner_uid = tree->spec->user ? from->uid : 0;
	ns->init = from->pid;
	ns->creator = report->ns == tree->first ? getpid() : ns[-1].init;
	ns->parent = report->ns == tree->first ? 0 : report->ns - 1;
	ns->depth = (unsigned int)(report->ns - tree->first) + 1;
	ns->state = "alive";
	ns->is_planted = true;
}

static void note_task(struct forest *forest, const struct report *report, const struct sender *from,
		      pid_t joiner)
{
	struct fact_task *task = facts_add_task(&forest->facts);

	task->ns = task->ns_for_children = report->ns;
	task->nr = report->nr + 1;
	task->numbers[0] = from->pid;
	for (uint32_t i = 0; i < report->nr; i++)
		task->numbers[1 + i] = report->numbers[report->nr - 1 - i];
	task->inner_pid = report->pid;
	task->inner_ppid = report->ppid;
	task->inner_pgid = report->pgid;
	task->inner_sid = report->sid;
	task->uid = from->uid;
	task->state = report->state;
	memcpy(task->comm, report->comm, sizeof(task->comm));
	task->is_joined = joiner && !report->ppid;
	if (task->is_joined)
		task->ppid = joiner;
}

void forest_collect(struct forest *forest, struct tree *tree, unsigned int count, pid_t joiner)
{
	struct pollfd news[] = {
		{.fd = forest->reports[0], .events = POLLIN},
		{.fd = forest->signals, .events = POLLIN},
	};
	struct report report;
	struct sender from;
	int r;

	for (; count; count--) {
		if (poll(news, 2, REPORT_DEADLINE_MS) <= 0)
			fail(ETIMEDOUT, "%s: %u more reports", tree->spec->name, count);
		if (news[1].revents)
			fail(EINTR, "%s", tree->spec->name);
		r = report_receive(forest->reports[0], &report, &from);
		if (r < 0)
			fail(-r, "report");
		if (report.kind == REPORT_FAILED)
			fail((int)report.error, "%s", tree->spec->name);
		if (report.kind == REPORT_SETTLED) {
			count += report.has_child ? spec_reports(tree->spec) : 0;
			tree->last = report.ns;
			continue;
		}
		if (report.ino)
			note_init(forest, tree, &report, &from);
		note_task(forest, &report, &from, joiner);
	}
}

static void write_map(pid_t pid, const char *file, int outside)
{
	char path[64], map[64];
	int fd, len;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	len = snprintf(map, sizeof(map), "0 %d 1\n", outside);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, map, (size_t)len) != len)
		fail(errno, "%s", path);
	close(fd);
}

/* A user namespace belongs to the effective uid of its maker; so be that user for a moment. */
static void start_user_init(struct tree *tree, struct node *node, uint64_t flags)
{
	uid_t uid = tree->spec->uid < 0 ? 0 : (uid_t)tree->spec->uid;
	int gate[2];

	if (pipe2(gate, O_CLOEXEC) < 0)
		fail(errno, "pipe");
	node->go = gate[0];
	if (setresuid((uid_t)-1, uid, (uid_t)-1) < 0)
		fail(errno, "setresuid %u", uid);
	tree->init.pid = task_start(task_init, node, sizeof(*node), flags | CLONE_NEWUSER,
				    &tree->init.pidfd);
	if (setresuid((uid_t)-1, 0, (uid_t)-1) < 0)
		fail(errno, "setresuid 0");
	prctl(PR_SET_DUMPABLE, 1);
	if (tree->init.pid < 0)
		return;
	write_map(tree->init.pid, "uid_map", (int)uid);
	write_map(tree->init.pid, "gid_map", (int)uid);
	if (write(gate[1], "", 1) != 1)
		fail(errno, "pipe");
	close(gate[0]);
	close(gate[1]);
}

static void start_init(struct forest *forest, struct tree *tree, unsigned int index)
{
	uint64_t flags = CLONE_NEWPID | (tree->spec->shared ? CLONE_VM | CLONE_FS : 0);
	struct node node = {
		.spec = tree->spec,
		.ns = (uint32_t)tree->first,
		.index = index,
		.up = forest->reports[1],
		.go = -1,
		.builder = forest->self,
	};

	node_name(tree->spec, index, 0, node.comm);
	if (tree->spec->comm)
		snprintf(node.comm, sizeof(node.comm), "%s", tree->spec->comm);
	if (tree->spec->user)
		start_user_init(tree, &node, flags);
	else
		tree->init.pid =
			task_start(task_init, &node, sizeof(node), flags, &tree->init.pidfd);
	if (tree->init.pid < 0)
		fail(-tree->init.pid, "clone of a PID namespace");
	forest_keep_child(forest, tree->init);
}

struct tree forest_plant_tree(struct forest *forest, const struct spec *spec, unsigned int index)
{
	struct tree tree = {.spec = spec};

	tree.first = tree.last = facts_add_ns(&forest->facts, spec->depth);
	for (unsigned int level = 0; level < spec->depth; level++)
		node_name(spec, index, level, forest->facts.ns[tree.first + level].name);
	start_init(forest, &tree, index);
	forest_collect(forest, &tree, spec_reports(spec), 0);
	return tree;
}

/* Members whose parent stays outside: setns(2) and fork, as nsenter and "runc exec" do. */
static int join(const struct holder *holder)
{
	const struct node *node = holder->arg;

	if (setns(holder->ns_fd, CLONE_NEWPID) < 0)
		return -errno;
	for (unsigned int i = 0; i < node->spec->joined; i++) {
		pid_t pid = task_start(task_member, node, sizeof(*node), 0, NULL);

		if (pid < 0)
			return pid;
	}
	return 0;
}

static void plant_joined(struct forest *forest, struct tree *tree)
{
	struct node node = {
		.spec = tree->spec,
		.ns = (uint32_t)tree->first,
		.up = forest->reports[1],
		.builder = forest->self,
		.state = 'S',
	};
	struct holder holder = {.act = join, .arg = &node, .keep = node.up, .comm = "joiner"};
	pid_t pid;
	int r;

	strcpy(node.comm, "joined");
	holder.ns_fd = ns_open(tree->init.pid);
	r = holder_start(forest, &holder, tree->first, &pid, NULL);
	if (r < 0)
		fail(-r, "joining %s", tree->spec->name);
	close(holder.ns_fd);
	forest_collect(forest, tree, tree->spec->joined * tree->spec->threads, pid);
}

static void bury(struct forest *forest, const struct tree *tree)
{
	struct facts *facts = &forest->facts;

	for (size_t i = 0; i < facts->nr_tasks; i++)
		if (facts->tasks[i].ns >= tree->first && facts->tasks[i].ns <= tree->last)
			facts->tasks[i].is_gone = true;
	for (size_t i = tree->first; i <= tree->last; i++) {
		facts->ns[i].state = tree->spec->ending->state;
		facts->ns[i].held = i == tree->last ? tree->spec->ending->held : "child";
		facts->ns[i].init = 0;
	}
}

/* No process has reaped the outermost init: all else of the tree is gone. */
static void leave_zombie(struct forest *forest, const struct tree *tree)
{
	struct facts *facts = &forest->facts;

	bury(forest, tree);
	facts->ns[tree->first].init = tree->init.pid;
	facts->ns[tree->first].held = NULL;
	for (size_t i = tree->first + 1; i <= tree->last; i++)
		facts->ns[i].is_planted = false;
	for (size_t i = 0; i < facts->nr_tasks; i++) {
		struct fact_task *task = &facts->tasks[i];

		if (task->numbers[0] != tree->init.pid || task->ns != tree->first)
			continue;
		task->state = 'Z';
		task->is_gone = false;
	}
}

static void end_tree(struct forest *forest, struct tree *tree)
{
	const struct ending *ending = tree->spec->ending;
	siginfo_t info;

	if (ending->hold)
		ending->hold(forest, tree);
	syscall(SYS_pidfd_send_signal, tree->init.pidfd, SIGKILL, NULL, 0);
	if (waitid(P_PID, (id_t)tree->init.pid, &info, WEXITED | (ending->reaps ? 0 : WNOWAIT)) < 0)
		fail(errno, "waitid");
	if (!ending->reaps) {
		leave_zombie(forest, tree);
		return;
	}
	forest_drop_child(forest, tree->init.pid);
	bury(forest, tree);
	if (ending->look)
		ending->look(forest, tree);
}

void forest_plant(struct forest *forest, const struct spec *spec)
{
	for (unsigned int i = 0; i < spec->count; i++) {
		struct tree tree = forest_plant_tree(forest, spec, i);

		if (spec->joined)
			plant_joined(forest, &tree);
		if (spec->ending)
			end_tree(forest, &tree);
	}
}
