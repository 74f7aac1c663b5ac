// SPDX-License-Identifier: GPL-2.0-or-later
/* test-decoder.c - keys from bytes: both forms, whole or in pieces, and what is no key at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pidns-top/ui/decoder.h"
#include "pidns-top/ui/keys.h"

#define MS UINT64_C(1000000)

static struct decoder decoder;
static uint64_t now;

static int setup(void **state)
{
	(void)state;
	decoder_init(&decoder, true);
	now = 1000 * MS;
	return 0;
}

static void send(const char *bytes, size_t len)
{
	size_t size;
	char *room = decoder_room(&decoder, &size);

	assert_true(len <= size);
	memcpy(room, bytes, len);
	decoder_received(&decoder, len, now);
}

/* The key and nothing else; after that all has been used up. */
static void expect_only(int key)
{
	if (key != TOP_KEY_NONE)
		assert_int_equal(decoder_next(&decoder, now), key);
	assert_int_equal(decoder_next(&decoder, now), TOP_KEY_NONE);
}

static void test_mice(void **state)
{
	static const struct {
		const char *bytes;
		int key;
	} mice[] = {
		{"\x1b[<0;12;34M", 0x40000000 | 33 << 12 | 11},
		{"\x1b[<4;1;1M", 0x40000000},
		{"\x1b[<64;2;1M", 0x41000001},
		{"\x1b[<65;1;2M", 0x42001000},
		{"\x1b[M !!", 0x40000000},
		{"\x1b[M`!\"", 0x41001000},
		/* Let go, another button, moved, out of bounds, nonsense. */
		{"\x1b[<0;12;34m", TOP_KEY_NONE},
		{"\x1b[<2;1;1M", TOP_KEY_NONE},
		{"\x1b[<32;1;1M", TOP_KEY_NONE},
		{"\x1b[M#!!", TOP_KEY_NONE},
		{"\x1b[<0;0;1M", TOP_KEY_NONE},
		{"\x1b[<0;1;0M", TOP_KEY_NONE},
		{"\x1b[<0;99999999999;1M", TOP_KEY_NONE},
		{"\x1b[<0;1;4097M", TOP_KEY_NONE},
		{"\x1b[<0;1M", TOP_KEY_NONE},
		{"\x1b[<0;1;1;1M", TOP_KEY_NONE},
		{"\x1b[<;;M", TOP_KEY_NONE},
		{"\x1b[<M", TOP_KEY_NONE},
	};
	unsigned int row, column;
	enum mouse what;

	(void)state;
	for (size_t i = 0; i < sizeof(mice) / sizeof(mice[0]); i++) {
		decoder.has_mouse = true;
		send(mice[i].bytes, strlen(mice[i].bytes));
		expect_only(mice[i].key);
		decoder.has_mouse = false;
		send(mice[i].bytes, strlen(mice[i].bytes));
		expect_only(TOP_KEY_NONE);
	}
	assert_true(key_is_mouse(mice[0].key, &what, &row, &column));
	assert_int_equal(what, MOUSE_PRESS);
	assert_int_equal(row, 33);
	assert_int_equal(column, 11);
	assert_false(key_is_mouse(TOP_KEY_UNKNOWN, &what, &row, &column));
}

static const struct {
	const char *bytes;
	int key;
} keys[] = {
	{"\x1b[A", TOP_KEY_UP},
	{"\x1bOA", TOP_KEY_UP},
	{"\x1b[B", TOP_KEY_DOWN},
	{"\x1bOB", TOP_KEY_DOWN},
	{"\x1b[C", TOP_KEY_RIGHT},
	{"\x1bOC", TOP_KEY_RIGHT},
	{"\x1b[D", TOP_KEY_LEFT},
	{"\x1bOD", TOP_KEY_LEFT},
	{"\x1b[H", TOP_KEY_HOME},
	{"\x1bOH", TOP_KEY_HOME},
	{"\x1b[1~", TOP_KEY_HOME},
	{"\x1b[7~", TOP_KEY_HOME},
	{"\x1b[F", TOP_KEY_END},
	{"\x1bOF", TOP_KEY_END},
	{"\x1b[4~", TOP_KEY_END},
	{"\x1b[8~", TOP_KEY_END},
	{"\x1b[5~", TOP_KEY_PAGE_UP},
	{"\x1b[6~", TOP_KEY_PAGE_DOWN},
	{"\x1bOP", TOP_KEY_FUNCTION + 1},
	{"\x1b[11~", TOP_KEY_FUNCTION + 1},
	{"\x1b[[A", TOP_KEY_FUNCTION + 1},
	{"\x1b[[E", TOP_KEY_FUNCTION + 5},
	{"\x1b[15~", TOP_KEY_FUNCTION + 5},
	{"\x1b[21~", TOP_KEY_FUNCTION + 10},
	{"\x1b[1;2R", TOP_KEY_SHIFT_FUNCTION + 3},
	{"\x1bOM", TOP_KEY_RETURN},
	{"\x9b"
	 "B",
	 TOP_KEY_DOWN},
	{"\x8f"
	 "B",
	 TOP_KEY_DOWN},
	/* Keys without a name here. */
	{"\x1b[2~", TOP_KEY_UNKNOWN},
	{"\x1b[3~", TOP_KEY_UNKNOWN},
	{"\x1b[99~", TOP_KEY_UNKNOWN},
	{"\x1b[1;5A", TOP_KEY_UNKNOWN},
	{"\x1b[3;5~", TOP_KEY_UNKNOWN},
	{"\x1b[5^", TOP_KEY_NONE},
	{"\x1b[5$~", TOP_KEY_UNKNOWN},
	{"\x1b[Z", TOP_KEY_UNKNOWN},
	{"\x1bOz", TOP_KEY_UNKNOWN},
	{"\x1bO5A", TOP_KEY_UNKNOWN},
	{"\x1bO1;2P", TOP_KEY_UNKNOWN},
	/* What is no key: mice, focus, the cursor's place, the device, the window, colours. */
	{"\x1b[<0;1;1M", TOP_KEY_NONE},
	{"\x1b[<64;100;50m", TOP_KEY_NONE},
	{"\x1b[M q!", TOP_KEY_NONE},
	{"\x1b[32;10;20M", TOP_KEY_NONE},
	{"\x1b[I", TOP_KEY_NONE},
	{"\x1b[O", TOP_KEY_NONE},
	{"\x1b[24;80R", TOP_KEY_NONE},
	{"\x1b[?62;4c", TOP_KEY_NONE},
	{"\x1b[>0;136;0c", TOP_KEY_NONE},
	{"\x1b[8;24;80t", TOP_KEY_NONE},
	{"\x1b[?2026;2$y", TOP_KEY_NONE},
	{"\x1b]10;rgb:ffff/ffff/ffff\x07", TOP_KEY_NONE},
	{"\x1b]0;quit q\x1b\\", TOP_KEY_NONE},
	{"\x1bP>|xterm(380) q\x1b\\", TOP_KEY_NONE},
	{"\x1b_Gi=1;OK q\x1b\\", TOP_KEY_NONE},
	{"\x1b^q\x1b\\", TOP_KEY_NONE},
	{"\x1bXq\x1b\\", TOP_KEY_NONE},
	{"\x9dq\x07", TOP_KEY_NONE},
	{"\x90q\x1b\\", TOP_KEY_NONE},
	{"\x1b[200~qqq\x1b[Bq\r\x1b[20q\x1b[201~", TOP_KEY_NONE},
	{"\x1b[201~", TOP_KEY_NONE},
	/* Characters. */
	{"q", 'q'},
	{"\r", TOP_KEY_RETURN},
	{"\n", TOP_KEY_RETURN},
	{"\x7f", TOP_KEY_ERASE},
	{"\b", TOP_KEY_ERASE},
	{"\x0c", TOP_KEY_CONTROL('L')},
	{"\xc3\xa9", 0xe9},
	{"\xe2\x82\xac", 0x20ac},
	{"\xf0\x9f\x98\x80", 0x1f600},
};

#define NR(array) (sizeof(array) / sizeof((array)[0]))

static void test_d_every_sequence(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(keys); i++) {
		send(keys[i].bytes, strlen(keys[i].bytes));
		expect_only(keys[i].key);
		/* Nothing of it is left, and nothing is waited for. */
		assert_int_equal(decoder.len, 0);
		assert_true(decoder_wakes_ns(&decoder) == UINT64_MAX);
		send("j", 1);
		expect_only('j');
	}
}

/* A slow line: cut at every place, with a pause between. */
static void test_d_every_sequence_in_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(keys); i++) {
		size_t len = strlen(keys[i].bytes);

		for (size_t cut = 1; cut < len; cut++) {
			send(keys[i].bytes, cut);
			assert_int_equal(decoder_next(&decoder, now), TOP_KEY_NONE);
			assert_true(decoder_wakes_ns(&decoder) > now);
			assert_true(decoder_wakes_ns(&decoder) != UINT64_MAX);
			now += 60 * MS;
			send(keys[i].bytes + cut, len - cut);
			expect_only(keys[i].key);
			assert_int_equal(decoder.len, 0);
		}
	}
}

static void test_d_byte_by_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR(keys); i++) {
		size_t len = strlen(keys[i].bytes);

		for (size_t at = 0; at < len; at++) {
			if (at)
				assert_int_equal(decoder_next(&decoder, now), TOP_KEY_NONE);
			send(keys[i].bytes + at, 1);
			now += 20 * MS;
		}
		expect_only(keys[i].key);
	}
}

static void test_d_lone_escape(void **state)
{
	(void)state;
	send("\x1b", 1);
	assert_int_equal(decoder_next(&decoder, now), TOP_KEY_NONE);
	assert_true(decoder_wakes_ns(&decoder) == now + DECODER_ESCAPE_NS);
	now += DECODER_ESCAPE_NS;
	expect_only(TOP_KEY_ESCAPE);
	/* Esc and a character at once, as tmux sends them. */
	send("\x1bq", 2);
	assert_int_equal(decoder_next(&decoder, now), TOP_KEY_ESCAPE);
	expect_only('q');
	send("\x1b\x1b[B", 4);
	assert_int_equal(decoder_next(&decoder, now), TOP_KEY_ESCAPE);
	expect_only(TOP_KEY_DOWN);
}

/* An introducer that was typed: Esc, then a key that means something. */
static void test_d_escape_and_an_introducer(void **state)
{
	static const char *const typed[] = {"\x1bP", "\x1bO", "\x1b[", "\x1b]", "\x1b_"};

	(void)state;
	for (size_t i = 0; i < NR(typed); i++) {
		send(typed[i], 2);
		assert_int_equal(decoder_next(&decoder, now), TOP_KEY_NONE);
		now += DECODER_REST_NS;
		assert_int_equal(decoder_next(&decoder, now), TOP_KEY_ESCAPE);
		expect_only(typed[i][1]);
	}
}

/* What has no end must not take the keys away for good. */
static void test_d_no_end(void **state)
{
	static const char *const open[] = {"\x1b[200~qq", "\x1b]0;qq", "\x1bPqq", "\x1b[1;2;3",
					   "\x1b[M "};
	char longest[DECODER_SIZE];

	(void)state;
	for (size_t i = 0; i < NR(open); i++) {
		send(open[i], strlen(open[i]));
		assert_int_equal(decoder_next(&decoder, now), TOP_KEY_NONE);
		now += DECODER_REST_NS;
		expect_only(TOP_KEY_NONE);
		send("q", 1);
		expect_only('q');
	}
	memset(longest, '1', sizeof(longest));
	memcpy(longest, "\x1b[", 2);
	send(longest, sizeof(longest));
	expect_only(TOP_KEY_NONE);
	send("q", 1);
	expect_only('q');
}

static void test_d_a_new_sequence_ends_a_string(void **state)
{
	(void)state;
	send("\x1b]0;title\x1b[B", 12);
	expect_only(TOP_KEY_DOWN);
	send("\x1b[12\x1b[B", 7);
	expect_only(TOP_KEY_DOWN);
	send("\x1b]0;title\x18j", 11);
	expect_only('j');
}

/* More than is obeyed at once: what is left does not wait for a key. */
static void test_what_is_left_is_asked_for_now(void **state)
{
	(void)state;
	send("jk", 2);
	assert_int_equal(decoder_next(&decoder, now), 'j');
	assert_true(decoder_wakes_ns(&decoder) == 0);
	expect_only('k');
}

static void test_keys_of_the_description(void **state)
{
	(void)state;
	decoder_add_key(&decoder,
			"\x1b"
			"B",
			2, TOP_KEY_DOWN);
	decoder_add_key(&decoder, "\x1b[M", 3, TOP_KEY_FUNCTION + 1);
	decoder_add_key(&decoder, "\x0b", 1, TOP_KEY_UP);
	decoder_add_key(&decoder, "\x1b", 1, TOP_KEY_UP);
	decoder_add_key(&decoder, "\r", 1, TOP_KEY_UP);
	decoder_add_key(&decoder, "q", 1, TOP_KEY_UP);
	decoder_add_key(&decoder, "", 0, TOP_KEY_UP);
	send("\x1b"
	     "B",
	     2);
	expect_only(TOP_KEY_DOWN);
	send("\x1b[M", 3);
	expect_only(TOP_KEY_FUNCTION + 1);
	send("\x0b", 1);
	expect_only(TOP_KEY_UP);
	send("\r", 1);
	expect_only(TOP_KEY_RETURN);
	send("q", 1);
	expect_only('q');
	/* And the forms that are always known. */
	send("\x1b[B", 3);
	expect_only(TOP_KEY_DOWN);
	for (int i = 0; i < 2 * DECODER_KEYS; i++)
		decoder_add_key(&decoder, "\x1bz", 2, TOP_KEY_END);
	assert_int_equal(decoder.nr_keys, DECODER_KEYS);
}

static void test_invalid_characters(void **state)
{
	(void)state;
	send("\xff\xc3(\xe2\x82po", 7);
	assert_int_equal(decoder_next(&decoder, now), TOP_KEY_UNKNOWN);
	assert_int_equal(decoder_next(&decoder, now), TOP_KEY_UNKNOWN);
	assert_int_equal(decoder_next(&decoder, now), '(');
	assert_int_equal(decoder_next(&decoder, now), TOP_KEY_UNKNOWN);
	assert_int_equal(decoder_next(&decoder, now), 'p');
	expect_only('o');
	send("\xe2\x82", 2);
	expect_only(TOP_KEY_NONE);
	now += DECODER_ESCAPE_NS;
	expect_only(TOP_KEY_UNKNOWN);
}

/* Whatever comes, all of it is used up, and q is obeyed a little later. */
static void test_random_bytes(void **state)
{
	(void)state;
	srandom(1);
	for (int i = 0; i < 20000; i++) {
		char bytes[32];
		size_t len = 1 + (size_t)random() % sizeof(bytes);

		for (size_t k = 0; k < len; k++)
			bytes[k] = random() % 3
					   ? "\x1b[OP]M<;0123~20AB\\\x07\x9b\x90"[random() % 21]
					   : (char)(random() % 256);
		send(bytes, len);
		while (decoder_next(&decoder, now) != TOP_KEY_NONE)
			continue;
		if (random() % 2)
			continue;
		for (int k = 0; k < 3 && decoder_wakes_ns(&decoder) != UINT64_MAX; k++) {
			now = decoder_wakes_ns(&decoder);
			while (decoder_next(&decoder, now) != TOP_KEY_NONE)
				continue;
		}
		assert_int_equal(decoder.len, 0);
		assert_int_equal(decoder.skipping, 0);
		send("q", 1);
		expect_only('q');
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_mice),
		TEST(test_d_every_sequence),
		TEST(test_d_every_sequence_in_pieces),
		TEST(test_d_byte_by_byte),
		TEST(test_d_lone_escape),
		TEST(test_d_escape_and_an_introducer),
		TEST(test_d_no_end),
		TEST(test_d_a_new_sequence_ends_a_string),
		TEST(test_what_is_left_is_asked_for_now),
		TEST(test_keys_of_the_description),
		TEST(test_invalid_characters),
		TEST(test_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
