// SPDX-License-Identifier: GPL-2.0-or-later
/* out-dot.c - rows as a graph for dot(1): a box for each, its columns in it, and lines to its children. */
#include <errno.h>
#include <stdlib.h>

#include "out.h"

static int dot_begin(struct out *out)
{
	(void)out;
	puts("digraph pidns {\n\tnode [shape=box, fontname=\"monospace\"];");
	return 0;
}

/* In a quoted string of dot(1): neither an escape of its own nor an entity of HTML. */
static void put_quoted(const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putc_unlocked('\\', stdout);
		if (*text == '&')
			fputs_unlocked("&amp;", stdout);
		else
			putc_unlocked(*text, stdout);
	}
}

/* "name value", to the left; what is not known is left out. */
static int put_label(struct out *out, const struct field_row *row)
{
	struct value value;

	for (size_t i = 0; i < out->columns->nr_fields; i++) {
		const struct field *field = out->columns->fields[i];

		field_get(field, row, &value);
		if (value.type == VALUE_UNKNOWN)
			continue;
		rewind(out->cell);
		out_value(out->cell, &value);
		putc_unlocked('\0', out->cell);
		if (fflush(out->cell))
			return -ENOMEM;
		printf("%s ", field->name);
		put_quoted(out->cell_text);
		fputs("\\l", stdout);
	}
	return 0;
}

/* The number of the last row of each depth. */
static int remember(struct out *out, uint32_t depth)
{
	size_t *grown = out->numbers;

	if (depth >= out->nr_numbers) {
		grown = realloc(grown, (depth + 1) * 2 * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		out->numbers = grown;
		out->nr_numbers = (depth + 1) * 2;
	}
	grown[depth] = out->nr_rows++;
	return 0;
}

static int dot_row(struct out *out, const struct field_row *row, uint32_t depth)
{
	int r = remember(out, depth);

	if (!out->cell)
		out->cell = open_memstream(&out->cell_text, &out->cell_size);
	if (r < 0 || !out->cell)
		return -ENOMEM;
	printf("\tn%zu [label=\"", out->numbers[depth]);
	r = put_label(out, row);
	puts("\"];");
	if (depth)
		printf("\tn%zu -> n%zu;\n", out->numbers[depth - 1], out->numbers[depth]);
	return r;
}

static int dot_end(struct out *out)
{
	puts("}");
	if (out->cell)
		fclose(out->cell);
	free(out->cell_text);
	free(out->numbers);
	return 0;
}

const struct out_ops out_dot = {dot_begin, dot_row, dot_end};
