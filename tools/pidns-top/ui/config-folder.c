// SPDX-License-Identifier: GPL-2.0-or-later
/* config-folder.c - the folder of the config file: a walk that trusts no other user's links. */
#include "config-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "config.h"

struct walk {
	int fd;		/* the folder reached so far */
	bool is_below;	/* at $HOME or $XDG_CONFIG_HOME, or below it */
	bool is_create; /* make folders that are missing */
	const char *problem;
};

/* Where the part of the path begins that the environment does not name. */
static const char *tail_of(const char *path)
{
	static const char *const tails[] = {"/.config/pidns-top/config", "/pidns-top/config"};
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		size_t tail = strlen(tails[i]);

		if (len >= tail && strcmp(path + len - tail, tails[i]) == 0)
			return path + len - tail;
	}
	return path;
}

static bool is_trusted_owner(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

/* Above the base a link may be part of how the machine is set up, as /home -> /var/home. */
static bool is_link_of_machine(int fd, const char *name)
{
	struct stat link, folder;

	return fstatat(fd, name, &link, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(link.st_mode) &&
	       link.st_uid == 0 && fstat(fd, &folder) == 0 && folder.st_uid == 0 &&
	       !(folder.st_mode & (S_IWGRP | S_IWOTH));
}

static int open_folder(const struct walk *walk, const char *name)
{
	int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	int fd = openat(walk->fd, name, flags | O_NOFOLLOW);

	/* O_DIRECTORY makes a symbolic link ENOTDIR rather than ELOOP. */
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP) && !walk->is_below &&
	    is_link_of_machine(walk->fd, name))
		fd = openat(walk->fd, name, flags);
	return fd < 0 ? -errno : fd;
}

static const char *problem_of(const struct walk *walk, const char *name, int error)
{
	struct stat st;

	if (error == -ENOTDIR && fstatat(walk->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		return "a symbolic link";
	return strerror(-error);
}

static int step(struct walk *walk, const char *name)
{
	int fd = open_folder(walk, name);

	if (fd == -ENOENT && walk->is_create && walk->is_below) {
		if (mkdirat(walk->fd, name, 0700) < 0 && errno != EEXIST)
			fd = -errno;
		else
			fd = open_folder(walk, name);
	}
	if (fd < 0) {
		walk->problem = problem_of(walk, name, fd);
		return fd;
	}
	close(walk->fd);
	walk->fd = fd;
	return 0;
}

/* The walk is at the base, or at one of the folders below it. */
static int check_owner(struct walk *walk)
{
	struct stat st;

	if (fstat(walk->fd, &st) < 0)
		return -errno;
	if (is_trusted_owner(&st))
		return 0;
	walk->problem = "not yours";
	return -EPERM;
}

static int check_last(struct walk *walk)
{
	struct stat st;

	if (fstat(walk->fd, &st) < 0)
		return -errno;
	if (st.st_uid != geteuid())
		walk->problem = "not yours";
	else if (st.st_mode & S_IWOTH)
		walk->problem = "others may write it";
	else
		return 0;
	return -EPERM;
}

/* All folders of path[0 … file); *ret_end is the end of the one that was refused. */
static int walk_down(struct walk *walk, const char *path, const char *tail, const char *file,
		     const char **ret_end)
{
	const char *end;
	char name[NAME_MAX + 1];

	for (const char *at = path; at < file; at = end) {
		size_t len = strcspn(at + 1, "/");
		int r = 0;

		end = at + 1 + len;
		if (at == tail) {
			walk->is_below = true;
			*ret_end = at;
			r = check_owner(walk);
		}
		if (r < 0)
			return r;
		*ret_end = end;
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		snprintf(name, sizeof(name), "%.*s", (int)len, at + 1);
		if (len)
			r = step(walk, name);
		if (r == 0 && walk->is_below)
			r = check_owner(walk);
		if (r < 0)
			return r;
	}
	return check_last(walk);
}

int config_folder_open(const char *path, bool create, const char *what, char *why, size_t why_len)
{
	const char *file = strrchr(path, '/'), *end = file;
	struct walk walk = {.fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), .is_create = create};
	_cleanup_fd_ int owned = -1;
	int r;

	if (walk.fd < 0) {
		r = -errno;
		snprintf(why, why_len, "%s: %s: %s", path, what, strerror(-r));
		return r;
	}
	r = walk_down(&walk, path, tail_of(path), file, &end);
	owned = walk.fd;
	if (r == 0)
		return steal_fd(&owned);
	snprintf(why, why_len, "%s: %s: %.*s: %s", path, what, end > path ? (int)(end - path) : 1,
		 end > path ? path : "/", walk.problem ? walk.problem : strerror(-r));
	return r;
}
