// SPDX-License-Identifier: GPL-2.0-or-later
/* execute.c - become another program, or fail as env(1) does. */
#include "execute.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/message.h"

enum { EXIT_NOT_RUN = 126, EXIT_NOT_FOUND = 127 };

int execute(char *const *argv)
{
	execvp(argv[0], argv);
	return message_exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN, "%s: %s", argv[0],
			    strerror(errno));
}
