// SPDX-License-Identifier: GPL-2.0-or-later
/* term-info.c - what the terminal's description says. */
#include "term-info.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NCURSES_NOMACROS
#include <curses.h>
#include <term.h>

#include "common/message.h"

static const char *capability(const char *name)
{
	const char *text = tigetstr((char *)(uintptr_t)name);

	return text == (const char *)-1 ? NULL : text;
}

/* Two of them, as newterm() sets the other up. */
static TERMINAL *looked_at;

void term_info_close(void)
{
	if (looked_at)
		del_curterm(looked_at);
	looked_at = NULL;
}

static int refuse(char *why, size_t why_len, const char *name, const char *reason)
{
	snprintf(why, why_len, "terminal \"%.100s\": %s; -b needs none", name, reason);
	term_info_close();
	return EXIT_CANNOT_SERVE;
}

/* newterm() would print and exit, or draw garbage: look first. */
int term_info_open(char *why, size_t why_len)
{
	const char *name = getenv("TERM");
	int status;

	if (!name || !name[0]) {
		snprintf(why, why_len, "TERM is not set; -b needs no terminal");
		return EXIT_CANNOT_SERVE;
	}
	if (setupterm(NULL, STDOUT_FILENO, &status) == ERR)
		return refuse(why, why_len, name, "not known here");
	looked_at = cur_term;
	if (!capability("cup") || !capability("clear"))
		return refuse(why, why_len, name, "cannot move its cursor");
	return 0;
}

void term_info_size(long *ret_rows, long *ret_columns)
{
	int rows = tigetnum("lines"), width = tigetnum("cols");

	*ret_rows = rows > 0 ? rows : 0;
	*ret_columns = width > 0 ? width : 0;
}

/* tputs(3) hands over one byte at a time, and nothing else. */
static struct {
	char *bytes;
	size_t len, size;
} collected;

static int collect(int byte)
{
	if (collected.len < collected.size)
		collected.bytes[collected.len++] = (char)byte;
	return byte;
}

size_t term_info_bytes(const char *const *names, char *out, size_t size)
{
	collected.bytes = out;
	collected.size = size;
	collected.len = 0;
	for (; *names; names++) {
		const char *text = capability(*names);

		if (text)
			tputs(text, 1, collect);
	}
	return collected.len;
}

const char *term_info_string(const char *name)
{
	return capability(name);
}

size_t term_info_bottom(unsigned int rows, char *out, size_t size)
{
	collected.bytes = out;
	collected.size = size;
	collected.len = 0;
	if (!capability("rmcup")) {
		tputs(tiparm(capability("cup"), (int)rows - 1, 0), 1, collect);
		collect('\n');
	}
	return collected.len;
}
