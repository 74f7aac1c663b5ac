// SPDX-License-Identifier: GPL-2.0-or-later
/* term.c - the terminal: cells out. Of all files only this and term-info.c know ncurses. */
#include "term.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_NOMACROS
#include <curses.h>

#include "common/message.h"
#include "term-info.h"
#include "term-keys.h"
#include "term-signals.h"
#include "pidns-top/rows/text.h"

/* There is one terminal, as ncurses sees it too. */
static struct {
	SCREEN *screen;
	attr_t attributes[NR_STYLES];
	short pairs[NR_STYLES];
} term;

/* ---- Opening ---- */

static unsigned int clamp(long value, long fallback, long max)
{
	if (value <= 0)
		value = fallback > 0 ? fallback : 1;
	return (unsigned int)(value > max ? max : value);
}

/* What the kernel says, or else the terminal's description; never more than we are ready for. */
static void find_size(int *ret_rows, int *ret_columns)
{
	struct winsize size = {0};
	long rows, columns;

	term_info_size(&rows, &columns);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		size = (struct winsize){0};
	*ret_rows = (int)clamp(size.ws_row, rows ? rows : 24, TERM_ROWS_MAX);
	*ret_columns = (int)clamp(size.ws_col, columns ? columns : 80, TERM_COLUMNS_MAX);
}

/*
 * newterm() believes the kernel about the size, or the description, which may have none. What it
 * believes before both is the environment: there it finds what we have checked.
 */
static SCREEN *new_screen(void)
{
	int rows, columns;
	char text[16];
	SCREEN *screen;

	find_size(&rows, &columns);
	snprintf(text, sizeof(text), "%d", rows);
	setenv("LINES", text, 1);
	snprintf(text, sizeof(text), "%d", columns);
	setenv("COLUMNS", text, 1);
	screen = newterm(NULL, stdout, stdin);
	term_info_close();
	unsetenv("LINES");
	unsetenv("COLUMNS");
	return screen;
}

static void take_size(void)
{
	int rows, columns;

	find_size(&rows, &columns);
	if (rows != LINES || columns != COLS)
		resize_term(rows, columns);
}

static void style_plain(void)
{
	term.attributes[STYLE_FAINT] = A_DIM;
	term.attributes[STYLE_WARNING] = A_BOLD;
	term.attributes[STYLE_ALARM] = A_BOLD;
	term.attributes[STYLE_TITLE] = A_UNDERLINE;
	term.attributes[STYLE_SORTED] = A_UNDERLINE | A_BOLD;
	term.attributes[STYLE_SELECTED] = A_REVERSE;
	term.attributes[STYLE_KEY] = A_BOLD;
}

static void style_pair(enum style style, short foreground, short background, attr_t attributes)
{
	term.pairs[style] = (short)(style + 1);
	init_pair(term.pairs[style], foreground, background);
	term.attributes[style] = attributes;
}

static void style_colours(void)
{
	start_color();
	if (!has_colors() || COLORS < 8)
		return;
	if (use_default_colors() == ERR)
		assume_default_colors(COLOR_WHITE, COLOR_BLACK);
	style_pair(STYLE_BUSY, COLOR_GREEN, -1, A_NORMAL);
	style_pair(STYLE_WARNING, COLOR_YELLOW, -1, A_BOLD);
	style_pair(STYLE_ALARM, COLOR_RED, -1, A_BOLD);
	style_pair(STYLE_TITLE, COLOR_BLACK, COLOR_GREEN, A_NORMAL);
	style_pair(STYLE_SORTED, COLOR_BLACK, COLOR_CYAN, A_NORMAL);
	style_pair(STYLE_SELECTED, COLOR_BLACK, COLOR_CYAN, A_NORMAL);
	style_pair(STYLE_KEY, COLOR_CYAN, -1, A_BOLD);
}

static void open_keys(void)
{
	static const char *const names[] = {"smkx", NULL};
	char bytes[64];

	cbreak();
	noecho();
	nonl();
	typeahead(-1);
	term_keys_open();
	fwrite(bytes, 1, term_info_bytes(names, bytes, sizeof(bytes)), stdout);
}

/* What the signal handlers are to write. */
static void arm_signals(bool has_cursor)
{
	static const char *const leave[] = {"sgr0", "op", "cnorm", "rmkx", "rmcup", NULL};
	static const char *const enter[] = {"smcup", "smkx", NULL};
	static const char *const enter_hidden[] = {"smcup", "smkx", "civis", NULL};
	struct term_modes modes = {.cooked = *term_signals_cooked()};

	tcgetattr(STDIN_FILENO, &modes.raw);
	modes.leave_len = term_info_bytes(leave, modes.leave, sizeof(modes.leave));
	modes.leave_len += term_info_bottom((unsigned int)LINES, modes.leave + modes.leave_len,
					    sizeof(modes.leave) - modes.leave_len);
	modes.enter_len = term_info_bytes(has_cursor ? enter : enter_hidden, modes.enter,
					  sizeof(modes.enter));
	term_signals_arm(&modes);
}

int term_open(const struct term_opts *opts, char *why, size_t why_len)
{
	int r = term_info_open(why, why_len);

	if (r)
		return r;
	r = term_signals_open();
	if (r < 0) {
		term_info_close();
		snprintf(why, why_len, "terminal: %s", strerror(-r));
		return EXIT_FAILED;
	}
	term.screen = new_screen();
	if (!term.screen) {
		term_signals_close();
		snprintf(why, why_len, "the terminal cannot be used; -b needs none");
		return EXIT_CANNOT_SERVE;
	}
	take_size();
	open_keys();
	style_plain();
	if (opts->has_colour)
		style_colours();
	curs_set(opts->has_cursor ? 1 : 0);
	arm_signals(opts->has_cursor);
	return 0;
}

void term_close(void)
{
	if (!term.screen)
		return;
	endwin();
	/* endwin() waits for what it writes to be read; what is left is done without waiting. */
	term_signals_restore();
	delscreen(term.screen);
	term.screen = NULL;
	term_signals_close();
}

void term_size(unsigned int *ret_rows, unsigned int *ret_columns)
{
	*ret_rows = (unsigned int)LINES;
	*ret_columns = (unsigned int)COLS;
}

/* ---- Is it there? ---- */

bool term_is_there(void)
{
	struct pollfd fds[] = {{.fd = STDIN_FILENO}, {.fd = STDOUT_FILENO}};
	struct termios ignored;

	if (poll(fds, 2, 0) > 0 && (fds[0].revents || fds[1].revents))
		return false;
	return tcgetattr(STDIN_FILENO, &ignored) == 0;
}

bool term_is_ready(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

	return poll(&out, 1, 0) == 1;
}

/* ---- Drawing ---- */

void term_begin(bool is_anew)
{
	werase(stdscr);
	if (is_anew)
		clearok(stdscr, TRUE);
}

unsigned int term_put(unsigned int y, unsigned int x, const char *text, enum style style)
{
	size_t width;
	size_t bytes;

	if (y >= (unsigned int)LINES || x >= (unsigned int)COLS)
		return x;
	bytes = text_cut(text, (size_t)COLS - x, &width);
	wattr_set(stdscr, term.attributes[style], term.pairs[style], NULL);
	/* ERR is what the last cell of the screen always gives. */
	if (wmove(stdscr, (int)y, (int)x) == OK)
		waddnstr(stdscr, text, (int)bytes);
	wattr_set(stdscr, A_NORMAL, 0, NULL);
	return x + (unsigned int)width;
}

void term_end(unsigned int y, unsigned int x)
{
	if (y < (unsigned int)LINES && x < (unsigned int)COLS)
		wmove(stdscr, (int)y, (int)x);
	wrefresh(stdscr);
}

bool term_can_mark(void)
{
	return term.pairs[STYLE_SELECTED] || termattrs() & A_REVERSE;
}

/* ---- Signals ---- */

const sigset_t *term_signal_mask(void)
{
	return term_signals_mask();
}

bool term_obey_signals(void)
{
	struct term_news news = term_signals_news();

	if (news.has_resized)
		take_size();
	return news.has_resized || news.has_continued;
}
