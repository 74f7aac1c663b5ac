// SPDX-License-Identifier: GPL-2.0-or-later
/* header-line.c - one line above the list: words and counts, as far as they fit. */
#include "header-line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "text.h"

static void append(struct line *line, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
static void append(struct line *line, const char *format, va_list args)
{
	int n = vsnprintf(line->text + line->len, HEADER_WIDTH - line->len, format, args);

	if (n > 0)
		line->len += (size_t)n;
	if (line->len >= HEADER_WIDTH)
		line->len = HEADER_WIDTH - 1;
}

void line_words(struct line *line, const char *format, ...)
{
	va_list args;

	if (line->is_full)
		return;
	va_start(args, format);
	append(line, format, args);
	va_end(args);
}

void line_add(struct line *line, const char *format, ...)
{
	size_t before = line->len;
	va_list args;

	if (line->is_full)
		return;
	va_start(args, format);
	append(line, format, args);
	va_end(args);
	if (text_width(line->text) <= line->width)
		return;
	line->is_full = true;
	line->len = before;
	line->text[before] = '\0';
}

struct line line_next(struct header *header, enum style style, unsigned int width)
{
	struct header_line *line = &header->lines[header->count++];

	line->style = style;
	line->nr_spans = 0;
	line->text[0] = '\0';
	return (struct line){.of = line, .text = line->text, .width = width};
}

void line_mark(struct line *line, size_t from, enum style style, int key)
{
	struct header_line *of = line->of;

	if (from < line->len && of->nr_spans < HEADER_SPANS)
		of->spans[of->nr_spans++] =
			(struct header_span){from, line->len - from, style, key};
}

void line_right(struct line *line, const char *text)
{
	size_t left = text_width(line->text), own = text_width(text);

	/* Lines without an end have no right end. */
	if (line->width > HEADER_WIDTH / 2)
		line_words(line, "  %s", text);
	if (line->width > HEADER_WIDTH / 2)
		return;
	if (line->is_full || !own || left + own + 2 > line->width)
		return;
	line_words(line, "%*s%s", (int)(line->width - left - own), "", text);
}

void line_count(struct line *line, const char *before, uint64_t count, const char *one,
		const char *many)
{
	line_add(line, "%s%" PRIu64 " %s", before, count, count == 1 ? one : many);
}
