// SPDX-License-Identifier: GPL-2.0-or-later
/* test-source.c - the one sentence on what a snapshot may lack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/source.h"

#define LINE_COLUMNS 79

/* Every provider, every set of bits, root and others, with --all and without. */
static void test_it_fits_a_line(void **state)
{
	static const char *const providers[] = {"netlink", "bpf", "procfs", "replay"};
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(providers) / sizeof(providers[0]); i++)
		for (uint32_t unseen = 1; unseen < 256; unseen++)
			for (uint32_t way = 0; way < 4; way++) {
				size_t len = source_unseen_sentence(providers[i], unseen,
								    way & 1 ? PIDNS_TAKE_ALL : 0,
								    way & 2, text, sizeof(text));

				assert_int_equal(len, strlen(text));
				assert_true(len >= 1 && len <= LINE_COLUMNS - strlen("pidns: "));
				assert_null(strchr(text, '\n'));
			}
}

static void check(const char *expected, const char *provider, uint32_t unseen, uint32_t flags,
		  bool is_root)
{
	char text[512];

	source_unseen_sentence(provider, unseen, flags, is_root, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_it_says_what_helps(void **state)
{
	(void)state;
	check("", "procfs", 0, 0, true);
	check("procfs may miss namespaces without tasks (--all or bpf shows more)", "procfs",
	      PIDNS_UNSEEN_FD | PIDNS_UNSEEN_UNBORN, 0, true);
	check("procfs may miss namespaces without tasks (bpf or netlink shows more)", "procfs",
	      PIDNS_UNSEEN_PIDFD, PIDNS_TAKE_ALL, true);
	check("procfs may miss namespaces and tasks (--all or root shows more)", "procfs",
	      PIDNS_UNSEEN_BIND | PIDNS_UNSEEN_TASKS, 0, false);
	check("procfs may miss tasks (root sees more)", "procfs", PIDNS_UNSEEN_TASKS, 0, false);
	check("procfs may miss the namespaces of some tasks (root sees more)", "procfs",
	      PIDNS_UNSEEN_NS_LINKS, 0, false);
	check("procfs may miss namespaces (root sees more)", "procfs",
	      PIDNS_UNSEEN_NS_LINKS | PIDNS_UNSEEN_UNBORN, 0, false);
	check("bpf may miss namespaces without tasks (netlink shows more)", "bpf",
	      PIDNS_UNSEEN_DEAD, PIDNS_TAKE_ALL, true);
	check("bpf may miss namespaces without tasks (--all or netlink shows more)", "bpf",
	      PIDNS_UNSEEN_FD | PIDNS_UNSEEN_PIDFD, 0, true);
	check("netlink may miss tasks (root sees more)", "netlink", PIDNS_UNSEEN_TASKS, 0, true);
	check("the recording may lack namespaces and tasks", "replay",
	      PIDNS_UNSEEN_DEAD | PIDNS_UNSEEN_TASKS, 0, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_fits_a_line),
		cmocka_unit_test(test_it_says_what_helps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
