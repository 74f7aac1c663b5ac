// SPDX-License-Identifier: GPL-2.0-or-later
/* proc-tree.c - small trees shaped like /proc, in the scratch directory. */
#include "proc-tree.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

char root[256];

const char *in_root(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

int new_root(void **state)
{
	static int nr;
	char name[32];

	(void)state;
	snprintf(name, sizeof(name), "proc-%d", nr++);
	strcpy(root, scratch(name));
	return mkdir(root, 0755);
}

void make_parents(const char *name)
{
	char path[512];
	char *slash;

	strcpy(path, in_root(name));
	for (slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0)
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
}

void put(const char *name, const char *text)
{
	make_parents(name);
	write_file(in_root(name), text, strlen(text));
}

void put_link(const char *name, const char *target)
{
	make_parents(name);
	assert_int_equal(symlink(target, in_root(name)), 0);
}

int open_root(void)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}
