// SPDX-License-Identifier: GPL-2.0-or-later
/* details.c - the thread that looks up what only the rows on the screen need. */
#include "details.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "cpu.h"
#include "lookup.h"
#include "thread.h"

enum details_state {
	DETAILS_IDLE,
	DETAILS_ASKED,
	DETAILS_DONE, /* with an answer that has not been collected */
	DETAILS_LEAVING,
};

struct answer {
	struct detail *list; /* by pid, each once */
	size_t count;
	struct pidns_snapshot *snapshot; /* that their tasks are in */
	uint64_t round;
};

struct details {
	struct lookup *lookup; /* the thread's own */
	pthread_t thread;
	int fd;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct answer shown;
	struct details_wish asked; /* the last one; its PIDs are a copy */
	bool is_behind;		   /* the answer to it, or to a later one, is to come */
	/* Under the lock: */
	enum details_state state;
	bool is_asking;
	struct answer answer;
};

static void answer_clear(struct answer *answer)
{
	detail_list_free(answer->list, answer->count);
	pidns_snapshot_unref(answer->snapshot);
	*answer = (struct answer){0};
}

/* ---- The thread ---- */

static void *details_thread(void *arg)
{
	struct details *details = arg;
	struct answer answer;

	pthread_mutex_lock(&details->lock);
	for (;;) {
		while (details->state == DETAILS_IDLE || details->state == DETAILS_DONE)
			pthread_cond_wait(&details->changed, &details->lock);
		if (details->state == DETAILS_LEAVING)
			break;
		details->is_asking = true;
		pthread_mutex_unlock(&details->lock);
		/* While it is asked, the wish stays as it is. */
		lookup_run(details->lookup, &details->asked);
		answer.count = lookup_copy(details->lookup, &answer.list, &answer.snapshot);
		answer.round = details->asked.round;
		pthread_mutex_lock(&details->lock);
		details->is_asking = false;
		details->answer = answer;
		if (details->state == DETAILS_ASKED)
			details->state = DETAILS_DONE;
		eventfd_write(details->fd, 1);
	}
	pthread_mutex_unlock(&details->lock);
	return NULL;
}

/* ---- The caller's side ---- */

static struct details *details_free(struct details *details)
{
	lookup_close(details->lookup);
	answer_clear(&details->shown);
	answer_clear(&details->answer);
	free((void *)(uintptr_t)details->asked.pids);
	if (details->fd >= 0)
		close(details->fd);
	pthread_mutex_destroy(&details->lock);
	pthread_cond_destroy(&details->changed);
	free(details);
	return NULL;
}

struct details *details_open(struct pidns_ctx *ctx, struct cmdline_helper *helper)
{
	struct details *details = calloc(1, sizeof(*details));

	if (!details)
		return NULL;
	pthread_mutex_init(&details->lock, NULL);
	pthread_cond_init(&details->changed, NULL);
	details->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	details->lookup = lookup_open(ctx, helper);
	if (details->fd < 0 || !details->lookup ||
	    thread_start(&details->thread, details_thread, details) < 0)
		return details_free(details);
	return details;
}

bool details_close(struct details *details)
{
	bool is_asking;

	if (!details)
		return true;
	pthread_mutex_lock(&details->lock);
	is_asking = details->is_asking;
	details->state = DETAILS_LEAVING;
	pthread_cond_signal(&details->changed);
	pthread_mutex_unlock(&details->lock);
	if (is_asking)
		return false;
	pthread_join(details->thread, NULL);
	details_free(details);
	return true;
}

int details_fd(const struct details *details)
{
	return details ? details->fd : -1;
}

bool details_collect(struct details *details)
{
	eventfd_t ignored;
	bool is_done;

	if (!details || eventfd_read(details->fd, &ignored) < 0)
		return false;
	pthread_mutex_lock(&details->lock);
	is_done = details->state == DETAILS_DONE;
	if (is_done) {
		answer_clear(&details->shown);
		details->shown = details->answer;
		details->answer = (struct answer){0};
		details->state = DETAILS_IDLE;
	}
	pthread_mutex_unlock(&details->lock);
	return is_done;
}

static bool is_same_wish(const struct details_wish *a, const struct details_wish *b)
{
	return a->round == b->round && a->task_fields == b->task_fields &&
	       a->nr_pids == b->nr_pids && a->commands == b->commands && a->nice == b->nice &&
	       a->pids && (!a->nr_pids || !memcmp(a->pids, b->pids, a->nr_pids * sizeof(*a->pids)));
}

static void ask(struct details *details, const struct details_wish *wish)
{
	int32_t *pids = malloc((wish->nr_pids + 1) * sizeof(*pids));

	if (!pids)
		return;
	if (wish->nr_pids)
		memcpy(pids, wish->pids, wish->nr_pids * sizeof(*pids));
	free((void *)(uintptr_t)details->asked.pids);
	details->asked = *wish;
	details->asked.pids = pids;
	pthread_mutex_lock(&details->lock);
	details->state = DETAILS_ASKED;
	pthread_cond_signal(&details->changed);
	pthread_mutex_unlock(&details->lock);
}

void details_ask(struct details *details, const struct details_wish *wish)
{
	enum details_state state;

	details_collect(details);
	pthread_mutex_lock(&details->lock);
	state = details->state;
	pthread_mutex_unlock(&details->lock);
	details->is_behind = state != DETAILS_IDLE;
	if (state != DETAILS_IDLE || is_same_wish(&details->asked, wish))
		return;
	ask(details, wish);
	details->is_behind = true;
}

bool details_is_behind(const struct details *details)
{
	return details && details->is_behind;
}

/* ---- What is known ---- */

static const struct detail *find(const struct details *details, int32_t pid)
{
	return details ? detail_find(details->shown.list, details->shown.count, pid) : NULL;
}

/* Of an earlier moment than the one shown there is nothing to tell. */
static const struct detail *find_now(const struct details *details, int32_t pid)
{
	return details && details->shown.round == details->asked.round ? find(details, pid) : NULL;
}

bool details_is_coming(const struct details *details, int32_t pid)
{
	return details && details->is_behind && !find_now(details, pid);
}

bool details_nice(const struct details *details, int32_t pid, int *ret_nice)
{
	const struct detail *detail = find_now(details, pid);

	if (!detail || !detail->has_nice)
		return false;
	*ret_nice = detail->nice;
	return true;
}

const struct pidns_task *details_task(const struct details *details, int32_t pid)
{
	const struct detail *detail = find_now(details, pid);

	return detail ? detail->task : NULL;
}

double details_cpu(const struct details *details, int32_t pid)
{
	const struct detail *detail = find_now(details, pid);

	return detail && detail->task ? detail->cpu : CPU_UNKNOWN;
}

/* Until the next answer is there, a process is called as it was. */
const char *details_command(const struct details *details, int32_t pid, size_t *ret_len)
{
	const struct detail *detail = find(details, pid);

	if (!detail || !detail->has_command)
		return NULL;
	*ret_len = detail->command_len;
	return detail->command;
}
