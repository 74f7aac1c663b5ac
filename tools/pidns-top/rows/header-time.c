// SPDX-License-Identifier: GPL-2.0-or-later
/* header-time.c - of which moment the screen is. */
#include "header-line.h"

#include <stdio.h>
#include <time.h>

#include "common/format.h"

/* Not the time of drawing: all that is shown is of one moment. */
void header_add_clock(struct line *line, const struct sample *sample)
{
	uint64_t wall = sample->snapshot ? pidns_snapshot_wall_time(sample->snapshot) : 0;
	time_t now = wall			? (time_t)(wall / 1000000000)
		     : sample->machine.has_time ? (time_t)sample->machine.time
						: 0;
	struct tm tm;
	char text[16];

	if (now && localtime_r(&now, &tm) && strftime(text, sizeof(text), "%H:%M:%S", &tm))
		line_add(line, "%s ", text);
}

void header_add_mode(struct line *line, const struct app *app, const struct sample *sample)
{
	size_t from = line->len;
	char ago[16];

	if (sample->replay_ns) {
		format_short_age(sample->replay_ns, ago, sizeof(ago));
		line_add(line, "REPLAY -%s", ago);
	} else {
		line_add(line, "%s",
			 sample->recording ? "REPLAY"
			 : app->is_paused  ? "PAUSED"
					   : "LIVE");
	}
	line_mark(line, from, line->len - from == 4 ? STYLE_BUSY : STYLE_WARNING, 0);
	if (sample->mark)
		line_add(line, " =");
}

/* "-60s ". */
void header_add_ago(struct line *line, const struct sample *sample)
{
	char ago[16];

	format_short_age(sample->replay_ns, ago, sizeof(ago));
	line_add(line, "-%s ", ago);
	line_mark(line, 0, STYLE_WARNING, 0);
}
