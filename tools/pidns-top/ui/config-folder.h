/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config-folder.h - the folder of the config file, opened so that no other user can choose which one.
 *
 * sudo may keep HOME, so the folders on the way can belong to another user. From $HOME (or
 * $XDG_CONFIG_HOME) on, no symbolic link is followed and every folder belongs to the caller or to
 * root; the last one belongs to the caller, and only the caller may write it.
 */
#ifndef PIDNS_TOP_CONFIG_FOLDER_H
#define PIDNS_TOP_CONFIG_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Open the folder of the file `path`, which is absolute and ends in "/pidns-top/config". The result
 * is for the *at() system calls. With `create`, missing folders below the base are made. A
 * descriptor; or -Exxx with one sentence in `why` that begins with `path` and `what` ("not read").
 */
int config_folder_open(const char *path, bool create, const char *what, char *why, size_t why_len);

#endif /* PIDNS_TOP_CONFIG_FOLDER_H */
