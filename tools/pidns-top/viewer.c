// SPDX-License-Identifier: GPL-2.0-or-later
/* viewer.c - what both ways to run share. */
#include "viewer.h"

#include "viewer-past.h"

void viewer_show(struct viewer *viewer, struct pidns_snapshot *snapshot, uint32_t flags,
		 const struct machine_figures *machine)
{
	struct picture *picture = viewer_live(viewer);

	if (viewer->past_max)
		past_keep(&viewer->past, picture, viewer->past_max);
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

void viewer_begin_from(struct viewer *viewer, const struct pidns_snapshot *before)
{
	struct cpu_history *history = cpu_history_new();

	if (!history)
		return;
	cpu_history_free(viewer->history);
	viewer->history = history;
	forks_clear(&viewer->picture.forks);
	if (!before)
		return;
	usage_make(&viewer->picture.usage, history, before, 0);
	forks_make(&viewer->picture.forks, before);
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
