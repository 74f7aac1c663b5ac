// SPDX-License-Identifier: GPL-2.0-or-later
/* test-escape.c - the escape rule: what is escaped, what is not, and that it can be undone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/escape.h"

static void expect(const char *in, const char *text, const char *json)
{
	char out[256];
	size_t n;

	n = escape_text(in, strlen(in), out, sizeof(out));
	assert_string_equal(out, text);
	assert_int_equal(n, strlen(text));
	n = escape_json(in, strlen(in), out, sizeof(out));
	assert_string_equal(out, json);
	assert_int_equal(n, strlen(json));
}

static void expect_same(const char *in)
{
	expect(in, in, in);
}

static void keeps_what_shows(void **state)
{
	(void)state;
	expect_same("");
	expect_same("systemd-journal (sd-pam)");
	expect_same("na\xc3\xafve \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x90\xa7"); /* 2, 3, 4 bytes */
	expect_same("e\xcc\x81");					       /* combining acute */
	expect_same("\xc2\xa0");	 /* no-break space: the first after C1 */
	expect_same("\xed\x9f\xbf");	 /* U+D7FF, before the surrogates */
	expect_same("\xee\x80\x80");	 /* U+E000, after them */
	expect_same("\xef\xbf\xbd");	 /* U+FFFD, the last character of the BMP */
	expect_same("\xf4\x8f\xbf\xbd"); /* U+10FFFD, the last of all */
	expect("say \"hi\"", "say \"hi\"", "say \\\"hi\\\"");
}

static void escapes_controls(void **state)
{
	(void)state;
	expect("\x1b[31m", "\\033[31m", "\\u001b[31m");
	expect("a\nb\tc\r", "a\\012b\\011c\\015", "a\\u000ab\\u0009c\\u000d");
	expect("\x7f", "\\177", "\\u007f");
	expect("\xc2\x80\xc2\x9b\xc2\x9f", "\\302\\200\\302\\233\\302\\237",
	       "\\u0080\\u009b\\u009f");
}

static void escapes_the_backslash(void **state)
{
	(void)state;
	expect("\\", "\\134", "\\\\134");
	expect("\\033", "\\134033", "\\\\134033");
	expect("\\\\u0041", "\\134\\134u0041", "\\\\134\\\\134u0041");
}

static void escapes_what_hides_or_reorders(void **state)
{
	(void)state;
	expect("\xd8\x9c", "\\330\\234", "\\u061c");
	expect("\xe2\x80\xae", "\\342\\200\\256", "\\u202e");
	expect("\xe2\x81\xa6", "\\342\\201\\246", "\\u2066");
	expect("\xe2\x80\x8b\xe2\x80\x8d", "\\342\\200\\213\\342\\200\\215", "\\u200b\\u200d");
	expect("\xef\xbb\xbf", "\\357\\273\\277", "\\ufeff");
	expect("\xe2\x80\xa8\xe2\x80\xa9", "\\342\\200\\250\\342\\200\\251", "\\u2028\\u2029");
	expect("\xf3\xa0\x80\x81", "\\363\\240\\200\\201", "\\udb40\\udc01"); /* a tag */
}

static void escapes_noncharacters(void **state)
{
	(void)state;
	expect("\xef\xb7\x90", "\\357\\267\\220", "\\ufdd0");
	expect("\xef\xbf\xbe\xef\xbf\xbf", "\\357\\277\\276\\357\\277\\277", "\\ufffe\\uffff");
	expect("\xf4\x8f\xbf\xbf", "\\364\\217\\277\\277", "\\udbff\\udfff");
}

static void escapes_invalid_utf8(void **state)
{
	(void)state;
	expect("\xff", "\\377", "\\\\377");
	expect("\x80z", "\\200z", "\\\\200z");
	expect("\xc0\xaf", "\\300\\257", "\\\\300\\\\257");		    /* overlong / */
	expect("\xe0\x80\xaf", "\\340\\200\\257", "\\\\340\\\\200\\\\257"); /* overlong again */
	expect("\xf0\x80\x80\xaf", "\\360\\200\\200\\257", "\\\\360\\\\200\\\\200\\\\257");
	expect("\xed\xa0\x80", "\\355\\240\\200", "\\\\355\\\\240\\\\200"); /* surrogate */
	expect("\xf4\x90\x80\x80", "\\364\\220\\200\\200", "\\\\364\\\\220\\\\200\\\\200");
	expect("\xe6\xbc", "\\346\\274", "\\\\346\\\\274");    /* cut short */
	expect("\xe6(\xa2", "\\346(\\242", "\\\\346(\\\\242"); /* interrupted */
	expect("\xc3\xc3\xa9", "\\303\xc3\xa9", "\\\\303\xc3\xa9");
}

static size_t unescape(const char *in, size_t len, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (in[i] != '\\') {
			out[n++] = in[i];
			continue;
		}
		out[n++] =
			(char)((in[i + 1] - '0') << 6 | (in[i + 2] - '0') << 3 | (in[i + 3] - '0'));
		i += 3;
	}
	return n;
}

static void text_can_be_undone(void **state)
{
	char in[64], out[ESCAPE_TEXT_SIZE(sizeof(in))], back[sizeof(out)];

	(void)state;
	srand(1);
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)rand() % sizeof(in), n;

		for (size_t i = 0; i < len; i++)
			in[i] = (char)(rand() % 4 ? 0x80 | rand() : rand());
		n = escape_text(in, len, out, sizeof(out));
		assert_int_equal(unescape(out, n, back), len);
		assert_memory_equal(in, back, len);
	}
}

/* Every code point: the decoder takes what the encoder of the test makes, and nothing unsafe is
 * left in the escaped text. */
static void every_code_point(void **state)
{
	(void)state;
	for (uint32_t code = 1; code <= 0x10ffff; code++) {
		char in[4], out[ESCAPE_CHAR_SIZE];
		uint32_t back = 0;
		size_t n, len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

		for (size_t i = len - 1; i > 0; i--)
			in[i] = (char)(0x80 | (code >> 6 * (len - 1 - i) & 0x3f));
		in[0] = (char)(len == 1 ? code : (0xf00u >> len & 0xff) | code >> 6 * (len - 1));
		if (code >= 0xd800 && code <= 0xdfff) {
			assert_int_equal(escape_decode(in, len, &back), 0);
			continue;
		}
		assert_int_equal(escape_decode(in, len, &back), len);
		assert_int_equal(back, code);
		assert_int_equal(escape_text_char(in, len, out, &n), len);
		assert_int_equal(n, escape_is_unsafe(code) || code == '\\' ? 4 * len : len);
		assert_int_equal(escape_json_char(in, len, out, &n), len);
		assert_true(n <= ESCAPE_CHAR_SIZE);
	}
}

static void leaves_out_whole_characters(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(escape_text("ab\x1b", 3, out, 6), 2); /* needs 7 */
	assert_string_equal(out, "ab");
	assert_int_equal(escape_text("ab\x1b", 3, out, 7), 6);
	assert_string_equal(out, "ab\\033");
	assert_int_equal(escape_text("\xe6\xbc\xa2", 3, out, 3), 0);
	assert_string_equal(out, "");
	assert_int_equal(escape_text("x", 1, out, 1), 0);
	assert_string_equal(out, "");
}

static void plain_is_plain(void **state)
{
	(void)state;
	assert_true(escape_is_plain("kworker/0:1", 11));
	assert_true(escape_is_plain("", 0));
	assert_false(escape_is_plain("a\"b", 3));
	assert_false(escape_is_plain("a\\b", 3));
	assert_false(escape_is_plain("\xc3\xa9", 2));
	assert_false(escape_is_plain("\x7f", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_shows),
		cmocka_unit_test(escapes_controls),
		cmocka_unit_test(escapes_the_backslash),
		cmocka_unit_test(escapes_what_hides_or_reorders),
		cmocka_unit_test(escapes_noncharacters),
		cmocka_unit_test(escapes_invalid_utf8),
		cmocka_unit_test(text_can_be_undone),
		cmocka_unit_test(every_code_point),
		cmocka_unit_test(leaves_out_whole_characters),
		cmocka_unit_test(plain_is_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
