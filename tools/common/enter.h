/* SPDX-License-Identifier: GPL-2.0-or-later */
/* enter.h - run a program in all namespaces of a process, as nsenter(1) -a -t does. */
#ifndef PIDNS_ENTER_H
#define PIDNS_ENTER_H

#include <stdint.h>

/*
 * Join the namespaces of the process `pid`, held by `pidfd`, that are not the caller's own, and run argv
 * there; without a program (NULL), a shell. In another PID namespace that is a child of the caller's,
 * which waits and is stopped with it; else the caller becomes the program. The caller has one thread, and
 * ends with what this returns: the program's status, 128 and the signal that ended it; 126 or 127 as env(1)
 * has them; another exit code after the message is out.
 */
int enter_run(int pidfd, int32_t pid, char *const *argv);

#endif /* PIDNS_ENTER_H */
