// SPDX-License-Identifier: GPL-2.0-or-later
/* main.c - pidns-top: puts the pieces together, and takes them apart again. */
#include <locale.h>
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "common/cmdline.h"
#include "common/message.h"
#include "pidns-top/ui/config.h"
#include "options.h"
#include "pidns-top/rows/text.h"
#include "view.h"
#include "viewer.h"
#include "viewer-past.h"

/* Characters of a command line that the widest screen could show, escaped or not. */
#define COMMAND_MAX 4096

/* The view that begins is the one whose columns --sort names. */
static int choose_sort(struct viewer *viewer)
{
	enum app_view at = viewer->target ? APP_PROCESSES : APP_NAMESPACES;
	const struct view *view = viewer->target ? &view_processes : &view_namespaces;
	struct app_place *place = &viewer->app.places[at];
	const char *name = viewer->options->sort;

	if (!name)
		return 0;
	place->is_reversed = name[0] == '-';
	place->sorted_by = view_find_column(view, name + place->is_reversed);
	if (place->sorted_by == view->nr_columns)
		return message_exit(EXIT_USAGE, "--sort: \"%s\": no such column", name);
	/* A user that asks for the most of something does not ask for siblings beside each other. */
	viewer->app.is_tree = false;
	return 0;
}

/* Its trouble is told where the first key will take it away. What scripts read does not depend on
 * a user's settings, so batch mode has none. */
static void load_config(struct app *app)
{
	char path[CONFIG_PATH_SIZE], why[CONFIG_PATH_SIZE + 100];

	if (config_path(path, sizeof(path)) == 0 && config_load(path, app, why, sizeof(why)) < 0)
		text_clean(why, strlen(why), app->message, sizeof(app->message));
}

/* What only the running machine has. None of it is worth failing for. */
static void open_live(struct viewer *viewer)
{
	const struct source *source = &viewer->options->source;
	struct pidns_open_opts opts = {
		.size = sizeof(opts),
		.provider = pidns_provider(viewer->ctx),
		.source = source->from,
		.root = source->root,
		.at = source->at,
	};
	char proc[SOURCE_PROC_MAX];

	/* The helper comes first: what it does not inherit it need not close, and no thread is
	 * forked in the middle of something. */
	if (!viewer->options->is_batch)
		cmdline_open(source_proc(source, proc), COMMAND_MAX, &viewer->helper);
	viewer->machine = machine_open();
	if (!source->root) /* another machine's users are not those of this one */
		viewer->sample.users = users_open("/etc/passwd");
	if (!viewer->options->is_batch)
		pidns_open(&opts, &viewer->screen_ctx);
	if (!viewer->options->is_batch && !source->root && !source->from)
		pidns_open(&(struct pidns_open_opts){.size = sizeof(opts), .flags = PIDNS_OPEN_FEW},
			   &viewer->act_ctx);
	viewer->sample.has_nice = viewer->screen_ctx && !source->root && !source->from;
}

/* One that is no series has no other moment. */
static void open_recording(struct viewer *viewer)
{
	viewer->sample.recording = viewer->options->source.from;
	viewer->moments = pidns_moments(viewer->ctx, &viewer->walls);
	viewer->wanted_moment = pidns_moment(viewer->ctx);
}

static int open_and_run(struct viewer *viewer)
{
	const struct options *options = viewer->options;
	int r = source_open(&options->source, 0, &viewer->ctx);

	if (r)
		return r;
	if (source_is_recording(viewer->ctx))
		open_recording(viewer);
	else
		open_live(viewer);
	viewer->sample.events = &viewer->events;
	viewer->history = cpu_history_new();
	if (!viewer->history)
		return message_exit(EXIT_FAILED, "out of memory");
	return options->is_batch ? viewer_batch(viewer) : viewer_screen(viewer);
}

static void close_all(struct viewer *viewer)
{
	struct users *users = (struct users *)(uintptr_t)viewer->sample.users;

	viewer_past_clear(viewer);
	usage_clear(&viewer->sample.usage);
	forks_clear(&viewer->sample.forks);
	events_clear(&viewer->events);
	noted_clear(&viewer->sample.noted);
	pidns_snapshot_unref(viewer->sample.snapshot);
	cpu_history_free(viewer->history);
	users_close(users);
	/* A taker that hangs may be about to use it. */
	if (viewer->is_stuck || !machine_close(viewer->machine))
		viewer->is_stuck = true;
	pidns_close(viewer->act_ctx);
	pidns_close(viewer->screen_ctx);
	pidns_close(viewer->ctx);
	cmdline_close(viewer->helper);
	app_clear(&viewer->app);
}

/*
 * A snapshot is freed when the next one is there, which takes as much memory again. Given back to the
 * kernel meanwhile, each of its pages would be faulted in and cleared anew: most of what a snapshot
 * costs.
 */
static void keep_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

int main(int argc, char **argv)
{
	struct options options;
	struct target target = {.fd = -1};
	char why[256];
	struct viewer viewer = {.options = &options};
	int r;

	keep_memory();
	message_init("pidns-top");
	setlocale(LC_CTYPE, "");
	setlocale(LC_TIME, "");
	r = options_parse(argc, argv, &options);
	if (r != OPTIONS_GO_ON)
		return r;
	app_init(&viewer.app);
	if (!options.is_batch)
		load_config(&viewer.app);
	if (options.delay > 0)
		viewer.app.delay = options.delay;
	viewer.app.is_plain = options.is_plain;
	/* The numbers of another procfs may be those of others here. */
	viewer.app.is_readonly = options.is_readonly || options.source.root || options.source.from;
	if (options.target) {
		r = target_parse(options.target, &target, why, sizeof(why));
		if (r)
			return message_exit(r, "%s", why);
		viewer.target = &target;
		/* The first snapshot has to know what this view shows. */
		viewer.app.view = APP_PROCESSES;
	}
	r = choose_sort(&viewer);
	if (r == 0)
		r = open_and_run(&viewer);
	close_all(&viewer);
	target_close(&target);
	/* Not exit(3), which may wait for what a thread that hangs has locked. All is written. */
	if (viewer.is_stuck)
		_exit(r);
	return r;
}
