/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* waits.h - what an init that is ending, or has ended, waits for. Implemented in waits.c. */
#ifndef PIDNS_LIMITS_WAITS_H
#define PIDNS_LIMITS_WAITS_H

struct annotation;
struct pidns_ns;

/*
 * "PID 12 (cp), in uninterruptible sleep in nfs_wait_bit_killable; PID 14 (sh), a zombie that PID 4 (agent)
 * has not reaped; 3 more", those first that wait for others. It lives as long as the snapshot; NULL: that is
 * not known, or no memory.
 */
const char *limits_waits(struct annotation *a, const struct pidns_ns *ns);

#endif /* PIDNS_LIMITS_WAITS_H */
