/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decoder.h - from the bytes that a terminal sends to keys (keys.h).
 *
 * Both forms of a key are known under every TERM (ESC [ B and ESC O B), and what the terminal's
 * description adds. Control sequences that are no key (ECMA-48: CSI, SS3, OSC, DCS and the other
 * strings; bracketed paste, and reports of a mouse that was not asked for) are skipped to their end, also where they come in
 * pieces. Time decides only what the bytes do not: whether an ESC was the Esc key.
 */
#ifndef PIDNS_TOP_DECODER_H
#define PIDNS_TOP_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So long an ESC may be the beginning of a sequence … */
#define DECODER_ESCAPE_NS (UINT64_C(100) * 1000000)
/* … and so long the rest of one may take. */
#define DECODER_REST_NS (UINT64_C(1000) * 1000000)

#define DECODER_SIZE	4096
#define DECODER_KEYS	64
#define DECODER_KEY_LEN 15

/* A key as the terminal's description has it. */
struct decoder_key {
	char bytes[DECODER_KEY_LEN + 1];
	size_t len;
	int key;
};

struct decoder {
	bool is_utf8;
	bool has_mouse; /* reports of it are keys; else they are skipped */
	struct decoder_key keys[DECODER_KEYS];
	size_t nr_keys;
	char bytes[DECODER_SIZE]; /* not decoded yet */
	size_t len;
	uint64_t last_ns; /* when the last of them came */
	int skipping;	  /* enum string of decoder.c: what is being skipped */
	bool is_waiting;  /* for more bytes, or for time to pass */
};

void decoder_init(struct decoder *decoder, bool is_utf8);
/* Another sequence for that key. What would hide a character, Enter or Esc is left out. */
void decoder_add_key(struct decoder *decoder, const char *bytes, size_t len, int key);

/* Where the next bytes go, and how many fit. */
char *decoder_room(struct decoder *decoder, size_t *ret_size);
/* So many bytes came there at that time. */
void decoder_received(struct decoder *decoder, size_t len, uint64_t now_ns);

/* The next key; TOP_KEY_NONE: none that is complete. */
int decoder_next(struct decoder *decoder, uint64_t now_ns);
/* When to ask again although nothing more has come; 0: now; UINT64_MAX: never. */
uint64_t decoder_wakes_ns(const struct decoder *decoder);

#endif /* PIDNS_TOP_DECODER_H */
