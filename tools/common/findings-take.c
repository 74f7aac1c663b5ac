// SPDX-License-Identifier: GPL-2.0-or-later
/* findings-take.c - the findings of a source: of a snapshot, and what still holds a moment later. */
#include "findings.h"

#include <time.h>

#include "cleanup.h"
#include "message.h"
#include "source.h"
#include "tally.h"

/* What is on its way is gone by then: a zombie its parent reaps, a namespace about to be born. */
#define SECOND_LOOK_NS 100000000

/* At those tasks alone that findings are about. */
static int look_again(const struct source *source, struct pidns_ctx *ctx, struct findings *findings)
{
	const struct timespec pause = {.tv_nsec = SECOND_LOOK_NS};
	_cleanup_snapshot_ struct pidns_snapshot *later = NULL;
	_cleanup_free_ int32_t *pids = NULL;
	struct pidns_take_opts opts = {.size = sizeof(opts)};
	int r = findings_pids(findings, &pids);

	if (r < 0)
		return message_exit(EXIT_FAILED, "out of memory");
	if (!r)
		return 0;
	findings_wish(&opts);
	opts.flags = PIDNS_TAKE_ALL;
	opts.pids = pids;
	opts.nr_pids = (size_t)r;
	nanosleep(&pause, NULL);
	r = source_take(source, ctx, &opts, &later);
	if (!r)
		findings_confirm(findings, later);
	return r;
}

/* As a running watcher has found. */
static int add_refused(const struct source *source, const struct pidns_snapshot *snapshot,
		       struct findings *findings)
{
	struct tally_counts refused;

	if (source_is_elsewhere(source) || !tally_read(&refused))
		return 0;
	return findings_add_refused(findings, snapshot, &refused);
}

int findings_take(const struct source *source, struct pidns_ctx *ctx, struct pidns_take_opts *opts,
		  struct pidns_snapshot **ret_snapshot, struct findings *ret)
{
	int r;

	findings_wish(opts);
	r = source_take(source, ctx, opts, ret_snapshot);
	if (r)
		return r;
	if (findings_make(*ret_snapshot, ret) < 0 || add_refused(source, *ret_snapshot, ret) < 0)
		return message_exit(EXIT_FAILED, "out of memory");
	return source_is_recording(ctx) ? 0 : look_again(source, ctx, ret);
}
