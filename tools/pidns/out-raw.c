// SPDX-License-Identifier: GPL-2.0-or-later
/* out-raw.c - rows as words with one space between, for scripts: nothing is held, nothing aligned. */
#include "common/escape.h"
#include "out.h"
#include "note.h"

/* A space in a name is written \040, and no name at all as what is not known: columns hold. */
static void put_word(FILE *file, const char *text, size_t len)
{
	char piece[ESCAPE_CHAR_SIZE];
	size_t n;

	if (!len)
		putc_unlocked('-', file);
	while (len) {
		size_t used = escape_text_char(text, len, piece, &n);

		if (*text == ' ')
			fwrite_unlocked("\\040", 1, 4, file);
		else
			fwrite_unlocked(piece, 1, n, file);
		text += used;
		len -= used;
	}
}

static int raw_begin(struct out *out)
{
	char heading[32];

	for (size_t i = 0; out->has_headings && i < out->columns->nr_fields; i++) {
		out_heading(out->columns->fields[i], heading, sizeof(heading));
		printf("%s%s", i ? " " : "", heading);
	}
	if (out->has_headings)
		putchar('\n');
	return 0;
}

static int raw_row(struct out *out, const struct field_row *row, uint32_t depth)
{
	char label[DESCRIBE_LABEL_MAX];
	struct value value;

	(void)depth;
	for (size_t i = 0; i < out->columns->nr_fields; i++) {
		if (i)
			putc_unlocked(' ', stdout);
		field_get(out->columns->fields[i], row, &value);
		if (value.type == VALUE_TEXT)
			put_word(stdout, value.text, value.len);
		else if (value.type == VALUE_CONTAINER)
			put_word(stdout, label, describe_container_label(value.container, label));
		else
			out_value(stdout, &value);
	}
	putc_unlocked('\n', stdout);
	return 0;
}

static int raw_end(struct out *out)
{
	(void)out;
	return 0;
}

const struct out_ops out_raw = {raw_begin, raw_row, raw_end};
