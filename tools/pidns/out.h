/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.h - rows on stdout: as a table or tree for people (out-table.c), as raw words (out-raw.c), or
 * as JSON (out-json.c). The last two write each row as it comes and hold none.
 */
#ifndef PIDNS_OUT_H
#define PIDNS_OUT_H

#include <pidnsinfo.h>
#include <stdbool.h>
#include <stdio.h>

#include "columns.h"
#include "json.h"

struct out;
struct pending;

struct out_ops {
	int (*begin)(struct out *out);
	int (*row)(struct out *out, const struct field_row *row, uint32_t depth);
	int (*end)(struct out *out);
};

extern const struct out_ops out_table;
extern const struct out_ops out_raw;
extern const struct out_ops out_json;
extern const struct out_ops out_dot;

struct libscols_line;
struct libscols_table;

struct out {
	const struct out_ops *ops;
	const struct columns *columns;
	const struct pidns_snapshot *snapshot; /* for the head of a JSON document */
	const char *array;		       /* its key for the rows */
	bool has_headings;
	bool is_tree; /* depths matter; else all rows are on one level */
	/* out-json.c */
	struct json json;
	uint32_t nr_open; /* rows that wait for their children */
	/* out-table.c */
	struct libscols_table *table;
	struct libscols_line **ancestors; /* the last line of each depth */
	size_t nr_ancestors;
	bool is_filled[FIELDS_MAX]; /* by column: some row knows it */
	/* out-table.c, out-dot.c */
	FILE *cell; /* writes to cell_text */
	char *cell_text;
	size_t cell_size;
	/* out-dot.c */
	size_t *numbers; /* of the last row of each depth */
	size_t nr_numbers, nr_rows;
	/* In a tree with -Q: the rows above the one that came last, which are shown if one below them is. */
	struct pending *pending; /* by depth */
	size_t nr_pending;
};

/*
 * Rows in the form that the options choose. In a tree each row says its depth, which is at most one
 * more than that of the row before. 0 or -ENOMEM; out_close() frees all in any case.
 */
int out_open(struct out *out, const struct options *options, const struct columns *columns,
	     const struct pidns_snapshot *snapshot, const char *array, bool is_tree);
int out_row(struct out *out, const struct field_row *row, uint32_t depth);
int out_close(struct out *out);

/* Untrusted bytes, escaped. */
void out_text(FILE *file, const char *text, size_t len);
/* The same, and spaces up to so many characters. */
void out_padded(FILE *file, const char *text, size_t len, size_t columns);
/* In decimal. */
void out_number(FILE *file, uint64_t number);
/* 123 as 12.3. */
void out_tenths(FILE *file, uint64_t tenths);
/* A value as all text shows it: untrusted names escaped, what is not known as "-". */
void out_value(FILE *file, const struct value *value);
/* Upper-case, for the line of headings. `size` has room for the longest name. */
void out_heading(const struct field *field, char *heading, size_t size);

#endif /* PIDNS_OUT_H */
