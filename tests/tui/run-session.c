// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run-session [--refuse] CMD... - what `pidns unshare --session` does, but for the move: so that it
 * can be tested on any kernel. With --refuse the move does not take place.
 */
#include <stdbool.h>
#include <string.h>

#include "common/message.h"
#include "pidns/move/session.h"

static int become(const void *refuses)
{
	return *(const bool *)refuses ? message_exit(EXIT_FAILED, "refused") : 0;
}

int main(int argc, char **argv)
{
	bool refuses = argc > 1 && !strcmp(argv[1], "--refuse");

	message_init("run-session");
	if (argc < 2 + refuses)
		return message_exit(EXIT_USAGE, "CMD is missing");
	return session_run(become, &refuses, argv + 1 + refuses);
}
