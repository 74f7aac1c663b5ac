// SPDX-License-Identifier: GPL-2.0-or-later
/* term.c - the terminal: cells out. Of all files only this, term-info.c and term-theme.c know ncurses. */
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
#include "term-theme.h"
#include "pidns-top/rows/text.h"

/* There is one terminal, as ncurses sees it too. */
static struct {
	SCREEN *screen;
	attr_t attributes[NR_STYLES];
	short pairs[NR_STYLES];
	bool has_colour;
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

static bool open_colours(void)
{
	start_color();
	if (!has_colors() || COLORS < 8)
		return false;
	if (use_default_colors() == ERR)
		assume_default_colors(COLOR_WHITE, COLOR_BLACK);
	return true;
}

void term_set_theme(enum theme theme)
{
	const struct term_look *looks = term_looks(term.has_colour ? theme : THEME_MONO);

	for (int style = 0; style < NR_STYLES; style++) {
		const struct term_look *look = &looks[style];
		bool has_pair = look->foreground || look->background;

		term.attributes[style] = look->attributes;
		term.pairs[style] = has_pair ? (short)(style + 1) : 0;
		if (has_pair)
			init_pair(term.pairs[style], (short)(look->foreground - 1),
				  (short)(look->background - 1));
	}
	/* What is empty has the ground of the text. */
	wbkgdset(stdscr, (chtype)' ' | (chtype)COLOR_PAIR(term.pairs[STYLE_TEXT]));
}

bool term_has_colour(void)
{
	return term.has_colour;
}

/* Presses and the wheel, in the form that has no largest place; xterm's, as all others have it. */
static const char mouse_on[] = "\x1b[?1000h\x1b[?1006h", mouse_off[] = "\x1b[?1006l\x1b[?1000l";

static bool wants_mouse(const struct term_opts *opts)
{
	return opts->has_mouse && term_info_string("kmous");
}

static void open_keys(const struct term_opts *opts)
{
	static const char *const names[] = {"smkx", NULL};
	char bytes[64];

	cbreak();
	noecho();
	nonl();
	typeahead(-1);
	term_keys_open();
	fwrite(bytes, 1, term_info_bytes(names, bytes, sizeof(bytes)), stdout);
	term_keys_mouse(wants_mouse(opts));
	if (wants_mouse(opts))
		fputs(mouse_on, stdout);
	/* curses has a buffer of its own, and these are not in it. */
	fflush(stdout);
}

static size_t add_bytes(char *out, size_t len, size_t size, const char *bytes)
{
	size_t more = strlen(bytes);

	if (len + more > size)
		return len;
	memcpy(out + len, bytes, more);
	return len + more;
}

/* What the signal handlers are to write. */
static void arm_signals(const struct term_opts *opts)
{
	static const char *const leave[] = {"sgr0", "op", "cnorm", "rmkx", "rmcup", NULL};
	static const char *const enter[] = {"smcup", "smkx", NULL};
	static const char *const enter_hidden[] = {"smcup", "smkx", "civis", NULL};
	struct term_modes modes = {.cooked = *term_signals_cooked()};

	tcgetattr(STDIN_FILENO, &modes.raw);
	modes.leave_len = term_info_bytes(leave, modes.leave, sizeof(modes.leave));
	modes.leave_len += term_info_bottom((unsigned int)LINES, modes.leave + modes.leave_len,
					    sizeof(modes.leave) - modes.leave_len);
	modes.enter_len = term_info_bytes(opts->has_cursor ? enter : enter_hidden, modes.enter,
					  sizeof(modes.enter));
	if (wants_mouse(opts)) {
		modes.leave_len =
			add_bytes(modes.leave, modes.leave_len, sizeof(modes.leave), mouse_off);
		modes.enter_len =
			add_bytes(modes.enter, modes.enter_len, sizeof(modes.enter), mouse_on);
	}
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
	open_keys(opts);
	term.has_colour = opts->has_colour && open_colours();
	term_set_theme(opts->theme);
	curs_set(opts->has_cursor ? 1 : 0);
	arm_signals(opts);
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
	wattr_set(stdscr, A_NORMAL, term.pairs[STYLE_TEXT], NULL);
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
