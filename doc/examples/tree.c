// SPDX-License-Identifier: GPL-2.0-or-later
/* tree.c - the PID namespaces as a tree. usage: tree [RECORDING]
 * cc tree.c $(pkg-config --cflags --libs libpidnsinfo) */
#include <pidnsinfo.h>
#include <inttypes.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char why[256] = "";
	struct pidns_open_opts opts = {
		.size = sizeof(opts),
		.source = argc > 1 ? argv[1] : NULL,
		.why = why,
		.why_len = sizeof(why),
	};
	struct pidns_ctx *ctx;
	struct pidns_snapshot *snapshot;
	const struct pidns_ns *const *list;
	size_t nr;

	if (pidns_open(&opts, &ctx) < 0 || pidns_snapshot_take(ctx, NULL, &snapshot) < 0) {
		fprintf(stderr, "tree: %s\n", why);
		return 1;
	}
	nr = pidns_snapshot_namespaces(snapshot, &list);
	for (size_t i = 0; i < nr; i++) {
		const struct pidns_ns *ns = list[i];

		printf("%*s%" PRIu64, (int)(2 * ns->depth), "", ns->ino);
		if (ns->known & PIDNS_NS_PROCESSES)
			printf(" %" PRIu32, ns->processes);
		putchar('\n');
	}
	pidns_snapshot_unref(snapshot);
	pidns_close(ctx);
	return 0;
}
