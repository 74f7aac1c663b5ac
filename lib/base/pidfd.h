/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pidfd.h - what only a pidfd leads to, ioctl_pidfd(2). Implemented in pidfd.c. */
#ifndef PIDNS_PIDFD_H
#define PIDNS_PIDFD_H

#include <stdbool.h>
#include <stdint.h>

/* What a link of /proc/PID/fd says of one, also with pidfs (fs/pidfs.c). A path never does: it begins
 * with a slash. */
#define PIDFD_LINK "anon_inode:[pidfd]"

/* A pidfd of the caller's `tid`, a thread's too where the kernel has such (Linux 6.9): to be closed,
 * or -Exxx. */
int pidfd_open_task(int32_t tid);
/* Its inode number, which no other task has before the next boot: pidfs, Linux 6.9, 64 bits.
 * -EOPNOTSUPP: this kernel has none such; -Exxx. */
int pidfd_read_ino(int pidfd, uint64_t *ret_ino);
/* Has this kernel such? Asked of the caller itself. */
bool pidfd_has_inos(void);
/* Is its task still there, if only as a zombie? Then no other one had its PID since the pidfd was
 * opened, and what the kernel said of that PID is of this task. */
bool pidfd_is_there(int pidfd);

/* Where the children of the caller's `tid` would be born, as an nsfs file, also of a namespace that
 * no link shows because it has had no first process yet. Linux 6.11, or -Exxx. */
int pidfd_open_ns_for_children(int32_t tid);

#endif /* PIDNS_PIDFD_H */
