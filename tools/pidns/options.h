/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.h - the subcommands and the options they take: two tables, one parser, one help text. */
#ifndef PIDNS_OPTIONS_H
#define PIDNS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/source.h"

struct command;

/* What the command line says, after parsing. Strings are borrowed from argv. */
struct options {
	const struct command *command;
	struct source source;
	const char *columns; /* -o */
	const char *sort;
	const char *filter;   /* -Q */
	const char *write;    /* record, metrics -w */
	const char *top;      /* metrics */
	const char *listen;   /* metrics; "": it names no address */
	const char *in;	      /* map, kill -n */
	const char *signal;   /* kill -s */
	const char *interval; /* watch */
	const char *every;    /* record */
	const char *keep;     /* record */
	const char *other_at; /* diff: --at before the one in source */
	bool json;
	bool raw;
	bool noheadings;
	bool list_columns;
	bool all;
	bool threads;
	bool descendants;
	bool tasks;	 /* watch, diff */
	bool refused;	 /* watch */
	bool session;	 /* unshare */
	bool mount_proc; /* unshare */
	bool verbose;	 /* doctor */
	bool dot;	 /* tree */
	bool jsonl;	 /* export */
	bool help;
	char *const *operands;
	size_t nr_operands;
};

/* command.options: which it takes beside --json, --provider, --from and --help. */
#define TAKES_COLUMNS	  (1u << 0) /* -o, --raw, --noheadings, --list-columns, --sort */
#define TAKES_ALL	  (1u << 1)
#define TAKES_THREADS	  (1u << 2)
#define TAKES_DESCENDANTS (1u << 3)
#define TAKES_WRITE	  (1u << 4)
#define TAKES_IN	  (1u << 5)
#define TAKES_INTERVAL	  (1u << 6)
/* Not a view but one that runs another program: its own options end where that one's words begin, and
 * signals are as we found them. */
#define RUNS_PROGRAM  (1u << 7)
#define TAKES_TASKS   (1u << 8)
#define TAKES_VERBOSE (1u << 9)
#define TAKES_WHOLE   (1u << 10) /* --raw, where nothing is a table */
#define TAKES_METRICS (1u << 11)
#define TAKES_SIGNAL  (1u << 12)
#define TAKES_MOVE    (1u << 13) /* unshare's own */
/* It does something to processes of this machine: there is nothing to print, no recording to ask. */
#define ACTS	    (1u << 14)
#define TAKES_DOT   (1u << 20)
#define TAKES_JSONL (1u << 21)
#define TAKES_EVERY (1u << 22)

struct command {
	const char *name;
	const char *operands; /* for the usage line */
	const char *help;
	unsigned int options; /* TAKES_*, RUNS_PROGRAM */
	size_t min_operands, max_operands;
	int (*run)(const struct options *options); /* an exit code */
};

/* argv[0] is skipped. 0, or EXIT_USAGE after the message is out. */
int options_parse(const struct command *command, int argc, char **argv, struct options *ret);

/* The place in argv of the first word that is neither an option of `command` nor its argument; argc
 * or more: there is none before an option that it has not. */
int options_skip(const struct command *command, int argc, char **argv);

/* The help of one command, on stdout. */
void options_print_help(const struct command *command);

/* A message that ends in a hint to --help. Returns EXIT_USAGE. */
int usage_error(const struct options *options, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Nanoseconds; 0: it is no number of seconds. */
uint64_t options_seconds(const char *text);

/* cmd-*.c */
int cmd_tree(const struct options *options);
int cmd_list(const struct options *options);
int cmd_ps(const struct options *options);
int cmd_map(const struct options *options);
int cmd_show(const struct options *options);
int cmd_why(const struct options *options);
int cmd_doctor(const struct options *options);
int cmd_record(const struct options *options);
int cmd_diff(const struct options *options);
int cmd_metrics(const struct options *options);
int cmd_watch(const struct options *options);
int cmd_unshare(const struct options *options);
int cmd_kill(const struct options *options);
int cmd_enter(const struct options *options);
int cmd_export(const struct options *options);

#endif /* PIDNS_OPTIONS_H */
