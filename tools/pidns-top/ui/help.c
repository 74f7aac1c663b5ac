// SPDX-License-Identifier: GPL-2.0-or-later
/* help.c - the help screen, made of the table of requests and the tables of columns. */
#include "help.h"

#include <stdio.h>

#include "request.h"
#include "pidns-top/rows/text.h"
#include "pidns-top/view.h"

static const char *const head[] = {
	"pidns-top - PID namespaces, and the processes in each of them",
	"",
	"KEYS",
};

static const char *const tail[] = {
	"",
	"CPU use is in percent of one CPU since the last sample; a process that has not",
	"been sampled before shows its average. Memory is resident memory; pages that",
	"processes share count in each. \"-\" means not known to this provider, or not",
	"visible to you. A number with + is a lower bound. A folded row includes all",
	"that is below it.",
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static void line_of_request(size_t i, char *out, size_t size)
{
	snprintf(out, size, "  %-14s %s", request_infos[i].keys, request_infos[i].help);
}

/* Two lines of heading, then a line a column. */
static size_t lines_of_view(const struct view *view)
{
	return view->nr_columns + 2;
}

static void line_of_column(const struct column *column, char *out, size_t size)
{
	char title[32];

	snprintf(title, sizeof(title), "%s%s", column_title(column, false),
		 column->flags & COLUMN_NUMBERED ? "1, 2" : "");
	snprintf(out, size, "  %s%*s%s", title, (int)(15 - text_width(title)), "",
		 column->field->help);
}

static void line_of_view(const struct view *view, size_t i, char *out, size_t size)
{
	if (i == 0)
		out[0] = '\0';
	else if (i == 1)
		snprintf(out, size, "COLUMNS OF %s", view->title);
	else
		line_of_column(&view->columns[i - 2], out, size);
}

size_t help_lines(void)
{
	return NR(head) + NR_REQUESTS + lines_of_view(&view_namespaces) +
	       lines_of_view(&view_processes) + NR(tail);
}

void help_line(size_t i, char *out, size_t size)
{
	static const struct view *const views[] = {&view_namespaces, &view_processes};

	out[0] = '\0';
	if (i < NR(head)) {
		snprintf(out, size, "%s", head[i]);
		return;
	}
	i -= NR(head);
	if (i < NR_REQUESTS) {
		line_of_request(i, out, size);
		return;
	}
	i -= NR_REQUESTS;
	for (size_t v = 0; v < NR(views); v++) {
		if (i < lines_of_view(views[v])) {
			line_of_view(views[v], i, out, size);
			return;
		}
		i -= lines_of_view(views[v]);
	}
	if (i < NR(tail))
		snprintf(out, size, "%s", tail[i]);
}
