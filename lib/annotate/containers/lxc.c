// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * lxc.c - the name of an LXC container whose cgroup may be called otherwise.
 *
 * liblxc calls a cgroup "NAME-1" where "NAME" is still there. The monitor, which made the init, listens
 * on the abstract socket "…/NAME/command". Any user may bind such a name, so that alone proves
 * nothing: the socket must be one of the monitor's own files.
 */
#include "containers.h"
#include "base/file.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP	     ((size_t)1 << 16)
#define UNIX_MAX     ((size_t)32 << 20) /* of /proc/net/unix: any user can make it longer */
#define FILES_MAX    256		/* of a monitor, which has some twenty */
#define LXC_NAME_MAX 255
#define INODE_FIELD  6 /* "Num RefCount Protocol Flags Type St Inode Path" */

struct lxc_socket {
	uint64_t ino;
	char *name;
};

void containers_lxc_free(struct lxc_sockets *sockets)
{
	for (size_t i = 0; i < sockets->nr; i++)
		free(sockets->list[i].name);
	free(sockets->list);
	*sockets = (struct lxc_sockets){0};
}

/* The part before "/command". */
static bool find_name(const char *path, size_t len, struct text *ret)
{
	static const char end[] = "/command";
	const char *slash;

	if (!len || *path != '@' || len < sizeof(end) ||
	    memcmp(path + len - (sizeof(end) - 1), end, sizeof(end) - 1))
		return false;
	len -= sizeof(end) - 1;
	slash = memrchr(path, '/', len);
	if (!slash)
		return false;
	ret->text = slash + 1;
	ret->len = len - (size_t)(slash + 1 - path);
	return ret->len && ret->len <= LXC_NAME_MAX;
}

/* 0 or -ENOMEM; a line that is no monitor's adds nothing. */
static int add_line(struct lxc_sockets *sockets, const char *line, size_t len)
{
	const char *end = line + len, *at = line, *next = line;
	struct text name;
	uint64_t ino;

	for (int field = 0; field <= INODE_FIELD; field++) {
		for (at = next; at < end && *at == ' '; at++)
			;
		next = memchr(at, ' ', (size_t)(end - at));
		if (!next)
			return 0;
	}
	if (text_parse_u64(at, (size_t)(next - at), &ino) < 0 ||
	    !find_name(next + 1, (size_t)(end - next - 1), &name))
		return 0;
	if (util_grow(&sockets->list, &sockets->room, sockets->nr, sizeof(*sockets->list)) < 0)
		return -ENOMEM;
	sockets->list[sockets->nr] = (struct lxc_socket){ino, strndup(name.text, name.len)};
	return sockets->list[sockets->nr].name ? (sockets->nr++, 0) : -ENOMEM;
}

/* All whole lines; what is left of the last goes to the front. 0 or -ENOMEM. */
static int add_lines(struct lxc_sockets *sockets, char *buf, size_t *len)
{
	const char *line = buf, *end = buf + *len, *next;
	int r = 0;

	while (r >= 0 && (next = memchr(line, '\n', (size_t)(end - line)))) {
		r = add_line(sockets, line, (size_t)(next - line));
		line = next + 1;
	}
	*len = (size_t)(end - line);
	memmove(buf, line, *len);
	if (*len == STEP) /* no line is so long */
		*len = 0;
	return r;
}

static int by_ino(const void *a, const void *b)
{
	const struct lxc_socket *x = a, *y = b;

	return (x->ino > y->ino) - (x->ino < y->ino);
}

/* Of the first task's network namespace, which is the machine's; else of the reader's. */
static int open_sockets(const struct annotation *a)
{
	int fd = file_open(a->procfs, "1/net/unix");

	return fd < 0 ? file_open(a->procfs, "net/unix") : fd;
}

static int read_sockets(const struct annotation *a, struct lxc_sockets *sockets)
{
	_cleanup_close_ int fd = open_sockets(a);
	_cleanup_free_ char *buf = malloc(STEP);
	size_t len = 0, total = 0;
	ssize_t got = 1;
	int r = 0;

	if (!buf)
		return -ENOMEM;
	while (fd >= 0 && r >= 0 && got > 0 && total < UNIX_MAX) {
		got = read(fd, buf + len, STEP - len);
		if (got <= 0)
			break;
		len += (size_t)got;
		total += (size_t)got;
		r = add_lines(sockets, buf, &len);
	}
	if (sockets->nr)
		qsort(sockets->list, sockets->nr, sizeof(*sockets->list), by_ino);
	return r;
}

/* The name that the one socket of that inode has; NULL: it is no monitor's, or has two. */
static const char *name_of(const struct lxc_sockets *sockets, uint64_t ino)
{
	const struct lxc_socket key = {.ino = ino};
	const struct lxc_socket *list = sockets->list, *end = list + sockets->nr, *found, *other;

	found = sockets->nr ? bsearch(&key, list, sockets->nr, sizeof(key), by_ino) : NULL;
	if (!found)
		return NULL;
	/* A name may hold a line break, and what follows it look like a line. */
	for (other = found; other > list && other[-1].ino == ino; other--)
		;
	for (; other < end && other->ino == ino; other++)
		if (strcmp(other->name, found->name) != 0)
			return NULL;
	return found->name;
}

/* "NAME", or "NAME-NUMBER"? */
static bool may_be_called(const char *cgroup, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(cgroup, name, len) != 0)
		return false;
	return !cgroup[len] || (cgroup[len] == '-' && cgroup[len + 1] &&
				!cgroup[len + 1 + strspn(cgroup + len + 1, "0123456789")]);
}

/* Which of the sockets does the task hold? */
static const char *find_held(const struct lxc_sockets *sockets, int task, const char *cgroup)
{
	_cleanup_close_ int fd = openat(task, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct file_list files = {.fd = fd};
	const char *file, *name;

	for (int nr = 0; fd >= 0 && nr < FILES_MAX && (file = file_list_next(&files)); nr++) {
		char text[64], *end;
		ssize_t len = readlinkat(fd, file, text, sizeof(text) - 1);
		uint64_t ino;

		if (len < 0)
			continue;
		text[len] = '\0';
		if (strncmp(text, "socket:[", 8) != 0 || !(end = strchr(text, ']')) ||
		    text_parse_u64(text + 8, (size_t)(end - text - 8), &ino) < 0)
			continue;
		name = name_of(sockets, ino);
		if (name && may_be_called(cgroup, name))
			return name;
	}
	return NULL;
}

int containers_lxc_name(const struct annotation *a, struct lxc_sockets *sockets, int reaper_dir,
			const struct maker *maker, const char *cgroup, const char **ret_name)
{
	_cleanup_close_ int task = maker->pid > 0 ? containers_open_task(a, maker->pid) : -1;
	struct proc_stat reaper;
	const char *name;
	int r;

	*ret_name = NULL;
	if (task < 0)
		return 0;
	if (!sockets->is_read) {
		sockets->is_read = true;
		r = read_sockets(a, sockets);
		if (r < 0)
			return r;
	}
	name = find_held(sockets, task, cgroup);
	r = name ? containers_read_stat(reaper_dir, &reaper) : 0;
	/* Its parent all the while: the number was not another's in between. */
	if (name && r >= 0 && reaper.ppid == maker->pid)
		*ret_name = name;
	return r == -ENOMEM ? r : 0;
}
