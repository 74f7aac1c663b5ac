/* SPDX-License-Identifier: GPL-2.0-or-later */
/* signame.h - signals by name and number. */
#ifndef PIDNS_SIGNAME_H
#define PIDNS_SIGNAME_H

#include <stdbool.h>
#include <stddef.h>

/* "TERM", "SIGTERM", "15", "RTMIN+1", "0", in any case. The signal, or -1: it is not one. */
int signame_parse(const char *text);

/* "SIGTERM"; a number where it has no name. */
#define SIGNAME_SIZE 16
const char *signame(int sig, char text[SIGNAME_SIZE]);

/* Does it end a process that does nothing about it? */
bool signame_is_deadly(int sig);

#endif /* PIDNS_SIGNAME_H */
