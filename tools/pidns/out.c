// SPDX-License-Identifier: GPL-2.0-or-later
/* out.c - rows on stdout, in the form the options choose. */
#include "out.h"

#include <errno.h>
#include <stdlib.h>

#include "common/escape.h"
#include "filter.h"
#include "note.h"

struct pending {
	struct field_row row;
	bool is_shown;
};

int out_open(struct out *out, const struct options *options, const struct columns *columns,
	     const struct pidns_snapshot *snapshot, const char *array, bool is_tree)
{
	*out = (struct out){
		.ops = options->json  ? &out_json
		       : options->raw ? &out_raw
		       : options->dot ? &out_dot
				      : &out_table,
		.columns = columns,
		.snapshot = snapshot,
		.array = array,
		.has_headings = !options->noheadings,
		.is_tree = is_tree,
		.json.file = stdout,
	};
	return out->ops->begin(out);
}

static int remember(struct out *out, const struct field_row *row, uint32_t depth)
{
	struct pending *grown = out->pending;

	if (depth >= out->nr_pending) {
		grown = realloc(grown, (depth + 1) * 2 * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		out->pending = grown;
		out->nr_pending = (depth + 1) * 2;
	}
	grown[depth] = (struct pending){.row = *row};
	return 0;
}

/* A row that is kept, after those above it. */
static int show_pending(struct out *out, uint32_t depth)
{
	int r = 0;

	for (uint32_t i = 0; r >= 0 && i <= depth; i++) {
		if (!out->pending[i].is_shown)
			r = out->ops->row(out, &out->pending[i].row, i);
		out->pending[i].is_shown = true;
	}
	return r;
}

int out_row(struct out *out, const struct field_row *row, uint32_t depth)
{
	struct filter *filter = out->columns->filter;
	int r = 0;

	if (!out->is_tree)
		depth = 0;
	if (filter && out->is_tree)
		r = remember(out, row, depth);
	if (r >= 0 && filter)
		r = filter_keeps(filter, row);
	if (filter && r <= 0)
		return r;
	return filter && out->is_tree ? show_pending(out, depth) : out->ops->row(out, row, depth);
}

int out_close(struct out *out)
{
	free(out->pending);
	return out->ops->end(out);
}

void out_number(FILE *file, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	fwrite_unlocked(digits + at, 1, sizeof(digits) - at, file);
}

void out_tenths(FILE *file, uint64_t tenths)
{
	out_number(file, tenths / 10);
	putc_unlocked('.', file);
	putc_unlocked((int)('0' + tenths % 10), file);
}

void out_text(FILE *file, const char *text, size_t len)
{
	char piece[ESCAPE_CHAR_SIZE];
	size_t n;

	while (len) {
		size_t used = escape_text_char(text, len, piece, &n);

		fwrite_unlocked(piece, 1, n, file);
		text += used;
		len -= used;
	}
}

void out_padded(FILE *file, const char *text, size_t len, size_t columns)
{
	char piece[ESCAPE_CHAR_SIZE];
	size_t n, shown = 0;

	while (len) {
		size_t used = escape_text_char(text, len, piece, &n);

		fwrite_unlocked(piece, 1, n, file);
		/* An escape is a column a byte; anything else is one character. */
		shown += piece[0] == '\\' ? n : 1;
		text += used;
		len -= used;
	}
	for (; shown < columns; shown++)
		putc_unlocked(' ', file);
}

static void put_numbers(FILE *file, const struct value *value)
{
	for (uint32_t i = 0; i < value->count; i++) {
		if (i)
			putc_unlocked(',', file);
		out_number(file, (uint64_t)value->numbers[i]);
	}
}

void out_value(FILE *file, const struct value *value)
{
	char label[DESCRIBE_LABEL_MAX];

	switch (value->type) {
	case VALUE_UNKNOWN:
		putc_unlocked('-', file);
		break;
	case VALUE_NUMBER:
	case VALUE_BOOL:
	case VALUE_PINS:
		out_number(file, value->number);
		break;
	case VALUE_TENTHS:
		out_tenths(file, value->number);
		break;
	case VALUE_TEXT:
		out_text(file, value->text, value->len);
		break;
	case VALUE_CONTAINER:
		out_text(file, label, describe_container_label(value->container, label));
		break;
	case VALUE_NUMBERS:
		put_numbers(file, value);
		break;
	case VALUE_LIMIT:
		note_put_limit(file, value->limit);
		break;
	}
}

void out_heading(const struct field *field, char *heading, size_t size)
{
	size_t i;

	for (i = 0; field->name[i] && i + 1 < size; i++) {
		char c = field->name[i];

		heading[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	heading[i] = '\0';
}
