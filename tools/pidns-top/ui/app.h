/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * app.h - the state of the user interface, and what each request does to it. It knows rows, and
 * nothing of terminals or of where facts come from.
 */
#ifndef PIDNS_TOP_APP_H
#define PIDNS_TOP_APP_H

#include <stdbool.h>
#include <stddef.h>

#include "folds.h"
#include "pidns-top/rows/ident.h"
#include "prompt.h"
#include "request.h"

struct sample;
struct rows;

#define APP_DELAY_MIN 0.1
#define APP_DELAY_MAX 86400.0

/* No view has more. */
#define APP_COLUMNS_MAX 32

enum app_view {
	APP_NAMESPACES,
	APP_PROCESSES, /* of app.inside */
	NR_APP_VIEWS,
};

enum app_mode {
	APP_LIST,   /* keys are requests */
	APP_PROMPT, /* keys are text: app.prompt */
	APP_MENU,   /* choose a column to sort by */
	APP_SETUP,  /* choose columns, and where they stand */
	APP_ASK,    /* app.question: yes or no */
	APP_HELP,
	APP_DETAILS, /* of app.detailed */
	APP_EVENTS,
	APP_COMMAND, /* the whole one of app.detailed, a process */
	APP_COMPARE, /* what is different from the moment that is marked */
};

/* To another moment. */
enum app_step {
	STEP_NONE,
	STEP_EARLIER,
	STEP_LATER,
	STEP_OLDEST,
	STEP_NEWEST,
};

enum theme {
	THEME_DARK,
	THEME_LIGHT,
	THEME_CONTRAST,
	THEME_MONO,
	NR_THEMES,
};

/* What is on the screen where the mouse was pressed. */
struct app_hit {
	enum {
		HIT_NOTHING,
		HIT_ROW,    /* of the list: at */
		HIT_COLUMN, /* its title: at */
		HIT_CHOICE, /* of a menu: at is what app.menu would be */
		HIT_KEY,    /* what is as good as this key */
	} kind;
	size_t at;
	int key;
};

/* Each view has its own place in its own list. */
struct app_place {
	struct ident cursor;  /* what is selected; unset: the first row, whichever it is */
	size_t selected, top; /* its row, and the first row on the screen */
	size_t sorted_by;     /* of the view's columns */
	bool is_reversed;
	char filter[PROMPT_SIZE]; /* "": none */
	/* The columns of the view in the order they stand, and which of them are shown. */
	unsigned char order[APP_COLUMNS_MAX];
	bool has_column[APP_COLUMNS_MAX];
};

/* Processes that are acted on together. */
#define APP_TAGS_MAX 256

struct app_tags {
	struct ident list[APP_TAGS_MAX];
	size_t count;
};

enum act_kind {
	ACT_SIGNAL,
	ACT_NICE,
	ACT_SHELL,
};

/* What is to be done: to the tagged, or where none are, to the target. */
struct app_act {
	enum act_kind kind;
	int value; /* the signal; or what the nice value is changed by */
	struct ident target;
};

struct app {
	enum app_view view;
	enum app_mode mode;
	struct app_place places[NR_APP_VIEWS];
	struct ident inside;
	struct ident detailed;
	struct folds folds;
	bool is_tree, is_below, has_commands, is_paused, is_plain, is_readonly;
	bool hides_kernel; /* in the list of processes: its threads */
	bool has_threads;  /* in that list: a row for each thread */
	enum theme theme;
	bool has_colours;	/* the theme can be seen */
	char user[PROMPT_SIZE]; /* whose processes are shown; "": of all */
	bool has_pane;		/* what is known of the selected row, below the list */
	unsigned int only;	/* bits of enum health: only such namespaces are shown; 0: all */
	double delay;		/* seconds */
	struct prompt prompt;
	struct app_tags tags;
	struct app_act act;
	char question[512];
	enum theme theme_before; /* and this in the setup */
	struct app_place origin; /* as it was when the prompt was opened */
	char search[PROMPT_SIZE];
	size_t menu;	   /* the column offered; in the setup, its place */
	size_t help_top;   /* first line of the help, or of the details, on the screen … */
	size_t help_left;  /* … and first column */
	size_t page;	   /* rows the screen has for the list … */
	size_t help_page;  /* … and lines for the help */
	size_t details;	   /* lines that there are of them */
	char message[256]; /* for the bottom line, until the next key; clean */
	/* What the loop has to do about the last key. */
	bool is_leaving, wants_rows, wants_take, wants_redraw;
	bool wants_act;	 /* app.act, which was confirmed */
	bool wants_mark; /* mark the moment shown; or, where one is marked, forget it */
	enum app_step step;
};

/* What a key is looked at against. */
struct scene {
	const struct rows *rows;
	const struct sample *sample;
};

/* Are the rows of the view shown a tree? Processes only while they are sorted by PID. */
bool app_is_tree(const struct app *app);

/* Has the view shown a row for each thread? */
bool app_shows_threads(const struct app *app);

struct row;
bool app_tags_has(const struct app_tags *tags, const struct ident *ident);
/* The process of a row: itself, or the init of a namespace. False: there is none. */
bool app_process_of(const struct scene *scene, const struct row *row, struct ident *ret);

void app_init(struct app *app);
void app_clear(struct app *app);
struct app_place *app_place(struct app *app);
/* The column that stands at that place, and whether a column is shown, of the view shown. */
size_t app_column_at(const struct app *app, size_t place);
bool app_has_column(const struct app *app, size_t column);

/* By enum theme: as the config file has it. */
extern const char *const theme_names[NR_THEMES];

/* app-click.c: the mouse was pressed there; its wheel was turned. */
void app_click(struct app *app, const struct scene *scene, const struct app_hit *hit);
void app_wheel(struct app *app, const struct scene *scene, bool is_down);

void app_key(struct app *app, const struct scene *scene, int key);
void app_request(struct app *app, const struct scene *scene, enum request request);
/* The rows were made anew: find the cursor's again, or stay where it was. */
void app_settle(struct app *app, const struct rows *rows);
/* The namespace whose processes were shown is gone. */
void app_leave_namespace(struct app *app);
/* Show the processes of that namespace. */
void app_enter_namespace(struct app *app, const struct pidns_ns *ns);
/* Select the next row after (or the last before) the cursor that matches app.search; if `is_here`,
 * the cursor's own row will do. */
void app_find(struct app *app, const struct scene *scene, bool is_forward, bool is_here);
/* The same for a search that is being typed, from where it began. */
void app_find_typed(struct app *app, const struct scene *scene);
/* Seconds between two samples; false: not a number in bounds. */
bool app_parse_delay(const char *text, double *ret_delay);

/* Where the last of the events were on the screen, the newest are now. */
void app_follow_events(struct app *app, const struct sample *sample);

#endif /* PIDNS_TOP_APP_H */
