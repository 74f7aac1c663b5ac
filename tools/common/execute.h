/* SPDX-License-Identifier: GPL-2.0-or-later */
/* execute.h - become another program, or fail as env(1) does. */
#ifndef PIDNS_EXECUTE_H
#define PIDNS_EXECUTE_H

/* Returns only if that fails: 127 where there is no such program, else 126, the message out. */
int execute(char *const *argv);

#endif /* PIDNS_EXECUTE_H */
