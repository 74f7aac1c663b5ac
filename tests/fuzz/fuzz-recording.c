// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A recording: opened, taken, walked, and written again. Between two takes of one recording nothing
 * has changed. What comes out of the first replay comes out of the second to the byte; unless it
 * says that the world moved: then numbers may have been disbelieved that had led to other facts.
 *
 * An input that begins as a recording does is tried as it is; any other is what lies between the
 * first line and the last, which are put around it so that the checksum keeps nothing out.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "open-recording.h"
#include "pidnsinfo.h"
#include "recording/recording.h"
#include "base/util.h"

static int new_file(void)
{
	int fd = memfd_create("recording", MFD_CLOEXEC);

	must(fd >= 0);
	return fd;
}

static void put(int fd, const void *bytes, size_t size)
{
	must(write(fd, bytes, size) == (ssize_t)size);
}

static size_t count_lines(const char *text, size_t size, const char *kind)
{
	const char *end = size ? text + size : text;
	size_t len = strlen(kind), nr = 0;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));

		nr += (size_t)(end - text) >= len && !memcmp(text, kind, len);
		text = newline ? newline + 1 : end;
	}
	return nr;
}

static int wrap(const uint8_t *data, size_t size)
{
	static const char head[] = RECORDING_MAGIC " 1\n";
	const char *text = (const char *)data;
	int fd = new_file();
	uint64_t hash = FNV_START;
	char line[128];
	int len = snprintf(line, sizeof(line), "%send namespaces=%zu tasks=%zu " RECORDING_CHECKSUM,
			   size && text[size - 1] != '\n' ? "\n" : "",
			   count_lines(text, size, "ns "), count_lines(text, size, "task "));

	put(fd, head, sizeof(head) - 1);
	put(fd, data, size);
	put(fd, line, (size_t)len);
	hash = util_hash(hash, head, sizeof(head) - 1);
	hash = util_hash(hash, data, size);
	hash = util_hash(hash, line, (size_t)len);
	len = snprintf(line, sizeof(line), "%016" PRIx64 "\n", hash);
	put(fd, line, (size_t)len);
	return fd;
}

static struct pidns_snapshot *take(struct pidns_ctx *ctx)
{
	char why[256] = "";
	const struct pidns_take_opts opts = {.size = sizeof(opts),
					     .ns_fields = PIDNS_FIELDS_ALL,
					     .task_fields = PIDNS_FIELDS_ALL,
					     .flags = PIDNS_TAKE_THREADS,
					     .why = why,
					     .why_len = sizeof(why)};
	struct pidns_snapshot *s = NULL;

	if (pidns_snapshot_take(ctx, &opts, &s) < 0)
		must(!s && *why);
	return s;
}

static void walk_tasks(const struct pidns_snapshot *s)
{
	const struct pidns_task *const *tasks;
	size_t nr = pidns_snapshot_tasks(s, &tasks), i;

	for (i = 0; i < nr; i++) {
		const struct pidns_task *t = tasks[i];

		must(t->ns && t->nr_vpids && t->vpids[0] == t->tid && strlen(t->comm) < SIZE_MAX);
		must(pidns_task_find(s, NULL, t->tid) == t);
		if (t->known & PIDNS_TASK_VPIDS) {
			must(t->nr_vpids == t->ns->depth + 1);
			must(pidns_task_vpid(t, t->ns) == t->vpids[t->nr_vpids - 1]);
		}
	}
}

static void walk_namespaces(const struct pidns_snapshot *s)
{
	const struct pidns_ns *const *list, *const *below;
	const struct pidns_task *const *members;
	size_t nr = pidns_snapshot_namespaces(s, &list), i, j, nr_tasks = 0;

	for (i = 0; i < nr; i++) {
		const struct pidns_ns *parent = pidns_ns_parent(list[i]);

		must(list[i]->depth <= PIDNS_LEVEL_MAX);
		if (list[i]->known & PIDNS_NS_PARENT)
			must(parent && parent->depth + 1 == list[i]->depth);
		if (list[i]->known & PIDNS_NS_INO)
			must(pidns_ns_find(s, list[i]->ino) == list[i]);
		must(pidns_ns_subtree(list[i], &below) <= nr - i && below == list + i);
		j = pidns_ns_tasks(list[i], &members);
		nr_tasks += j;
		must(pidns_ns_subtree_tasks(list[i], &members) >= j);
		while (j--)
			must(members[j]->ns == list[i]);
	}
	must(nr_tasks == pidns_snapshot_tasks(s, &members));
}

static void must_not_differ(struct pidns_snapshot *a, struct pidns_snapshot *b)
{
	const struct pidns_event *const *events;
	struct pidns_diff *diff;

	must(pidns_diff_open(a, b, &diff) == 0);
	must(pidns_diff_events(diff, &events) == 0);
	pidns_diff_close(diff);
}

static void must_be_equal(int a, int b)
{
	struct stat x, y;
	void *p, *q;

	must(!fstat(a, &x) && !fstat(b, &y) && x.st_size == y.st_size);
	p = mmap(NULL, (size_t)x.st_size, PROT_READ, MAP_PRIVATE, a, 0);
	q = mmap(NULL, (size_t)x.st_size, PROT_READ, MAP_PRIVATE, b, 0);
	must(p != MAP_FAILED && q != MAP_FAILED);
	must(!memcmp(p, q, (size_t)x.st_size));
	munmap(p, (size_t)x.st_size);
	munmap(q, (size_t)x.st_size);
}

/* The bytes that a replay of it makes; -1: it is refused. */
static int record_again(int fd, bool *ret_raced)
{
	struct pidns_ctx *ctx = open_recording(fd);
	struct pidns_snapshot *s, *twin;
	int again;

	if (!ctx)
		return -1;
	s = take(ctx);
	twin = take(ctx);
	must(!s == !twin);
	pidns_close(ctx);
	if (!s)
		return -1;
	walk_namespaces(s);
	walk_tasks(s);
	must_not_differ(s, twin);
	again = new_file();
	must(pidns_snapshot_write(s, again) == 0);
	*ret_raced = pidns_snapshot_flags(s) & PIDNS_SNAPSHOT_RACED;
	pidns_snapshot_unref(s);
	pidns_snapshot_unref(twin);
	return again;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t head = strlen(RECORDING_MAGIC);
	int fd, first, second;
	bool raced;

	if (size >= head && !memcmp(data, RECORDING_MAGIC, head)) {
		fd = new_file();
		put(fd, data, size);
	} else {
		fd = wrap(data, size);
	}
	first = record_again(fd, &raced);
	if (first >= 0) {
		bool was_raced = raced;

		second = record_again(first, &raced);
		must(second >= 0 && raced == was_raced);
		if (!raced)
			must_be_equal(first, second);
		close(second);
		close(first);
	}
	close(fd);
	return 0;
}
