// SPDX-License-Identifier: GPL-2.0-or-later
/* keys.c - from the name of a key to the key, and from a key to what it asks for. */
#include "keys.h"

#include <string.h>

const struct request_info request_infos[NR_REQUESTS] = {
#define X(name, keys, label, help) [REQUEST_##name] = {#name, keys, label, help},
	REQUESTS(X)
#undef X
};

static const struct {
	const char *name;
	int key;
} key_names[] = {
	{"Up", TOP_KEY_UP},	  {"Down", TOP_KEY_DOWN},	{"Left", TOP_KEY_LEFT},
	{"Right", TOP_KEY_RIGHT}, {"PgUp", TOP_KEY_PAGE_UP},	{"PgDn", TOP_KEY_PAGE_DOWN},
	{"Home", TOP_KEY_HOME},	  {"End", TOP_KEY_END},		{"Enter", TOP_KEY_RETURN},
	{"Esc", TOP_KEY_ESCAPE},  {"Backspace", TOP_KEY_ERASE}, {"Space", ' '},
};

/* "F1" to "F12", with *name at the digits; 0: it is none. */
static int function_number(const char *digits, size_t len)
{
	int number = 0;

	for (size_t i = 0; i < len; i++) {
		if (digits[i] < '0' || digits[i] > '9')
			return 0;
		number = number * 10 + digits[i] - '0';
		if (number > 12)
			return 0;
	}
	return number;
}

int key_parse(const char *name, size_t len)
{
	int n;

	if (len == 1)
		return (unsigned char)name[0];
	if (len == 2 && name[0] == '^' && name[1] >= '@' && name[1] <= '_')
		return TOP_KEY_CONTROL(name[1]);
	if (len > 1 && name[0] == 'F' && (n = function_number(name + 1, len - 1)))
		return TOP_KEY_FUNCTION + n;
	if (len > 7 && memcmp(name, "Shift-F", 7) == 0 && (n = function_number(name + 7, len - 7)))
		return TOP_KEY_SHIFT_FUNCTION + n;
	for (size_t i = 0; i < sizeof(key_names) / sizeof(key_names[0]); i++) {
		if (strlen(key_names[i].name) == len && memcmp(key_names[i].name, name, len) == 0)
			return key_names[i].key;
	}
	return TOP_KEY_NONE;
}

#define KEY_MOUSE 0x40000000

int key_of_mouse(enum mouse what, unsigned int row, unsigned int column)
{
	if (row > MOUSE_PLACE_MAX || column > MOUSE_PLACE_MAX)
		return TOP_KEY_NONE;
	return KEY_MOUSE | (int)what << 24 | (int)row << 12 | (int)column;
}

bool key_is_mouse(int key, enum mouse *ret_what, unsigned int *ret_row, unsigned int *ret_column)
{
	if (key < KEY_MOUSE)
		return false;
	*ret_what = (enum mouse)(key >> 24 & 0xf);
	*ret_row = key >> 12 & MOUSE_PLACE_MAX;
	*ret_column = key & MOUSE_PLACE_MAX;
	return true;
}

static size_t word_length(const char *text)
{
	return strcspn(text, " ");
}

enum request key_request(int key)
{
	for (int request = 0; request < NR_REQUESTS; request++) {
		const char *keys = request_infos[request].keys;

		while (*keys) {
			size_t len = word_length(keys);

			if (key_parse(keys, len) == key)
				return (enum request)request;
			keys += len;
			keys += strspn(keys, " ");
		}
	}
	return REQUEST_NONE;
}

size_t request_first_key(enum request request, const char **ret_name)
{
	*ret_name = request_infos[request].keys;
	return word_length(*ret_name);
}
