// SPDX-License-Identifier: GPL-2.0-or-later
/* users.c - names of users, from /etc/passwd alone. */
#include "users.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nobody has more; a file that does is not what it seems. */
#define USERS_MAX 100000

struct user {
	uint32_t uid;
	char *name;
};

struct users {
	struct user *list; /* by uid */
	size_t count, room;
};

static int user_compare(const void *a, const void *b)
{
	const struct user *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
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
	users->list[users->count].name = strdup(name);
	return users->list[users->count].name ? (int)users->count++ : -1;
}

struct users *users_open(const char *path)
{
	struct users *users = calloc(1, sizeof(*users));
	FILE *file = users ? fopen(path, "re") : NULL;
	struct passwd *entry;

	if (!file)
		return users_close(users);
	while (users->count < USERS_MAX && (entry = fgetpwent(file))) {
		if (users_add(users, entry->pw_uid, entry->pw_name) < 0)
			break;
	}
	fclose(file);
	qsort(users->list, users->count, sizeof(*users->list), user_compare);
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
		found = bsearch(&wanted, users->list, users->count, sizeof(wanted), user_compare);
	return found ? found->name : NULL;
}
