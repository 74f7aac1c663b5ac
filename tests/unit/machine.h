/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine.h - a machine's files in a scratch directory, for the annotator of containers. Implemented in
 * machine.c. Paths are relative to the machine's root. */
#ifndef PIDNS_UNIT_MACHINE_H
#define PIDNS_UNIT_MACHINE_H

#include <sys/types.h>

#include "pidnsinfo.h"

/* Begin another one, empty but for a /proc without tasks. */
void machine_new(void);
/* A path of this machine for the rest of the world. Good until the next call. */
const char *machine_path(const char *name);
/* Make the directories above a file. */
void machine_put_parents(const char *name);
void machine_put_file(const char *name, const char *text);
void machine_put_link(const char *name, const char *target);
/* "PID PPID START NSPID,… COMM": its stat and status. */
void machine_put_task(const char *words);
/* As containers_annotate(); the owner of files that prove something is the caller, or `owner`. */
int machine_annotate(struct pidns_snapshot *snapshot);
int machine_annotate_as(struct pidns_snapshot *snapshot, uid_t owner);

/* From now on the directory is that of an ordinary user. */
void machine_give_away(const char *name);

/* What was found out about a namespace: "INODE KEY=VALUE …", "INODE none" or "INODE unknown". */
#define MACHINE_TEXT 2048
void machine_describe(char text[MACHINE_TEXT], const struct pidns_ns *ns);

#endif /* PIDNS_UNIT_MACHINE_H */
