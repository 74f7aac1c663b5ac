// SPDX-License-Identifier: GPL-2.0-or-later
/* findings-refused.c - forks, clones and unshares that were refused in the last minute. */
#include "findings-internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "remedy.h"
#include "tally.h"

static void describe(struct finding *finding, const struct tally_row *row, uint64_t recent)
{
	const char *error = limit_error_name(row->error);
	char last[64] = "";

	if (row->pid > 0)
		snprintf(last, sizeof(last), ", last PID %" PRId32 "%s%s%s", row->pid,
			 row->comm[0] ? " (" : "", row->comm, row->comm[0] ? ")" : "");
	snprintf(finding->message, sizeof(finding->message),
		 "%" PRIu64 " in the last minute with %s, by %s%s", recent,
		 error ? error : strerror(row->error), tally_row_kind(row), last);
	snprintf(finding->remedy, sizeof(finding->remedy), "see pidns why %" PRIu64, row->ns_ino);
	finding->count = finding->weight = recent;
	finding->pid = row->pid;
	finding->shape = row->kind;
}

int findings_add_refused(struct findings *findings, const struct pidns_snapshot *snapshot,
			 const struct tally_counts *refused)
{
	uint64_t now_ns = pidns_snapshot_time(snapshot);

	for (uint64_t i = 0; i < refused->nr; i++) {
		const struct tally_row *row = &refused->rows[i];
		const struct pidns_ns *ns = pidns_ns_find(snapshot, row->ns_ino);
		uint64_t recent = tally_row_recent(row, now_ns);
		struct finding *finding;

		if (!recent || !ns || !tally_row_is_of(row, ns))
			continue;
		finding = findings_add(findings, FINDING_REFUSED, RANK_REFUSED, ns);
		if (!finding)
			return -ENOMEM;
		describe(finding, row, recent);
	}
	findings_finish(snapshot, findings);
	return 0;
}
