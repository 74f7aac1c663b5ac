/* SPDX-License-Identifier: GPL-2.0-or-later */
/* app-requests.h - the functions behind the requests, and what they share. Each group is a file. */
#ifndef PIDNS_TOP_APP_REQUESTS_H
#define PIDNS_TOP_APP_REQUESTS_H

#include "app.h"
#include "pidns-top/rows/rows.h"

#define X(name, keys, label, help) void app_##name(struct app *app, const struct scene *scene);
REQUESTS(X)
#undef X

/* app-list.c */
void app_select(struct app *app, const struct scene *scene, size_t selected);
const struct row *app_selected_row(struct app *app, const struct scene *scene);

/* app-sort.c */
void app_sort_by(struct app *app, size_t column);

/* app.c: say that this key means nothing here. */
void app_refuse_key(struct app *app);

/* app-prompt.c, app-sort.c, app-setup.c: a key while a text is typed, or columns are chosen. */
void app_prompt_key(struct app *app, const struct scene *scene, int key);
void app_menu_key(struct app *app, int key);
void app_setup_key(struct app *app, int key);

/* app-act.c: the signal that was typed, and the answer to the question. */
void app_accept_signal(struct app *app, const struct scene *scene, const char *text);
void app_answer_key(struct app *app, int key);

#endif /* PIDNS_TOP_APP_REQUESTS_H */
