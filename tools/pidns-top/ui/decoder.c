// SPDX-License-Identifier: GPL-2.0-or-later
/* decoder.c - from the bytes that a terminal sends to keys. */
#include "decoder.h"

#include <string.h>

#include "common/escape.h"
#include "keys.h"
#include "sequences.h"

#define ESC 0x1b

/* Strings end at their terminator, whatever is in them. */
enum string {
	STRING_NONE,
	STRING_CONTROL, /* OSC, DCS, SOS, PM, APC: to ST; or BEL */
	STRING_PASTE,	/* to CSI 201 ~ */
};

static const char paste_end[] = "\x1b[201~";

void decoder_init(struct decoder *decoder, bool is_utf8)
{
	*decoder = (struct decoder){.is_utf8 = is_utf8};
}

void decoder_add_key(struct decoder *decoder, const char *bytes, size_t len, int key)
{
	struct decoder_key *added = &decoder->keys[decoder->nr_keys];

	if (!len || len > DECODER_KEY_LEN || decoder->nr_keys == DECODER_KEYS)
		return;
	if (len == 1 && (bytes[0] == ESC || bytes[0] == '\r' || bytes[0] == '\b' ||
			 (unsigned char)bytes[0] >= ' '))
		return;
	memcpy(added->bytes, bytes, len);
	added->len = len;
	added->key = key;
	decoder->nr_keys++;
}

char *decoder_room(struct decoder *decoder, size_t *ret_size)
{
	*ret_size = DECODER_SIZE - decoder->len;
	return decoder->bytes + decoder->len;
}

void decoder_received(struct decoder *decoder, size_t len, uint64_t now_ns)
{
	decoder->len += len;
	decoder->last_ns = now_ns;
	decoder->is_waiting = false;
}

static void consume(struct decoder *decoder, size_t len)
{
	decoder->len -= len;
	memmove(decoder->bytes, decoder->bytes + len, decoder->len);
}

/* ---- Strings that are skipped ---- */

/* Bytes of the string at the front; *ret_is_over: with its end. */
static size_t control_string_length(const struct decoder *decoder, bool *ret_is_over)
{
	for (size_t i = 0; i < decoder->len; i++) {
		unsigned char byte = (unsigned char)decoder->bytes[i];

		*ret_is_over = true;
		/* BEL, CAN, SUB. */
		if (byte == 0x07 || byte == 0x18 || byte == 0x1a)
			return i + 1;
		if (byte != ESC)
			continue;
		if (i + 1 < decoder->len)
			return decoder->bytes[i + 1] == '\\' ? i + 2 : i;
		*ret_is_over = false;
		return i;
	}
	*ret_is_over = false;
	return decoder->len;
}

static size_t paste_length(const struct decoder *decoder, bool *ret_is_over)
{
	size_t end = sizeof(paste_end) - 1;
	const char *found = memmem(decoder->bytes, decoder->len, paste_end, end);
	size_t keep = decoder->len < end - 1 ? decoder->len : end - 1;

	*ret_is_over = found != NULL;
	if (found)
		return (size_t)(found - decoder->bytes) + end;
	while (keep && memcmp(decoder->bytes + decoder->len - keep, paste_end, keep) != 0)
		keep--;
	return decoder->len - keep;
}

/* False: more of it is to come. */
static bool skip_string(struct decoder *decoder, uint64_t now_ns)
{
	bool is_over;
	size_t len = decoder->skipping == STRING_PASTE ? paste_length(decoder, &is_over)
						       : control_string_length(decoder, &is_over);

	consume(decoder, len);
	if (!is_over && now_ns < decoder->last_ns + DECODER_REST_NS)
		return false;
	decoder->skipping = STRING_NONE;
	return true;
}

/* ---- Sequences ---- */

/* The longest sequence of the terminal's description at the front; NULL. */
static const struct decoder_key *described_key(const struct decoder *decoder)
{
	const struct decoder_key *found = NULL;

	for (size_t i = 0; i < decoder->nr_keys; i++) {
		const struct decoder_key *key = &decoder->keys[i];

		if (key->len <= decoder->len && (!found || key->len > found->len) &&
		    memcmp(decoder->bytes, key->bytes, key->len) == 0)
			found = key;
	}
	return found;
}

/* Is what there is the beginning of such a sequence? */
static bool is_begun(const struct decoder *decoder)
{
	for (size_t i = 0; i < decoder->nr_keys; i++) {
		const struct decoder_key *key = &decoder->keys[i];

		if (key->len > decoder->len &&
		    memcmp(decoder->bytes, key->bytes, decoder->len) == 0)
			return true;
	}
	return false;
}

static int take_sequence(struct decoder *decoder, const struct sequence *sequence)
{
	int key = sequence_key(decoder->bytes, sequence);
	unsigned int row, column;
	enum mouse what;

	if (!decoder->has_mouse && key_is_mouse(key, &what, &row, &column))
		key = TOP_KEY_NONE;
	consume(decoder, sequence->len);
	if (sequence->kind == SEQUENCE_STRING)
		decoder->skipping = STRING_CONTROL;
	if (key == SEQUENCE_PASTE_BEGINS)
		decoder->skipping = STRING_PASTE;
	return key == SEQUENCE_PASTE_BEGINS ? TOP_KEY_NONE : key;
}

/* An introducer with nothing after it was typed: Esc, then a character. Of more, all is dropped. */
static int give_up_sequence(struct decoder *decoder)
{
	bool is_typed = decoder->bytes[0] == ESC && decoder->len <= 2;

	consume(decoder, is_typed ? 1 : decoder->len);
	return is_typed ? TOP_KEY_ESCAPE : TOP_KEY_NONE;
}

/* How long the bytes there are may wait for more. */
static uint64_t patience_ns(const struct decoder *decoder)
{
	bool is_csi = decoder->len > 1 && decoder->bytes[1] == '[';

	return decoder->len <= 2 && !is_csi ? DECODER_ESCAPE_NS : DECODER_REST_NS;
}

/* True: there is a key, or one that is none, in *ret; false: wait. */
static bool take_escape(struct decoder *decoder, uint64_t now_ns, int *ret)
{
	struct sequence sequence;

	sequence_parse(decoder->bytes, decoder->len, &sequence);
	if (sequence.kind == SEQUENCE_OPEN || is_begun(decoder)) {
		if (now_ns < decoder->last_ns + patience_ns(decoder) && decoder->len < DECODER_SIZE)
			return false;
		*ret = give_up_sequence(decoder);
	} else if (sequence.kind == SEQUENCE_NONE) {
		consume(decoder, 1);
		*ret = TOP_KEY_ESCAPE;
	} else {
		*ret = take_sequence(decoder, &sequence);
	}
	return true;
}

/* ---- Characters ---- */

static size_t character_length(unsigned char first)
{
	if (first < 0xc2 || first > 0xf4)
		return 1;
	return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
}

/* False: the rest of the character is to come. */
static bool take_character(struct decoder *decoder, uint64_t now_ns, int *ret)
{
	size_t need = character_length((unsigned char)decoder->bytes[0]), have = 1;
	uint32_t code;

	while (have < need && have < decoder->len &&
	       ((unsigned char)decoder->bytes[have] & 0xc0) == 0x80)
		have++;
	if (have < need && have == decoder->len && now_ns < decoder->last_ns + DECODER_ESCAPE_NS)
		return false;
	*ret = TOP_KEY_UNKNOWN;
	if (have == need && need > 1 && decoder->is_utf8 &&
	    escape_decode(decoder->bytes, need, &code))
		*ret = (int)code;
	consume(decoder, decoder->is_utf8 ? have : 1);
	return true;
}

static int take_byte(struct decoder *decoder)
{
	int byte = decoder->bytes[0];

	consume(decoder, 1);
	if (byte == '\r' || byte == '\n')
		return TOP_KEY_RETURN;
	if (byte == 0x7f || byte == '\b')
		return TOP_KEY_ERASE;
	return byte ? byte : TOP_KEY_UNKNOWN;
}

static bool take_one(struct decoder *decoder, uint64_t now_ns, int *ret)
{
	const struct decoder_key *key = described_key(decoder);
	unsigned char first = (unsigned char)decoder->bytes[0];

	if (key) {
		consume(decoder, key->len);
		*ret = key->key;
		return true;
	}
	if (sequence_is_introducer(first))
		return take_escape(decoder, now_ns, ret);
	if (first >= 0x80)
		return take_character(decoder, now_ns, ret);
	*ret = take_byte(decoder);
	return true;
}

int decoder_next(struct decoder *decoder, uint64_t now_ns)
{
	int key = TOP_KEY_NONE;

	while (key == TOP_KEY_NONE && (decoder->len || decoder->skipping)) {
		if (decoder->skipping ? !skip_string(decoder, now_ns)
				      : !take_one(decoder, now_ns, &key)) {
			decoder->is_waiting = true;
			break;
		}
	}
	return key;
}

uint64_t decoder_wakes_ns(const struct decoder *decoder)
{
	if (!decoder->len && !decoder->skipping)
		return UINT64_MAX;
	if (!decoder->is_waiting)
		return 0;
	return decoder->last_ns + (decoder->skipping ? DECODER_REST_NS : patience_ns(decoder));
}
