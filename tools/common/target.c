// SPDX-License-Identifier: GPL-2.0-or-later
/* target.c - a namespace as it is named on a command line. */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "message.h"
#include "source.h"

/* As many digits of an id as columns show. */
#define ID_SHOWN 12

struct reason_text {
	char *text;
	size_t size;
};

static int __attribute__((format(printf, 3, 4)))
refuse(const struct reason_text *why, int code, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(why->text, why->size, format, ap);
	va_end(ap);
	return code;
}

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

/* ---- what it looks like ---------------------------------------------------------------------- */

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

static int parse_path(struct target *target, const struct reason_text *why)
{
	struct stat st;

	target->fd = open_namespace(target->text);
	if (target->fd == -EINVAL)
		return refuse(why, EXIT_FAILED, "%s: not a PID namespace", target->text);
	if (target->fd < 0 || fstat(target->fd, &st) < 0)
		return refuse(why, EXIT_FAILED, "%s: %s", target->text,
			      strerror(target->fd < 0 ? -target->fd : errno));
	target->ino = st.st_ino;
	return 0;
}

/* Digits, or PID:INO. */
static bool is_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (text[digits] == ':')
		digits += 1 + strspn(text + digits + 1, "0123456789");
	return *text >= '0' && *text <= '9' && !text[digits];
}

bool process_is_meant(const char *text)
{
	return is_number(text) && (strchr(text, ':') || strtoull(text, NULL, 10) <= PID_LIMIT);
}

static int parse_number(struct target *target, const struct reason_text *why)
{
	bool is_process = strchr(target->text, ':');

	if (!is_process && (!number_parse(target->text, &target->ino) || !target->ino))
		return refuse(why, EXIT_USAGE, "\"%.64s\" is not an inode number", target->text);
	if (is_process || target->ino <= PID_LIMIT)
		return refuse(why, EXIT_USAGE,
			      "%s is not an inode number; the namespace of that process is @%s",
			      target->text, target->text);
	return 0;
}

int process_parse(const char *text, int32_t *ret_pid, uint64_t *ret_pidfd_ino, char *why_text,
		  size_t size)
{
	const struct reason_text why = {why_text, size};
	const char *colon = strchr(text, ':');
	char digits[24] = "";
	uint64_t pid, ino = 0;

	snprintf(digits, sizeof(digits), "%.*s", colon ? (int)(colon - text) : 23, text);
	if ((colon ? colon - text : (ptrdiff_t)strlen(text)) >= (ptrdiff_t)sizeof(digits) ||
	    !number_parse(digits, &pid) || !pid)
		return refuse(&why, EXIT_USAGE, "\"%.64s\" is not a PID", text);
	if (pid > PID_LIMIT)
		return refuse(&why, EXIT_USAGE, "%.64s is above %d: not a PID but an inode number",
			      text, PID_LIMIT);
	if (colon && (!number_parse(colon + 1, &ino) || !ino))
		return refuse(&why, EXIT_USAGE, "\"%.64s\" is not PID:INO, see getino(1)", text);
	*ret_pid = (int32_t)pid;
	*ret_pidfd_ino = ino;
	return 0;
}

static int parse_pid(struct target *target, const struct reason_text *why)
{
	char text[256];
	int r = process_parse(target->text + 1, &target->pid, &target->pidfd_ino, text,
			      sizeof(text));

	return r ? refuse(why, r, "@: %s", text) : 0;
}

/* pid:[INODE], as readlink(1) shows it. */
static int parse_link(struct target *target, const struct reason_text *why)
{
	char digits[24] = "";
	int end = 0;

	if (sscanf(target->text, "pid:[%23[0-9]]%n", digits, &end) == 1 && end &&
	    !target->text[end] && number_parse(digits, &target->ino) && target->ino)
		return 0;
	return refuse(why, EXIT_USAGE, "\"%.64s\" is not pid:[INODE]", target->text);
}

static int parse_name(struct target *target, const char *name, const struct reason_text *why)
{
	if (!*name)
		return refuse(why, EXIT_USAGE, "\"%s\" is not a namespace", target->text);
	target->name = name;
	return 0;
}

/* A pod is called NAMESPACE/POD: where there is no such file. */
static bool is_path(const char *text)
{
	const char *slash = strchr(text, '/');

	return slash &&
	       (slash == text || *text == '.' || strchr(slash + 1, '/') || access(text, F_OK) == 0);
}

int target_parse(const char *text, struct target *ret, char *why_text, size_t size)
{
	const struct reason_text why = {why_text, size};

	*ret = (struct target){.text = text, .fd = -1};
	if (*text == '@')
		return parse_pid(ret, &why);
	if (is_number(text))
		return parse_number(ret, &why);
	if (!strncmp(text, "pid:[", 5))
		return parse_link(ret, &why);
	if (!strncmp(text, "name:", 5))
		return parse_name(ret, text + 5, &why);
	return is_path(text) ? parse_path(ret, &why) : parse_name(ret, text, &why);
}

void target_close(struct target *target)
{
	if (target->fd >= 0)
		close(target->fd);
	target->fd = -1;
}

/* ---- what it means --------------------------------------------------------------------------- */

void target_wish(const struct target *target, uint32_t *flags, uint64_t *task_fields)
{
	*flags |= target->name ? PIDNS_TAKE_CONTAINERS : 0;
	*task_fields |= target->pidfd_ino ? PIDNS_TASK_PIDFD_INO : 0;
}

/* "NAMESPACE/POD", or what is behind the slash. */
static bool is_pod(const char *pod, const char *name)
{
	const char *slash = pod ? strchr(pod, '/') : NULL;

	return pod && (!strcmp(pod, name) || (slash && !strcmp(slash + 1, name)));
}

/* By its name, its pod, or by its id as far as columns show that, or further. */
static bool is_named(const struct pidns_ns *ns, const char *name)
{
	const struct pidns_container *container = NULL;
	size_t len = strlen(name);

	if (ns->known & PIDNS_NS_NOTES && ns->notes->known & PIDNS_NOTE_CONTAINER)
		container = ns->notes->container;
	if (!container)
		return false;
	if ((container->name && !strcmp(container->name, name)) || is_pod(container->pod, name))
		return true;
	return container->id &&
	       (len < ID_SHOWN ? !strcmp(container->id, name) : !strncmp(container->id, name, len));
}

/* "web: 2 containers have that name: 4026532201 (docker) and 4026532204 (podman)", or the first
 * few of them. */
static int refuse_several(const struct target *target, const struct pidns_ns *const *list,
			  size_t nr, size_t count, const struct reason_text *why)
{
	uint32_t users = 1;
	int used = snprintf(why->text, why->size,
			    "%s: %zu containers have that name:", target->text, count);

	for (size_t i = 0; i < nr; i++)
		if (is_named(list[i], target->name))
			users &= list[i]->notes->container->is_users;
	for (size_t i = 0; i < nr && used > 0 && (size_t)used < why->size; i++) {
		const char *runtime;

		if (!is_named(list[i], target->name) ||
		    list[i]->notes->container->is_users != users)
			continue;
		runtime = list[i]->notes->container->runtime;
		used += snprintf(why->text + used, why->size - (size_t)used, " %" PRIu64 " (%s)",
				 list[i]->ino, runtime ? runtime : "-");
	}
	return EXIT_USAGE;
}

static int find_name(const struct target *target, const struct pidns_snapshot *snapshot,
		     const struct pidns_ns **ret_ns, const struct reason_text *why)
{
	const struct pidns_ns *const *list, *found = NULL;
	size_t nr = pidns_snapshot_namespaces(snapshot, &list), count = 0;

	/* What a user could have made up takes no name away from what root has named. */
	for (uint32_t users = 0; users <= 1 && !count; users++)
		for (size_t i = 0; i < nr; i++)
			if (is_named(list[i], target->name) &&
			    list[i]->notes->container->is_users == users) {
				count++;
				found = list[i];
			}
	if (!count)
		return refuse(why, EXIT_FAILED, "%s: no such %scontainer", target->text,
			      target->name == target->text ? "namespace or " : "");
	if (count > 1)
		return refuse_several(target, list, nr, count, why);
	*ret_ns = found;
	return 0;
}

static int not_found(const struct target *target, const struct pidns_snapshot *snapshot,
		     uint32_t take_flags, const struct reason_text *why)
{
	const char *what = target->ino ? "namespace" : "process";
	uint32_t relevant = target->ino ? UINT32_MAX : SOURCE_UNSEEN_TASKS;
	char unseen[256];

	if (!source_unseen_text(snapshot, take_flags, relevant, unseen, sizeof(unseen)))
		return refuse(why, EXIT_FAILED, "%s: no such %s", target->text, what);
	return refuse(why, EXIT_FAILED, "%s: no such %s, but %s", target->text, what, unseen);
}

int process_check(const struct pidns_snapshot *snapshot, const struct pidns_task *task,
		  const char *text, uint64_t pidfd_ino, char *why_text, size_t size)
{
	const struct reason_text why = {why_text, size};

	if (!pidfd_ino || (task->known & PIDNS_TASK_PIDFD_INO && task->pidfd_ino == pidfd_ino))
		return 0;
	if (task->known & PIDNS_TASK_PIDFD_INO)
		return refuse(&why, EXIT_FAILED,
			      "%s: that process has ended; the PID is of another one, %d:%" PRIu64,
			      text, task->tid, task->pidfd_ino);
	return refuse(&why, EXIT_CANNOT_SERVE, "%s: %s", text,
		      pidns_provider_flags(pidns_snapshot_provider(snapshot)) &
				      PIDNS_PROVIDER_RECORDED
			      ? "the recording has no pidfd_ino"
			      : "the inode number of its pidfd cannot be read; it is of Linux 6.9");
}

int target_find(const struct target *target, const struct pidns_snapshot *snapshot,
		uint32_t take_flags, const struct pidns_ns **ret_ns, char *why_text, size_t size)
{
	const struct reason_text why = {why_text, size};
	const struct pidns_task *task;
	const struct pidns_ns *ns;
	int r;

	if (target->name)
		return find_name(target, snapshot, ret_ns, &why);
	if (target->ino) {
		ns = pidns_ns_find(snapshot, target->ino);
	} else {
		task = pidns_task_find(snapshot, NULL, target->pid);
		/* The PID of a process, also where the snapshot knows its threads. */
		ns = task && task->tid == task->pid ? task->ns : NULL;
		r = ns ? process_check(snapshot, task, target->text, target->pidfd_ino, why_text,
				       size)
		       : 0;
		if (r)
			return r;
	}
	if (!ns)
		return not_found(target, snapshot, take_flags, &why);
	*ret_ns = ns;
	return 0;
}
