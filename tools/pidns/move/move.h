/* SPDX-License-Identifier: GPL-2.0-or-later */
/* move.h - unshare(CLONE_NEWPIDS): this very process becomes PID 1 of a new PID namespace. */
#ifndef PIDNS_MOVE_H
#define PIDNS_MOVE_H

#include <stdbool.h>

#include "refusal.h"

/* Whether this kernel has CLONE_NEWPIDS at all; nothing is changed by asking. */
bool move_is_known(void);

/* Move. 0, or -errno and nothing has changed: only that makes another attempt sensible. */
int move_into_new_namespace(void);

/* What of this process and this machine explains that error, positive, of a move. */
void move_explain(int error, struct refusal *ret);

#endif /* PIDNS_MOVE_H */
