// SPDX-License-Identifier: GPL-2.0-or-later
/* findings.c - what is wrong with the namespaces of a snapshot: all kinds, worst first. */
#include "findings-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int (*const kinds[])(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
			    struct findings *findings) = {
	findings_limits,
	findings_zombies,
	findings_pinned,
	findings_joined,
};

static const char *const names[] = {
	[FINDING_LIMIT] = "limit",     [FINDING_ZOMBIES] = "zombies", [FINDING_DEAD] = "dead",
	[FINDING_DYING] = "dying",     [FINDING_UNBORN] = "unborn",   [FINDING_JOINED] = "joined",
	[FINDING_REFUSED] = "refused",
};

const char *finding_name(enum finding_kind kind)
{
	return names[kind];
}

void findings_wish(struct pidns_take_opts *opts)
{
	opts->ns_fields |= PIDNS_NS_STATE | PIDNS_NS_REAPER | PIDNS_NS_ZOMBIES;
	opts->task_fields |= PIDNS_TASK_STATE | PIDNS_TASK_PPID | PIDNS_TASK_START |
			     PIDNS_TASK_COMM | PIDNS_TASK_UID | PIDNS_TASK_THREADS |
			     PIDNS_TASK_HAS_JOINED;
	opts->flags |= PIDNS_TAKE_ALL | PIDNS_TAKE_LIMITS | PIDNS_TAKE_PINS | PIDNS_TAKE_ZOMBIES;
}

struct finding *findings_add(struct findings *findings, enum finding_kind kind, uint32_t rank,
			     const struct pidns_ns *ns)
{
	struct finding *finding;

	if (findings->nr == findings->room) {
		size_t room = findings->room ? findings->room * 2 : 16;
		struct finding *grown = realloc(findings->list, room * sizeof(*grown));

		if (!grown)
			return NULL;
		findings->list = grown;
		findings->room = room;
	}
	finding = &findings->list[findings->nr++];
	*finding = (struct finding){.kind = kind, .rank = rank, .ns = ns};
	return finding;
}

static uint64_t ino_of(const struct finding *finding)
{
	return finding->ns->known & PIDNS_NS_INO ? finding->ns->ino : 0;
}

static int compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (ino_of(x) != ino_of(y))
		return ino_of(x) < ino_of(y) ? -1 : 1;
	return strcmp(x->message, y->message);
}

/* The same limit is above many namespaces; of these the outermost is first in the list. */
static int compare_limits(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int r;

	if (!x->source || !y->source)
		return !x->source - !y->source;
	r = strcmp(x->source, y->source);
	if (!r)
		r = (x->limit > y->limit) - (x->limit < y->limit);
	if (!r)
		r = (x->ns->depth > y->ns->depth) - (x->ns->depth < y->ns->depth);
	return r ? r : (ino_of(x) > ino_of(y)) - (ino_of(x) < ino_of(y));
}

static void keep_each_limit_once(struct findings *findings)
{
	size_t kept = 0;

	qsort(findings->list, findings->nr, sizeof(*findings->list), compare_limits);
	for (size_t i = 0; i < findings->nr; i++) {
		const struct finding *last = kept ? &findings->list[kept - 1] : NULL;
		const struct finding *next = &findings->list[i];

		if (!last || !next->source || strcmp(last->source, next->source) ||
		    last->limit != next->limit)
			findings->list[kept++] = *next;
	}
	findings->nr = kept;
}

static int add_all_kinds(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
			 struct findings *findings)
{
	int r = 0;

	for (size_t k = 0; r >= 0 && k < sizeof(kinds) / sizeof(kinds[0]); k++)
		r = kinds[k](snapshot, ns, findings);
	return r;
}

/* Put in order, and ready for a second look. */
void findings_finish(const struct pidns_snapshot *snapshot, struct findings *findings)
{
	if (!findings->nr)
		return;
	keep_each_limit_once(findings);
	qsort(findings->list, findings->nr, sizeof(*findings->list), compare);
	for (size_t i = 0; i < findings->nr; i++)
		findings->list[i].task = pidns_task_find(snapshot, NULL, findings->list[i].pid);
	findings_count_alike(findings);
}

int findings_make(const struct pidns_snapshot *snapshot, struct findings *ret)
{
	const struct pidns_ns *const *list;
	size_t nr = pidns_snapshot_namespaces(snapshot, &list);
	int r = 0;

	*ret = (struct findings){0};
	for (size_t i = 0; r >= 0 && i < nr; i++)
		r = add_all_kinds(snapshot, list[i], ret);
	findings_finish(snapshot, ret);
	return r;
}

int findings_make_of(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		     struct findings *ret)
{
	int r;

	*ret = (struct findings){0};
	r = add_all_kinds(snapshot, ns, ret);
	findings_finish(snapshot, ret);
	return r;
}

/* ---- a second look --------------------------------------------------------------------------- */

/* Limits do not pass by, and what was refused stays so. */
static bool may_pass(const struct finding *finding)
{
	return finding->kind != FINDING_LIMIT && finding->kind != FINDING_REFUSED;
}

int findings_pids(const struct findings *findings, int32_t **ret_pids)
{
	int32_t *pids = malloc((findings->nr + 1) * sizeof(*pids));
	int nr = 0;

	if (!pids)
		return -ENOMEM;
	for (size_t i = 0; i < findings->nr; i++)
		if (may_pass(&findings->list[i]))
			pids[nr++] = findings->list[i].pid;
	*ret_pids = pids;
	return nr;
}

static bool is_same_task(const struct pidns_task *was, const struct pidns_task *is)
{
	if (!was || !is)
		return false;
	return !(was->known & is->known & PIDNS_TASK_PPID) || was->ppid == is->ppid;
}

/* Of a few tasks alone no state follows of the namespaces they keep. */
static bool is_same_ns(const struct pidns_ns *was, const struct pidns_ns *is)
{
	return is && (!(is->known & PIDNS_NS_STATE) || is->state == was->state);
}

static bool still_holds(const struct finding *finding, const struct pidns_snapshot *later)
{
	const struct pidns_task *task = pidns_task_find(later, NULL, finding->pid);

	switch (finding->kind) {
	case FINDING_ZOMBIES:
		return is_same_task(finding->task, task) && pidns_task_is_zombie(task);
	case FINDING_JOINED:
		return is_same_task(finding->task, task);
	case FINDING_DYING:
	case FINDING_DEAD:
	case FINDING_UNBORN:
		return is_same_ns(finding->ns, pidns_ns_find(later, finding->ns->ino));
	default:
		return true;
	}
}

void findings_confirm(struct findings *findings, const struct pidns_snapshot *later)
{
	size_t kept = 0;

	for (size_t i = 0; i < findings->nr; i++)
		if (still_holds(&findings->list[i], later))
			findings->list[kept++] = findings->list[i];
	findings->nr = kept;
	findings_count_alike(findings);
}

void findings_clear(struct findings *findings)
{
	free(findings->list);
	*findings = (struct findings){0};
}
