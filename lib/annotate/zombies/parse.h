/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* parse.h - pure: what a task does about SIGCHLD. Implemented in annotate/zombies/parse.c. */
#ifndef PIDNS_ZOMBIES_PARSE_H
#define PIDNS_ZOMBIES_PARSE_H

#include <stddef.h>
#include <stdint.h>

/*
 * SigIgn and SigCgt of /proc/PID/status, proc_pid_status(5), to PIDNS_SIGCHLD_*. -EPROTO with the
 * result untouched where either line is missing or is no mask.
 */
int zombies_parse_sigchld(const char *buf, size_t len, uint32_t *ret_sigchld);

#endif /* PIDNS_ZOMBIES_PARSE_H */
