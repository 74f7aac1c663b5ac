// SPDX-License-Identifier: LGPL-2.1-or-later
/* mounts.c - the mounts of many mount namespaces, streamed and bounded. */
#include "mounts.h"
#include "file.h"
#include "util.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Of each list at first: more than a thousand mounts, and a host of containers has some hundred. */
#define FIRST_BYTES ((uint64_t)256 << 10)
/* Of all lists: the kernel writes so much in a fifth of a second. */
#define ALL_BYTES ((uint64_t)16 << 20)
#define ALL_NS	  UINT64_C(1000000000)
/* No line is longer: two paths and the options, of a page each, every byte of which may be escaped. */
#define STEP ((size_t)64 << 10)

struct mounts_rest {
	struct mounts_of of;
	uint64_t at; /* where the next line begins */
};

static bool is_spent(const struct mounts *m)
{
	return m->read >= ALL_BYTES || m->spent_ns >= ALL_NS;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* All whole lines; how many bytes they are, or -Exxx. */
static ssize_t visit_lines(struct mounts *m, const struct mounts_of *of, const char *buf,
			   size_t len)
{
	const char *end = memrchr(buf, '\n', len), *cursor = buf;
	struct proc_mount mount;
	int r = 0;

	if (!end)
		return len == STEP ? (ssize_t)len : 0;
	end++;
	while (r >= 0 && proc_next_mount(&cursor, end, &mount))
		r = m->visit(m->context, of, &mount);
	return r < 0 ? r : end - buf;
}

/* From `at` on, up to so many bytes: 0 at the end, 1 where more is left, or -Exxx. */
static int read_list(struct mounts *m, int fd, const struct mounts_of *of, uint64_t *at,
		     uint64_t most)
{
	_cleanup_free_ char *buf = malloc(STEP);
	uint64_t begin = *at;
	size_t len = 0;

	if (!buf)
		return -ENOMEM;
	if (begin && lseek(fd, (off_t)begin, SEEK_SET) < 0)
		return -errno;
	while (*at - begin < most && !is_spent(m)) {
		uint64_t then = now_ns();
		ssize_t n = TEMP_FAILURE_RETRY(read(fd, buf + len, STEP - len));

		if (n <= 0)
			return n < 0 ? -errno : 0;
		m->read += (uint64_t)n;
		len += (size_t)n;
		n = visit_lines(m, of, buf, len);
		m->spent_ns += now_ns() - then;
		if (n < 0)
			return (int)n;
		*at += (uint64_t)n;
		len -= (size_t)n;
		memmove(buf, buf + n, len);
	}
	return 1;
}

static int leave_rest(struct mounts *m, const struct mounts_of *of, uint64_t at)
{
	if (util_grow(&m->rest, &m->room_rest, m->nr_rest, sizeof(*m->rest)) < 0)
		return -ENOMEM;
	m->rest[m->nr_rest++] = (struct mounts_rest){*of, at};
	return 0;
}

static int read_mount_ns(int dir, uint64_t *ret)
{
	char link[64];
	ssize_t len = readlinkat(dir, "ns/mnt", link, sizeof(link));

	if (len < 0)
		return -errno;
	return proc_parse_ns_link(link, (size_t)len, "mnt", ret);
}

bool mounts_has_met(const struct mounts *m, uint64_t mount_ns)
{
	return map_get(&m->met, mount_ns);
}

int mounts_look(struct mounts *m, int dir, int32_t pid, int32_t tid)
{
	struct mounts_of of = {.pid = pid, .tid = tid};
	_cleanup_close_ int fd = -1;
	uint64_t at = 0;
	int r = read_mount_ns(dir, &of.mount_ns);

	if (r < 0)
		return r == -EPROTO ? 0 : r;
	if (map_get(&m->met, of.mount_ns))
		return 0;
	if (is_spent(m)) {
		m->is_cut = true;
		return 0;
	}
	fd = file_open(dir, "mountinfo");
	if (fd < 0)
		return fd;
	r = map_put(&m->met, of.mount_ns, 1);
	if (r >= 0)
		r = read_list(m, fd, &of, &at, FIRST_BYTES);
	return r == 1 ? leave_rest(m, &of, at) : r;
}

static int look_at_one_rest(struct mounts *m, int procfs, struct mounts_rest *rest)
{
	_cleanup_close_ int fd = -1;
	char name[32];
	int r;

	if (is_spent(m)) {
		m->is_cut = true;
		return 0;
	}
	snprintf(name, sizeof(name), "%d/mountinfo", rest->of.tid);
	fd = file_open(procfs, name);
	if (fd < 0)
		return 0; /* gone meanwhile */
	r = read_list(m, fd, &rest->of, &rest->at, ALL_BYTES - m->read);
	if (r == 1)
		m->is_cut = true;
	return r == -ENOMEM ? r : 0;
}

int mounts_look_at_rest(struct mounts *m, int procfs)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < m->nr_rest; i++)
		r = look_at_one_rest(m, procfs, &m->rest[i]);
	return r;
}

void mounts_clear(struct mounts *m)
{
	map_clear(&m->met);
	free(m->rest);
}
