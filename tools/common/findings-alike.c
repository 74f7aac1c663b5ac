// SPDX-License-Identifier: GPL-2.0-or-later
/* findings-alike.c - many findings alike are one line of a short list. */
#include "findings-internal.h"

#include <inttypes.h>
#include <stdio.h>

/* Up to so many have a line each. */
#define EACH_MAX  3
#define NR_SHAPES 32

struct alike {
	struct finding *first;
	const struct pidns_ns *last;
	size_t nr;
	uint64_t weight;
	bool shares_ns; /* or may do so: two are of one namespace */
};

static struct alike *alike_of(struct alike *all, const struct finding *finding)
{
	return &all[finding->rank * NR_SHAPES + finding->shape % NR_SHAPES];
}

void findings_count_alike(struct findings *findings)
{
	struct alike all[NR_RANKS * NR_SHAPES] = {0};

	for (size_t i = 0; i < findings->nr; i++) {
		struct finding *finding = &findings->list[i];
		struct alike *alike = alike_of(all, finding);

		if (!alike->nr++)
			alike->first = finding;
		if (alike->last == finding->ns || !(finding->ns->known & PIDNS_NS_INO))
			alike->shares_ns = true;
		alike->last = finding->ns;
		alike->weight += finding->weight;
	}
	for (size_t i = 0; i < findings->nr; i++) {
		struct finding *finding = &findings->list[i];
		const struct alike *alike = alike_of(all, finding);
		bool is_summed_up = alike->nr > EACH_MAX;

		finding->alike = !is_summed_up ? 1 : finding == alike->first ? alike->nr : 0;
		finding->alike_weight = is_summed_up ? alike->weight : finding->weight;
		finding->shares_ns = alike->shares_ns;
	}
}

static const char *const phrases[NR_RANKS] = {
	[RANK_FULL] = "limits used up",
	[RANK_BARREN] = "dead namespaces that children would be born in",
	[RANK_REFUSED] = "namespaces in which forks were refused in the last minute",
	[RANK_NEARLY_FULL] = "limits used up to 80 % or more",
	[RANK_ZOMBIES] = "parents that do not reap",
	[RANK_ZOMBIE_INIT] = "namespaces whose init is a zombie",
	[RANK_DYING] = "namespaces whose init waits to end",
	[RANK_DEAD] = "namespaces whose init is gone",
	[RANK_UNBORN] = "namespaces in which nothing was ever started",
	[RANK_JOINED] = "namespaces with processes left behind",
	[RANK_ZOMBIE] = "namespaces with one zombie each",
};

const char *finding_many(const struct finding *finding, char many[FINDING_MANY_SIZE])
{
	const char *phrase = phrases[finding->rank];

	*many = '\0';
	if (finding->rank == RANK_ZOMBIE && finding->shares_ns)
		phrase = "parents with one zombie each";
	if (finding->alike < 2)
		return many;
	if (finding->rank == RANK_ZOMBIES)
		snprintf(many, FINDING_MANY_SIZE, "%zu %s, %" PRIu64 " zombies in all, e.g. ",
			 finding->alike, phrase, finding->alike_weight);
	else
		snprintf(many, FINDING_MANY_SIZE, "%zu %s, e.g. ", finding->alike, phrase);
	return many;
}
