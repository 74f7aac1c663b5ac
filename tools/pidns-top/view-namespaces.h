/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view-namespaces.h - between the table of columns and the cells of view-namespaces-cells.c. */
#ifndef PIDNS_TOP_VIEW_NAMESPACES_H
#define PIDNS_TOP_VIEW_NAMESPACES_H

#include "view.h"

/* As fill, key and fit of struct column. */
void ns_fill_ino(const struct cell_source *source, struct cell *cell);
void ns_key_ino(const struct cell_source *source, struct sort_key *key);
unsigned int ns_fit_ino(const struct rows *rows, unsigned int arg);
void ns_fill_level(const struct cell_source *source, struct cell *cell);
unsigned int ns_fit_level(const struct rows *rows, unsigned int arg);
void ns_key_level(const struct cell_source *source, struct sort_key *key);
void ns_fill_reaper(const struct cell_source *source, struct cell *cell);
void ns_key_reaper(const struct cell_source *source, struct sort_key *key);
unsigned int ns_fit_pid(const struct rows *rows, unsigned int arg);
void ns_fill_owner(const struct cell_source *source, struct cell *cell);
unsigned int ns_fit_owner(const struct rows *rows, unsigned int arg);
void ns_key_owner(const struct cell_source *source, struct sort_key *key);
void ns_fill_processes(const struct cell_source *source, struct cell *cell);
void ns_key_processes(const struct cell_source *source, struct sort_key *key);
void ns_fill_threads(const struct cell_source *source, struct cell *cell);
void ns_key_threads(const struct cell_source *source, struct sort_key *key);
void ns_fill_zombies(const struct cell_source *source, struct cell *cell);
void ns_key_zombies(const struct cell_source *source, struct sort_key *key);
unsigned int ns_fit_count(const struct rows *rows, unsigned int arg);
unsigned int ns_fit_zombies(const struct rows *rows, unsigned int arg);
void ns_fill_pids_used(const struct cell_source *source, struct cell *cell);
void ns_key_pids_used(const struct cell_source *source, struct sort_key *key);
unsigned int ns_fit_pids_used(const struct rows *rows, unsigned int arg);
void ns_fill_pids_max(const struct cell_source *source, struct cell *cell);
unsigned int ns_fit_pids_max(const struct rows *rows, unsigned int arg);
void ns_key_pids_max(const struct cell_source *source, struct sort_key *key);
void ns_fill_cpu(const struct cell_source *source, struct cell *cell);
void ns_key_cpu(const struct cell_source *source, struct sort_key *key);
void ns_fill_memory(const struct cell_source *source, struct cell *cell);
void ns_key_memory(const struct cell_source *source, struct sort_key *key);
void ns_fill_state(const struct cell_source *source, struct cell *cell);
void ns_key_state(const struct cell_source *source, struct sort_key *key);
void ns_fill_command(const struct cell_source *source, struct cell *cell);
void ns_key_command(const struct cell_source *source, struct sort_key *key);

/* As words and pid of struct view. */
size_t ns_words_of(const struct cell_source *source, char *out, size_t size);
int32_t ns_reaper_of(const struct row *row);

#endif /* PIDNS_TOP_VIEW_NAMESPACES_H */
