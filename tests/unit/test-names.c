// SPDX-License-Identifier: GPL-2.0-or-later
/* The words that JSON, recordings and man pages rely on. */
#include "unit.h"

static void test_states(void **state)
{
	(void)state;
	assert_string_equal(pidns_state_name(PIDNS_STATE_ALIVE), "alive");
	assert_string_equal(pidns_state_name(PIDNS_STATE_UNBORN), "unborn");
	assert_string_equal(pidns_state_name(PIDNS_STATE_DYING), "dying");
	assert_string_equal(pidns_state_name(PIDNS_STATE_DEAD), "dead");
	assert_string_equal(pidns_state_name(PIDNS_STATE_ZOMBIE_INIT), "zombie-init");
	assert_null(pidns_state_name(0));
	assert_null(pidns_state_name(6));
	assert_null(pidns_state_name(UINT32_MAX));
}

static void test_unseen(void **state)
{
	static const char *const words[] = {"unborn",	    "dead",  "fd",	 "bind", "pidfd",
					    "procfs-mount", "tasks", "ns-links", "pins"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_string_equal(pidns_unseen_name(UINT32_C(1) << i), words[i]);
	for (; i < 32; i++)
		assert_null(pidns_unseen_name(UINT32_C(1) << i));
	assert_null(pidns_unseen_name(0));
	assert_null(pidns_unseen_name(PIDNS_UNSEEN_FD | PIDNS_UNSEEN_DEAD));
}

static void test_events(void **state)
{
	static const char *const words[] = {NULL,    "ns-new",	  "ns-gone",  "reaper",
					    "limit", "exhausted", "task-new", "task-gone",
					    "lost",  "task-exec", "refused",  NULL};
	uint32_t type;

	(void)state;
	for (type = 0; type < sizeof(words) / sizeof(words[0]); type++) {
		if (words[type])
			assert_string_equal(pidns_event_name(type), words[type]);
		else
			assert_null(pidns_event_name(type));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
