/* SPDX-License-Identifier: GPL-2.0-or-later */
/* session.h - a program in a session of its own, on a pseudo-terminal where we have a terminal. */
#ifndef PIDNS_SESSION_H
#define PIDNS_SESSION_H

/*
 * Fork; in the child, alone in its new session, call become(data), which returns 0 or an exit code
 * with which the child ends, and then execute argv. Meanwhile pass on bytes, window size and signals.
 * Returns the exit status: the child's, or 128 and the signal that ended it.
 */
int session_run(int (*become)(const void *data), const void *data, char *const *argv);

#endif /* PIDNS_SESSION_H */
