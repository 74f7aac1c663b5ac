/* SPDX-License-Identifier: GPL-2.0-or-later */
/* viewer-past.h - moments other than the newest: back and forward, of the past or of a series. */
#ifndef PIDNS_TOP_VIEWER_PAST_H
#define PIDNS_TOP_VIEWER_PAST_H

#include <stdbool.h>

#include "viewer.h"

/* What is known of now, whether that or the past is shown. */
struct sample *viewer_live(struct viewer *viewer);
void viewer_go_live(struct viewer *viewer);

/* Obey app.step. True: another moment is shown, and needs its rows; of a series that comes later. */
bool viewer_step(struct viewer *viewer);
/* A new sample has come while the past is shown. True: the moment shown has been dropped, and another is. */
bool viewer_stay_past(struct viewer *viewer);
/* That moment of the series is what is shown. */
void viewer_show_series(struct viewer *viewer, size_t moment);
/* Mark the moment shown; or forget the one that is marked. */
void viewer_mark(struct viewer *viewer);
void viewer_past_clear(struct viewer *viewer);

#endif /* PIDNS_TOP_VIEWER_PAST_H */
