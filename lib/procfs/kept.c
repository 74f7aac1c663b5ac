// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * kept.c - namespaces without tasks that files and mounts keep, for a provider that cannot know them: the
 * BPF one before Linux 6.18. That one has told of all that have a task, or that a task leads to.
 */
#include "procfs.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>

/* Of one process, `dir` being its directory. 0 or -Exxx. */
typedef int look_fn(struct procfs_take *t, int dir, int32_t pid);

static int for_each_process(struct procfs_take *t, look_fn *look)
{
	_cleanup_close_ int fd = procfs_open(t, t->p->root, ".", O_RDONLY | O_DIRECTORY);
	struct file_list list = {.fd = fd, .error = fd < 0 ? fd : 0};
	const char *name;
	int32_t pid;
	int r = 0;

	while (r >= 0 && fd >= 0 && (name = file_list_next(&list))) {
		_cleanup_close_ int dir = -1;

		if (proc_parse_pid(name, &pid) < 0)
			continue;
		dir = procfs_open(t, fd, name, O_PATH | O_DIRECTORY);
		if (dir >= 0)
			r = look(t, dir, pid);
		else if (dir == -EMFILE || dir == -ENFILE)
			r = dir;
	}
	return r < 0 ? r : list.error;
}

static int mark_living(struct procfs_take *t, int dir, int32_t pid)
{
	uint64_t ino;
	int place;

	(void)pid;
	if (procfs_read_ns_link(dir, "ns/pid", "pid", &ino) < 0)
		return 0;
	place = procfs_ns_find(t, ino);
	if (place >= 0)
		procfs_ns_mark_tasks(t, place);
	return 0;
}

/* What the other provider has told stands. *ret_any: there are more. */
static void compare(struct procfs_take *t, bool *ret_any)
{
	*ret_any = false;
	for (size_t i = 0; i < t->nr_ns; i++) {
		t->ns[i].is_told = builder_has_ns(t->b, t->ns[i].ino);
		*ret_any |= !t->ns[i].is_told;
	}
}

/*
 * One that was met in a file, and that the other has not told of, may have been born since. If it lives it
 * is met now in its init, for it was there before: so whatever is left has none.
 */
static int leave_out_the_living(struct procfs_take *t)
{
	int r = for_each_process(t, mark_living);

	for (size_t i = 0; r >= 0 && i < t->nr_ns; i++)
		if (t->ns[i].has_tasks && !t->ns[i].is_told) {
			t->ns[i].is_told = true;
			builder_add_flags(t->b, PIDNS_SNAPSHOT_RACED);
		}
	return r;
}

static int find(struct procfs_take *t)
{
	bool any;
	int r = for_each_process(t, procfs_hidden_take_kept);

	if (r >= 0)
		r = procfs_hidden_end(t);
	if (r < 0)
		return r;
	compare(t, &any);
	if (!any)
		return 0;
	r = leave_out_the_living(t);
	return r < 0 ? r : procfs_ns_pour(t);
}

int procfs_find_kept(const struct request *request, struct builder *b)
{
	const uint32_t kept = PIDNS_UNSEEN_FD | PIDNS_UNSEEN_BIND;
	struct procfs_take t = {.request = request, .b = b, .only_helps = true};
	void *state;
	int root = procfs_open_root("/proc", NULL), r;

	if (root < 0)
		return 0;
	r = procfs_open_at(root, "/proc", NULL, &state);
	if (r < 0)
		return r;
	t.p = state;
	r = procfs_find_own(&t);
	/* Of another namespace, or where tasks are missing, it says too little. */
	if (r >= 0 && t.is_own && !t.p->hides_tasks) {
		builder_clear_unseen(b, kept);
		r = find(&t);
		if (r < 0)
			builder_add_unseen(b, kept);
	}
	procfs_take_free(&t);
	procfs_provider_close(state);
	/* Where that cannot be looked for it is only not known. */
	return r == -ENOMEM ? r : 0;
}
