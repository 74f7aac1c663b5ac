/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header-line.h - one line above the list, as it is written. Implemented in header-line.c. */
#ifndef PIDNS_TOP_HEADER_LINE_H
#define PIDNS_TOP_HEADER_LINE_H

#include <stdbool.h>

#include "header.h"

struct line {
	struct header_line *of;
	char *text;
	size_t len;
	unsigned int width; /* of the screen */
	bool is_full;	    /* the rest of the line is left out */
};

/* A new line below the others. */
struct line line_next(struct header *header, enum style style, unsigned int width);
/* Words, of which a narrow screen shows the beginning. */
void line_words(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* With a number in it: all of it, or nothing, and nothing after it. */
void line_add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));
void line_count(struct line *line, const char *before, uint64_t count, const char *one,
		const char *many);
/* At the right end of the line, if all of it fits there with two blanks before it. */
void line_right(struct line *line, const char *text);
/* What was added since `from` looks like that, and is a click on that key. */
void line_mark(struct line *line, size_t from, enum style style, int key);

/* header-time.c: "02:05:17 ", "LIVE", and, where no other line says it, "-60s ". */
void header_add_clock(struct line *line, const struct sample *sample);
void header_add_mode(struct line *line, const struct app *app, const struct sample *sample);
void header_add_ago(struct line *line, const struct sample *sample);

#endif /* PIDNS_TOP_HEADER_LINE_H */
