/* SPDX-License-Identifier: GPL-2.0-or-later */
/* use.c - the smallest honest user of the library, in the C that is also C++. */
#include <pidnsinfo.h>

#include <stdio.h>

int main(void)
{
	struct pidns_ctx *ctx = NULL;
	struct pidns_snapshot *snapshot = NULL;
	const struct pidns_ns *const *namespaces;
	size_t count = 0;

	if (pidns_open(NULL, &ctx) == 0 && pidns_snapshot_take(ctx, NULL, &snapshot) == 0)
		count = pidns_snapshot_namespaces(snapshot, &namespaces);
	pidns_snapshot_unref(snapshot);
	pidns_close(ctx);
	printf("%zu\n", count);
	return count > 0 ? 0 : 1;
}
