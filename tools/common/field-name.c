// SPDX-License-Identifier: GPL-2.0-or-later
/* field-name.c - columns by name, by an alias, and by a name that is not quite right. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "field.h"

/* Longer names are compared as far as this. */
#define NAME_MAX_COMPARED 31

static bool is_called(const char *word, size_t word_len, const char *name, size_t len)
{
	return word_len == len && !strncasecmp(word, name, len);
}

/* The next of some words with a space between; its length, 0 after the last. */
static size_t next_word(const char **words)
{
	*words += strspn(*words, " ");
	return strcspn(*words, " ");
}

static bool has_alias(const struct field *field, const char *name, size_t len)
{
	const char *at = field->aliases ? field->aliases : "";
	size_t word_len;

	for (; (word_len = next_word(&at)); at += word_len)
		if (is_called(at, word_len, name, len))
			return true;
	return false;
}

const struct field *field_find(const struct field_table *table, const char *name, size_t len)
{
	for (size_t i = 0; i < table->nr_fields; i++)
		if (is_called(table->fields[i].name, strlen(table->fields[i].name), name, len))
			return &table->fields[i];
	for (size_t i = 0; i < table->nr_fields; i++)
		if (has_alias(&table->fields[i], name, len))
			return &table->fields[i];
	return NULL;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be added, taken away or changed to make one of the other. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t row[NAME_MAX_COMPARED + 1];

	a_len = least(a_len, NAME_MAX_COMPARED);
	b_len = least(b_len, NAME_MAX_COMPARED);
	for (size_t k = 0; k <= b_len; k++)
		row[k] = k;
	for (size_t i = 1; i <= a_len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= b_len; k++) {
			bool differs = tolower((unsigned char)a[i - 1]) !=
				       tolower((unsigned char)b[k - 1]);
			size_t made = least(least(row[k], row[k - 1]) + 1, diagonal + differs);

			diagonal = row[k];
			row[k] = made;
		}
	}
	return row[b_len];
}

struct nearest {
	const char *wanted;
	size_t wanted_len;
	const char *word;
	size_t word_len;
	size_t distance;
};

static void consider(struct nearest *nearest, const char *word, size_t len)
{
	size_t d = 2 * distance(nearest->wanted, nearest->wanted_len, word, len);

	/* Of two as like, the one that it begins. */
	if (len > nearest->wanted_len && !strncasecmp(word, nearest->wanted, nearest->wanted_len))
		d--;
	if (d >= nearest->distance)
		return;
	nearest->word = word;
	nearest->word_len = len;
	nearest->distance = d;
}

const char *field_nearest(const struct field_table *table, const char *name, size_t len,
			  char *buffer, size_t size)
{
	struct nearest nearest = {.wanted = name, .wanted_len = len, .distance = SIZE_MAX};

	for (size_t i = 0; i < table->nr_fields; i++) {
		const char *at = table->fields[i].aliases ? table->fields[i].aliases : "";
		size_t word_len;

		consider(&nearest, table->fields[i].name, strlen(table->fields[i].name));
		for (; (word_len = next_word(&at)); at += word_len)
			consider(&nearest, at, word_len);
	}
	snprintf(buffer, size, "%.*s", (int)nearest.word_len, nearest.word);
	return buffer;
}
