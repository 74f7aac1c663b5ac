// SPDX-License-Identifier: GPL-2.0-or-later
/* findings-limits.c - what makes fork fail, or soon will. */
#include "findings-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "remedy.h"

/* 80 % of a number that is known; a namespace without a running init is a finding of its own. */
static bool is_near(const struct pidns_limit *limit)
{
	return limit->kind != PIDNS_LIMIT_INIT && limit->known & PIDNS_LIMIT_USED &&
	       limit->known & PIDNS_LIMIT_MAX &&
	       limit->used / 100.0 >= limit->max / 100.0 * (FINDING_PERCENT / 100.0);
}

static void describe(const struct pidns_limit *limit, struct finding *ret)
{
	const char *name = pidns_limit_name(limit->kind);
	const char *remedy = remedy_for_limit(limit->kind);
	double percent = limit->max ? (double)limit->used * 100 / (double)limit->max : 100;

	snprintf(ret->message, sizeof(ret->message),
		 "%s: %" PRIu64 " of %" PRIu64 " (%.0f %%), %.400s", name ? name : "other",
		 limit->used, limit->max, percent, limit->source ? limit->source : "");
	snprintf(ret->remedy, sizeof(ret->remedy), "%s", remedy ? remedy : "see pidns why");
	ret->weight = (uint64_t)percent;
	ret->source = limit->source ? limit->source : "";
	ret->limit = limit->kind;
}

int findings_limits(const struct pidns_snapshot *snapshot, const struct pidns_ns *ns,
		    struct findings *findings)
{
	(void)snapshot;
	if (!(ns->known & PIDNS_NS_NOTES) || !(ns->notes->known & PIDNS_NOTE_LIMITS))
		return 0;
	for (uint32_t i = 0; i < ns->notes->nr_limits; i++) {
		const struct pidns_limit *limit = ns->notes->limits[i];
		struct finding *finding;

		if (!is_near(limit))
			continue;
		finding = findings_add(
			findings, FINDING_LIMIT,
			limit->used >= limit->max && limit->is_fork ? RANK_FULL : RANK_NEARLY_FULL,
			ns);
		if (!finding)
			return -ENOMEM;
		describe(limit, finding);
	}
	return 0;
}
