/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - the few settings that are remembered: $XDG_CONFIG_HOME/pidns-top/config, or the same
 * below ~/.config.
 *
 * Nothing in that file can do harm: what is not understood is left out. It is read only if it is a
 * regular file that belongs to the caller and that no other user may write; it is written to a
 * temporary file and renamed, so that it is never half there. config-folder.h says which folders
 * are trusted with it.
 */
#ifndef PIDNS_TOP_CONFIG_H
#define PIDNS_TOP_CONFIG_H

#include <stddef.h>

#include "app.h"

/* Room for a path; a longer one is no place for settings. */
#define CONFIG_PATH_SIZE 4096

/* Where it is, by the environment. 0; -ENOENT: there is no home for it. */
int config_path(char *out, size_t size);

/* Read it into the app. 0, also where there is none; else -Exxx with one sentence in `why`. */
int config_load(const char *path, struct app *app, char *why, size_t why_len);
/* Write the app's settings, with what folders they need. 0, or -Exxx with one sentence in `why`. */
int config_save(const char *path, const struct app *app, char *why, size_t why_len);

/* The text itself: lines of "name=value". Pure. */
void config_parse(const char *text, size_t len, struct app *app);
size_t config_print(const struct app *app, char *out, size_t size);

#endif /* PIDNS_TOP_CONFIG_H */
