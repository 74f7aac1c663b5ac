// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/status, once more: what the task does about SIGCHLD. */
#include "fuzz.h"
#include "pidnsinfo.h"
#include "annotate/zombies/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t sigchld;

	if (zombies_parse_sigchld((const char *)data, size, &sigchld) == 0)
		must(sigchld >= PIDNS_SIGCHLD_DEFAULT && sigchld <= PIDNS_SIGCHLD_HANDLED);
	return 0;
}
