// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * namespaces.c - user.max_*_namespaces and the nesting of user namespaces: what stops unshare(2), and
 * clone(2) with CLONE_NEW*, as the start of a container calls it.
 */
#include "internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "holders.h"
#include "namespaces.h"
#include "userns.h"

/* Where a limit is so far off that as many as there are tasks do not come near it, looking at them all is
 * left to those who ask for more. */
static bool is_worth_counting(const struct limits *l)
{
	const struct limits_namespaces *n = l->of_namespaces;

	if (l->a->flags & PIDNS_TAKE_ALL)
		return true;
	for (int kind = 0; kind < NR_KINDS; kind++)
		if (n->kinds[kind].has_max && n->kinds[kind].max / 2 <= l->nr_tasks)
			return true;
	return false;
}

/* ---- limits ---------------------------------------------------------------------------------- */

static struct pidns_limit *new_limit(struct limits *l, int kind, const char *where)
{
	struct pidns_limit *limit = limits_new(l, namespace_kinds[kind].limit, ENOSPC,
					       "user.max_%s_namespaces of %s",
					       namespace_kinds[kind].type, where);

	if (limit)
		limit->is_fork = 0;
	return limit;
}

/* Does that namespace count for that user there, directly or by way of those below? */
static bool is_charged(const struct limits *l, const struct seen *seen,
		       const struct account *account)
{
	uint64_t user = seen->user;
	uint32_t uid = seen->uid;

	for (int up = 0; up <= USERNS_DEEPEST; up++) {
		if (user == account->user && uid == account->uid)
			return true;
		if (!namespaces_go_up(l, &user, &uid))
			break;
	}
	return false;
}

static const char *holders_of(struct limits *l, const struct account *account, int kind)
{
	const struct limits_namespaces *n = l->of_namespaces;
	struct holders holders = {0};

	for (size_t i = 0; i < n->nr_seen; i++)
		if (n->seen[i].kind == kind && is_charged(l, &n->seen[i], account))
			holders_add(&holders, l->a, n->seen[i].member);
	return holders_text(&holders, l->a);
}

/* Several users whom the reader cannot tell apart have one number: they have no count. */
static bool is_countable(const struct limits *l, const struct account *account)
{
	return l->own_user == USERNS_INITIAL || account->uid != USERNS_OVERFLOW;
}

static struct pidns_limit *new_of_account(struct limits *l, const struct account *account, int kind)
{
	const char *type = namespace_kinds[kind].type;
	char where[64];

	if (account->user != l->own_user) {
		snprintf(where, sizeof(where), "uid %" PRIu32 " in user:[%" PRIu64 "]",
			 account->uid, account->user);
		return new_limit(l, kind, where);
	}
	return limits_new(l, namespace_kinds[kind].limit, ENOSPC,
			  "/proc/sys/user/max_%s_namespaces of uid %" PRIu32, type, account->uid);
}

static int make_limit(struct limits *l, struct account *account, int kind)
{
	const struct limits_namespaces *n = l->of_namespaces;
	struct pidns_limit *limit = new_of_account(l, account, kind);

	if (!limit)
		return -ENOMEM;
	limit->is_fork = 0;
	account->limits[kind] = limit;
	if (account->user == l->own_user && n->kinds[kind].has_max) {
		limit->max = n->kinds[kind].max;
		limit->known |= PIDNS_LIMIT_MAX;
	}
	if (!n->is_counted)
		return 0;
	limit->used = is_countable(l, account) ? account->used[kind] : 0;
	limit->known |= PIDNS_LIMIT_USED;
	limits_flag(limit, PIDNS_LIMIT_IS_AT_LEAST);
	if (limit->used && (l->is_one || limit->used >= limit->max / 2))
		limit->holders = holders_of(l, account, kind);
	return 0;
}

static int add_account(struct limits *l, uint64_t user, uint32_t uid)
{
	struct limits_namespaces *n = l->of_namespaces;
	struct account *account;
	int r = namespaces_account(n, user, uid, &account);

	for (int kind = 0; r >= 0 && kind < NR_KINDS; kind++) {
		if (!n->kinds[kind].is_there)
			continue;
		if (!account->limits[kind])
			r = make_limit(l, account, kind);
		if (r >= 0)
			r = limits_add(l, account->limits[kind]);
	}
	return r;
}

/* What is out of sight, a limit of each kind that is made when it is first wanted. */
static int add_unseen(struct limits *l, const struct pidns_limit **unseen, const char *where)
{
	int r = 0;

	for (int kind = 0; r >= 0 && kind < NR_KINDS; kind++) {
		if (!l->of_namespaces->kinds[kind].is_there)
			continue;
		if (!unseen[kind])
			unseen[kind] = new_limit(l, kind, where);
		r = unseen[kind] ? limits_add(l, unseen[kind]) : -ENOMEM;
	}
	return r;
}

/* A task at the deepest level can make no namespace below. */
static int add_level(struct limits *l, uint64_t user)
{
	bool is_top;
	uint32_t level = userns_level(&l->userns, user, &is_top);
	struct pidns_limit *limit = limits_new(l, PIDNS_LIMIT_USER_LEVEL, ENOSPC,
					       "the kernel's limit of nested user namespaces");

	if (!limit)
		return -ENOMEM;
	limit->is_fork = 0;
	limit->used = level;
	limit->max = USERNS_DEEPEST;
	limit->known = PIDNS_LIMIT_USED | PIDNS_LIMIT_MAX;
	if (!is_top)
		limits_flag(limit, PIDNS_LIMIT_IS_AT_LEAST);
	return limits_add(l, limit);
}

int limits_namespaces_add(struct limits *l, uint64_t user, uint32_t uid)
{
	struct limits_namespaces *n = l->of_namespaces;
	int r = is_worth_counting(l) ? namespaces_count(l) : 0;

	if (r >= 0 && !user)
		return add_unseen(l, n->of_unknown,
				  "its user namespace, which cannot be identified");
	if (r >= 0)
		r = add_level(l, user);
	for (int up = 0; r >= 0 && up <= USERNS_DEEPEST; up++) {
		r = add_account(l, user, uid);
		if (r >= 0 && !namespaces_go_up(l, &user, &uid))
			break;
	}
	if (r >= 0 && user != USERNS_INITIAL)
		r = add_unseen(l, n->of_above, "the user namespaces above, which are out of sight");
	return r;
}

/* ---------------------------------------------------------------------------------------------- */

/* A kernel that lacks a kind has neither its links nor its limit. */
static void read_own(struct limits *l, int kind)
{
	struct limits_namespaces *n = l->of_namespaces;
	char name[64];

	snprintf(name, sizeof(name), "sys/user/max_%s_namespaces", namespace_kinds[kind].type);
	n->kinds[kind].has_max = file_read_number(l->a->procfs, name, &n->kinds[kind].max) == 0;
	snprintf(name, sizeof(name), "self/ns/%s", namespace_kinds[kind].type);
	n->kinds[kind].is_there = n->kinds[kind].has_max ||
				  limits_read_link(l->a->procfs, name, namespace_kinds[kind].type);
}

int limits_namespaces_open(struct limits *l)
{
	l->of_namespaces = calloc(1, sizeof(*l->of_namespaces));
	if (!l->of_namespaces)
		return -ENOMEM;
	for (int kind = 0; kind < NR_KINDS; kind++)
		read_own(l, kind);
	return 0;
}

void limits_namespaces_close(struct limits *l)
{
	struct limits_namespaces *n = l->of_namespaces;

	if (!n)
		return;
	free(n->seen);
	free(n->accounts);
	map_clear(&n->seen_ino);
	map_clear(&n->by_user);
	free(n);
}
