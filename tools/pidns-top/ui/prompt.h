/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prompt.h - one line of text, typed in the bottom line: search, filter, delay, signal. */
#ifndef PIDNS_TOP_PROMPT_H
#define PIDNS_TOP_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#define PROMPT_SIZE 128

enum prompt_kind {
	PROMPT_SEARCH,
	PROMPT_FILTER,
	PROMPT_DELAY,
	PROMPT_SIGNAL,
	PROMPT_VPID,
	PROMPT_USER,
};

struct prompt {
	enum prompt_kind kind;
	size_t len;
	char text[PROMPT_SIZE];	  /* UTF-8, whole characters */
	char before[PROMPT_SIZE]; /* what it was, for Esc */
};

/* Begin with no text; `before` is what there was. */
void prompt_open(struct prompt *prompt, enum prompt_kind kind, const char *before);
void prompt_set(struct prompt *prompt, const char *text);
/* What stands before the text. */
const char *prompt_label(const struct prompt *prompt);
/* Does the key edit the text? */
bool prompt_is_key(int key);
/* One key of editing; true: the text changed. */
bool prompt_key(struct prompt *prompt, int key);

#endif /* PIDNS_TOP_PROMPT_H */
