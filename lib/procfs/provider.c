// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * provider.c - any kernel, any user: opens a procfs and goes through its tasks, by path where that is
 * enough (procfs/quick.c), else through a directory descriptor of each (procfs/task.c).
 */
#include "procfs.h"
#include "base/file.h"
#include "base/pidfd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Passes over the list of tasks: the second finds who was born behind the first one's back. */
#define MAX_PASSES 3
/* /proc/stat has a number for each interrupt line before the one wanted. */
#define STAT_MAX (1 << 18)
/* The inode of a procfs's root, PROC_ROOT_INO of the kernel. */
#define ROOT_INO 1

/* ---- Opening -------------------------------------------------------------------------------- */

int procfs_open_at(int root, const char *name, const struct why *why, void **ret_state)
{
	struct procfs *p = calloc(1, sizeof(*p));

	if (p)
		p->name = strdup(name);
	if (!p || !p->name) {
		free(p);
		close(root);
		return why_set(why, -ENOMEM, "out of memory");
	}
	p->root = root;
	p->tick_ns = 1000000000u / (uint64_t)sysconf(_SC_CLK_TCK);
	p->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	procfs_mount_look(root, &p->hides_tasks, &p->covers_tasks);
	p->may_remember = !p->covers_tasks && procfs_memory_is_sound(root);
	*ret_state = p;
	return 0;
}

/* Is that the root of a procfs? 0, -Exxx. */
static int check_root(int fd, const char *name, const struct why *why)
{
	struct statfs fs;
	struct stat top;
	int r;

	if (fd < 0 || fstatfs(fd, &fs) < 0 || fstat(fd, &top) < 0) {
		r = -errno;
		return why_set(why, r, "%s: %s", name, strerror(-r));
	}
	if (fs.f_type != PROC_SUPER_MAGIC)
		return why_set(why, -EPROTO, "%s: not a procfs (is it mounted?)", name);
	if (top.st_ino != ROOT_INO)
		return why_set(why, -EPROTO, "%s: not the root of a procfs", name);
	return 0;
}

int procfs_open_root(const char *name, const struct why *why)
{
	_cleanup_close_ int fd = open(name, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
	int r = check_root(fd, name, why);

	return r < 0 ? r : steal_fd(&fd);
}

static int procfs_provider_open(const char *source, const struct why *why, void **ret_state)
{
	const char *name = source ? source : "/proc";
	int fd = procfs_open_root(name, why);

	return fd < 0 ? fd : procfs_open_at(fd, name, why, ret_state);
}

static int procfs_provider_open_at(int fd, const char *name, const struct why *why,
				   void **ret_state)
{
	_cleanup_close_ int root = fd;
	int r = check_root(root, name, why);

	return r < 0 ? r : procfs_open_at(steal_fd(&root), name, why, ret_state);
}

static int procfs_provider_probe(const struct why *why)
{
	_cleanup_close_ int fd = procfs_open_root("/proc", why);

	return fd < 0 ? fd : 0;
}

void procfs_provider_close(void *state)
{
	struct procfs *p = state;

	close(p->root);
	procfs_memory_free(p->memory);
	free(p->name);
	free(p);
}

/* ---- Scanning ------------------------------------------------------------------------------- */

/* One that has been here before: its namespace, which it holds, is to be met all the same. 1: done;
 * 0: it has to be asked after all; -Exxx. */
static int take_known(struct procfs_take *t, int32_t pid)
{
	struct raw_task raw;
	char name[24];
	int place;

	if (!procfs_recall(t, pid, &raw))
		return 0;
	place = procfs_ns_find(t, raw.ns_ino);
	if (place < 0) {
		procfs_quick_link(name, pid);
		place = procfs_ns_learn(t, t->p->root, name, raw.ns_ino);
	}
	if (place < 0 || !t->ns[place].reaches_root)
		return 0;
	procfs_ns_mark_tasks(t, place);
	return procfs_task_take_known(t, &raw);
}

static bool was_seen(const struct procfs_take *t, size_t nr_before, int32_t pid)
{
	return util_has_pid(t->seen, nr_before, pid);
}

/* One pass over the list of thread groups; *ret_new: how many were not in an earlier one. */
static int scan(struct procfs_take *t, bool is_quick, size_t *ret_new)
{
	size_t nr_before = t->nr_seen;
	_cleanup_close_ int fd = procfs_open(t, t->p->root, ".", O_RDONLY | O_DIRECTORY);
	struct file_list list = {.fd = fd, .error = fd < 0 ? fd : 0};
	const char *name;
	int32_t pid;
	int r = 0;

	while (r >= 0 && fd >= 0 && (name = file_list_next(&list))) {
		if (proc_parse_pid(name, &pid) < 0 || was_seen(t, nr_before, pid))
			continue;
		if (util_grow(&t->seen, &t->room_seen, t->nr_seen, sizeof(*t->seen)) < 0) {
			r = -ENOMEM;
			break;
		}
		t->seen[t->nr_seen++] = pid;
		t->dir_ino = list.ino;
		r = t->next_memory ? take_known(t, pid) : 0;
		if (!r)
			r = is_quick ? procfs_quick_take(t, pid) : procfs_task_take(t, pid);
	}
	if (r >= 0 && list.error)
		r = why_set(&t->request->why, list.error, "%s: %s", t->p->name,
			    strerror(-list.error));
	/* The kernel lists them in order; a fixture need not. */
	util_sort_pids(t->seen, t->nr_seen);
	*ret_new = t->nr_seen - nr_before;
	return r;
}

/* "processes N" of /proc/stat: forks since boot, threads included. 0: not known. */
static uint64_t count_forks(struct procfs_take *t)
{
	_cleanup_free_ char *text = malloc(STAT_MAX);
	ssize_t len = text ? procfs_read_file(t, t->p->root, "stat", text, STAT_MAX) : -ENOMEM;
	const char *at = len > 0 ? strstr(text, "\nprocesses ") : NULL;

	return at ? strtoull(at + sizeof("\nprocesses ") - 1, NULL, 10) : 0;
}

/*
 * A number that moves with each birth, perhaps behind a scan's back; 0: not known. The
 * last PID is cheap, but it is of the reader's own namespace.
 */
static uint64_t count_births(struct procfs_take *t)
{
	struct proc_loadavg load;
	char text[128];
	uint64_t last;
	ssize_t len;

	if (!t->is_own)
		return count_forks(t);
	len = procfs_read_file(t, t->p->root, "loadavg", text, sizeof(text));
	if (len > 0 && proc_parse_loadavg(text, (size_t)len, &load) == 0 && load.last_pid)
		return (uint64_t)load.last_pid;
	/* Of another file system, such as lxcfs: then of this one's. */
	return file_read_number(t->p->root, "sys/kernel/ns_last_pid", &last) == 0 ? last
										  : count_forks(t);
}

/* Pass after pass, until no new task is found. */
static int scan_all(struct procfs_take *t, bool is_quick)
{
	uint64_t before, after = count_births(t);
	size_t nr_new = 0;
	int pass, r;

	for (pass = 0; pass < MAX_PASSES; pass++) {
		before = after;
		r = scan(t, is_quick, &nr_new);
		if (r < 0)
			return r;
		after = count_births(t);
		if (pass && nr_new)
			builder_add_flags(t->b, PIDNS_SNAPSHOT_RACED);
		if ((before && before == after) || (pass && !nr_new))
			break;
	}
	return procfs_quick_pour(t);
}

static int take_all(struct procfs_take *t)
{
	const uint64_t for_free = PIDNS_TASK_VPIDS;
	bool looks_through = t->request->flags & PIDNS_TAKE_ALL && !t->lists;
	bool is_plain = t->translates && !t->p->covers_tasks && !looks_through &&
			!(t->request->flags & PIDNS_TAKE_THREADS);
	bool is_quick = is_plain && !(t->request->task_fields & ~for_free);
	int r = 0;

	if (is_plain && procfs_task_is_light(t->request->reaper_fields))
		r = procfs_memory_begin(t);

	if (r >= 0)
		r = scan_all(t, is_quick);
	procfs_memory_end(t, r >= 0);
	return r;
}

static int take_chosen(struct procfs_take *t)
{
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < t->request->nr_pids; i++)
		if (t->request->pids[i] > 0)
			r = procfs_task_take(t, t->request->pids[i]);
	return r;
}

/* Asked of the caller itself, where this procfs is not another one's, or a fixture. */
static bool has_pidfd_inos(const struct procfs_take *t)
{
	char self[16];
	ssize_t len;

	if (!((t->request->task_fields | t->request->reaper_fields) & PIDNS_TASK_PIDFD_INO))
		return false;
	len = readlinkat(t->p->root, "self", self, sizeof(self) - 1);
	self[len > 0 ? len : 0] = '\0';
	return atoi(self) == getpid() && pidfd_has_inos();
}

/*
 * Whose mount is it? NSpid: of the reader's own status begins at the mount's namespace: one number
 * only, and it is the reader's own. Without a "self" the reader is not in it or below.
 */
int procfs_find_own(struct procfs_take *t)
{
	char text[4096];
	struct proc_status status = {0};
	uint64_t ino;
	int place;
	ssize_t len = procfs_read_file(t, t->p->root, "self/status", text, sizeof(text));

	t->is_own = len > 0 && proc_parse_status(text, (size_t)len, &status) == 0 &&
		    status.known & PROC_STATUS_NSPID && status.nr_nspid == 1;
	if (procfs_read_ns_link(t->p->root, t->is_own ? "self/ns/pid" : "1/ns/pid", "pid", &ino) <
	    0)
		return 0;
	t->own_ino = ino;
	place = procfs_ns_add(t, ino);
	if (place < 0)
		return place;
	t->translates = t->is_own && procfs_ns_probe(t);
	t->has_pidfd_inos = t->is_own && has_pidfd_inos(t);
	t->shows_unborn = procfs_shows_unborn();
	t->lists = t->request->flags & PIDNS_TAKE_ALL && procfs_listns_is_complete(t);
	t->finds_unborn = t->translates && t->request->flags & PIDNS_TAKE_ALL &&
			  procfs_hidden_finds_unborn();
	return 0;
}

static void say_unseen(struct procfs_take *t)
{
	builder_add_unseen(t->b, PIDNS_UNSEEN_PIDFD | PIDNS_UNSEEN_PROCFS_MOUNT);
	if (!t->lists && (!t->finds_unborn || t->p->hides_tasks))
		builder_add_unseen(t->b, PIDNS_UNSEEN_UNBORN);
	if (!(t->request->flags & PIDNS_TAKE_ALL))
		builder_add_unseen(t->b, PIDNS_UNSEEN_DEAD | PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND);
	if (t->p->hides_tasks)
		builder_add_unseen(t->b, PIDNS_UNSEEN_TASKS);
}

void procfs_take_free(struct procfs_take *t)
{
	procfs_ns_free(t);
	free(t->pending);
	free(t->numbers);
	free(t->seen);
	mounts_clear(&t->mounts);
}

static int procfs_provider_take(void *state, const struct request *request, struct builder *b)
{
	struct procfs_take t = {.p = state, .request = request, .b = b};
	int r = procfs_find_own(&t);

	if (request->flags & PIDNS_TAKE_ALL && !t.lists)
		builder_know_holders(b);
	if (r >= 0)
		r = request->pids ? take_chosen(&t) : take_all(&t);
	if (r >= 0)
		r = procfs_hidden_end(&t);
	if (r >= 0 && request->flags & PIDNS_TAKE_ALL && t.translates)
		r = procfs_listns_take(&t);
	if (r >= 0) {
		say_unseen(&t);
		r = procfs_ns_pour(&t);
	}
	if (r == -EMFILE || r == -ENFILE)
		why_set(&request->why, r, "%s: %s", t.p->name, strerror(-r));
	procfs_take_free(&t);
	return r;
}

static int procfs_provider_procfs(void *state)
{
	const struct procfs *p = state;

	return p->root;
}

const struct provider provider_procfs = {
	.name = "procfs",
	.flags = PIDNS_PROVIDER_PROCFS,
	.dear = PIDNS_TASK_RUID, /* which `status` alone has, the slowest file of all */
	.probe = procfs_provider_probe,
	.open = procfs_provider_open,
	.open_at = procfs_provider_open_at,
	.take = procfs_provider_take,
	.find_kept = procfs_find_kept,
	.procfs = procfs_provider_procfs,
	.close = procfs_provider_close,
};
