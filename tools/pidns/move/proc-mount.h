/* SPDX-License-Identifier: GPL-2.0-or-later */
/* proc-mount.h - a /proc that shows the namespace one has moved into, to oneself alone. */
#ifndef PIDNS_PROC_MOUNT_H
#define PIDNS_PROC_MOUNT_H

/* Both return 0, or an exit code after the message is out. */

/* Before the move: all that can fail. A new mount namespace, nothing in it shared with others. */
int proc_mount_prepare(void);

/* After it, for only now the right namespace is there. */
int proc_mount(void);

#endif /* PIDNS_PROC_MOUNT_H */
