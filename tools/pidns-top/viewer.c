// SPDX-License-Identifier: GPL-2.0-or-later
/* viewer.c - what both ways to run share. */
#include "viewer.h"

void viewer_show(struct viewer *viewer, struct pidns_snapshot *snapshot)
{
	struct picture *picture = &viewer->picture;

	pidns_snapshot_unref(picture->snapshot);
	picture->snapshot = snapshot;
	/* Without memory for it there are no sums: absent, as all that is not known. */
	usage_make(&picture->usage, viewer->history, snapshot);
	if (viewer->machine)
		machine_look(viewer->machine, &picture->machine);
}

bool viewer_enter_target(struct viewer *viewer)
{
	const struct pidns_ns *ns;

	if (!viewer->target)
		return true;
	ns = target_find(viewer->target, viewer->picture.snapshot);
	if (ns)
		app_enter_namespace(&viewer->app, ns);
	return ns != NULL;
}
