/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view.h - a view is a list of columns, each a field of common/field.h or one of its own. What a cell
 * says and what rows are sorted by comes from the field, unless the column has a function for it. No
 * view knows of screens, and none asks a provider.
 *
 * A new view is a file view-<name>.c with one struct view, and a place in enum app_view.
 */
#ifndef PIDNS_TOP_VIEW_H
#define PIDNS_TOP_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pidnsinfo.h>

#include "common/field.h"
#include "pidns-top/ui/app.h"
#include "pidns-top/rows/sample.h"
#include "pidns-top/rows/rows.h"

/* Long enough for the widest screen (term.h) with four bytes in each column. */
#define CELL_SIZE 4608

/* What a cell means, for a screen that has colours. The text always says the same. */
enum style {
	STYLE_TEXT,
	STYLE_FAINT,   /* of less interest: the root's own, lines of the tree */
	STYLE_BUSY,    /* at work */
	STYLE_WARNING, /* someone should look */
	STYLE_ALARM,   /* something fails, or soon will */
	STYLE_TITLE,
	STYLE_SORTED, /* the title of the column that is sorted by */
	STYLE_SELECTED,
	STYLE_KEY,   /* in the bottom line, a key … */
	STYLE_LABEL, /* … and what it does */
	NR_STYLES,
};

struct cell {
	size_t faint; /* so many bytes at the start of text are STYLE_FAINT */
	enum style style;
	char text[CELL_SIZE]; /* clean (text.h) */
};

/* What a cell is filled from. */
struct cell_source {
	const struct sample *sample;
	const struct app *app;
	const struct rows *rows;
	const struct row *row;
	const struct column *column;
	unsigned int arg;   /* which of a repeated column */
	unsigned int width; /* columns there are for it; 0: not known yet */
};

struct sort_key {
	bool is_known;	  /* what is not comes last, whichever way round */
	uint64_t number;  /* compared first … */
	const char *text; /* … then this, if not NULL */
};

enum column_flags {
	COLUMN_RIGHT = 1 << 0,	     /* numbers */
	COLUMN_REST = 1 << 1,	     /* text that takes what the others leave */
	COLUMN_BIG_FIRST = 1 << 2,   /* sorts by the largest first, unless reversed */
	COLUMN_OF_SCREEN = 1 << 3,   /* its task fields can be looked up for the rows shown */
	COLUMN_ONLY_BELOW = 1 << 4,  /* only where rows of several namespaces are mixed */
	COLUMN_NUMBERED = 1 << 5,    /* a repeated one's title tells which it is */
	COLUMN_ONLY_SORTED = 1 << 6, /* only where it is sorted by: it costs much */
	COLUMN_TASK = 1 << 7,	     /* its field is of a task, not of a namespace */
	COLUMN_USER = 1 << 8,	     /* the name of that user */
	COLUMN_NO_SORT = 1 << 9,
	COLUMN_CHOSEN = 1 << 10, /* only where the user has chosen it */
};

struct column {
	const struct field *field;
	const struct field *folded; /* of a row that stands for those below; NULL: the same */
	unsigned int flags;
	unsigned int rank; /* in place of the field's; 0: that */
	/* Widths it would rather have, and the ranks by which a narrow screen takes them back; 0: none. */
	unsigned int middle, middle_rank, wide, wide_rank;
	const char *title, *wide_title;	 /* in place of the field's; NULL: that */
	uint64_t ns_fields, task_fields; /* what it needs to know beside the field itself */
	uint32_t notes;			 /* PIDNS_TAKE_*: and the notes */
	void (*fill)(const struct cell_source *source, struct cell *cell);
	void (*key)(const struct cell_source *source, struct sort_key *key);
	/* Wide enough for the digits of the member of struct rows at that offset, and so much more; 0:
	 * the field's width is enough. Of a repeated column it is an array. */
	size_t most;
	unsigned int more;
	unsigned int (*fit)(const struct rows *rows); /* where no one member tells */
	/* How often it is there, with arg 1, 2, …; NULL: once. */
	unsigned int (*repeat)(const struct rows *rows);
};

struct view {
	const char *title; /* "NAMESPACES" */
	const struct column *columns;
	size_t nr_columns;
	size_t sorted_by; /* at first */
	/* The columns that the keys N, P, M and T sort by; nr_columns: none. */
	size_t number, cpu, memory, time;
	/* Needed whatever the columns are. */
	uint64_t ns_fields;
	/* The numbers and names of a row, raw, for search and filter to look in. */
	size_t (*words)(const struct cell_source *source, char *out, size_t size);
	/* The pid whose details the row shows; 0: none. */
	int32_t (*pid)(const struct row *row);
};

extern const struct view view_namespaces;
extern const struct view view_processes;

/* By enum app_view. */
const struct view *view_of(const struct app *app);

/* What a column needs to know of namespaces, and of tasks. */
uint64_t column_ns_fields(const struct column *column);
uint64_t column_task_fields(const struct column *column);
bool column_can_sort(const struct column *column);
/* Its title, on a screen that has the room for the wide one or not. */
const char *column_title(const struct column *column, bool is_wide);
unsigned int column_width(const struct column *column, const struct rows *rows, unsigned int arg);

/* The cell's text and style, and what it is sorted by. */
void view_fill(const struct cell_source *source, struct cell *cell);
void view_key(const struct cell_source *source, struct sort_key *key);
/* The value of the column's field, of the row; false: not known. */
bool view_value(const struct cell_source *source, struct value *ret);
/* The same as text; "-" where it is not known. */
void view_fill_value(const struct cell_source *source, struct cell *cell);

/* The column of that name, the case of letters aside, if it can be sorted by; else nr_columns. */
size_t view_find_column(const struct view *view, const char *name);

/* Is any namespace part of a pod? For columns that are else not there. */
unsigned int view_has_pods(const struct rows *rows);

/* The task of that pid with the field known, in the snapshot or else in the details, or NULL. */
const struct pidns_task *view_task(const struct cell_source *source, const struct pidns_task *task,
				   int32_t pid, uint64_t field);
/* Fill with the command of that process: its arguments, shortened if they have not `room` columns
 * (0: any), or its name; false: neither is known. */
bool view_fill_command(const struct cell_source *source, const struct pidns_task *task, int32_t pid,
		       size_t room, char *out, size_t size);

#endif /* PIDNS_TOP_VIEW_H */
