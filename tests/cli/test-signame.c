// SPDX-License-Identifier: GPL-2.0-or-later
/* test-signame.c - signals by name and number, and what one ends. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/fate.h"
#include "common/signame.h"

static void test_parse(void **state)
{
	(void)state;
	assert_int_equal(signame_parse("TERM"), SIGTERM);
	assert_int_equal(signame_parse("sigterm"), SIGTERM);
	assert_int_equal(signame_parse("15"), 15);
	assert_int_equal(signame_parse("0"), 0);
	assert_int_equal(signame_parse("RTMIN"), SIGRTMIN);
	assert_int_equal(signame_parse("SIGRTMIN+2"), SIGRTMIN + 2);
	assert_int_equal(signame_parse("rtmax-1"), SIGRTMAX - 1);
	assert_int_equal(signame_parse("64"), SIGRTMAX);
}

static void test_refuse(void **state)
{
	static const char *const wrong[] = {
		"",	   "-1",     "65",	 "1x",	   "SIG",	 "FOO", "RTMIN-1",
		"RTMAX+1", "RTMIN+", "RTMIN+99", "RTMINX", "SIGSIGTERM", "9 ",	"4294967297"};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(signame_parse(wrong[i]), -1);
}

static void test_name(void **state)
{
	char text[SIGNAME_SIZE];

	(void)state;
	assert_string_equal(signame(SIGKILL, text), "SIGKILL");
	assert_string_equal(signame(SIGRTMIN + 1, text), "signal 35");
}

/* An init gets SIGKILL from above, and nothing else that it does not handle. */
static void test_fate(void **state)
{
	const int32_t inside[] = {77, 1}, own[] = {1}, other[] = {78, 2};
	struct pidns_ns ns = {.known = PIDNS_NS_PROCESSES, .processes_below = 12};
	struct pidns_task task = {.known = PIDNS_TASK_VPIDS, .vpids = inside, .nr_vpids = 2};
	char out[FATE_SIZE];

	(void)state;
	assert_true(fate_describe(&task, &ns, SIGKILL, out));
	assert_string_equal(out, "SIGKILL ends all 12 processes there");
	fate_describe(&task, &ns, SIGTERM, out);
	assert_string_equal(
		out, "it gets SIGTERM only if it handles it; its end ends all 12 processes there");
	fate_describe(&task, NULL, SIGKILL, out);
	assert_string_equal(out, "SIGKILL ends all processes there");
	assert_int_equal(fate_describe(&task, &ns, SIGCONT, out), 0);
	assert_int_equal(fate_describe(&task, &ns, 0, out), 0);
	task.vpids = own;
	task.nr_vpids = 1;
	fate_describe(&task, &ns, SIGKILL, out);
	assert_string_equal(out, "it is your own init, which gets SIGKILL only if it handles it");
	task.vpids = other;
	task.nr_vpids = 2;
	assert_int_equal(fate_describe(&task, &ns, SIGKILL, out), 0);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refuse),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_fate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
