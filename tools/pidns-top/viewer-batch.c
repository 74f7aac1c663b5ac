// SPDX-License-Identifier: GPL-2.0-or-later
/* viewer-batch.c - frames as plain text, for files and pipes: no terminal is needed or looked for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/message.h"
#include "pidns-top/rows/header.h"
#include "pidns-top/rows/layout.h"
#include "viewer.h"

/* A line may be as long as it likes; so much is laid out. */
#define WIDTH_UNLIMITED 4000
/* Higher than any header needs. */
#define HEIGHT 1000

static void print_line(const char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		len--;
	fwrite(text, 1, len, stdout);
	putchar('\n');
}

static void print_titles(const struct layout *layout)
{
	char line[CELL_SIZE + LAYOUT_MAX], title[CELL_SIZE];
	size_t len = 0;

	for (size_t i = 0; i < layout->count; i++) {
		layout_title(&layout->columns[i], title, sizeof(title));
		len += (size_t)snprintf(line + len, sizeof(line) - len, "%s%s", i ? " " : "",
					title);
		if (len >= sizeof(line))
			break;
	}
	print_line(line);
}

static void print_row(const struct layout *layout, struct cell_source *source)
{
	struct cell cell;

	for (size_t i = 0; i < layout->count; i++) {
		layout_fill(&layout->columns[i], source, &cell);
		if (i)
			putchar(' ');
		if (i + 1 < layout->count)
			fputs(cell.text, stdout);
	}
	print_line(cell.text);
}

static void print_frame(struct viewer *viewer, const struct rows *rows, const struct layout *layout,
			unsigned int width)
{
	struct header header;

	header_make(&header, &viewer->app, rows, &viewer->sample, "", width, HEIGHT);
	for (size_t i = 0; i < header.count; i++)
		print_line(header.lines[i].text);
	putchar('\n');
	print_titles(layout);
	for (size_t i = 0; i < rows->count; i++) {
		struct cell_source source = {
			.sample = &viewer->sample,
			.app = &viewer->app,
			.rows = rows,
			.row = &rows->list[i],
		};

		print_row(layout, &source);
	}
}

/* What all columns of this width need, of every task: in a list without end all are shown. */
static int take(struct viewer *viewer, const struct layout *layout)
{
	struct layout_needs needs;
	struct pidns_take_opts opts = {.size = sizeof(opts)};
	struct machine_figures machine;
	struct pidns_snapshot *snapshot;
	int r;

	layout_needs(layout, &viewer->app, &needs);
	opts.ns_fields = needs.ns_fields;
	opts.task_fields = needs.task_fields | needs.screen_fields;
	opts.flags = needs.notes | (viewer->options->is_all ? PIDNS_TAKE_ALL : 0);
	if (viewer->target && !viewer->app.inside.is_set)
		target_wish(viewer->target, &opts.flags, &opts.task_fields);
	machine_ask(viewer->machine);
	r = source_take(&viewer->options->source, viewer->ctx, &opts, &snapshot);
	machine_collect(viewer->machine, &machine);
	if (r == 0)
		viewer_show(viewer, snapshot, opts.flags, &machine);
	return r;
}

static int print_sample(struct viewer *viewer, unsigned int width)
{
	struct rows rows = {0};
	struct layout layout;
	char why[256];
	int r;

	layout_make(&layout, &viewer->app, &rows, width);
	r = take(viewer, &layout);
	if (r)
		return r;
	if (!viewer->app.inside.is_set)
		r = viewer_enter_target(viewer, why, sizeof(why));
	if (r)
		return message_exit(r, "%s", why);
	r = rows_make(&rows, &viewer->app, &viewer->sample);
	if (r < 0)
		return message_exit(EXIT_FAILED, "%s",
				    r == -ENOENT ? "the namespace is gone" : "out of memory");
	layout_make(&layout, &viewer->app, &rows, width);
	print_frame(viewer, &rows, &layout, width);
	rows_clear(&rows);
	return 0;
}

static void wait_for(double seconds)
{
	struct timespec left = {.tv_sec = (time_t)seconds};

	left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		continue;
}

int viewer_batch(struct viewer *viewer)
{
	unsigned int width = viewer->options->width ? viewer->options->width : WIDTH_UNLIMITED;
	unsigned long n = viewer->options->iterations;

	viewer->app.is_plain = true;
	viewer->app.has_commands = false;
	for (unsigned long i = 0; !n || i < n; i++) {
		int r;

		if (i) {
			wait_for(viewer->app.delay);
			putchar('\n');
		}
		r = print_sample(viewer, width);
		if (r)
			return message_close_stdout(r);
		if (fflush(stdout) != 0)
			break;
	}
	return message_close_stdout(EXIT_DONE);
}
