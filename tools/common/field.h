/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * field.h - every column there is: one table a record, each row with the column's name, look, help,
 * unit, what it must ask of the kernel, and how to get its value. pidns shows those that are asked for
 * by name; a view of pidns-top is a list of some of them.
 */
#ifndef PIDNS_FIELD_H
#define PIDNS_FIELD_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct users;

enum value_type {
	VALUE_UNKNOWN, /* JSON null, "-" in text */
	VALUE_NUMBER,
	VALUE_TENTHS,  /* a number of tenths: 123 is 12.3 */
	VALUE_BOOL,    /* true and false in JSON, 1 and 0 in text */
	VALUE_TEXT,    /* raw bytes, untrusted */
	VALUE_NUMBERS, /* JSON array, commas in text */
	/* Of the notes on a namespace: an object, the first of a list of them, a list in JSON; in
	 * text a name or an id, KIND:USED/MAX, how many. See describe.h. */
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
struct field_row {
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

/* How people read a value. */
enum field_unit {
	UNIT_NONE, /* as it is */
	UNIT_BYTES,
	UNIT_CPU_TIME,
	UNIT_AGE,
	UNIT_NEARNESS, /* of a limit: "cgroup-pids 95%" */
};

struct field {
	const char *name;
	unsigned int look;
	unsigned int needs;
	uint64_t
		known; /* the PIDNS_NS_* or PIDNS_TASK_* bit to ask for, and to find set; 0: none */
	void (*get)(const struct field *field, const struct field_row *row, struct value *ret);
	size_t offset; /* of the member, for getters of plain members */
	const char *help;
	const char *heading; /* in tables; NULL: its name */
	const char *aliases; /* other names that are understood, a space between; NULL: none */
	enum field_unit unit;
	/* In pidns-top: what is over it, how wide it is at least, and where not all columns fit, the
	 * highest rank goes first; 0 always stays. */
	const char *title;
	unsigned int width, rank;
};

/* Their places in the tables. */
enum ns_field {
	NS_INO,
	NS_COOKIE,
	NS_PARENT,
	NS_LEVEL,
	NS_DEPTH,
	NS_STATE,
	NS_REAPER,
	NS_COMM,
	NS_REAPER_START,
	NS_OWNER_UID,
	NS_OWNER_NS,
	NS_PIDS_USED,
	NS_PIDS_USED_EXACT,
	NS_PIDS_PEAK,
	NS_ALLOC_FAILURES,
	NS_LAST_PID,
	NS_PIDS_MAX,
	NS_PROCESSES,
	NS_THREADS,
	NS_ZOMBIES,
	NS_JOINED,
	NS_PROCESSES_BELOW,
	NS_THREADS_BELOW,
	NS_ZOMBIES_BELOW,
	NS_CONTAINER,
	NS_LIMIT,
	NS_PINS,
};

enum task_field {
	TASK_PID,
	TASK_TID,
	TASK_VPIDS,
	TASK_VPGID,
	TASK_VSID,
	TASK_PPID,
	TASK_NS,
	TASK_NS_FOR_CHILDREN,
	TASK_STATE,
	TASK_UID,
	TASK_RUID,
	TASK_USER,
	TASK_RUSER,
	TASK_CONTAINER,
	TASK_COMM,
	TASK_CMDLINE,
	TASK_START,
	TASK_CPU_TIME,
	TASK_CPU,
	TASK_AGE,
	TASK_RSS,
	TASK_THREADS,
	TASK_HAS_JOINED,
	TASK_PIDFD,
};

/* A row at the end that no view names needs no place here. */
extern const struct field ns_fields[];
extern const struct field task_fields[];

/* No table is longer. */
#define FIELDS_MAX 32

struct field_table {
	const struct field *fields;
	size_t nr_fields;
	struct field_row (*make_row)(const struct pidns_snapshot *snapshot, const void *record);
};

extern const struct field_table ns_field_table;
extern const struct field_table task_field_table;

static inline void field_get(const struct field *field, const struct field_row *row,
			     struct value *ret)
{
	ret->type = VALUE_UNKNOWN;
	if (!field->known || row->known & field->known)
		field->get(field, row, ret);
}

/* A value that is known as people read it, in its unit; of a count in at most `width` columns (0: any).
 * In value.c. */
void field_format(const struct field *field, const struct value *value, unsigned int width,
		  char *out, size_t size);

/* Of its values, where they are known: VALUE_NUMBER, _TENTHS, _BOOL or, for all others, _TEXT. */
enum value_type field_type(const struct field *field);

/* What pidns_take_opts.flags must hold for these needs. */
uint32_t field_take_flags(unsigned int needs);

/* By name or by an alias, in any case; NULL: no such column. In field-name.c. */
const struct field *field_find(const struct field_table *table, const char *name, size_t len);
/* The name or alias most like that. */
const char *field_nearest(const struct field_table *table, const char *name, size_t len,
			  char *buffer, size_t size);

/* Unknown after all that is known; numbers by size, text by bytes, lists element by element. In
 * value.c. */
int value_compare(const struct value *a, const struct value *b);

#endif /* PIDNS_FIELD_H */
