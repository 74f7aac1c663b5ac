/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* save.h - files that are there as a whole or not at all. Implemented in recording/save.c. */
#ifndef PIDNS_RECORDING_SAVE_H
#define PIDNS_RECORDING_SAVE_H

#include "base/util.h"
#include "pidnsinfo.h"

/* A new file in the directory of `path`, to be renamed: its descriptor, or -Exxx. The umask decides its
 * mode. The caller frees its name. */
int save_temp(const char *path, char **ret_temp);

/* As pidns_snapshot_write(), compressed: a frame and its trailer. -EOPNOTSUPP: this build cannot.
 * Implemented in recording/recording.c. */
int save_compressed(const struct pidns_snapshot *s, int fd);

#endif /* PIDNS_RECORDING_SAVE_H */
