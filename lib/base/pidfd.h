/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pidfd.h - what only a pidfd leads to, ioctl_pidfd(2). Implemented in pidfd.c. */
#ifndef PIDNS_PIDFD_H
#define PIDNS_PIDFD_H

#include <stdint.h>

/* What a link of /proc/PID/fd says of one, also with pidfs (fs/pidfs.c). A path never does: it begins
 * with a slash. */
#define PIDFD_LINK "anon_inode:[pidfd]"

/* Where the children of the caller's `tid` would be born, as an nsfs file, also of a namespace that
 * no link shows because it has had no first process yet. Linux 6.11, or -Exxx. */
int pidfd_open_ns_for_children(int32_t tid);

#endif /* PIDNS_PIDFD_H */
