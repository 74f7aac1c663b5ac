// SPDX-License-Identifier: LGPL-2.1-or-later
/* comparable.c - can two snapshots be compared? Only what is known of both can speak against it. */
#include "snapshot.h"

#include <errno.h>
#include <string.h>

#include "base/util.h"

static bool is_known(const char *a, const char *b)
{
	return *a && *b;
}

/* A boot's first process never changes; that another reader's numbers begin elsewhere shows, too. */
static bool have_other_inits(const struct pidns_snapshot *a, const struct pidns_snapshot *b)
{
	const struct pidns_task *x = pidns_task_find(a, NULL, 1), *y = pidns_task_find(b, NULL, 1);

	if (!x || !y || !(x->known & y->known & PIDNS_TASK_START) || a->root->pub.reaper != 1 ||
	    b->root->pub.reaper != 1)
		return false;
	return !snapshot_is_same_time(x->start_ns, y->start_ns);
}

static bool have_other_roots(const struct pidns_snapshot *a, const struct pidns_snapshot *b)
{
	if (!a->root || !b->root)
		return false;
	if (a->root->pub.known & b->root->pub.known & PIDNS_NS_INO &&
	    a->root->pub.ino != b->root->pub.ino)
		return true;
	return have_other_inits(a, b);
}

/* Time since boot, where it is one boot; it never goes back. */
static bool is_earlier(const struct pidns_snapshot *a, const struct pidns_snapshot *b)
{
	if (!is_known(a->origin.boot_id, b->origin.boot_id) && a->origin.wall_time_ns &&
	    b->origin.wall_time_ns)
		return a->origin.wall_time_ns < b->origin.wall_time_ns;
	return a->time_ns < b->time_ns;
}

int pidns_diff_check(const struct pidns_snapshot *older, const struct pidns_snapshot *newer,
		     char *text, size_t text_len)
{
	const struct why why = {text, text_len};
	const struct origin *a = &older->origin, *b = &newer->origin;
	bool knows_boot = is_known(a->boot_id, b->boot_id);
	bool is_one_boot = knows_boot && !strcmp(a->boot_id, b->boot_id);

	if (!is_one_boot && is_known(a->host, b->host) && strcmp(a->host, b->host) != 0)
		return why_set(&why, -EXDEV, "they are of two machines, %.64s and %.64s", a->host,
			       b->host);
	if (knows_boot && !is_one_boot)
		return why_set(&why, -EXDEV, "they are of two boots");
	if (a->time_ns_ino && b->time_ns_ino && a->time_ns_ino != b->time_ns_ino)
		return why_set(&why, -EXDEV, "they were taken in two time namespaces");
	if (is_earlier(newer, older))
		return why_set(&why, -EINVAL, "the second was taken before the first");
	if (have_other_roots(older, newer))
		return why_set(&why, -EXDEV,
			       is_one_boot ? "they were taken in two PID namespaces"
					   : "they are of two PID namespaces, boots or machines");
	return 0;
}
