/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shell.h - a shell in the namespaces of a process, on the terminal that the caller has given back. */
#ifndef PIDNS_TOP_SHELL_H
#define PIDNS_TOP_SHELL_H

#include <stdint.h>

/* Run it in a child, and wait for its end. 0, or -Exxx: there is no child. */
int shell_run(int pidfd, int32_t pid);

#endif /* PIDNS_TOP_SHELL_H */
