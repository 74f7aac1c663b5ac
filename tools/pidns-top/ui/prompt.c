// SPDX-License-Identifier: GPL-2.0-or-later
/* prompt.c - one line of text, typed in the bottom line. */
#include "prompt.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"

void prompt_open(struct prompt *prompt, enum prompt_kind kind, const char *before)
{
	prompt->kind = kind;
	snprintf(prompt->before, sizeof(prompt->before), "%s", before);
	prompt_set(prompt, "");
}

void prompt_set(struct prompt *prompt, const char *text)
{
	snprintf(prompt->text, sizeof(prompt->text), "%s", text);
	prompt->len = strlen(prompt->text);
}

const char *prompt_label(const struct prompt *prompt)
{
	static const char *const labels[] = {
		[PROMPT_SEARCH] = "Search: ", [PROMPT_FILTER] = "Filter: ",
		[PROMPT_DELAY] = "Delay: ",   [PROMPT_SIGNAL] = "Signal (TERM): ",
		[PROMPT_VPID] = "VPID: ",     [PROMPT_USER] = "User (all): ",
	};

	return labels[prompt->kind];
}

static size_t encode(int code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static bool add(struct prompt *prompt, int code)
{
	char bytes[4];
	size_t len = encode(code, bytes);

	if (prompt->len + len >= sizeof(prompt->text))
		return false;
	memcpy(prompt->text + prompt->len, bytes, len);
	prompt->len += len;
	return true;
}

static bool drop_character(struct prompt *prompt)
{
	if (!prompt->len)
		return false;
	do
		prompt->len--;
	while (prompt->len && ((unsigned char)prompt->text[prompt->len] & 0xc0) == 0x80);
	return true;
}

static bool drop_word(struct prompt *prompt)
{
	size_t before = prompt->len;

	while (prompt->len && prompt->text[prompt->len - 1] == ' ')
		prompt->len--;
	while (prompt->len && prompt->text[prompt->len - 1] != ' ')
		prompt->len--;
	return prompt->len != before;
}

static bool is_character(int key)
{
	return key >= ' ' && key != 0x7f && key < TOP_KEY_FIRST_NAMED;
}

bool prompt_is_key(int key)
{
	return is_character(key) || key == TOP_KEY_ERASE || key == TOP_KEY_CTRL_W ||
	       key == TOP_KEY_CTRL_U;
}

bool prompt_key(struct prompt *prompt, int key)
{
	bool has_changed = false;

	if (key == TOP_KEY_ERASE)
		has_changed = drop_character(prompt);
	else if (key == TOP_KEY_CTRL_W)
		has_changed = drop_word(prompt);
	else if (key == TOP_KEY_CTRL_U && prompt->len) {
		prompt->len = 0;
		has_changed = true;
	} else if (is_character(key))
		has_changed = add(prompt, key);
	prompt->text[prompt->len] = '\0';
	return has_changed;
}
