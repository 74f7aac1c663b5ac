// SPDX-License-Identifier: GPL-2.0-or-later
/* viewer.c - what both ways to run share. */
#include "viewer.h"

void viewer_show(struct viewer *viewer, struct pidns_snapshot *snapshot, uint32_t flags,
		 const struct machine_figures *machine)
{
	struct picture *picture = &viewer->picture;

	pidns_snapshot_unref(picture->snapshot);
	picture->snapshot = snapshot;
	picture->machine = *machine;
	/* Without memory for it there are no sums: absent, as all that is not known. */
	usage_make(&picture->usage, viewer->history, snapshot, machine->cpus);
	forks_make(&picture->forks, snapshot);
	if ((flags & NOTED_FLAGS) == NOTED_FLAGS)
		noted_keep(&picture->noted, snapshot, flags);
	picture->is_noting = !picture->recording && !picture->noted.snapshot;
}

int viewer_enter_target(struct viewer *viewer, char *why, size_t size)
{
	uint32_t take_flags = viewer->options->is_all ? PIDNS_TAKE_ALL : 0;
	const struct pidns_ns *ns;
	int r;

	if (!viewer->target)
		return 0;
	r = target_find(viewer->target, viewer->picture.snapshot, take_flags, &ns, why, size);
	if (!r)
		app_enter_namespace(&viewer->app, ns);
	return r;
}
