/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recording.h - the one table behind both halves of a recording: recording.c writes what
 * provider-replay.c reads. The format itself is described in doc/recording.md. */
#ifndef PIDNS_RECORDING_H
#define PIDNS_RECORDING_H

#define RECORDING_MAGIC	  "pidns-recording"
#define RECORDING_VERSION 1

#endif /* PIDNS_RECORDING_H */
