// SPDX-License-Identifier: GPL-2.0-or-later
/* draw-bottom.c - the bottom line: keys that are offered, a prompt, a question, or an answer. */
#include <stdio.h>
#include <string.h>

#include "draw-internal.h"
#include "pidns-top/rows/text.h"
#include "pidns-top/ui/keys.h"

static bool is_offered(const struct app *app, enum request request)
{
	bool is_inside = app->view == APP_PROCESSES;

	switch (request) {
	case REQUEST_kill:
	case REQUEST_shell:
		return !app->is_readonly;
	case REQUEST_open:
		return !is_inside;
	case REQUEST_back:
		return is_inside || app->places[app->view].filter[0] || app->only;
	default:
		return request_infos[request].label != NULL;
	}
}

/* "filter: nginx  3/120": what is shown of how much. */
static void describe_place(const struct app_place *place, const struct rows *rows,
			   unsigned int page, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	if (place->filter[0]) {
		len = (size_t)snprintf(out, size, "filter: ");
		len += text_clean(place->filter, strlen(place->filter), out + len, size - len);
	}
	if (rows->count > page)
		snprintf(out + len, size - len, "%s%zu/%zu", len ? "  " : "", place->selected + 1,
			 rows->count);
}

size_t draw_plan_offers(const struct draw_frame *frame, const struct app *app,
			const struct rows *rows, struct draw_offer *list)
{
	const struct app_place *place = &app->places[app->view];
	unsigned int x = 0, width = frame->width, taken;
	char where[CELL_SIZE];
	size_t count = 0;

	describe_place(place, rows, frame->page, where, sizeof(where));
	taken = (unsigned int)text_width(where);
	if (taken && taken + 20 < width)
		width -= taken + 1;
	for (int i = 0; i < NR_REQUESTS; i++) {
		enum request request = (enum request)i;
		const char *keys;
		unsigned int len;

		if (!is_offered(app, request))
			continue;
		len = (unsigned int)request_first_key(request, &keys) + 1;
		len += (unsigned int)strlen(request_infos[request].label);
		if (x + len > width)
			continue;
		list[count++] = (struct draw_offer){x, x + len, request};
		x += len + 2;
	}
	return count;
}

static void draw_offers(const struct draw_frame *frame, const struct app *app,
			const struct rows *rows, unsigned int y)
{
	struct draw_offer list[NR_REQUESTS];
	size_t count = draw_plan_offers(frame, app, rows, list);
	unsigned int taken;
	char where[CELL_SIZE], name[16];

	describe_place(&app->places[app->view], rows, frame->page, where, sizeof(where));
	taken = (unsigned int)text_width(where);
	if (taken && taken + 20 < frame->width)
		term_put(y, frame->width - taken, where, STYLE_TEXT);
	for (size_t i = 0; i < count; i++) {
		const char *keys;
		int len = (int)request_first_key(list[i].request, &keys);

		snprintf(name, sizeof(name), "%.*s", len, keys);
		term_put(y, term_put(y, list[i].begin, name, STYLE_KEY) + 1,
			 request_infos[list[i].request].label, STYLE_LABEL);
	}
}

/* Past the first character: one column of it, or two. */
static const char *skip_character(const char *text)
{
	size_t width;
	size_t len = text_cut(text, 1, &width);

	return text + (len ? len : text_cut(text, 2, &width));
}

/* Of a text too long for the line the end is shown: that is where the typing happens. */
static unsigned int draw_prompt(const struct draw_frame *frame, const struct app *app,
				unsigned int y)
{
	char text[CELL_SIZE];
	const char *shown = text;
	unsigned int x = term_put(y, 0, prompt_label(&app->prompt), STYLE_KEY);

	text_clean(app->prompt.text, app->prompt.len, text, sizeof(text));
	while (*shown && x + text_width(shown) + 1 > frame->width)
		shown = skip_character(shown);
	return term_put(y, x, shown, STYLE_TEXT);
}

unsigned int draw_bottom(const struct draw_frame *frame, const struct app *app,
			 const struct rows *rows, unsigned int y)
{
	if (app->mode == APP_PROMPT && !app->message[0])
		return draw_prompt(frame, app, y);
	if (app->mode == APP_PROMPT) {
		unsigned int x = draw_prompt(frame, app, y);

		term_put(y, x + 2, app->message, STYLE_WARNING);
		return x;
	}
	if (app->mode == APP_ASK)
		return term_put(y, term_put(y, 0, "y/N ", STYLE_KEY), app->question, STYLE_WARNING);
	if (app->message[0])
		return term_put(y, 0, app->message, STYLE_WARNING);
	draw_offers(frame, app, rows, y);
	return 0;
}
