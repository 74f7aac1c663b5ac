// SPDX-License-Identifier: GPL-2.0-or-later
/* sequences.c - control sequences: their grammar, and the keys among them. */
#include "sequences.h"

#include <string.h>

#include "keys.h"

#define ESC 0x1b

bool sequence_is_introducer(unsigned char byte)
{
	/* SS3, DCS, SOS, CSI, OSC, PM, APC. None of them begins a UTF-8 character. */
	return byte == ESC || byte == 0x8f || byte == 0x90 || byte == 0x98 ||
	       (byte >= 0x9b && byte != 0x9c && byte <= 0x9f);
}

static bool is_parameter(char byte)
{
	return byte >= 0x20 && byte <= 0x3f;
}

static bool is_final(char byte)
{
	return byte >= 0x40 && byte <= 0x7e;
}

/* To the final byte. A byte that has no place in it ends it, and is not part of it. */
static void parse_parameters(const char *bytes, size_t len, struct sequence *ret)
{
	size_t at = ret->body;

	while (at < len && is_parameter(bytes[at]))
		at++;
	if (at == len)
		ret->kind = SEQUENCE_OPEN;
	ret->len = at + (at < len && is_final(bytes[at]));
}

static void parse_csi(const char *bytes, size_t len, struct sequence *ret)
{
	size_t have = len - ret->body;

	ret->kind = SEQUENCE_CSI;
	if (have && (bytes[ret->body] == '[' || bytes[ret->body] == 'M')) {
		/* The Linux console's ESC [ [ A, and the mouse report ESC [ M with three bytes. */
		size_t more = bytes[ret->body] == '[' ? 1 : 3;

		if (more == 3)
			ret->kind = SEQUENCE_REPORT;
		if (have <= more)
			ret->kind = SEQUENCE_OPEN;
		ret->len = ret->body + 1 + more;
		return;
	}
	parse_parameters(bytes, len, ret);
}

void sequence_parse(const char *bytes, size_t len, struct sequence *ret)
{
	unsigned char first = (unsigned char)bytes[0];
	char introducer;

	*ret = (struct sequence){.kind = SEQUENCE_OPEN, .body = first == ESC ? 2 : 1, .len = len};
	if (first == ESC && len < 2)
		return;
	introducer = first == ESC ? bytes[1] : (char)(first - 0x40);
	switch (introducer) {
	case '[':
		parse_csi(bytes, len, ret);
		break;
	case 'O':
		ret->kind = SEQUENCE_SS3;
		parse_parameters(bytes, len, ret);
		break;
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_':
		/* Nothing after it: perhaps it was typed, Esc and a letter. */
		ret->kind = len > ret->body ? SEQUENCE_STRING : SEQUENCE_OPEN;
		ret->len = ret->body;
		break;
	default:
		ret->kind = SEQUENCE_NONE;
	}
}

/* ---- Keys ---- */

static const struct {
	const char *body;
	int key;
} csi_keys[] = {
	{"A", TOP_KEY_UP},
	{"B", TOP_KEY_DOWN},
	{"C", TOP_KEY_RIGHT},
	{"D", TOP_KEY_LEFT},
	{"F", TOP_KEY_END},
	{"H", TOP_KEY_HOME},
	{"1~", TOP_KEY_HOME},
	{"7~", TOP_KEY_HOME},
	{"4~", TOP_KEY_END},
	{"8~", TOP_KEY_END},
	{"5~", TOP_KEY_PAGE_UP},
	{"6~", TOP_KEY_PAGE_DOWN},
	{"[A", TOP_KEY_FUNCTION + 1},
	{"[B", TOP_KEY_FUNCTION + 2},
	{"[C", TOP_KEY_FUNCTION + 3},
	{"[D", TOP_KEY_FUNCTION + 4},
	{"[E", TOP_KEY_FUNCTION + 5},
	{"11~", TOP_KEY_FUNCTION + 1},
	{"12~", TOP_KEY_FUNCTION + 2},
	{"13~", TOP_KEY_FUNCTION + 3},
	{"14~", TOP_KEY_FUNCTION + 4},
	{"15~", TOP_KEY_FUNCTION + 5},
	{"17~", TOP_KEY_FUNCTION + 6},
	{"18~", TOP_KEY_FUNCTION + 7},
	{"19~", TOP_KEY_FUNCTION + 8},
	{"20~", TOP_KEY_FUNCTION + 9},
	{"21~", TOP_KEY_FUNCTION + 10},
	{"23~", TOP_KEY_FUNCTION + 11},
	{"24~", TOP_KEY_FUNCTION + 12},
	{"1;2P", TOP_KEY_SHIFT_FUNCTION + 1},
	{"1;2Q", TOP_KEY_SHIFT_FUNCTION + 2},
	{"1;2R", TOP_KEY_SHIFT_FUNCTION + 3},
	{"1;2S", TOP_KEY_SHIFT_FUNCTION + 4},
	{"13;2~", TOP_KEY_SHIFT_FUNCTION + 3},
	{"28~", TOP_KEY_SHIFT_FUNCTION + 3},
	{"200~", SEQUENCE_PASTE_BEGINS},
	/* The end of text whose beginning was not seen. */
	{"201~", TOP_KEY_NONE},
};

/* Also what a keypad sends in application mode. */
static const struct {
	char final;
	int key;
} ss3_keys[] = {
	{'A', TOP_KEY_UP},	     {'B', TOP_KEY_DOWN},	  {'C', TOP_KEY_RIGHT},
	{'D', TOP_KEY_LEFT},	     {'F', TOP_KEY_END},	  {'H', TOP_KEY_HOME},
	{'M', TOP_KEY_RETURN},	     {'P', TOP_KEY_FUNCTION + 1}, {'Q', TOP_KEY_FUNCTION + 2},
	{'R', TOP_KEY_FUNCTION + 3}, {'S', TOP_KEY_FUNCTION + 4},
};

/* ---- Mice ---- */

#define MOUSE_MODIFIERS 0x1c /* Shift, Meta, Control */

/* The place counts from 1. Buttons other than the first, and movements, are nothing. */
static int mouse_key(unsigned int button, unsigned int column, unsigned int row)
{
	if (!row || !column)
		return TOP_KEY_NONE;
	switch (button & ~(unsigned int)MOUSE_MODIFIERS) {
	case 0:
		return key_of_mouse(MOUSE_PRESS, row - 1, column - 1);
	case 64:
		return key_of_mouse(MOUSE_WHEEL_UP, row - 1, column - 1);
	case 65:
		return key_of_mouse(MOUSE_WHEEL_DOWN, row - 1, column - 1);
	default:
		return TOP_KEY_NONE;
	}
}

/* "<0;12;34M"; with an m the button is let go. */
static int mouse_csi_key(const char *body, size_t len)
{
	unsigned int numbers[3] = {0};
	size_t count = 0;

	for (size_t i = 1; i + 1 < len; i++) {
		if (body[i] == ';' && ++count > 2)
			return TOP_KEY_NONE;
		if (body[i] != ';' && (body[i] < '0' || body[i] > '9'))
			return TOP_KEY_NONE;
		if (body[i] != ';' && numbers[count] <= MOUSE_PLACE_MAX)
			numbers[count] = numbers[count] * 10 + (unsigned int)(body[i] - '0');
	}
	if (count != 2 || body[len - 1] != 'M')
		return TOP_KEY_NONE;
	return mouse_key(numbers[0], numbers[1], numbers[2]);
}

/* Three bytes, each with 32 added. */
static int mouse_report_key(const char *bytes)
{
	unsigned int button = (unsigned char)bytes[1], column = (unsigned char)bytes[2];
	unsigned int row = (unsigned char)bytes[3];

	if (button < 32 || column < 32 || row < 32)
		return TOP_KEY_NONE;
	return mouse_key(button - 32, column - 32, row - 32);
}

static int csi_key(const char *body, size_t len)
{
	char final = len ? body[len - 1] : '\0';

	for (size_t i = 0; i < sizeof(csi_keys) / sizeof(csi_keys[0]); i++) {
		if (strlen(csi_keys[i].body) == len && memcmp(csi_keys[i].body, body, len) == 0)
			return csi_keys[i].key;
	}
	if (len && body[0] == '<')
		return mouse_csi_key(body, len);
	/* Reports: private ones, the cursor, the device, focus, windows. Keys end in '~' or a
	 * letter from 'A' to 'Z', with a modifier or without. */
	if (!len || strchr("<=>?", body[0]) || strchr("IOMR", final))
		return TOP_KEY_NONE;
	return final == '~' || (final >= 'A' && final <= 'Z') ? TOP_KEY_UNKNOWN : TOP_KEY_NONE;
}

static int ss3_key(const char *body, size_t len)
{
	for (size_t i = 0; len == 1 && i < sizeof(ss3_keys) / sizeof(ss3_keys[0]); i++) {
		if (ss3_keys[i].final == body[0])
			return ss3_keys[i].key;
	}
	return TOP_KEY_UNKNOWN;
}

int sequence_key(const char *bytes, const struct sequence *sequence)
{
	const char *body = bytes + sequence->body;
	size_t len = sequence->len > sequence->body ? sequence->len - sequence->body : 0;

	if (sequence->kind == SEQUENCE_CSI)
		return csi_key(body, len);
	if (sequence->kind == SEQUENCE_REPORT && len == 4)
		return mouse_report_key(body);
	return sequence->kind == SEQUENCE_SS3 ? ss3_key(body, len) : TOP_KEY_NONE;
}
