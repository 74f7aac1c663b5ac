// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * waits.c - what an init that is ending, or has ended, waits for.
 *
 * An init kills all that have a PID in its namespace and waits until these are gone:
 * zap_pid_ns_processes(), kernel/pid_namespace.c. One that sleeps uninterruptibly does not go; nor one
 * that is traced, before its tracer lets it; nor a zombie, before its parent, who may be outside, reaps it.
 */
#include "waits.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "annotate/annotate.h"
#include "base/file.h"
#include "base/proc.h"
#include "base/text.h"
#include "base/util.h"

#define SHOWN	   3
#define LOOKED_AT  256 /* more are only counted */
#define WHO_MAX	   96
#define REASON_MAX 256

enum rank { STUCK, TRACED, UNREAPED, ENDING, NR_RANKS };

struct waits {
	struct {
		enum rank rank;
		char text[REASON_MAX];
	} list[SHOWN];
	size_t nr;
	uint64_t others;
};

static bool read_stat(const struct annotation *a, const char *task, struct proc_stat *ret)
{
	char buf[1024], name[64];
	ssize_t len;

	snprintf(name, sizeof(name), "%s/stat", task);
	len = file_read(a->procfs, name, buf, sizeof(buf));
	return len > 0 && proc_parse_stat(buf, (size_t)len, ret) == 0;
}

/* 0: no tracer in sight. */
static int32_t tracer_of(const struct annotation *a, const char *task)
{
	char buf[8192], name[64];
	struct text line;
	uint64_t pid;
	ssize_t len;

	snprintf(name, sizeof(name), "%s/status", task);
	len = file_read(a->procfs, name, buf, sizeof(buf));
	if (len <= 0 || !text_find_line((struct text){buf, (size_t)len}, "TracerPid:", &line) ||
	    !text_parse_range(text_next_word(&line), 1, INT32_MAX, &pid))
		return 0;
	return (int32_t)pid;
}

/* The function it sleeps in; "": it is not told. */
static void read_wchan(const struct annotation *a, const char *task, char wchan[WHO_MAX])
{
	char name[64];
	ssize_t len;

	snprintf(name, sizeof(name), "%s/wchan", task);
	len = file_read(a->procfs, name, wchan, WHO_MAX);
	if (len <= 0 || !strcmp(wchan, "0"))
		wchan[0] = '\0';
}

static const char *name_of(const struct annotation *a, int32_t pid, char who[WHO_MAX])
{
	struct proc_stat stat;
	char task[16];

	snprintf(task, sizeof(task), "%" PRId32, pid);
	if (pid <= 0)
		snprintf(who, WHO_MAX, "a process out of sight");
	else if (read_stat(a, task, &stat))
		snprintf(who, WHO_MAX, "PID %" PRId32 " (%s)", pid, stat.comm);
	else
		snprintf(who, WHO_MAX, "PID %" PRId32, pid);
	return who;
}

static enum rank explain_sleep(const struct annotation *a, const char *task, char *text,
			       size_t size)
{
	char wchan[WHO_MAX];

	read_wchan(a, task, wchan);
	if (strstr(wchan, "refrigerator") || strstr(wchan, "freezer"))
		snprintf(text, size, "frozen with its cgroup");
	else
		snprintf(text, size, "in uninterruptible sleep%s%s", wchan[0] ? " in " : "", wchan);
	return STUCK;
}

/* Why a process or thread is still there. */
static enum rank explain(const struct annotation *a, const char *task, const struct proc_stat *stat,
			 char *text, size_t size)
{
	int32_t tracer = tracer_of(a, task);
	char who[WHO_MAX];

	if (stat->state == 'D')
		return explain_sleep(a, task, text, size);
	if (stat->state == 't' || (tracer && stat->state != 'Z')) {
		snprintf(text, size, "%s by its tracer, %s",
			 stat->state == 't' ? "stopped" : "watched", name_of(a, tracer, who));
		return TRACED;
	}
	if (stat->state == 'Z' || stat->state == 'X') {
		snprintf(text, size, "a zombie that %s%s has not reaped",
			 tracer ? "its tracer, " : "",
			 name_of(a, tracer ? tracer : stat->ppid, who));
		return UNREAPED;
	}
	snprintf(text, size, "%s (state %c)", stat->state == 'T' ? "stopped" : "still ending",
		 (char)stat->state);
	return stat->state == 'T' ? STUCK : ENDING;
}

/* Where the leader has ended, it is another thread that has not. */
static enum rank explain_threads(const struct annotation *a, int32_t pid, char *text, size_t size)
{
	struct file_list threads = {.fd = -1};
	char name[64], task[64];
	enum rank best = NR_RANKS;
	const char *tid;

	snprintf(name, sizeof(name), "%" PRId32 "/task", pid);
	threads.fd = file_open(a->procfs, name);
	while (threads.fd >= 0 && (tid = file_list_next(&threads))) {
		char reason[REASON_MAX / 2];
		struct proc_stat stat;
		enum rank rank;

		snprintf(task, sizeof(task), "%" PRId32 "/task/%.16s", pid, tid);
		if (!read_stat(a, task, &stat) || stat.state == 'Z' || stat.state == 'X')
			continue;
		rank = explain(a, task, &stat, reason, sizeof(reason));
		if (rank >= best)
			continue;
		best = rank;
		snprintf(text, size, "its thread %.16s is %s", tid, reason);
	}
	util_closep(&threads.fd);
	return best;
}

/* The worst SHOWN of them, and in the order they came. */
static void keep(struct waits *waits, enum rank rank, const char *text)
{
	size_t i = waits->nr;

	while (i && waits->list[i - 1].rank > rank)
		i--;
	if (waits->nr == SHOWN)
		waits->others++;
	else
		waits->nr++;
	if (i == SHOWN)
		return;
	memmove(&waits->list[i + 1], &waits->list[i], (waits->nr - 1 - i) * sizeof(waits->list[0]));
	waits->list[i].rank = rank;
	snprintf(waits->list[i].text, REASON_MAX, "%s", text);
}

static void look_at(struct waits *waits, const struct annotation *a, int32_t pid)
{
	char task[16], reason[REASON_MAX], text[REASON_MAX];
	enum rank rank = NR_RANKS;
	struct proc_stat stat;

	snprintf(task, sizeof(task), "%" PRId32, pid);
	if (!read_stat(a, task, &stat))
		return;
	if (stat.state == 'Z' && stat.threads > 1)
		rank = explain_threads(a, pid, reason, sizeof(reason));
	if (rank == NR_RANKS)
		rank = explain(a, task, &stat, reason, sizeof(reason));
	snprintf(text, sizeof(text), "PID %" PRId32 " (%.64s), %.*s", pid, stat.comm,
		 REASON_MAX - 96, reason);
	keep(waits, rank, text);
}

static const char *text_of(const struct waits *waits, struct annotation *a)
{
	char text[SHOWN * (REASON_MAX + 2) + 32];
	size_t len = 0;

	for (size_t i = 0; i < waits->nr; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? "; " : "",
					waits->list[i].text);
	if (waits->others)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%" PRIu64 " more",
					len ? "; " : "", waits->others);
	return len ? annotate_text(a, text, len) : NULL;
}

const char *limits_waits(struct annotation *a, const struct pidns_ns *ns)
{
	const struct pidns_task *const *tasks;
	size_t nr = pidns_ns_subtree_tasks(ns, &tasks), looked_at = 0;
	struct waits waits = {0};

	for (size_t i = 0; i < nr; i++) {
		bool is_init = pidns_task_vpid(tasks[i], ns) == 1;

		/* An init that is a zombie has nothing to wait for but its parent. */
		if (tasks[i]->pid != tasks[i]->tid ||
		    (is_init && ns->state != PIDNS_STATE_ZOMBIE_INIT))
			continue;
		if (looked_at++ < LOOKED_AT)
			look_at(&waits, a, tasks[i]->pid);
		else
			waits.others++;
	}
	return text_of(&waits, a);
}
