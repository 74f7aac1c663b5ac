// SPDX-License-Identifier: GPL-2.0-or-later
/* forest-plan.c - what to plant: "name=web,count=3,depth=2,tasks=4,end=fd". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "forest.h"

static int set_number(struct spec *spec, const char *key, const char *value)
{
	const struct {
		const char *key;
		unsigned int *number;
	} numbers[] = {
		{"count", &spec->count},      {"depth", &spec->depth},
		{"tasks", &spec->tasks},      {"threads", &spec->threads},
		{"zombies", &spec->zombies},  {"stopped", &spec->stopped},
		{"joined", &spec->joined},    {"leaderless", &spec->leaderless},
		{"period", &spec->period_us}, {"busy", &spec->busy_ms},
	};
	char *end;
	unsigned long number = strtoul(value, &end, 10);

	if (*end || end == value || number > 1000000)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(key, numbers[i].key) == 0) {
			*numbers[i].number = (unsigned int)number;
			return 0;
		}
	if (strcmp(key, "uid") == 0)
		spec->uid = (int)number;
	else if (strcmp(key, "user") == 0)
		spec->user = number;
	else if (strcmp(key, "shared") == 0)
		spec->shared = number;
	else
		return -EINVAL;
	return 0;
}

static int set_key(struct spec *spec, const char *key, const char *value)
{
	if (strcmp(key, "name") == 0) {
		if (strlen(value) >= sizeof(spec->name))
			return -EINVAL;
		strcpy(spec->name, value);
		return 0;
	}
	if (strcmp(key, "comm") == 0) {
		spec->comm = strdup(value);
		return spec->comm ? 0 : -ENOMEM;
	}
	if (strcmp(key, "restless") == 0) {
		spec->restless = restless_find(value);
		return spec->restless ? 0 : -EINVAL;
	}
	if (strcmp(key, "end") == 0) {
		spec->ending = ending_find(value);
		return spec->ending ? 0 : -EINVAL;
	}
	return set_number(spec, key, value);
}

/* A task that gave up its privileges can report neither a thread nor a deeper namespace. */
static bool spec_is_possible(const struct spec *spec)
{
	bool is_plain = spec->uid <= 0 || spec->user;

	return spec->count && spec->depth && spec->depth <= FOREST_LEVELS && spec->tasks &&
	       spec->threads &&
	       (is_plain ||
		(spec->depth == 1 && spec->threads == 1 && !spec->leaderless && !spec->shared));
}

int spec_parse(const char *text, struct spec *ret_spec)
{
	struct spec spec = {
		.name = "ns",
		.count = 1,
		.depth = 1,
		.tasks = 1,
		.threads = 1,
		.period_us = 1000,
		.uid = -1,
	};
	char *copy = strdup(text), *rest = copy, *word;
	int r = copy ? 0 : -ENOMEM;

	while (r == 0 && (word = strsep(&rest, ","))) {
		char *value = strchr(word, '=');

		if (value)
			*value++ = '\0';
		r = value ? set_key(&spec, word, value) : -EINVAL;
	}
	free(copy);
	if (r == 0 && !spec_is_possible(&spec))
		r = -EINVAL;
	if (r == 0)
		*ret_spec = spec;
	return r;
}

int spec_of_size(const char *size, struct spec *ret_spec)
{
	static const struct {
		const char *size, *plan;
	} sizes[] = {
		{"S", "name=s,count=50,tasks=10,shared=1"},
		{"M", "name=m,count=500,tasks=20,shared=1"},
		{"L", "name=l,count=2000,tasks=50,shared=1"},
	};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (strcmp(size, sizes[i].size) == 0)
			return spec_parse(sizes[i].plan, ret_spec);
	return -EINVAL;
}

unsigned int spec_reports(const struct spec *spec)
{
	return spec->tasks * spec->threads + spec->zombies + spec->stopped + 2 * spec->leaderless +
	       1;
}

size_t spec_tasks(const struct spec *spec)
{
	size_t of_namespace = spec_reports(spec);
	size_t of_tree = of_namespace * spec->depth + (size_t)spec->joined * spec->threads + 2;

	return spec->count * of_tree;
}
