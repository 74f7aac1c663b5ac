/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * clone_newpids.h - the flag the series adds to <linux/sched.h>, for who has the headers of a kernel
 * without it. No int holds it: syscall(SYS_unshare, CLONE_NEWPIDS), and not unshare(3).
 */
#ifndef CLONE_NEWPIDS
#define CLONE_NEWPIDS (1ULL << 40)
#endif
