/* SPDX-License-Identifier: GPL-2.0-or-later */
/* columns.h - which columns were chosen, how to sort, and what must be asked for their sake. */
#ifndef PIDNS_COLUMNS_H
#define PIDNS_COLUMNS_H

#include "common/field.h"
#include "options.h"

struct sort_key {
	const struct field *field;
	bool is_descending;
};

struct columns {
	const struct field_table *table;
	const struct field *fields[FIELDS_MAX]; /* no one twice */
	size_t nr_fields;
	bool is_usual[FIELDS_MAX]; /* not asked for: a table leaves it out where it says nothing */
	const struct users *users; /* of the rows, with NEEDS_USERS */
	struct sort_key keys[FIELDS_MAX];
	size_t nr_keys;
	uint64_t known;	       /* PIDNS_NS_* or PIDNS_TASK_* to ask for; sort keys included */
	unsigned int needs;    /* NEEDS_* */
	struct filter *filter; /* of rows; NULL: all */
};

/*
 * What -o, --sort and -Q say. Without -o: `usual`, or in JSON every field a provider can know.
 * 0, or EXIT_USAGE after the message is out.
 */
int columns_parse(const struct options *options, const struct field_table *table, const char *usual,
		  struct columns *ret);
void columns_close(struct columns *columns);

/* The message that there is no such column, and which the nearest is. Returns EXIT_USAGE. */
int columns_refuse(const struct options *options, const struct field_table *table, const char *name,
		   size_t len);

/* --list-columns, on stdout: name and help, or with --raw names only. Returns EXIT_DONE. */
int columns_list(const struct options *options, const struct field_table *table);

#endif /* PIDNS_COLUMNS_H */
