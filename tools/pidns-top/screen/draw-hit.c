// SPDX-License-Identifier: GPL-2.0-or-later
/* draw-hit.c - what stands at a place of the screen as it was drawn last. */
#include <stdio.h>
#include <string.h>

#include "draw-internal.h"
#include "pidns-top/rows/text.h"
#include "pidns-top/ui/keys.h"

static int first_key(enum request request)
{
	const char *keys;
	size_t len = request_first_key(request, &keys);

	return key_parse(keys, len);
}

/* Counts of the header are filters. */
static int key_of_header(const struct header_line *line, unsigned int x)
{
	char text[HEADER_WIDTH];

	for (size_t i = 0; i < line->nr_spans; i++) {
		const struct header_span *span = &line->spans[i];
		size_t begin, width;

		snprintf(text, sizeof(text), "%.*s", (int)span->at, line->text);
		begin = text_width(text);
		snprintf(text, sizeof(text), "%.*s", (int)span->len, line->text + span->at);
		width = text_width(text);
		if (span->key && x >= begin && x < begin + width)
			return span->key;
	}
	return TOP_KEY_NONE;
}

static int key_of_bottom(const struct draw_frame *frame, const struct app *app,
			 const struct rows *rows, unsigned int x)
{
	struct draw_offer list[NR_REQUESTS];
	size_t count = app->message[0] ? 0 : draw_plan_offers(frame, app, rows, list);

	for (size_t i = 0; i < count; i++)
		if (x >= list[i].begin && x < list[i].end)
			return first_key(list[i].request);
	return TOP_KEY_NONE;
}

static bool column_hit(const struct draw_frame *frame, const struct app *app, unsigned int x,
		       size_t *ret_at)
{
	const struct layout *layout = &frame->layout;

	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_column *at = &layout->columns[i];

		*ret_at = (size_t)(at->column - view_of(app)->columns);
		if (x >= at->x && x <= at->x + at->width)
			return column_can_sort(at->column);
	}
	return false;
}

static void hit_list(const struct draw_frame *frame, const struct app *app, const struct rows *rows,
		     unsigned int y, unsigned int x, struct app_hit *ret)
{
	size_t row = app->places[app->view].top + y - frame->list_y;

	if (y < frame->header.count)
		ret->key = key_of_header(&frame->header.lines[y], x);
	else if (y + 1 == frame->height && frame->height >= 4)
		ret->key = key_of_bottom(frame, app, rows, x);
	if (ret->key)
		ret->kind = HIT_KEY;
	else if (y >= frame->header.count && y + 1 == frame->list_y &&
		 column_hit(frame, app, x, &ret->at))
		ret->kind = HIT_COLUMN;
	else if (y >= frame->list_y && y < frame->list_y + frame->page && row < rows->count)
		*ret = (struct app_hit){.kind = HIT_ROW, .at = row};
}

void draw_hit(const struct draw_frame *frame, const struct app *app, const struct rows *rows,
	      unsigned int y, unsigned int x, struct app_hit *ret)
{
	*ret = (struct app_hit){.kind = HIT_NOTHING};
	switch (app->mode) {
	case APP_LIST:
		hit_list(frame, app, rows, y, x, ret);
		break;
	case APP_MENU:
	case APP_SETUP:
		if (draw_menu_hit(frame, app, y, &ret->at))
			ret->kind = HIT_CHOICE;
		else if (y + 1 == frame->height)
			*ret = (struct app_hit){.kind = HIT_KEY, .key = TOP_KEY_ESCAPE};
		break;
	case APP_PROMPT:
	case APP_ASK:
		break; /* a question is answered by a key alone */
	default:
		if (y + 1 == frame->height)
			*ret = (struct app_hit){.kind = HIT_KEY, .key = TOP_KEY_ESCAPE};
	}
}
