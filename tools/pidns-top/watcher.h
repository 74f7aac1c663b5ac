/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watcher.h - the thread that is told by the kernel what happens, between two snapshots, too: each birth and
 * end of a namespace, and each refused fork.
 *
 * It has a context of its own, and BPF programs that are gone with the process, however that ends. Where
 * they cannot be attached, it ends at once, and differences between snapshots are all there is.
 */
#ifndef PIDNS_TOP_WATCHER_H
#define PIDNS_TOP_WATCHER_H

#include <stdbool.h>

#include "common/source.h"
#include "events.h"

struct watcher;

/* NULL: not of this source, no memory, no thread. */
struct watcher *watcher_open(const struct source *source);
/* Never waits for a snapshot under way. False: the thread is still asking the kernel, and nothing of it
 * can be freed; the process ends soon. */
bool watcher_close(struct watcher *watcher);

/* Becomes readable when something has happened. watcher NULL: -1. */
int watcher_fd(const struct watcher *watcher);
/* Programs are attached: from now on each event of a namespace comes from here. */
bool watcher_is_told(struct watcher *watcher);
/* Why nothing is told, in one sentence that lives as long as the watcher; NULL: it is, or may be soon. */
const char *watcher_why(struct watcher *watcher);
/* Move what has happened since the last time to the end of `events`. How many there were. */
size_t watcher_collect(struct watcher *watcher, struct events *events);

#endif /* PIDNS_TOP_WATCHER_H */
