/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * act.h - what is done to processes: signals, nice values. Each is held by a pidfd from when its row was
 * selected or tagged, and is checked once more to be the one of the row: a later process with its PID is
 * never hit.
 */
#ifndef PIDNS_TOP_ACT_H
#define PIDNS_TOP_ACT_H

#include <stddef.h>
#include <stdint.h>

#include <pidnsinfo.h>

#include "pidns-top/rows/ident.h"
#include "pidns-top/ui/app.h"

struct act;

/* ctx is asked about single tasks; not owned. NULL: no memory. */
struct act *act_open(struct pidns_ctx *ctx);
struct act *act_close(struct act *act);

/* Hold the process of the selected row, and those that are tagged; let go of all others. `selected` may be
 * unset. */
void act_hold(struct act *act, const struct ident *selected, const struct app_tags *tags);

/* Do it to those that app.act names. How many it was done to; one sentence in `why`: what was done, or why
 * not. */
size_t act_do(struct act *act, const struct app *app, char *why, size_t size);

/* The pidfd of that process, if it is still the one of the row; or -Exxx. */
int act_pidfd(struct act *act, const struct ident *ident);

#endif /* PIDNS_TOP_ACT_H */
