/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* line.h - one line of a recording, read. Implemented in recording/line.c. */
#ifndef PIDNS_RECORDING_LINE_H
#define PIDNS_RECORDING_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "pidnsinfo.h"
#include "core/provider.h"
#include "recording.h"

/* PID_MAX_LIMIT, 4194304 numbers, in blocks of 1024: more there cannot be. */
#define LINE_BLOCKS_MAX 4096

struct ns_line {
	struct raw_ns raw;
	uint32_t pids_used_exact;
	uint32_t depth;			  /* only to check the rest by; LINE_NO_DEPTH: not said */
	uint32_t pidmap[LINE_BLOCKS_MAX]; /* last: only as much of it is set as there is */
};

#define LINE_NO_DEPTH UINT32_MAX

struct task_line {
	struct raw_task raw;
	const char *comm; /* lies in the line that was read */
	int32_t vpids[PIDNS_LEVEL_MAX + 1];
};

/* A line of notes of any kind: what it says beside `ns` is in the member of its kind. */
struct note_line {
	uint64_t known; /* PIDNS_LIMIT_* of a limit */
	uint64_t ns;	/* 0: not said */
	uint64_t below; /* of a pin: the inode of that namespace; 0: none */
	uint32_t noted; /* PIDNS_NOTE_* of a line "notes" */
	uint32_t kind;	/* which of those bits this line is about; 0: a line "notes" itself */
	union {
		struct pidns_container container; /* its texts lie in the line that was read */
		struct pidns_limit limit;
		struct pidns_pin pin;
		struct pidns_zombie zombie;
	};
};

/*
 * Each takes the words after the line's kind; they are changed (escapes are undone in place) and
 * stay in use through `ret`. Keys this version does not know are skipped. 0, or -EPROTO with a
 * sentence; `ret` is undefined then.
 */
int line_read_head(char *words, const struct why *why, struct recording_head *ret);
int line_read_ns(char *words, const struct why *why, struct ns_line *ret);
int line_read_task(char *words, const struct why *why, struct task_line *ret);
/* kind: RECORDING_NOTES, RECORDING_CONTAINER and so on. */
int line_read_note(const char *kind, char *words, const struct why *why, struct note_line *ret);
int line_read_end(char *words, const struct why *why, struct recording_end *ret);

#endif /* PIDNS_RECORDING_LINE_H */
