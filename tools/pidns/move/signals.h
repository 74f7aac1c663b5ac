/* SPDX-License-Identifier: GPL-2.0-or-later */
/* signals.h - signals that one process gets for another: held, read from a file, passed on. */
#ifndef PIDNS_SIGNALS_H
#define PIDNS_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

struct signals {
	int fd;			      /* signalfd(2) */
	sigset_t mask_found;	      /* as the caller had it */
	struct sigaction child_found; /* of SIGCHLD */
};

/* From here on everything but our own faults, and being stopped for a write to a terminal, waits in
 * the file. 0 or -errno. */
int signals_open(struct signals *signals);
/* As the caller had them. */
void signals_close(struct signals *signals);

/* The next one, or 0. */
int signals_next(const struct signals *signals);

/* Whether `child` handles, ignores or blocks it, or it ends no process: it may be the init of a
 * namespace, which gets no other. */
bool signals_reach(pid_t child, int sig);

/*
 * Let `child` have it. The init of a namespace gets nothing that it does not handle: then what
 * would end another process ends it, by SIGKILL. Returns `sig` if so, else 0.
 */
int signals_pass(pid_t child, int sig);

/* Do the default of SIGTSTP: until continued, or at once where no process would continue us. */
void signals_stop_here(void);

#endif /* PIDNS_SIGNALS_H */
