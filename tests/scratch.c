// SPDX-License-Identifier: GPL-2.0-or-later
/* scratch.c - makes the directory at the first call, and removes it. */
#include "scratch.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char directory[PATH_MAX];
static pid_t owner;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void scratch_clear(void)
{
	if (*directory && getpid() == owner)
		nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	directory[0] = '\0';
}

static void give_up(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void make_directory(void)
{
	const char *parent = getenv("TMPDIR");

	if (!parent || !*parent)
		parent = "/tmp";
	snprintf(directory, sizeof(directory), "%s/pidns-test-XXXXXX", parent);
	if (!mkdtemp(directory))
		give_up(directory);
	if (!owner && atexit(scratch_clear))
		give_up("atexit");
	owner = getpid();
}

const char *scratch(const char *name)
{
	static char path[PATH_MAX];

	if (!*directory)
		make_directory();
	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path))
		give_up(name);
	return path;
}
