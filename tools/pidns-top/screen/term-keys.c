// SPDX-License-Identifier: GPL-2.0-or-later
/* term-keys.c - keys in: bytes are read without waiting, and decoded (decoder.h). */
#include "term-keys.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pidns-top/rows/text.h"
#include "pidns-top/ui/decoder.h"
#include "pidns-top/ui/keys.h"
#include "term-info.h"
#include "term.h"

/* There is one terminal. */
static struct decoder decoder;

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void add(const char *name, int key)
{
	const char *bytes = term_info_string(name);

	if (bytes)
		decoder_add_key(&decoder, bytes, strlen(bytes), key);
}

void term_keys_open(void)
{
	static const struct {
		const char *name;
		int key;
	} names[] = {
		{"kcuu1", TOP_KEY_UP},	  {"kcud1", TOP_KEY_DOWN},  {"kcub1", TOP_KEY_LEFT},
		{"kcuf1", TOP_KEY_RIGHT}, {"kpp", TOP_KEY_PAGE_UP}, {"knp", TOP_KEY_PAGE_DOWN},
		{"khome", TOP_KEY_HOME},  {"kend", TOP_KEY_END},    {"kfnd", TOP_KEY_HOME},
		{"kslt", TOP_KEY_END},	  {"kent", TOP_KEY_RETURN}, {"kbs", TOP_KEY_ERASE},
	};
	char name[16];

	decoder_init(&decoder, text_is_utf8());
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add(names[i].name, names[i].key);
	for (int i = 1; i <= 24; i++) {
		snprintf(name, sizeof(name), "kf%d", i);
		add(name, i <= 12 ? TOP_KEY_FUNCTION + i : TOP_KEY_SHIFT_FUNCTION + i - 12);
	}
}

void term_keys_mouse(bool has_mouse)
{
	decoder.has_mouse = has_mouse;
}

static void receive(void)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	size_t size;
	char *room = decoder_room(&decoder, &size);
	ssize_t len;

	if (!size || poll(&in, 1, 0) != 1 || !(in.revents & POLLIN))
		return;
	len = read(STDIN_FILENO, room, size);
	if (len > 0)
		decoder_received(&decoder, (size_t)len, now_ns());
}

int term_key(void)
{
	receive();
	return decoder_next(&decoder, now_ns());
}

uint64_t term_keys_wake_ns(void)
{
	return decoder_wakes_ns(&decoder);
}
