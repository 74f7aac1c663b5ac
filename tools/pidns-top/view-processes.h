/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view-processes.h - between the table of columns and the cells of view-processes-cells.c. */
#ifndef PIDNS_TOP_VIEW_PROCESSES_H
#define PIDNS_TOP_VIEW_PROCESSES_H

#include "view.h"

/* As fill, key, fit and repeat of struct column. */
void process_fill_pid(const struct cell_source *source, struct cell *cell);
void process_key_pid(const struct cell_source *source, struct sort_key *key);
unsigned int process_fit_pid(const struct rows *rows, unsigned int arg);
void process_fill_between(const struct cell_source *source, struct cell *cell);
unsigned int process_fit_between(const struct rows *rows, unsigned int arg);
unsigned int process_repeat_between(const struct rows *rows);
void process_fill_vpid(const struct cell_source *source, struct cell *cell);
void process_key_vpid(const struct cell_source *source, struct sort_key *key);
unsigned int process_fit_vpid(const struct rows *rows, unsigned int arg);
unsigned int process_repeat_vpid(const struct rows *rows);
void process_fill_ns(const struct cell_source *source, struct cell *cell);
void process_key_ns(const struct cell_source *source, struct sort_key *key);
unsigned int process_fit_ns(const struct rows *rows, unsigned int arg);
void process_fill_user(const struct cell_source *source, struct cell *cell);
unsigned int process_fit_user(const struct rows *rows, unsigned int arg);
void process_key_user(const struct cell_source *source, struct sort_key *key);
void process_fill_state(const struct cell_source *source, struct cell *cell);
void process_key_state(const struct cell_source *source, struct sort_key *key);
void process_fill_cpu(const struct cell_source *source, struct cell *cell);
void process_key_cpu(const struct cell_source *source, struct sort_key *key);
void process_fill_memory(const struct cell_source *source, struct cell *cell);
void process_key_memory(const struct cell_source *source, struct sort_key *key);
void process_fill_threads(const struct cell_source *source, struct cell *cell);
void process_key_threads(const struct cell_source *source, struct sort_key *key);
void process_fill_time(const struct cell_source *source, struct cell *cell);
void process_key_time(const struct cell_source *source, struct sort_key *key);
void process_fill_pidfd(const struct cell_source *source, struct cell *cell);
void process_key_pidfd(const struct cell_source *source, struct sort_key *key);
void process_fill_command(const struct cell_source *source, struct cell *cell);
void process_key_command(const struct cell_source *source, struct sort_key *key);

/* As words and pid of struct view. */
size_t process_words_of(const struct cell_source *source, char *out, size_t size);
int32_t process_pid_of(const struct row *row);

#endif /* PIDNS_TOP_VIEW_PROCESSES_H */
