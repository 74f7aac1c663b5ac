// SPDX-License-Identifier: GPL-2.0-or-later
/* target.c - the arguments NS and PID. */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "message.h"

bool number_parse(const char *text, uint64_t *ret)
{
	uint64_t number = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || number > (UINT64_MAX - 9) / 10)
			return false;
		number = number * 10 + (uint64_t)(*text - '0');
	}
	*ret = number;
	return true;
}

int pid_parse(const struct options *options, const char *where, const char *text, int32_t *ret)
{
	uint64_t number;

	if (!number_parse(text, &number) || !number)
		return usage_error(options, "%s\"%.64s\" is no PID", where, text);
	if (number > PID_LIMIT)
		return usage_error(options, "%s%.64s is above %d: no PID, an inode number", where,
				   text, PID_LIMIT);
	*ret = (int32_t)number;
	return 0;
}

static bool is_namespace_file(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == NSFS_MAGIC;
}

/* O_PATH first: opening whatever is there, a FIFO or a device, could hang or do something. */
static int open_namespace(const char *path)
{
	_cleanup_fd_ int place = open(path, O_PATH | O_CLOEXEC);
	_cleanup_fd_ int fd = -1;

	if (place < 0)
		return -errno;
	if (!is_namespace_file(place))
		return -EINVAL;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!is_namespace_file(fd) || ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWPID)
		return -EINVAL;
	return steal_fd(&fd);
}

static int parse_path(struct target *target)
{
	struct stat st;

	target->fd = open_namespace(target->text);
	if (target->fd == -EINVAL)
		return message_exit(EXIT_FAILED, "%s: not a PID namespace", target->text);
	if (target->fd < 0 || fstat(target->fd, &st) < 0)
		return message_exit(EXIT_FAILED, "%s: %s", target->text,
				    strerror(target->fd < 0 ? -target->fd : errno));
	target->ino = st.st_ino;
	return 0;
}

static int parse_number(const struct options *options, struct target *target)
{
	if (!number_parse(target->text, &target->ino) || !target->ino)
		return usage_error(options, "\"%.64s\" is no inode number", target->text);
	if (target->ino <= PID_LIMIT)
		return usage_error(options,
				   "%s is no inode number; the namespace of that process is @%s",
				   target->text, target->text);
	return 0;
}

/* pid:[INODE], as readlink(1) shows it. */
static bool parse_link(struct target *target)
{
	char digits[24] = "";
	int end = 0;

	return sscanf(target->text, "pid:[%23[0-9]]%n", digits, &end) == 1 && end &&
	       !target->text[end] && number_parse(digits, &target->ino) && target->ino;
}

int target_parse(const struct options *options, const char *text, struct target *ret)
{
	*ret = (struct target){.text = text, .fd = -1};
	if (*text == '@')
		return pid_parse(options, "@: ", text + 1, &ret->pid);
	if (*text && !text[strspn(text, "0123456789")])
		return parse_number(options, ret);
	if (!strncmp(text, "pid:[", 5))
		return parse_link(ret) ? 0
				       : usage_error(options, "\"%.64s\" is not pid:[INODE]", text);
	if (!strncmp(text, "name:", 5) || !strchr(text, '/')) {
		if (*text)
			return message_exit(EXIT_FAILED, "%s: no such namespace", text);
		return usage_error(options, "\"\" is no namespace");
	}
	return parse_path(ret);
}

void target_close(struct target *target)
{
	if (target->fd >= 0)
		close(target->fd);
	target->fd = -1;
}

static const struct pidns_ns *find(const struct pidns_snapshot *snapshot,
				   const struct target *target)
{
	const struct pidns_task *task;

	if (target->ino)
		return pidns_ns_find(snapshot, target->ino);
	task = pidns_task_find(snapshot, NULL, target->pid);
	return task ? task->ns : NULL;
}

/* How many of them are found, the first ones. */
static size_t find_all(const struct pidns_snapshot *snapshot, const struct target *targets,
		       size_t nr, const struct pidns_ns **ret_found)
{
	for (size_t i = 0; i < nr; i++) {
		ret_found[i] = find(snapshot, &targets[i]);
		if (!ret_found[i])
			return i;
	}
	return nr;
}

static int not_found(const struct pidns_snapshot *snapshot, const struct target *target)
{
	const char *what = target->ino ? "namespace" : "process";
	char unseen[256];

	uint32_t relevant = target->ino ? UINT32_MAX : SOURCE_UNSEEN_TASKS;

	if (!source_unseen_text(snapshot, PIDNS_TAKE_ALL, relevant, unseen, sizeof(unseen)))
		return message_exit(EXIT_FAILED, "%s: no such %s", target->text, what);
	return message_exit(EXIT_FAILED, "%s: no such %s, but %s", target->text, what, unseen);
}

int target_take(const struct options *options, struct pidns_ctx *ctx,
		const struct pidns_take_opts *opts, const struct target *targets, size_t nr,
		struct pidns_snapshot **ret_snapshot, const struct pidns_ns **ret_found)
{
	_cleanup_snapshot_ struct pidns_snapshot *snapshot = NULL;
	struct pidns_take_opts again = *opts;
	size_t found;
	int r = source_take(&options->source, ctx, opts, &snapshot);

	if (r)
		return r;
	found = find_all(snapshot, targets, nr, ret_found);
	if (found < nr && targets[found].ino && !(opts->flags & PIDNS_TAKE_ALL)) {
		again.flags |= PIDNS_TAKE_ALL;
		snapshot = pidns_snapshot_unref(snapshot);
		r = source_take(&options->source, ctx, &again, &snapshot);
		if (r)
			return r;
		found = find_all(snapshot, targets, nr, ret_found);
	}
	if (found < nr)
		return not_found(snapshot, &targets[found]);
	for (size_t i = 0; i < nr; i++)
		if (!(ret_found[i]->known & PIDNS_NS_INO))
			return message_exit(EXIT_FAILED, "%s: its namespace may not be read",
					    targets[i].text);
	*ret_snapshot = pidns_snapshot_ref(snapshot);
	return 0;
}
