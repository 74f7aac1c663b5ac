// SPDX-License-Identifier: GPL-2.0-or-later
/* term.c - the terminal: cells out, keys in. Of all files only this
 * and term-info.c know ncurses. */
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

#include "common/escape.h"
#include "common/message.h"
#include "pidns-top/ui/keys.h"
#include "term-info.h"
#include "term-signals.h"
#include "pidns-top/rows/text.h"

/* How long an Esc may be the beginning of another key, in milliseconds. */
#define ESCAPE_DELAY 50

/* There is one terminal, as ncurses sees it too. */
static struct {
	SCREEN *screen;
	WINDOW *keys; /* a pad: reading keys from it never draws */
	int kept;     /* input that belongs to the next key; ERR: none */
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
	cbreak();
	noecho();
	nonl();
	typeahead(-1);
	set_escdelay(ESCAPE_DELAY);
	term.kept = ERR;
	term.keys = newpad(1, 1);
	if (term.keys) {
		keypad(term.keys, TRUE);
		nodelay(term.keys, TRUE);
	}
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
	if (term.keys)
		delwin(term.keys);
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

/* ---- Keys ---- */

static int named_key(int code)
{
	static const struct {
		int code;
		int key;
	} names[] = {
		{KEY_UP, TOP_KEY_UP},	      {KEY_DOWN, TOP_KEY_DOWN},
		{KEY_LEFT, TOP_KEY_LEFT},     {KEY_RIGHT, TOP_KEY_RIGHT},
		{KEY_PPAGE, TOP_KEY_PAGE_UP}, {KEY_NPAGE, TOP_KEY_PAGE_DOWN},
		{KEY_HOME, TOP_KEY_HOME},     {KEY_END, TOP_KEY_END},
		{KEY_FIND, TOP_KEY_HOME},     {KEY_SELECT, TOP_KEY_END},
		{KEY_ENTER, TOP_KEY_RETURN},  {KEY_BACKSPACE, TOP_KEY_ERASE},
	};

	if (code > KEY_F0 && code <= KEY_F(12))
		return TOP_KEY_FUNCTION + code - KEY_F0;
	if (code > KEY_F(12) && code <= KEY_F(24))
		return TOP_KEY_SHIFT_FUNCTION + code - KEY_F(12);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].code == code)
			return names[i].key;
	}
	return TOP_KEY_UNKNOWN;
}

/* A byte, a KEY_ of ncurses, or ERR: nothing is there. */
static int next_input(void)
{
	int input = term.kept;

	term.kept = ERR;
	if (input == ERR && term.keys)
		input = wgetch(term.keys);
	return input;
}

/*
 * The rest of a UTF-8 character. ncurses would do this, but after one invalid byte it takes all
 * that follows for part of the character.
 */
static int read_character(int first)
{
	char bytes[4] = {(char)first};
	size_t need = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	uint32_t code;

	if (!text_is_utf8() || first < 0xc2 || first > 0xf4)
		return TOP_KEY_UNKNOWN;
	for (size_t i = 1; i < need; i++) {
		int next = next_input();

		if (next < 0x80 || next > 0xbf) {
			term.kept = next;
			return TOP_KEY_UNKNOWN;
		}
		bytes[i] = (char)next;
	}
	return escape_decode(bytes, need, &code) ? (int)code : TOP_KEY_UNKNOWN;
}

int term_key(void)
{
	int input = next_input();

	if (input == ERR)
		return TOP_KEY_NONE;
	if (input > 0xff)
		return named_key(input);
	if (input >= 0x80)
		return read_character(input);
	if (input == '\r' || input == '\n')
		return TOP_KEY_RETURN;
	if (input == 0x7f || input == '\b')
		return TOP_KEY_ERASE;
	return input ? input : TOP_KEY_UNKNOWN;
}

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
