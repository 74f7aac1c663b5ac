// SPDX-License-Identifier: LGPL-2.1-or-later
/* scan.c - goes through the tasks of a procfs for what they hold. */
#include "base/pidfd.h"
#include "pins.h"
#include "base/proc.h"
#include "core/snapshot.h"
#include "base/util.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- open files ------------------------------------------------------------------------------ */

static const struct pidns_ns *ns_of_link(const struct pins *p, const char *text, size_t len)
{
	uint64_t ino;

	if (proc_parse_ns_link(text, len, "pid", &ino) < 0)
		return NULL;
	return pidns_ns_find(p->a->snapshot, ino);
}

/* Whose it is stands in its fdinfo, as long as the task has not been reaped. */
static int look_at_pidfd(struct pins *p, int dir, int32_t pid, int32_t fd)
{
	struct pidns_pin pin = {.kind = PIDNS_PIN_PIDFD, .pid = pid, .fd = fd, .count = 1};
	const struct pidns_task *task;
	char name[32], text[512];
	_cleanup_close_ int info = -1;
	struct proc_fdinfo target;
	ssize_t len;

	snprintf(name, sizeof(name), "fdinfo/%d", fd);
	info = file_open(dir, name);
	len = info < 0 ? info : file_read_piece(info, text, sizeof(text));
	if (len < 0)
		return pins_hindered(p, pid, (int)len);
	if (proc_parse_fdinfo(text, (size_t)len, &target) < 0 || !target.is_pidfd)
		return 0;
	if (target.pid < 0) {
		pin.kind = PIDNS_PIN_UNSEEN;
		return pins_suspect(p, &pin);
	}
	task = target.pid ? pidns_task_find(p->a->snapshot, NULL, target.pid) : NULL;
	return task ? pins_note(p, task->ns, &pin) : 0;
}

static int look_at_file(struct pins *p, int dir, int32_t pid, int32_t fd)
{
	const struct pidns_ns *ns;
	char name[32], text[64];
	ssize_t len;

	snprintf(name, sizeof(name), "fd/%" PRId32, fd);
	len = readlinkat(dir, name, text, sizeof(text));
	if (len < 0)
		return -errno;
	if (text_is((struct text){text, (size_t)len}, PIDFD_LINK))
		return look_at_pidfd(p, dir, pid, fd);
	ns = ns_of_link(p, text, (size_t)len);
	if (!ns)
		return 0;
	return pins_note(
		p, ns, &(struct pidns_pin){.kind = PIDNS_PIN_FD, .pid = pid, .fd = fd, .count = 1});
}

static int look_at_files(struct pins *p, int dir, int32_t pid)
{
	_cleanup_close_ int fd = file_open_as(dir, "fd", O_RDONLY | O_DIRECTORY);
	struct file_list list = {.fd = fd};
	uint32_t nr = 0;
	const char *name;
	int r = fd < 0 ? fd : 0;

	while (r >= 0 && (name = file_list_next(&list))) {
		if (!file_may_look(&nr, &p->nr_files)) {
			p->is_cut = true;
			break;
		}
		r = look_at_file(p, dir, pid, (int32_t)strtol(name, NULL, 10));
		if (r == -ENOENT)
			r = 0; /* closed meanwhile */
	}
	r = r < 0 ? r : list.error;
	return r < 0 ? pins_hindered(p, pid, r) : 0;
}

/* ---- where children would be born ------------------------------------------------------------ */

/* Of a namespace without a first process no link speaks. */
static int look_for_unborn(struct pins *p, int32_t pid, int32_t tid)
{
	struct pidns_pin pin = {.kind = PIDNS_PIN_FOR_CHILDREN, .pid = pid, .count = 1};
	_cleanup_close_ int fd = -1;
	const struct pidns_ns *ns;
	struct stat st;

	if (!p->has_unborn || !p->is_own)
		return 0;
	fd = pidfd_open_ns_for_children(tid);
	if (fd == -ENOTTY || fd == -ENOSYS)
		return 0; /* a kernel that does not tell */
	if (fd < 0)
		return pins_hindered(p, pid, fd);
	if (fstat(fd, &st) < 0)
		return 0;
	ns = pidns_ns_find(p->a->snapshot, st.st_ino);
	if (!ns || ns->state != PIDNS_STATE_UNBORN)
		return 0;
	return pins_note(p, ns, &pin);
}

static int look_at_thread(struct pins *p, int threads, const struct pidns_task *task,
			  const char *name)
{
	struct pidns_pin pin = {.kind = PIDNS_PIN_FOR_CHILDREN, .pid = task->pid, .count = 1};
	const struct pidns_ns *ns;
	char path[64], text[64];
	ssize_t len;
	int32_t tid;

	if (proc_parse_pid(name, &tid) < 0 || tid == task->pid)
		return 0;
	snprintf(path, sizeof(path), "%.20s/ns/pid_for_children", name);
	len = readlinkat(threads, path, text, sizeof(text));
	if (len < 0 && errno == ENOENT)
		return look_for_unborn(p, task->pid, tid);
	if (len < 0)
		return -errno;
	ns = ns_of_link(p, text, (size_t)len);
	return ns && ns != task->ns ? pins_note(p, ns, &pin) : 0;
}

/* A leader that has exited has let go of the files and mounts that its threads still have. */
static int look_at_heir(struct pins *p, int threads, const struct pidns_task *task,
			const char *name)
{
	_cleanup_close_ int dir = file_open_as(threads, name, O_RDONLY | O_DIRECTORY);
	int32_t tid = task->pid;
	int r;

	if (dir < 0)
		return pins_hindered(p, task->pid, dir);
	r = look_at_files(p, dir, task->pid);
	proc_parse_pid(name, &tid);
	return r < 0 ? r : pins_mounts_look(p, dir, task->pid, tid);
}

/* That goes, with files and mounts, when a task ends. */
static bool has_no_namespaces(int dir)
{
	char text[64];

	return readlinkat(dir, "ns/mnt", text, sizeof(text)) < 0 && errno == ENOENT;
}

/* Each thread has a place for its children; that of the first is in the snapshot, if a link shows
 * it. */
static int look_at_threads(struct pins *p, int dir, const struct pidns_task *task)
{
	_cleanup_close_ int fd = -1;
	struct file_list list;
	const char *name;
	bool has_left;
	int r = 0;

	if (!(task->known & PIDNS_TASK_NS_FOR_CHILDREN))
		r = look_for_unborn(p, task->pid, task->pid);
	if (r < 0 || !(task->known & PIDNS_TASK_THREADS) || task->threads < 2)
		return r;
	fd = file_open_as(dir, "task", O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return pins_hindered(p, task->pid, fd);
	list = (struct file_list){.fd = fd};
	has_left = has_no_namespaces(dir);
	while (r >= 0 && (name = file_list_next(&list))) {
		r = look_at_thread(p, fd, task, name);
		if (r >= 0 && has_left)
			r = look_at_heir(p, fd, task, name);
	}
	r = r < 0 ? r : list.error;
	return r < 0 ? pins_hindered(p, task->pid, r) : 0;
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* A task that may hold anything. */
static int look_at_all(struct pins *p, const struct pidns_task *task, const char *name, int32_t pid)
{
	_cleanup_close_ int dir = file_open_as(p->a->procfs, name, O_RDONLY | O_DIRECTORY);
	int r;

	if (dir < 0)
		return pins_hindered(p, pid, dir);
	r = look_at_files(p, dir, pid);
	if (r >= 0)
		r = pins_mounts_look(p, dir, pid, pid);
	if (r >= 0 && task)
		r = look_at_threads(p, dir, task);
	return r;
}

/* What the provider says of it, or else its link. */
static int look_at_holder(struct pins *p, int dir, const struct holder *held)
{
	struct pidns_pin pin = {.pid = held->pid, .fd = held->fd, .count = 1};
	const struct pidns_task *task = NULL;
	const struct pidns_ns *ns = NULL;

	if (held->kind == HOLDER_BY_LINK)
		return look_at_file(p, dir, held->pid, held->fd);
	pin.kind = held->kind == HOLDER_NS ? PIDNS_PIN_FD : PIDNS_PIN_PIDFD;
	if (held->kind == HOLDER_PIDFD && held->value < 0) {
		pin.kind = PIDNS_PIN_UNSEEN;
		return pins_suspect(p, &pin);
	}
	if (held->kind == HOLDER_NS)
		ns = pidns_ns_find(p->a->snapshot, (uint64_t)held->value);
	else if (held->value)
		task = pidns_task_find(p->a->snapshot, NULL, (int32_t)held->value);
	ns = task ? task->ns : ns;
	return ns ? pins_note(p, ns, &pin) : 0;
}

/* Is nothing left to find out that only the files of the process tell? */
static bool is_told(const struct pins *p, int32_t pid, const struct holder *held, size_t nr)
{
	const struct task_namespaces *in = snapshot_task_namespaces(p->a->snapshot, pid);

	for (size_t i = 0; i < nr; i++)
		if (held[i].kind == HOLDER_BY_LINK)
			return false;
	return in && in->mnt && mounts_has_met(&p->mounts, in->mnt);
}

/* A task that holds these alone. */
static int look_at_held(struct pins *p, const char *name, int32_t pid, const struct holder *held,
			size_t nr)
{
	bool needs_files = !is_told(p, pid, held, nr);
	_cleanup_close_ int dir = -1;
	uint32_t nr_files = 0;
	int r = 0;

	if (needs_files)
		dir = file_open_as(p->a->procfs, name, (nr ? O_RDONLY : O_PATH) | O_DIRECTORY);
	if (needs_files && dir < 0)
		return pins_hindered(p, pid, dir);
	for (size_t i = 0; r >= 0 && i < nr; i++) {
		if (!file_may_look(&nr_files, &p->nr_files)) {
			p->is_cut = true;
			break;
		}
		r = look_at_holder(p, dir, &held[i]);
		if (r == -ENOENT)
			r = 0; /* closed meanwhile */
	}
	if (r < 0)
		return pins_hindered(p, pid, r);
	return needs_files ? pins_mounts_look(p, dir, pid, pid) : 0;
}

/* What it was found to hold when the snapshot was taken. */
static size_t find_held(const struct pidns_snapshot *s, int32_t pid, const struct holder **ret)
{
	size_t low = 0, high = s->nr_holders, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->holders[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < s->nr_holders && s->holders[end].pid == pid;)
		end++;
	*ret = end > low ? &s->holders[low] : NULL;
	return end - low;
}

static int look_at_process(struct pins *p, const char *name, int32_t pid)
{
	const struct pidns_snapshot *s = p->a->snapshot;
	const struct pidns_task *task = pidns_task_find(s, NULL, pid);
	const struct holder *held;
	size_t nr;

	/* It has let go of all files and mounts. */
	if (task && pidns_task_is_zombie(task))
		return 0;
	if (!s->knows_holders || !task)
		return look_at_all(p, task, name, pid);
	nr = find_held(s, pid, &held);
	if (nr && held->fd < 0)
		return look_at_all(p, task, name, pid);
	return look_at_held(p, name, pid, held, nr);
}

/* NSpid: of the reader's own status begins at the mount's namespace: then that is the reader's. */
static bool is_own_procfs(int procfs)
{
	struct proc_status status = {0};
	_cleanup_free_ char *text = NULL;
	size_t len;

	return file_read_whole(procfs, "self/status", ANNOTATE_READ_MAX, &text, &len) == 0 &&
	       proc_parse_status(text, len, &status) == 0 && status.known & PROC_STATUS_NSPID &&
	       status.nr_nspid == 1;
}

/* The caller's own mount namespace first: what is mounted there needs no process to be found by. */
static int look_at_own_mounts(struct pins *p)
{
	_cleanup_close_ int dir = file_open_as(p->a->procfs, "self", O_RDONLY | O_DIRECTORY);
	char text[16];
	ssize_t len = dir < 0 ? -1 : readlinkat(p->a->procfs, "self", text, sizeof(text) - 1);
	int32_t pid;

	text[len > 0 ? len : 0] = '\0';
	return proc_parse_pid(text, &pid) < 0 ? 0 : pins_mounts_look(p, dir, 0, pid);
}

int pins_scan(struct pins *p)
{
	_cleanup_close_ int fd = file_open_as(p->a->procfs, ".", O_RDONLY | O_DIRECTORY);
	struct file_list list = {.fd = fd};
	const char *name;
	int32_t pid;
	int r = 0;

	if (fd < 0)
		return pins_hindered(p, 0, fd);
	p->is_own = is_own_procfs(p->a->procfs);
	r = look_at_own_mounts(p);
	while (r >= 0 && (name = file_list_next(&list)))
		if (proc_parse_pid(name, &pid) == 0)
			r = look_at_process(p, name, pid);
	if (r >= 0 && list.error)
		r = pins_hindered(p, 0, list.error);
	return r < 0 ? r : mounts_look_at_rest(&p->mounts, p->a->procfs);
}
