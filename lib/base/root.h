/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* root.h - paths below a directory that is taken for "/", whatever links there lead to. Implemented in root.c. */
#ifndef PIDNS_ROOT_H
#define PIDNS_ROOT_H

/*
 * Open `path` as a process would whose root directory is `root`: absolute links and ".." stay below it, and
 * links of procfs that are more than text are refused. Without openat2(2) (before Linux 5.6, or forbidden) no
 * link is followed at all. A descriptor, or -Exxx.
 */
int root_open(int root, const char *path, int flags);

#endif /* PIDNS_ROOT_H */
