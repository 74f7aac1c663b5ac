// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * feed-ended.c - processes that have exited and are not known to be reaped.
 *
 * The tracepoint that says so is missed for some of a thousand on some kernels (6.18, under load). So
 * each is looked for a moment later, and, as it may well be a zombie, ever more seldom.
 */
#include "feed.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FIRST_DELAY_NS UINT64_C(100000000)
#define LAST_DELAY_NS  UINT64_C(10000000000)

struct ended {
	uint64_t due_ns, delay_ns, start_ns;
	int32_t pid;
};

/* A heap: none is due before the one at (its place - 1) / 2. */
struct feed_ended {
	struct ended *list;
	size_t nr, room;
};

struct feed_ended *feed_ended_new(void)
{
	return calloc(1, sizeof(struct feed_ended));
}

struct feed_ended *feed_ended_free(struct feed_ended *q)
{
	if (q)
		free(q->list);
	free(q);
	return NULL;
}

static int push(struct feed_ended *q, const struct ended *ended)
{
	size_t at = q->nr;

	if (util_grow(&q->list, &q->room, q->nr, sizeof(*q->list)) < 0)
		return -ENOMEM;
	q->nr++;
	for (; at && q->list[(at - 1) / 2].due_ns > ended->due_ns; at = (at - 1) / 2)
		q->list[at] = q->list[(at - 1) / 2];
	q->list[at] = *ended;
	return 0;
}

static struct ended pop(struct feed_ended *q)
{
	struct ended first = q->list[0], last = q->list[--q->nr];
	size_t at = 0, child;

	while ((child = 2 * at + 1) < q->nr) {
		if (child + 1 < q->nr && q->list[child + 1].due_ns < q->list[child].due_ns)
			child++;
		if (q->list[child].due_ns >= last.due_ns)
			break;
		q->list[at] = q->list[child];
		at = child;
	}
	q->list[at] = last;
	return first;
}

int feed_ended_add(struct feed_ended *q, int32_t pid, uint64_t start_ns, uint64_t now_ns)
{
	const struct ended ended = {now_ns + FIRST_DELAY_NS, FIRST_DELAY_NS, start_ns, pid};

	return push(q, &ended);
}

/* A thread that has its number now is not it. */
static bool is_there(int32_t pid)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || (errno != ESRCH && errno != EINVAL && errno != ENOENT);
}

bool feed_ended_next(struct feed_ended *q, feed_is_known *is_known, const void *arg,
		     uint64_t now_ns, int32_t *ret_pid, uint64_t *ret_start_ns)
{
	while (q->nr && q->list[0].due_ns <= now_ns) {
		struct ended ended = pop(q);

		if (!is_known(arg, ended.pid, ended.start_ns))
			continue;
		if (!is_there(ended.pid)) {
			*ret_pid = ended.pid;
			*ret_start_ns = ended.start_ns;
			return true;
		}
		ended.delay_ns *= 2;
		if (ended.delay_ns > LAST_DELAY_NS)
			ended.delay_ns = LAST_DELAY_NS;
		ended.due_ns = now_ns + ended.delay_ns;
		push(q, &ended);
	}
	return false;
}

uint64_t feed_ended_due_ns(const struct feed_ended *q)
{
	return q->nr ? q->list[0].due_ns : 0;
}
