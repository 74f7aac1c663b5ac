// SPDX-License-Identifier: GPL-2.0-or-later
/* note-limits.c - the limits of a namespace or process, as text and as JSON. */
#include "note.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/escape.h"
#include "common/limit.h"
#include "common/remedy.h"
#include "common/shorten.h"
#include "json.h"
#include "out.h"

#define INDENT	    17 /* of all but the label */
#define INDENT_MORE 19 /* of a source that has a line of its own */
#define SOURCE_MAX  4096

/* ---- text ------------------------------------------------------------------------------------ */

/* Of the terminal; 0: there is none, and lines are as long as they are. */
static size_t width_of_terminal(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* Of the columns, and of the whole line; 0: there is no terminal, and lines are as long as they are. */
struct widths {
	int name, used, max;
	size_t line;
};

static const struct widths usual = {.name = 17, .used = 10, .max = 10};

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static void widen(struct widths *widths, const struct pidns_limit *limit)
{
	struct limit_words words;

	describe_limit(limit, &words);
	widths->name = larger(widths->name, (int)strlen(words.kind));
	widths->used = larger(widths->used, (int)strlen(words.used));
	widths->max = larger(widths->max, (int)strlen(words.max));
}

/* On a line of its own where it does not fit beside the numbers, and shortened where not even there. */
static void print_source(const char *source, size_t column, size_t width)
{
	char escaped[SOURCE_MAX], text[SOURCE_MAX];
	size_t len;

	if (!width || ESCAPE_TEXT_SIZE(strlen(source)) > sizeof(escaped)) {
		putchar(' ');
		out_text(stdout, source, strlen(source));
		return;
	}
	len = escape_text(source, strlen(source), escaped, sizeof(escaped));
	if (column + 1 + len <= width) {
		printf(" %s", escaped);
		return;
	}
	shorten(escaped, width > INDENT_MORE ? width - INDENT_MORE : len, text, sizeof(text));
	printf("\n%*s%s", INDENT_MORE, "", text);
}

static void print_limit(const struct pidns_limit *limit, const struct widths *widths)
{
	struct limit_words words;
	size_t column = INDENT;

	describe_limit(limit, &words);
	column += (size_t)printf("%-*s %*s %*s %5s %-6s", widths->name, words.kind, widths->used,
				 words.used, widths->max, words.max, words.percent, words.error);
	print_source(words.source, column, widths->line);
	fputs(words.hits, stdout);
	fputs(words.in, stdout);
	out_text(stdout, words.holders, strlen(words.holders));
	putchar('\n');
}

static void print_label(size_t i)
{
	printf("%-16s ", i ? "" : "limits");
}

void note_print_all_limits(const struct pidns_limit *const *limits, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		print_label(i);
		print_limit(limits[i], &usual);
	}
}

void note_print_limits(const struct pidns_limit *const *limits, size_t nr)
{
	struct widths widths = {.line = width_of_terminal()};
	size_t nr_printed = 0, nr_more = 0;

	for (size_t i = 0; i < nr; i++)
		if (!limit_is_summed_up(limits[i]))
			widen(&widths, limits[i]);
	if (!widths.line)
		widths = usual;
	for (size_t i = 0; i < nr; i++) {
		if (limit_is_summed_up(limits[i])) {
			nr_more++;
			continue;
		}
		print_label(nr_printed++);
		print_limit(limits[i], &widths);
	}
	if (!nr_more)
		return;
	print_label(nr_printed);
	printf("*-namespaces     %zu not near or not known: --raw has each\n", nr_more);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void put_limit(struct json *j, const struct pidns_limit *limit)
{
	json_string_item(j, "kind", pidns_limit_name(limit->kind));
	json_string_item(j, "source", limit->source);
	json_number_item(j, "used", limit->known & PIDNS_LIMIT_USED, limit->used);
	json_number_item(j, "max", limit->known & PIDNS_LIMIT_MAX, limit->max);
}

void note_json_nearest(struct json *j, const struct pidns_limit *limit)
{
	json_open(j, '{');
	put_limit(j, limit);
	json_close(j, '}');
}

void note_json_limits(struct json *j, const struct pidns_limit *const *limits, size_t nr)
{
	json_open(j, '[');
	for (size_t i = 0; i < nr; i++) {
		json_item(j, NULL);
		json_open(j, '{');
		put_limit(j, limits[i]);
		json_string_item(j, "errno", limit_error_name(limits[i]->error));
		json_number_item(j, "hits", limits[i]->known & PIDNS_LIMIT_HITS, limits[i]->hits);
		json_item(j, "used_exact");
		if (limits[i]->known & PIDNS_LIMIT_USED)
			json_bool(j, !describe_is_at_least(limits[i]));
		else
			json_null(j);
		json_item(j, "fork");
		json_bool(j, limits[i]->is_fork);
		json_string_item(j, "holders", limits[i]->holders);
		json_close(j, '}');
	}
	json_close(j, ']');
}
