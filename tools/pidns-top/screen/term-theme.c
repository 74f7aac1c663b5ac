// SPDX-License-Identifier: GPL-2.0-or-later
/* term-theme.c - how each style looks in each theme. */
#include "term-theme.h"

#define NCURSES_NOMACROS
#include <curses.h>

enum {
	AS_IS,
	BLACK = COLOR_BLACK + 1,
	RED = COLOR_RED + 1,
	GREEN = COLOR_GREEN + 1,
	YELLOW = COLOR_YELLOW + 1,
	BLUE = COLOR_BLUE + 1,
	MAGENTA = COLOR_MAGENTA + 1,
	CYAN = COLOR_CYAN + 1,
	WHITE = COLOR_WHITE + 1,
};

/* Whatever the colours are, the text says it too: a "!", a letter, an arrow, a word. */
static const struct term_look looks[NR_THEMES][NR_STYLES] =
	{
		[THEME_DARK] =
			{
				[STYLE_FAINT] = {AS_IS, AS_IS, A_DIM},
				[STYLE_BUSY] = {GREEN, AS_IS, A_NORMAL},
				[STYLE_WARNING] = {YELLOW, AS_IS, A_BOLD},
				[STYLE_ALARM] = {RED, AS_IS, A_BOLD},
				[STYLE_TITLE] = {BLACK, GREEN, A_NORMAL},
				[STYLE_SORTED] = {BLACK, CYAN, A_NORMAL},
				[STYLE_SELECTED] = {BLACK, CYAN, A_NORMAL},
				[STYLE_KEY] = {CYAN, AS_IS, A_BOLD},
			},
		[THEME_LIGHT] =
			{
				[STYLE_FAINT] = {BLUE, AS_IS, A_NORMAL},
				[STYLE_BUSY] = {GREEN, AS_IS, A_NORMAL},
				[STYLE_WARNING] = {MAGENTA, AS_IS, A_NORMAL},
				[STYLE_ALARM] = {RED, AS_IS, A_NORMAL},
				[STYLE_TITLE] = {WHITE, BLUE, A_NORMAL},
				[STYLE_SORTED] = {WHITE, MAGENTA, A_NORMAL},
				[STYLE_SELECTED] = {BLACK, CYAN, A_NORMAL},
				[STYLE_KEY] = {BLUE, AS_IS, A_NORMAL},
			},
		[THEME_CONTRAST] =
			{
				[STYLE_TEXT] = {WHITE, BLACK, A_BOLD},
				[STYLE_FAINT] = {WHITE, BLACK, A_NORMAL},
				[STYLE_BUSY] = {WHITE, BLACK, A_BOLD},
				[STYLE_WARNING] = {YELLOW, BLACK, A_BOLD},
				[STYLE_ALARM] = {WHITE, RED, A_BOLD},
				[STYLE_TITLE] = {BLACK, WHITE, A_NORMAL},
				[STYLE_SORTED] = {BLACK, YELLOW, A_NORMAL},
				[STYLE_SELECTED] = {BLACK, YELLOW, A_NORMAL},
				[STYLE_KEY] = {YELLOW, BLACK, A_BOLD},
				[STYLE_LABEL] = {WHITE, BLACK, A_BOLD},
			},
		[THEME_MONO] =
			{
				[STYLE_FAINT] = {AS_IS, AS_IS, A_DIM},
				[STYLE_WARNING] = {AS_IS, AS_IS, A_BOLD},
				[STYLE_ALARM] = {AS_IS, AS_IS, A_BOLD},
				[STYLE_TITLE] = {AS_IS, AS_IS, A_UNDERLINE},
				[STYLE_SORTED] = {AS_IS, AS_IS, A_UNDERLINE | A_BOLD},
				[STYLE_SELECTED] = {AS_IS, AS_IS, A_REVERSE},
				[STYLE_KEY] = {AS_IS, AS_IS, A_BOLD},
			},
};

const struct term_look *term_looks(enum theme theme)
{
	return looks[theme];
}
