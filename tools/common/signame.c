// SPDX-License-Identifier: GPL-2.0-or-later
/* signame.c - signals by name and number. */
#include "signame.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Decimal digits, at most `max`; or -1. */
static int parse_digits(const char *text, int max)
{
	char *end;
	long number;

	if (*text < '0' || *text > '9')
		return -1;
	number = strtol(text, &end, 10);
	return *end || number > max ? -1 : (int)number;
}

static int parse_real_time(const char *text)
{
	bool is_down = !strncasecmp(text, "RTMAX", 5);
	int n;

	if (!is_down && strncasecmp(text, "RTMIN", 5))
		return -1;
	if (!text[5])
		return is_down ? SIGRTMAX : SIGRTMIN;
	if (text[5] != (is_down ? '-' : '+'))
		return -1;
	n = parse_digits(text + 6, SIGRTMAX - SIGRTMIN);
	if (n < 0)
		return -1;
	return is_down ? SIGRTMAX - n : SIGRTMIN + n;
}

int signame_parse(const char *text)
{
	int n = parse_digits(text, SIGRTMAX);

	if (n >= 0)
		return n;
	if (!strncasecmp(text, "SIG", 3))
		text += 3;
	for (int sig = 1; sig < SIGRTMIN; sig++) {
		const char *name = sigabbrev_np(sig);

		if (name && !strcasecmp(text, name))
			return sig;
	}
	return parse_real_time(text);
}

const char *signame(int sig, char text[SIGNAME_SIZE])
{
	const char *name = sigabbrev_np(sig);

	if (name)
		snprintf(text, SIGNAME_SIZE, "SIG%s", name);
	else
		snprintf(text, SIGNAME_SIZE, "signal %d", sig);
	return text;
}

bool signame_is_deadly(int sig)
{
	static const int harmless[] = {0,	SIGCHLD, SIGCONT, SIGURG, SIGWINCH,
				       SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};

	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (harmless[i] == sig)
			return false;
	return true;
}
