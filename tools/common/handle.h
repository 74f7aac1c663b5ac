/* SPDX-License-Identifier: GPL-2.0-or-later */
/* handle.h - a process held by a pidfd: what is done to it is never done to a later one with its PID. */
#ifndef PIDNS_HANDLE_H
#define PIDNS_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

/* A pidfd of that process, to be closed; or -ESRCH, -EINVAL: a thread has that number, -ENOSYS, … */
int handle_open(int32_t pid);
/* Its inode number, which no other process ever has: PID:INO. False: this kernel has none (before 6.9). */
bool handle_ino(int fd, uint64_t *ret_ino);
/* Is it still there, if only as a zombie? Then all that was said of its PID since handle_open() is of it. */
bool handle_is_there(int fd);
/* 0 or -Exxx. */
int handle_signal(int fd, int sig);

#endif /* PIDNS_HANDLE_H */
