/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fate.h - what a signal will end beside the process that gets it, in words, before it is sent. */
#ifndef PIDNS_FATE_H
#define PIDNS_FATE_H

#include <stdbool.h>
#include <stddef.h>

#include <pidnsinfo.h>

/* Is it the init of its namespace, as its numbers say? */
bool fate_is_init(const struct pidns_task *task);

/*
 * What becomes of a namespace whose init `task` is, if it gets that signal: "SIGKILL ends all 12
 * processes there". `ns` is the namespace in a snapshot that knows its processes; NULL: it is not known how
 * many there are. The length; 0: it is no init, or the signal ends nothing.
 */
#define FATE_SIZE 192
size_t fate_describe(const struct pidns_task *task, const struct pidns_ns *ns, int sig,
		     char out[FATE_SIZE]);

/* What that namespace is called: its container's name, its init's or its number. Untrusted. */
#define FATE_NAME_SIZE 320
void fate_name(const struct pidns_ns *ns, const struct pidns_task *init, char out[FATE_NAME_SIZE]);

#endif /* PIDNS_FATE_H */
