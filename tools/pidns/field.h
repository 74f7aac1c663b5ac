/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * field.h - every column there is: one table a record, each row with the column's name, JSON type,
 * look, help, what it must ask of the kernel, and how to get its value.
 */
#ifndef PIDNS_FIELD_H
#define PIDNS_FIELD_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct users;

enum value_type {
	VALUE_UNKNOWN, /* JSON null, "-" in text */
	VALUE_NUMBER,
	VALUE_TENTHS,  /* a number of tenths: 123 is 12.3 */
	VALUE_BOOL,    /* true and false in JSON, 1 and 0 in text */
	VALUE_TEXT,    /* raw bytes, untrusted */
	VALUE_NUMBERS, /* JSON array, commas in text */
	/* Of the notes on a namespace: an object, the first of a list of them, a list in JSON; in
	 * text a name or an id, KIND:USED/MAX, how many. See note.h. */
	VALUE_CONTAINER,
	VALUE_LIMIT,
	VALUE_PINS,
};

struct value {
	enum value_type type;
	uint32_t count;		/* of numbers or pins */
	uint64_t number;	/* of notes: what they are sorted by */
	const int32_t *numbers; /* borrowed, as text is */
	const char *text;	/* of a container: what is shown */
	size_t len;
	char digits[12]; /* what text points to where a number stands for a name */
	const struct pidns_container *container;
	const struct pidns_limit *limit;
	const struct pidns_pin *const *pins;
};

/* One line of output: a namespace or a task, and what goes with it. */
struct row {
	const struct pidns_snapshot *snapshot; /* where it was found */
	const void *record;  /* struct pidns_ns or struct pidns_task, as the table says */
	uint64_t known;	     /* its known bits */
	const char *cmdline; /* of a task, with NEEDS_CMDLINE; NULL: not known */
	size_t cmdline_len;
	const struct users *users; /* with NEEDS_USERS; NULL: users are numbers */
};

/* field.look */
#define LOOK_RIGHT (1u << 0) /* align right */
#define LOOK_TRUNC (1u << 1) /* may be cut where the terminal is narrow */
/* field.needs */
#define NEEDS_REAPER  (1u << 0) /* the reaper's name (pidns_take_opts.reaper_fields) */
#define NEEDS_CMDLINE (1u << 1)
#define NEEDS_ALL     (1u << 2) /* all tasks, where others need only the task itself */
#define NEEDS_ASKING  (1u << 3) /* not part of "every field": only shown when named */
/* PIDNS_TAKE_* for notes: field_take_flags(). */
#define NEEDS_LIMITS	 (1u << 4)
#define NEEDS_CONTAINERS (1u << 5)
#define NEEDS_PINS	 (1u << 6)
#define NEEDS_USERS	 (1u << 7) /* the names of users */

struct field {
	const char *name;
	unsigned int look;
	unsigned int needs;
	uint64_t
		known; /* the PIDNS_NS_* or PIDNS_TASK_* bit to ask for, and to find set; 0: none */
	void (*get)(const struct field *field, const struct row *row, struct value *ret);
	size_t offset; /* of the member, for getters of plain members */
	const char *help;
	const char *heading; /* in tables; NULL: its name */
	const char *aliases; /* other names that are understood, a space between; NULL: none */
	void (*human)(FILE *file, const struct value *value); /* in tables; NULL: as in raw */
};

/* No table is longer. */
#define FIELDS_MAX 32

struct field_table {
	const struct field *fields;
	size_t nr_fields;
	struct row (*make_row)(const struct pidns_snapshot *snapshot, const void *record);
};

extern const struct field_table ns_field_table;
extern const struct field_table task_field_table;

static inline void field_get(const struct field *field, const struct row *row, struct value *ret)
{
	ret->type = VALUE_UNKNOWN;
	if (!field->known || row->known & field->known)
		field->get(field, row, ret);
}

/* What pidns_take_opts.flags must hold for these needs. */
uint32_t field_take_flags(unsigned int needs);

/* By name or by an alias, in any case; NULL: no such column. In field-name.c. */
const struct field *field_find(const struct field_table *table, const char *name, size_t len);
/* The name or alias most like that. */
const char *field_nearest(const struct field_table *table, const char *name, size_t len,
			  char *buffer, size_t size);

/* Unknown after all that is known; numbers by size, text by bytes, lists element by element. */
int value_compare(const struct value *a, const struct value *b);

#endif /* PIDNS_FIELD_H */
