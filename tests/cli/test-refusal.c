// SPDX-License-Identifier: GPL-2.0-or-later
/* test-refusal.c - each reason that the kernel has for not moving a process is told from the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "pidns/move/refusal.h"

/* An ordinary job of root's shell, apart from what a test changes. */
static const struct refusal job = {.has_right = true};

static void expect(const struct refusal *refusal, const char *part)
{
	const char *sentence = refusal_sentence(refusal);

	if (!strstr(sentence, part))
		fail_msg("\"%s\" is not in \"%s\"", part, sentence);
}

static void tells_what_right_is_missing(void **state)
{
	struct refusal r = job;

	(void)state;
	r.error = EPERM;
	expect(&r, "seccomp");
	r.has_right = false;
	expect(&r, "CAP_SYS_ADMIN is missing");
	/* Who gets the capability would be refused all the same. */
	r.is_switched_off = true;
	expect(&r, "kernel.pid_ns_move is 0");
}

static void tells_who_is_in_the_way(void **state)
{
	struct refusal r = job;

	(void)state;
	r.error = EBUSY;
	expect(&r, "shares its session");
	expect(&r, "use --session");
	r.leads_session = true;
	expect(&r, "others are in its session");
	expect(&r, "threads");
	expect(&r, "use --session");
	r.has_children = true;
	expect(&r, "has children");
	expect(&r, "use --session");
	/* No session of its own helps against that. */
	r.is_traced = true;
	expect(&r, "debugger");
	assert_null(strstr(refusal_sentence(&r), "--session"));
}

static void tells_what_can_never_move(void **state)
{
	struct refusal r = job;

	(void)state;
	r.error = EINVAL;
	expect(&r, "shares its memory");
	r.children_go_elsewhere = true;
	expect(&r, "bound for another PID namespace");
	r.is_init = true;
	expect(&r, "PID 1");
}

static void tells_limits_and_the_rest(void **state)
{
	struct refusal r = job;

	(void)state;
	r.error = ENOSPC;
	expect(&r, "level 32");
	expect(&r, "user.max_pid_namespaces");
	r.error = ENOMEM;
	assert_string_equal(refusal_sentence(&r), strerror(ENOMEM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_right_is_missing),
		cmocka_unit_test(tells_who_is_in_the_way),
		cmocka_unit_test(tells_what_can_never_move),
		cmocka_unit_test(tells_limits_and_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
