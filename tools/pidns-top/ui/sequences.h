/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sequences.h - one control sequence of a terminal, by the grammar of ECMA-48. Pure. */
#ifndef PIDNS_TOP_SEQUENCES_H
#define PIDNS_TOP_SEQUENCES_H

#include <stdbool.h>
#include <stddef.h>

enum sequence_kind {
	SEQUENCE_NONE,	 /* no sequence begins here */
	SEQUENCE_OPEN,	 /* more bytes are needed to know its end */
	SEQUENCE_CSI,	 /* ESC [ parameters final */
	SEQUENCE_SS3,	 /* ESC O parameters final */
	SEQUENCE_REPORT, /* of a mouse, in three bytes */
	SEQUENCE_STRING, /* the introducer of a string; its end is not part of it */
};

struct sequence {
	enum sequence_kind kind;
	size_t body, len; /* the bytes after the introducer begin and end here */
};

/* Besides the keys of keys.h: text that was pasted follows. */
#define SEQUENCE_PASTE_BEGINS (-1)

/* ESC, or one of the C1 controls that stand for ESC and a character. */
bool sequence_is_introducer(unsigned char byte);

/* The sequence that bytes[0 … len) begin with, len > 0; bytes[0] is an introducer. */
void sequence_parse(const char *bytes, size_t len, struct sequence *ret);

/* Its key, or what a mouse did; TOP_KEY_UNKNOWN: a key without a name; TOP_KEY_NONE: no key at all. */
int sequence_key(const char *bytes, const struct sequence *sequence);

#endif /* PIDNS_TOP_SEQUENCES_H */
