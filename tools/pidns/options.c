// SPDX-License-Identifier: GPL-2.0-or-later
/* options.c - the options of all subcommands: one table, one parser, one help text. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/message.h"

#define TAKES_ANYWAY 0	      /* every view has it */
#define TAKES_ALWAYS UINT_MAX /* every command has it */
#define LONG_ONLY    256      /* getopt_long values of options without a letter start here */

struct option_info {
	char letter; /* 0: none */
	const char *name;
	const char *argument; /* NULL: a flag; in brackets: it may be left out */
	unsigned int takes;   /* TAKES_*: the subcommands that have it */
	size_t offset;	      /* of the bool or const char * in struct options */
	const char *help;
};

#define MEMBER(member) offsetof(struct options, member)

static const struct option_info infos[] = {
	{'o', "output", "COLUMNS", TAKES_COLUMNS, MEMBER(columns),
	 "columns to show, by name; +NAME adds to the usual ones"},
	{0, "sort", "COLUMNS", TAKES_COLUMNS, MEMBER(sort),
	 "sort by these, most important first; -NAME backwards"},
	{'Q', "filter", "EXPR", TAKES_COLUMNS, MEMBER(filter),
	 "only rows for which it holds, see scols-filter(5)"},
	{0, "dot", NULL, TAKES_DOT, MEMBER(dot), "a graph for dot(1)"},
	{0, "jsonl", NULL, TAKES_JSONL, MEMBER(jsonl), "a JSON object a line"},
	{'r', "raw", NULL, TAKES_COLUMNS, MEMBER(raw), "one space between columns, for scripts"},
	{'r', "raw", NULL, TAKES_WHOLE, MEMBER(raw), "every limit, and nothing shortened"},
	{'n', "noheadings", NULL, TAKES_COLUMNS, MEMBER(noheadings), "no line of headings"},
	{'H', "list-columns", NULL, TAKES_COLUMNS, MEMBER(list_columns),
	 "list the columns, and nothing else"},
	{'t', "threads", NULL, TAKES_THREADS, MEMBER(threads), "every thread, not only processes"},
	{'s', "descendants", NULL, TAKES_DESCENDANTS, MEMBER(descendants),
	 "the namespaces below, too"},
	{'n', "in", "NS", TAKES_IN, MEMBER(in), "the PIDs are those of this namespace"},
	{0, "tasks", NULL, TAKES_TASKS, MEMBER(tasks), "what changes of tasks, too"},
	{0, "refused", NULL, TAKES_INTERVAL, MEMBER(refused),
	 "forks, clones and unshares that fail, too"},
	{0, "interval", "SECONDS", TAKES_INTERVAL, MEMBER(interval),
	 "refresh at least this often (1)"},
	{'w', "write", "FILE", TAKES_WRITE, MEMBER(write), "where to write; - is standard output"},
	{0, "every", "SECONDS", TAKES_EVERY, MEMBER(every),
	 "a series: a snapshot so often, until SIGINT or SIGTERM"},
	{0, "keep", "NUMBER", TAKES_EVERY, MEMBER(keep),
	 "of a series, so many snapshots, the last ones"},
	{'v', "verbose", NULL, TAKES_VERBOSE, MEMBER(verbose), "each finding, not many in a line"},
	{0, "top", "NUMBER", TAKES_METRICS, MEMBER(top), "series for so many namespaces (500)"},
	{0, "listen", "[=ADDRESS]", TAKES_METRICS, MEMBER(listen),
	 "answer over HTTP, at 127.0.0.1:9836"},
	{0, "all", NULL, TAKES_ALL, MEMBER(all),
	 "also search open files and mounts for namespaces"},
	{'s', "signal", "SIGNAL", TAKES_SIGNAL, MEMBER(signal),
	 "which one, by name or number (TERM)"},
	{0, "session", NULL, TAKES_MOVE, MEMBER(session),
	 "in a child with its own session and pseudo-terminal"},
	{0, "mount-proc", NULL, TAKES_MOVE, MEMBER(mount_proc),
	 "mount its /proc, in a new mount namespace"},
	{'J', "json", NULL, TAKES_ANYWAY, MEMBER(json), "one JSON document"},
	{0, "provider", "NAME", TAKES_ANYWAY, MEMBER(source.provider), NULL},
	{0, "from", "FILE", TAKES_ANYWAY, MEMBER(source.from),
	 "ask a recording, or the root of a procfs"},
	{0, "at", "TIME", TAKES_ANYWAY, MEMBER(source.at),
	 "of a recording, the last snapshot at or before"},
	{0, "root", "DIR", TAKES_ANYWAY, MEMBER(source.root),
	 "ask the machine whose root directory that is"},
	{'h', "help", NULL, TAKES_ALWAYS, MEMBER(help), "this text"},
};

#define NR_INFOS (sizeof(infos) / sizeof(infos[0]))

static bool command_has(const struct command *command, const struct option_info *info)
{
	if (info->takes == TAKES_ALWAYS)
		return true;
	if (info->offset == MEMBER(json) && command->options & (TAKES_METRICS | TAKES_JSONL))
		return false;
	if (info->offset == MEMBER(source.provider))
		return !(command->options & TAKES_MOVE);
	if (info->takes == TAKES_ANYWAY)
		return !(command->options & (TAKES_MOVE | ACTS));
	return command->options & info->takes;
}

static int has_argument(const struct option_info *info)
{
	if (!info->argument)
		return no_argument;
	return *info->argument == '[' ? optional_argument : required_argument;
}

/* What getopt_long(3) wants to know; it starts afresh. */
struct getopt_table {
	char letters[2 * NR_INFOS + 3];
	struct option longs[NR_INFOS + 1];
};

/* `mode` is what getopt(3) looks at first. Each long option is known by its place in the table. */
static void build_getopt(const struct command *command, const char *mode, struct getopt_table *ret)
{
	char *letters = stpcpy(ret->letters, mode);
	struct option *longs = ret->longs;

	optind = 0;
	opterr = 0;
	for (size_t i = 0; i < NR_INFOS; i++) {
		if (!command_has(command, &infos[i]))
			continue;
		*longs++ = (struct option){
			.name = infos[i].name,
			.has_arg = has_argument(&infos[i]),
			.val = LONG_ONLY + (int)i,
		};
		if (!infos[i].letter)
			continue;
		*letters++ = infos[i].letter;
		if (infos[i].argument)
			*letters++ = ':';
	}
	*letters = '\0';
	*longs = (struct option){0};
}

static const struct option_info *find_info(const struct command *command, int value)
{
	if (value >= LONG_ONLY)
		return &infos[value - LONG_ONLY];
	for (size_t i = 0; i < NR_INFOS; i++)
		if (infos[i].letter == value && command_has(command, &infos[i]))
			return &infos[i];
	return NULL;
}

static void store(struct options *options, const struct option_info *info, const char *argument)
{
	char *member = (char *)options + info->offset;
	const bool yes = true;

	/* The two sides of a comparison. */
	if (info->offset == MEMBER(source.at))
		options->other_at = options->source.at;
	if (info->argument)
		memcpy(member, &argument, sizeof(argument));
	else
		memcpy(member, &yes, sizeof(yes));
}

static int refuse(const struct options *options, int error, char *const *argv)
{
	const struct option_info *info = optopt ? find_info(options->command, optopt) : NULL;

	if (info && error == ':')
		return usage_error(options, "--%s wants %s", info->name, info->argument);
	if (info)
		return usage_error(options, "--%s takes no argument", info->name);
	if (optopt)
		return usage_error(options, "no such option: -%c", optopt);
	return usage_error(options, "no such option: %.64s", argv[optind - 1]);
}

static int check_operands(const struct options *options)
{
	const struct command *command = options->command;

	if (options->json && options->raw)
		return usage_error(options, "--json and --raw exclude each other");
	if (options->dot && (options->json || options->raw))
		return usage_error(options, "--dot excludes --json and --raw");
	if (options->list_columns)
		return 0;
	if (options->nr_operands < command->min_operands)
		return usage_error(options, "too few arguments: it takes %s", command->operands);
	if (options->nr_operands > command->max_operands)
		return usage_error(options, "\"%.64s\" is one argument too many",
				   options->operands[command->max_operands]);
	return 0;
}

int options_parse(const struct command *command, int argc, char **argv, struct options *ret)
{
	/* A colon tells a missing argument from an unknown option; + stops at the first operand. */
	const char *mode = command->options & RUNS_PROGRAM ? "+:" : ":";
	struct getopt_table table;
	int value;

	*ret = (struct options){.command = command};
	build_getopt(command, mode, &table);
	while ((value = getopt_long(argc, argv, table.letters, table.longs, NULL)) != -1) {
		if (value == '?' || value == ':')
			return refuse(ret, value, argv);
		store(ret, find_info(command, value), optarg ? optarg : "");
	}
	ret->operands = argv + optind;
	ret->nr_operands = (size_t)(argc - optind);
	return ret->help ? 0 : check_operands(ret);
}

int options_skip(const struct command *command, int argc, char **argv)
{
	struct getopt_table table;
	int value;

	build_getopt(command, "+:", &table); /* stop at the first operand */
	do
		value = getopt_long(argc, argv, table.letters, table.longs, NULL);
	while (value != -1 && value != '?' && value != ':');
	return value == -1 ? optind : argc;
}

void options_print_help(const struct command *command)
{
	printf("Usage: pidns %s [OPTIONS]%s%s\n\n%s.\n\nOptions:\n", command->name,
	       *command->operands ? " " : "", command->operands, command->help);
	for (size_t i = 0; i < NR_INFOS; i++) {
		const struct option_info *info = &infos[i];
		char left[32], providers[SOURCE_NAMES_MAX];

		if (!command_has(command, info))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", info->name,
			 has_argument(info) == required_argument ? " " : "",
			 info->argument ? info->argument : "");
		printf(" %c%c%c %-20s ", info->letter ? '-' : ' ',
		       info->letter ? info->letter : ' ', info->letter ? ',' : ' ', left);
		if (info->help)
			puts(info->help);
		else
			printf("%s (the default)\n", source_provider_names(providers));
	}
	printf("\nAll about it: pidns(8).\n");
}

/* "0.5" to nanoseconds; 0: no such time. */
uint64_t options_seconds(const char *text)
{
	char *end;
	double seconds;

	errno = 0;
	seconds = strtod(text, &end);
	if (errno || end == text || *end || !(seconds >= 0.001 && seconds <= 1e9))
		return 0;
	return (uint64_t)(seconds * 1e9);
}

int usage_error(const struct options *options, const char *format, ...)
{
	char what[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	return message_exit(EXIT_USAGE, "%s: %s; see pidns %s --help", options->command->name, what,
			    options->command->name);
}
