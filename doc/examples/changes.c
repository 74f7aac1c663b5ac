// SPDX-License-Identifier: GPL-2.0-or-later
/* changes.c - what changed from one recording to another. usage: changes OLDER NEWER */
#include <pidnsinfo.h>
#include <inttypes.h>
#include <stdio.h>

static int take(const char *path, struct pidns_snapshot **ret_snapshot)
{
	const struct pidns_open_opts opts = {.size = sizeof(opts), .source = path};
	struct pidns_ctx *ctx;
	int r = pidns_open(&opts, &ctx);

	if (r < 0)
		return r;
	r = pidns_snapshot_take(ctx, NULL, ret_snapshot);
	pidns_close(ctx);
	return r;
}

int main(int argc, char **argv)
{
	struct pidns_snapshot *older = NULL, *newer = NULL;
	const struct pidns_event *const *events;
	struct pidns_diff *diff;
	size_t nr;

	if (argc != 3 || take(argv[1], &older) < 0 || take(argv[2], &newer) < 0 ||
	    pidns_diff_open(older, newer, &diff) < 0)
		return 2;
	nr = pidns_diff_events(diff, &events);
	for (size_t i = 0; i < nr; i++) {
		const char *name = pidns_event_name(events[i]->type);

		if (name && events[i]->ns)
			printf("%s %" PRIu64 "\n", name, events[i]->ns->ino);
	}
	pidns_diff_close(diff);
	pidns_snapshot_unref(older);
	pidns_snapshot_unref(newer);
	return nr > 0;
}
