// SPDX-License-Identifier: GPL-2.0-or-later
/* users.c - names of users, from /etc/passwd alone. */
#include "users.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file with more entries is not read to its end. */
#define USERS_MAX 100000

struct user {
	uint32_t uid;
	uint32_t place; /* of the entry in the file */
	char *name;
};

struct users {
	struct user *list; /* by uid */
	size_t count, room;
};

static int compare_uid(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static int compare_entry(const void *a, const void *b)
{
	const struct user *x = a, *y = b;
	int r = compare_uid(a, b);

	return r ? r : x->place < y->place ? -1 : x->place > y->place;
}

/* Of the users with one uid the first entry of the file counts, as for getpwuid(3). */
static void users_sort(struct users *users)
{
	size_t count = 0;

	if (users->count)
		qsort(users->list, users->count, sizeof(*users->list), compare_entry);
	for (size_t i = 0; i < users->count; i++) {
		if (count && users->list[count - 1].uid == users->list[i].uid)
			free(users->list[i].name);
		else
			users->list[count++] = users->list[i];
	}
	users->count = count;
}

/* "+" and "-" ask other services, nsswitch.conf(5); such a line has no uid of its own. */
static bool is_user(const struct passwd *entry)
{
	return entry->pw_name[0] && entry->pw_name[0] != '+' && entry->pw_name[0] != '-';
}

static int users_add(struct users *users, uint32_t uid, const char *name)
{
	if (users->count == users->room) {
		size_t room = users->room ? users->room * 2 : 64;
		struct user *list = reallocarray(users->list, room, sizeof(*list));

		if (!list)
			return -1;
		users->list = list;
		users->room = room;
	}
	users->list[users->count].uid = uid;
	users->list[users->count].place = (uint32_t)users->count;
	users->list[users->count].name = strdup(name);
	return users->list[users->count].name ? (int)users->count++ : -1;
}

struct users *users_open(const char *path)
{
	struct users *users = calloc(1, sizeof(*users));
	/* A FIFO in its place has no writer. */
	int fd = users ? open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	struct passwd *entry;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return users_close(users);
	}
	while (users->count < USERS_MAX && (entry = fgetpwent(file))) {
		if (is_user(entry) && users_add(users, entry->pw_uid, entry->pw_name) < 0)
			break;
	}
	fclose(file);
	users_sort(users);
	return users;
}

struct users *users_close(struct users *users)
{
	if (users) {
		for (size_t i = 0; i < users->count; i++)
			free(users->list[i].name);
		free(users->list);
		free(users);
	}
	return NULL;
}

const char *users_name(const struct users *users, uint32_t uid)
{
	struct user wanted = {.uid = uid};
	const struct user *found = NULL;

	if (users && users->count)
		found = bsearch(&wanted, users->list, users->count, sizeof(wanted), compare_uid);
	return found ? found->name : NULL;
}
