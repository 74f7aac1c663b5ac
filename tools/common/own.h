/* SPDX-License-Identifier: GPL-2.0-or-later */
/* own.h - what below /proc or /sys is the kernel's own, and not mounted over it. Implemented in own.c. */
#ifndef PIDNS_OWN_H
#define PIDNS_OWN_H

#include <stdio.h>

/* /proc itself, to look below it; -ENOTDIR: what is there is no procfs. */
int own_proc(void);
/* A file or folder below `dir`, in the same mount; -EXDEV: it is covered by another one. Or -Exxx. */
int own_open(int dir, const char *name, int flags);
/* The same below /proc. */
int own_proc_open(const char *name, int flags);
/* To be read; NULL: it is not there, or not the kernel's. */
FILE *own_proc_fopen(const char *name);

#endif /* PIDNS_OWN_H */
