// SPDX-License-Identifier: GPL-2.0-or-later
/* viewer.c - what both ways to run share. */
#include "viewer.h"

#include "viewer-past.h"

void viewer_show(struct viewer *viewer, struct pidns_snapshot *snapshot, uint32_t flags,
		 const struct machine_figures *machine)
{
	struct sample *sample = viewer_live(viewer);

	if (viewer->past_max)
		past_keep(&viewer->past, sample, viewer->past_max);
	pidns_snapshot_unref(sample->snapshot);
	sample->snapshot = snapshot;
	sample->machine = *machine;
	/* Without memory for it there are no sums: absent, as all that is not known. */
	usage_make(&sample->usage, viewer->history, snapshot, machine->cpus);
	forks_make(&sample->forks, snapshot);
	if ((flags & NOTED_FLAGS) == NOTED_FLAGS)
		noted_keep(&sample->noted, snapshot, flags);
	sample->is_noting = !sample->recording && !sample->noted.snapshot;
}

void viewer_begin_from(struct viewer *viewer, const struct pidns_snapshot *before)
{
	struct cpu_history *history = cpu_history_new();

	if (!history)
		return;
	cpu_history_free(viewer->history);
	viewer->history = history;
	forks_clear(&viewer->sample.forks);
	if (!before)
		return;
	usage_make(&viewer->sample.usage, history, before, 0);
	forks_make(&viewer->sample.forks, before);
}

int viewer_enter_target(struct viewer *viewer, char *why, size_t size)
{
	uint32_t take_flags = viewer->options->is_all ? PIDNS_TAKE_ALL : 0;
	const struct pidns_ns *ns;
	int r;

	if (!viewer->target)
		return 0;
	r = target_find(viewer->target, viewer->sample.snapshot, take_flags, &ns, why, size);
	if (!r)
		app_enter_namespace(&viewer->app, ns);
	return r;
}
