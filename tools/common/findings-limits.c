// SPDX-License-Identifier: GPL-2.0-or-later
/* findings-limits.c - what makes fork fail, or soon will. */
#include "findings-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "limit.h"
#include "remedy.h"

/* 80 % of a number that is known; a namespace without a running init is a finding of its own. */
static bool is_near(const struct pidns_limit *limit)
{
	return limit->kind != PIDNS_LIMIT_INIT && limit_is_near(limit);
}

static void describe(const struct pidns_limit *limit, const struct pidns_ns *ns,
		     struct finding *ret)
{
	const char *name = pidns_limit_name(limit->kind);
	bool has_container = ns->notes->known & PIDNS_NOTE_CONTAINER;
	char text[REMEDY_MAX];
	const char *remedy =
		remedy_of_limit(limit, has_container ? ns->notes->container : NULL, text);
	uint64_t percent = limit_percent(limit);

	snprintf(ret->message, sizeof(ret->message),
		 "%s: %" PRIu64 " of %" PRIu64 " (%" PRIu64 " %%), %.400s%s%.200s",
		 name ? name : "other", limit->used, limit->max, percent,
		 limit->source ? limit->source : "", limit->holders ? "; in them: " : "",
		 limit->holders ? limit->holders : "");
	snprintf(ret->remedy, sizeof(ret->remedy), "%s", remedy ? remedy : "see pidns why");
	ret->weight = percent;
	ret->source = limit->source ? limit->source : "";
	ret->limit = limit->kind;
	ret->shape = limit->kind;
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
			limit_is_full(limit) && limit->is_fork ? RANK_FULL : RANK_NEARLY_FULL, ns);
		if (!finding)
			return -ENOMEM;
		describe(limit, ns, finding);
	}
	return 0;
}
