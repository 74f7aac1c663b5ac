/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keys.h - keys, free of any terminal library: a character is its Unicode code point, every other
 * key has a code above all of those.
 */
#ifndef PIDNS_TOP_KEYS_H
#define PIDNS_TOP_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "request.h"

#define TOP_KEY_CONTROL(letter) ((letter) - '@')

enum key {
	TOP_KEY_NONE = 0,
	TOP_KEY_CTRL_U = TOP_KEY_CONTROL('U'),
	TOP_KEY_CTRL_W = TOP_KEY_CONTROL('W'),
	TOP_KEY_ESCAPE = 0x1b,
	TOP_KEY_FIRST_NAMED = 0x200000,
	TOP_KEY_UP,
	TOP_KEY_DOWN,
	TOP_KEY_LEFT,
	TOP_KEY_RIGHT,
	TOP_KEY_PAGE_UP,
	TOP_KEY_PAGE_DOWN,
	TOP_KEY_HOME,
	TOP_KEY_END,
	TOP_KEY_RETURN,
	TOP_KEY_ERASE,
	TOP_KEY_FUNCTION, /* + n is Fn */
	TOP_KEY_SHIFT_FUNCTION = TOP_KEY_FUNCTION + 13,
	TOP_KEY_UNKNOWN = TOP_KEY_SHIFT_FUNCTION + 13,
};

/* The key with that name: "a", "^L", "F3", "Shift-F3", "Space", "PgUp", …; of `len` bytes.
 * TOP_KEY_NONE: there is none. */
int key_parse(const char *name, size_t len);

/* What that key asks for; REQUEST_NONE: nothing. */
enum request key_request(int key);

/* What a mouse did, and where, row and column from 0, is a key above all others. */
enum mouse {
	MOUSE_PRESS,
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

#define MOUSE_PLACE_MAX 4095

/* TOP_KEY_NONE: no screen is that large. */
int key_of_mouse(enum mouse what, unsigned int row, unsigned int column);
/* False: the key is not of a mouse. */
bool key_is_mouse(int key, enum mouse *ret_what, unsigned int *ret_row, unsigned int *ret_column);

/* The first of the request's keys, as it is named: its length, and *ret_name points at it. */
size_t request_first_key(enum request request, const char **ret_name);

#endif /* PIDNS_TOP_KEYS_H */
